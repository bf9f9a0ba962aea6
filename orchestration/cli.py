"""The command line: what each command does, and its exit status."""

from __future__ import annotations

import argparse
import atexit
import contextlib
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from orchestration.command_line import build_parser
from orchestration.connectors.arguments import COMMANDS, use_config
from orchestration.ground.arguments import RunArguments, parsed_arguments
from orchestration.ground.settings import Settings
from orchestration.home.lock import HomeLock
from orchestration.terminal.console import open_streams, silence
from orchestration.terminal.failures import in_words, print_error, print_failure
from orchestration.terminal.screen import shown_progress
from orchestration.terminal.summary import print_summary

if TYPE_CHECKING:
    from orchestration.terminal.screen import Screen

EXIT_PUBLISHED, EXIT_FAILED, EXIT_UNUSABLE = 0, 1, 2
# Commands that only read what is published, and that Python's own end may follow.
READING = ("explain", "compare", "serve", "sql")
# Of a run that was killed its helper says which semaphores it put away; nobody needs to know.
QUIET_HELPER = "ignore:resource_tracker:UserWarning"
# Python's collector, at its own thresholds, takes a fifth of a small run: it looks through what was
# imported again and again, and rows are no objects of Python's.
GARBAGE = (1_000_000, 20, 100)


def _stop(number: int, frame: object) -> NoReturn:
    name = signal.Signals(number).name
    # Straight to the descriptor: the streams may be in the middle of a line. A spinner hides the
    # cursor; here it comes back.
    shown = "\x1b[?25h" if sys.stdout.isatty() else ""
    said = (
        f"{shown}\nStopped by {name}: readers keep what was last published, and nothing needs "
        f"repair. Run again to go on.\n"
    )
    with contextlib.suppress(OSError):
        os.write(2, said.encode())
    os._exit(128 + number)


