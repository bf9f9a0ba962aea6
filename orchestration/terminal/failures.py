"""Errors in words, on standard error: what, how many rows, three of them, the rule, and what to
do.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import duckdb
from rich.text import Text

from orchestration.ground.errors import (
    BuildFailed,
    ChecksFailed,
    HomeBusy,
    LandingError,
    NodeFailure,
    SettingsError,
    SourcesFailed,
    UnknownId,
)
from orchestration.ground.settings import Settings
from orchestration.terminal.advice import next_step, said_of, system_fault
from orchestration.terminal.console import make_console, plain


def print_error(message: str) -> None:
    """An error of arguments or landing, on standard error."""
    lines = [plain(line) for line in message.split("\n")]
    make_console(sys.stderr).print(Text("\n".join(["error: " + lines[0], *lines[1:]]), style="red"))


def in_words(raised: Exception, unreadable: str, cure: str) -> str | None:
    """What to say of an error that a command did not expect: one of ours, of the system, or of a
    DuckDB file, which is what is `unreadable`; None for a fault of the program.
    """
    if isinstance(raised, (SettingsError, HomeBusy, LandingError, UnknownId)):
        return str(raised)
    fault = system_fault(raised) if isinstance(raised, (OSError, duckdb.Error)) else None
    if fault:
        return said_of(fault)
    if isinstance(raised, duckdb.Error):
        return f"{unreadable} cannot be read ({str(raised).splitlines()[0]}); {cure}"
    return None


def answered(work: Callable[[], None]) -> int:
    """Does what `make` asked for; returns the exit status: 0 done, 1 a build failed, 2 something
    that it stands on cannot be used, said in words.
    """
    try:
        work()
    except BuildFailed as error:
        print_error(str(error))
        return 1
    except Exception as raised:
        said = in_words(raised, "The warehouse", "run again: `make run`")
        if said is None:
            raise
        print_error(said)
        return 2
    return 0


def _sample_lines(sample: list[dict[str, Any]]) -> list[str]:
    return [
        "    row: " + ", ".join(f"{name}={plain(value)}" for name, value in row.items())
        for row in sample
    ]


def _node_lines(failure: NodeFailure) -> list[str]:
    kind = failure.unique_id.split(".")[0]
    lines = [
        (
            f"{kind} {failure.name}: "
            f"{' '.join(plain(line.strip()) for line in failure.message.splitlines())}"
        )
    ]
    if failure.description:
        lines.append(f"    says: {plain(failure.description)}")
    return lines + _sample_lines(failure.sample)


def print_failure(raised: BaseException, settings: Settings) -> None:
    """A run that failed: what, how many rows, three of them, the rule, and what to do; on standard
    error.
    """
    lines = ["Nothing was published; readers keep the last published state."]
    if isinstance(raised, BuildFailed):
        lines.insert(0, f"error: {plain(raised)}")
        for one in raised.failures[:10]:
            lines += _node_lines(one)
        lines.append(f"The whole log: {settings.private / 'logs' / 'dbt.log'}")
    elif isinstance(raised, ChecksFailed):
        lines.insert(0, f"error: {raised}")
        for broken in raised.broken:
            lines.append(f"{broken.table}, {broken.name} ({broken.rule}): {broken.says}")
            lines.append(f"    {plain(broken.error or f'broken by {broken.rows:,} row(s)')}")
            lines += _sample_lines(broken.sample)
            lines.append(f"    {broken.cure}")
        if raised.docs:
            lines.append(f"As pages: {raised.docs}")
        if raised.rejects:
            lines += [f"rejected_records, reject_rate: {line}" for line in raised.rejects.lines]
            lines.append(f"    The rejected rows with their reasons: {raised.rejects.file}")
            lines.append(
                "    Repair the source, or allow more for this run with --var "
                "reject_rate_limit=SHARE"
            )
    elif isinstance(raised, SourcesFailed):
        lines.insert(0, f"error: {plain(raised)}")
    else:
        lines.insert(0, f"error: {type(raised).__name__}: {plain(raised)}")
    if not isinstance(raised, (ChecksFailed, SourcesFailed)):
        advice = next_step(raised, settings)
        if advice is None and not isinstance(raised, BuildFailed):
            advice = (
                f"Run again; if it comes back, report this text and "
                f"{settings.private / 'logs' / 'dbt.log'}."
            )
        lines += [advice] if advice else []
    make_console(sys.stderr).print(Text("\n".join(lines), style="red"))
