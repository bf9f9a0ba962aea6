"""A process that has imported what every command imports, and forks a command for each request.

Reads one JSON object a line: {"arguments", "output", "errors", "environment", "root"} starts
`touchledger ARGUMENTS` of the project at `root` and answers its process id; {"ask": PROCESS}
answers its exit status, negative for a signal, or "running"; {"wait": PROCESS} answers once it has
ended. Nothing here may open DuckDB: its
threads would not survive a fork. What depends on the configuration of sources,
`orchestration.definitions`, is left to each command.
"""

from __future__ import annotations

import atexit
import gc
import json
import logging
import os
import signal
import sys
import time
import traceback
from typing import NoReturn

from tests.faults.nursery import _become


def _move(root: str) -> None:
    """Another copy of the project is the program, imported anew."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "orchestration"]:
        del sys.modules[name]
    sys.path.insert(0, root)
    os.chdir(root)


def _run(request: dict) -> NoReturn:
    """Ends as Python ends a program."""
    status = 1
    try:
        _become(request)
        time.tzset()
        if request["root"] != os.getcwd():
            _move(request["root"])
        from orchestration import cli

        cli.main(request["arguments"])
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if status and end.code is not status:
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _ended(process: int, flags: int) -> int | str:
    found, status = os.waitpid(process, flags)
    return os.waitstatus_to_exitcode(status) if found else "running"


def main() -> None:
    gc.disable()
    import great_expectations  # noqa: F401
    from dbt.cli import main as _dbt  # noqa: F401

    from orchestration import cli  # noqa: F401
    from orchestration.assets import build, check, publish  # noqa: F401
    from orchestration.terminal import failures, screen, summary  # noqa: F401

    # A library that dbt imports makes the root log to standard error; in a run that imports it, to
    # what the progress shows there.
    logging.root.handlers = [logging.NullHandler()]
    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        if "wait" in request:
            print(_ended(request["wait"], 0), flush=True)
        elif "ask" in request:
            print(_ended(request["ask"], os.WNOHANG), flush=True)
        else:
            process = os.fork()
            if process == 0:
                _run(request)
            print(process, flush=True)


if __name__ == "__main__":
    main()