def _unwrap(error: BaseException) -> BaseException:
    """The exception of ours below the ones that Dagster wraps around it."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:  # a chain of causes may run in a circle
            continue
        if type(one).__module__.startswith("orchestration."):
            return one
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__]
    return error


def run(arguments: argparse.Namespace, lock: HomeLock | None = None) -> int:
    """Executes Dagster's job in this process and reports to the terminal; returns the exit
    status. `lock`: that of a caller who holds HOME.
    """
    from orchestration.connectors.config import find_config
    from orchestration.ground.errors import SettingsError

    try:
        use_config(arguments)
        find_config()
    except SettingsError as error:
        print_error(str(error))
        return EXIT_UNUSABLE
    return _run_as(parsed_arguments(arguments), lock)


def _run_as(
    given: RunArguments,
    lock: HomeLock | None = None,
    summary: Callable[[Settings], None] = print_summary,
) -> int:
    from orchestration.ground.errors import SettingsError

    try:
        settings = given.settings()
    except SettingsError as error:
        print_error(str(error))
        return EXIT_UNUSABLE
    with shown_progress() as screen:
        screen.title(settings)
        return _execute(given, settings, lock or HomeLock(), screen, summary)


def _what_if(arguments: argparse.Namespace) -> int:
    """Builds under other variables beside what is published; returns the exit status."""
    from orchestration.assets.what_if import what_if
    from orchestration.ground.errors import SettingsError

    def run_quietly(given: RunArguments) -> int:
        # What is for machines stands alone on standard output.
        to = sys.stderr if arguments.json or arguments.csv else sys.stdout
        with contextlib.redirect_stdout(to):
            return _run_as(given, summary=lambda settings: None)

    try:
        use_config(arguments)
        settings = RunArguments(home=arguments.home).settings()
    except SettingsError as error:
        print_error(str(error))
        return EXIT_UNUSABLE
    return what_if(arguments, settings, run_quietly)


def _forget(arguments: argparse.Namespace) -> int:
    """Erases a person and publishes anew; returns the exit status."""
    from orchestration.assets.forget import forget
    from orchestration.ground.errors import SettingsError

    try:
        use_config(arguments)
        settings = parsed_arguments(arguments).settings()
    except SettingsError as error:
        print_error(str(error))
        return EXIT_UNUSABLE
    arguments.pull = False
    return forget(arguments, settings, lambda lock: run(arguments, lock))


def _execute(
    given: RunArguments,
    settings: Settings,
    lock: HomeLock,
    screen: Screen,
    summary: Callable[[Settings], None],
) -> int:
    from orchestration.building.rules import check_rules
    from orchestration.ground.errors import HomeBusy, LandingError, SettingsError

    # Whoever has no cache of his own keeps what is made of the project in this HOME.
    os.environ["TOUCHLEDGER_HOME"] = str(settings.home)
    try:
        check_rules()
        with lock.held(settings):
            _in_a_thread(lambda: _run_job(given, settings, lock))
    except Exception as raised:
        error = _unwrap(raised)
        if isinstance(error, (SettingsError, HomeBusy, LandingError)):
            screen.stop()
            print_error(str(error))
            return EXIT_UNUSABLE
        screen.stop()
        print_failure(error, settings)
        return EXIT_FAILED
    try:
        screen.stop()
        summary(settings)
        sys.stdout.flush()
    except OSError:  # it is published, whether anyone reads of it or not
        silence()
    return EXIT_PUBLISHED


def _in_a_thread(work: Callable[[], None]) -> None:
    """Does `work` in another thread: in the main one, Dagster takes over the signal handlers."""
    raised: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    worker = threading.Thread(target=guarded, name="run", daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(0.2)
    if raised:
        raise raised[0]


def _run_job(given: RunArguments, settings: Settings, lock: HomeLock) -> None:
    for noisy in ("dagster", "great_expectations", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    from orchestration.assets import history
    from orchestration.assets.instance import unwatched
    from orchestration.definitions import defs

    with unwatched() as instance:
        try:
            defs.resolve_job_def("touchledger_run").execute_in_process(
                run_config={
                    "resources": {"run": {"config": given.settled(settings)}},
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
                resources={"lock": lock},
                instance=instance,
                raise_on_error=True,
            )
        finally:
            history.keep(instance, settings)


def _leave(status: int) -> NoReturn:
    """Ends the process with `status` at once.

    Python's own shutdown takes a while, waits for threads and can be interrupted by a signal.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def main(argv: list[str] | None = None) -> NoReturn:
    """Entry point.

    Exit status: 0 published, 1 a check or model failed, 2 bad arguments or unreadable landing.
    """
    gc.set_threshold(*GARBAGE)
    open_streams()
    arguments = build_parser().parse_args(argv)
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    warned = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = f"{warned},{QUIET_HELPER}" if warned else QUIET_HELPER
    # A log that cannot be written, on a full disk say, is no reason for a page of traceback.
    logging.raiseExceptions = False
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        signal.signal(signal.SIGHUP, _stop)
    status = _answered(arguments)
    if arguments.command in READING:
        sys.exit(status)
    _leave(status)


def _work(arguments: argparse.Namespace) -> int:
    """Does what was asked; returns the exit status."""
    if arguments.command in COMMANDS:
        from orchestration.connectors.commands import run_command

        return run_command(arguments)
    if arguments.command == "explain":
        from orchestration.reading.explain.command import explain

        return explain(arguments)
    if arguments.command == "compare":
        from orchestration.reading.compare.command import compare

        return compare(arguments)
    if arguments.command == "serve":
        from orchestration.reading.page.serve import serve

        return serve(arguments)
    if arguments.command == "sql":
        from orchestration.reading.shell import sql

        return sql(arguments)
    if arguments.command == "what-if":
        return _what_if(arguments)
    if arguments.command == "forget":
        return _forget(arguments)
    return run(arguments)


def _answered(arguments: argparse.Namespace) -> int:
    """Does what was asked; whatever file or folder is not as it must be is said in words, exit
    status 2.
    """
    try:
        os.getcwd()
    except OSError as error:
        print_error(f"The working folder cannot be used ({error.strerror}); go to another: cd DIR")
        return EXIT_UNUSABLE
    try:
        return _work(arguments)
    except Exception as raised:
        said = _words(raised, arguments.command)
        if said is None:
            raise
        print_error(said)
        return EXIT_UNUSABLE


def _words(raised: Exception, command: str) -> str | None:
    """What to say of an error that a command did not expect; None for a fault of the program."""
    if command in READING:
        return in_words(raised, "What is published", "publish it anew: `touchledger run`")
    return in_words(raised, "The warehouse", "run again; where it comes back, with --full-refresh")


if __name__ == "__main__":
    main()
