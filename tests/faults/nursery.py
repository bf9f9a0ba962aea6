"""A process that has imported everything and forks a run for each request, so that a run need not
import anew.

Reads one JSON object a line: {"arguments", "output", "errors", "file_limit", "obeying",
"environment"} starts `touchledger ARGUMENTS` and answers its process id; {"wait": PROCESS} answers
its exit status, negative for a signal. Nothing here may open DuckDB: its threads would not survive
a fork.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys

from tests.faults.rights import obey_permissions


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
    os.environ.update(request.get("environment") or {})
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
