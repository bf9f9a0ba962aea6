"""Many runs on one HOME give the tables of one run: histories of landings, built step by step.

After every run the tables equal the oracle's, and after the last one (or every one) those of a
single run on the same files in a new HOME.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tests.conftest import ROOT, scratch
from tests.golden.builds import Place, copy_project, kill_run, run_once
from tests.golden.tables import LAYERS, PUBLISHED_SCHEMAS, compare_files, faulty_tables
from tests.oracle.compare import differences
from tests.oracle.publish import expected_tables
from tests.oracle.rules import Row
from tests.worlds.edits import edited
from tests.worlds.histories import History, Step
from tests.worlds.landings import write_landing


class Differs(AssertionError):
    """The tables of several runs are not those of one. The message says which, where, and how to
    see it again."""


Sabotage = Callable[[Path, Step], None]


def check_history(
    history: History,
    *,
    each: str = "oracle",
    via: str = "process",
    deep: bool = False,
    again: str = "",
    sabotage: Sabotage | None = None,
) -> None:
    """Builds a history step by step and compares. Raises Differs.

    `each`: after every run compare with the oracle, with a full build (`full`), or not at all
    (`none`); after the last one with both anyway. `deep` looks for wrong rows in all layers.
    `sabotage` may spoil the warehouse after every run, to try this check.
    """
    rng = random.Random(history.seed)
    with scratch() as folder:
        root = (
            copy_project(folder / "project") if any(step.edits for step in history.steps) else ROOT
        )
        if via == "process" and root != ROOT:
            via = "worker"
        place = Place(folder / "landing", root, via)
        place.landing.mkdir()
        home = folder / "home"
        for number, step in enumerate(history.steps):
            write_landing(step.rows, place.landing, history.seed * 100 + number)
            for edit in step.edits:
                edited(root / "seeds" / "rules", edit)
            if step.run == "skipped":
                continue
            if step.run == "killed":
                kill_run(place, home, step, rng)
                continue
            for _ in range(2 if step.run == "twice" else 1):
                file = run_once(
                    place,
                    home,
                    step,
                    full_refresh=step.run == "refreshed",
                    status="failed" if step.run == "failed" else "published",
                )
            if sabotage is not None:
                sabotage(file, step)
            is_last = number == len(history.steps) - 1
            lines = []
            if each == "oracle" or is_last:
                expected = expected_tables(
                    place.landing, step.parameters(), root / "seeds" / "rules"
                )
                lines = differences(file, expected)
            if lines or is_last or each == "full":
                full = run_once(place, folder / "full", step)
                lines += compare_files(file, full, LAYERS if deep else PUBLISHED_SCHEMAS)
                if lines:
                    raise Differs(_report(history, number, lines, faulty_tables(file, full), again))
                shutil.rmtree(folder / "full")


def _report(history: History, number: int, lines: list[str], faulty: list[str], again: str) -> str:
    """Everything that is needed to find the fault."""
    cause = (
        f"tables that differ from those of one run, by layer: {', '.join(faulty)}"
        if faulty
        else (
            "the tables of one run are the same: the rules, not the increments, differ from the "
            "oracle"
        )
    )
    before = [f"  {one + 1}. {step}" for one, step in enumerate(history.steps[: number + 1])]
    rows = [
        f"  {table} {_short(row)}"
        for table, members in history.steps[number].rows.items()
        for row in members
    ]
    shown = [*rows[:12], f"  and {len(rows) - 12} more"] if len(rows) > 12 else rows
    return "\n".join(
        [
            f"seed {history.seed}: after landing {number + 1} of {len(history.steps)} "
            f"(split {history.split}, size {history.size})",
            *lines,
            cause,
            "what happened:",
            *before,
            "what landed last:",
            *shown,
            f"again: {again or f'python -m tools.increments --seeds {history.seed}'}",
        ]
    )


def _short(row: Row) -> str:
    """The columns of a row that are filled."""
    return str(
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in row.items()
            if value is not None
        }
    )
