"""A process that has imported everything and forks a run for each request, so that a run need not
import anew.

Reads one JSON object a line: {"arguments", "output", "errors", "file_limit", "obeying",
"environment", "around"} starts `touchledger ARGUMENTS` and answers its process id;
{"wait": PROCESS} answers its exit status, negative for a signal. Nothing here may open DuckDB: its
threads would not survive a fork.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from datetime import timedelta

from tests.faults.rights import obey_permissions


def _surround(around: dict) -> None:
    """What the run finds around it: `umask`, `open_files`, a `folder` to work in, which is `gone`,
    the descriptors that are `closed`, a `clock` that is wrong by so many seconds, and where
    `output` goes.
    """
    if "umask" in around:
        os.umask(around["umask"])
    if "open_files" in around:
        resource.setrlimit(resource.RLIMIT_NOFILE, (around["open_files"],) * 2)
    if "folder" in around:
        os.chdir(around["folder"])
    if around.get("gone"):
        os.rmdir(around["folder"])
    if "clock" in around:
        _set_clock(timedelta(seconds=around["clock"]))
    if "output" in around:
        os.dup2(os.open(around["output"], os.O_WRONLY), 1)
    for descriptor in around.get("closed", ()):
        os.close(descriptor)
        name = ("stdin", "stdout", "stderr")[descriptor]
        setattr(sys, name, None)  # as Python does when it starts


def _set_clock(wrong: timedelta) -> None:
    """Another time of the machine, for all of the program that asks its own clock."""
    from orchestration.ground import clock

    right = clock.now
    for module in list(sys.modules.values()):
        if getattr(module, "now", None) is right:
            module.now = lambda: right() + wrong


def _become(request: dict) -> None:
    for number, (path, flags) in enumerate(
        [
            (os.devnull, os.O_RDONLY),
            (request["output"], os.O_WRONLY | os.O_CREAT),
            (request["errors"], os.O_WRONLY | os.O_CREAT),
        ]
    ):
        descriptor = os.open(path, flags, 0o600)
        os.dup2(descriptor, number)
        os.close(descriptor)
    if request.get("file_limit"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["file_limit"], request["file_limit"]))
    _surround(request.get("around") or {})
    for name, value in (request.get("environment") or {}).items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})
    if request.get("obeying"):
        obey_permissions()


def main() -> None:
    import great_expectations  # noqa: F401
    from dbt.cli import main as _dbt  # noqa: F401

    from orchestration import (
        cli,
        definitions,  # noqa: F401
    )
    from orchestration.checking import run as checks  # noqa: F401
    from orchestration.terminal import failures, screen, summary  # noqa: F401

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        if "wait" in request:
            _, status = os.waitpid(request["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        process = os.fork()
        if process == 0:
            _become(request)
            cli.main(request["arguments"])
        print(process, flush=True)


if __name__ == "__main__":
    main()
