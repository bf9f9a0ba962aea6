"""Many runs on one HOME give the tables of one run: histories of landings, built step by step and compared.

After every run the tables equal the plain-Python reference, and after the last one (or every one) those of a single run on the same
files in a new HOME. From the shell, a line per seed, faults in full:

    python -m tests.golden.increments --seeds 1 50 [--kind merge] [--kills] [--rules] [--command] [--each full] [--help]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from tests.conftest import ROOT, build_tables, command, scratch
from tests.reference.changes import kinds
from tests.reference.compare import differences
from tests.reference.contract import PUBLISHED
from tests.reference.histories import SPLITS, History, Step, edited, make_history
from tests.reference.landings import write_landing
from tests.reference.model import publish
from tests.reference.records import Row, read_rules

PUBLISHED_SCHEMAS = ("core", "marts", "diagnostics")
# What tells of runs, not of the business.
OF_RUNS = frozenset(
    {
        "coverage",
        "run_log",
        "restatements",
        "restatement_causes",
        "check_results",
        "landed_runs",
        "landed_checks",
    }
)
# The layers of the warehouse, as they are built, but for those that tell of files.
LAYERS = (
    "rules",
    "staging",
    "associations",
    "interactions",
    "attribution",
    "metrics",
    *PUBLISHED_SCHEMAS,
)
TOLERANCE = 1e-9
EXAMPLES = 3
MOST_EVENTS = 110
VIA = ("process", "worker", "command")


class Differs(AssertionError):
    """The tables of several runs are not those of one. The message says which, where, and how to see it again."""


# Tables ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """The rows of a table, lists as tuples; `grain` and `near` (DOUBLE) are positions of columns."""

    columns: tuple[str, ...]
    rows: Counter[tuple]
    grain: tuple[int, ...]
    near: frozenset[int]


def _hashable(value: Any) -> Any:
    return (
        tuple(_hashable(one) for one in value)
        if isinstance(value, list)
        else repr(value)
        if isinstance(value, dict)
        else value
    )


def read_tables(file: Path, schemas: Iterable[str] = PUBLISHED_SCHEMAS) -> dict[str, Table]:
    """schema.table -> its rows, of all tables and views that tell of the business."""
    found: dict[str, Table] = {}
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        described = connection.execute(
            "select table_schema, table_name, column_name, data_type from information_schema.columns "
            "where table_catalog = current_database() order by table_schema, table_name, ordinal_position"
        ).fetchall()
        for schema in schemas:
            for name in dict.fromkeys(
                table
                for place, table, _, _ in described
                if place == schema and table not in OF_RUNS
            ):
                columns = [
                    (column, kind)
                    for place, table, column, kind in described
                    if (place, table) == (schema, name)
                ]
                names = tuple(column for column, _ in columns)
                records = connection.execute(f'select * from "{schema}"."{name}"').fetchall()
                grain = PUBLISHED[name].grain if name in PUBLISHED else ()
                found[f"{schema}.{name}"] = Table(
                    names,
                    Counter(tuple(_hashable(value) for value in record) for record in records),
                    tuple(names.index(column) for column in grain if column in names),
                    frozenset(
                        number
                        for number, (_, kind) in enumerate(columns)
                        if kind in ("DOUBLE", "FLOAT")
                    ),
                )
    return found


def _is_near(left: tuple, right: tuple, near: frozenset[int]) -> bool:
    def same(number: int) -> bool:
        one, other = left[number], right[number]
        if number not in near or one is None or other is None:
            return one == other
        return abs(one - other) <= TOLERANCE * max(1.0, abs(one))

    return all(same(number) for number in range(len(left)))


def unequal_rows(mine: Table, other: Table) -> tuple[list[tuple], list[tuple]]:
    """Rows that only one side has, DOUBLE within TOLERANCE and order aside."""
    left, right = (
        list(counter.elements()) for counter in (mine.rows - other.rows, other.rows - mine.rows)
    )
    if left and right and mine.near:
        exact: dict[tuple, list[tuple]] = {}
        for row in right:
            exact.setdefault(
                tuple(value for number, value in enumerate(row) if number not in mine.near), []
            ).append(row)
        unmatched = []
        for row in left:
            candidates = exact.get(
                tuple(value for number, value in enumerate(row) if number not in mine.near), []
            )
            match = next((one for one in candidates if _is_near(row, one, mine.near)), None)
            if match is None:
                unmatched.append(row)
            else:
                candidates.remove(match)
        left, right = unmatched, [row for rows in exact.values() for row in rows]
    return left, right


def _key(table: Table, row: tuple) -> tuple:
    return tuple(row[number] for number in table.grain)


def compare_table(name: str, mine: Table, other: Table) -> list[str]:
    """What differs in one table, a few lines; `mine` is of many runs, `other` of one."""
    if mine.columns != other.columns:
        return [f"{name}: columns {mine.columns} after many runs, {other.columns} after one"]
    left, right = unequal_rows(mine, other)
    if not left and not right:
        return []
    lines = [f"{name}: {len(left)} row(s) only after many runs, {len(right)} only after one"]
    theirs = {_key(other, row): row for row in right} if mine.grain else {}
    changed = {key: (row, theirs.pop(key)) for row in left if (key := _key(mine, row)) in theirs}
    for key, (row, one) in sorted(changed.items(), key=str)[:EXAMPLES]:
        values = [
            f"{column} {a!r}, after one {b!r}"
            for number, (column, a, b) in enumerate(zip(mine.columns, row, one, strict=True))
            if a != b and number not in mine.grain
        ]
        lines.append(f"  {_named(mine, key)}: {'; '.join(values)}")
    alone = [
        ("only after many runs", row)
        for row in left
        if not mine.grain or _key(mine, row) not in changed
    ]
    alone += [("only after one run", row) for row in (theirs.values() if mine.grain else right)]
    lines += [
        f"  {where} {dict(zip(mine.columns, row, strict=True))}"
        for where, row in sorted(alone, key=str)[: 2 * EXAMPLES]
    ]
    return lines


def _named(table: Table, key: tuple) -> dict[str, Any]:
    return {table.columns[number]: value for number, value in zip(table.grain, key, strict=True)}


def compare_files(mine: Path, other: Path, schemas: Iterable[str] = PUBLISHED_SCHEMAS) -> list[str]:
    """What differs between two warehouse files. Tables that are not published may lack rows in `mine`, but have no wrong ones."""
    left, right = read_tables(mine, schemas), read_tables(other, schemas)
    lines = []
    for name in dict.fromkeys([*left, *right]):
        if name in left and name in right:
            found = compare_table(name, left[name], right[name])
            if _is_published(name) or (found and unequal_rows(left[name], right[name])[0]):
                lines += found
        elif _is_published(name):
            lines.append(f"{name}: only after {'many runs' if name in left else 'one run'}")
    return lines


def faulty_tables(mine: Path, other: Path) -> list[str]:
    """Tables of all layers that differ, in the order of the layers: the first with wrong rows is where to look.

    A table between raw and what is published may hold only what the last run recomputed: one that lacks rows is named last.
    """
    left, right = read_tables(mine, LAYERS), read_tables(other, LAYERS)
    wrong, partial = [], []
    for name in left.keys() & right.keys():
        a, b = (
            unequal_rows(left[name], right[name])
            if left[name].columns == right[name].columns
            else ([()], [()])
        )
        if a or (b and _is_published(name)):
            wrong.append((_layer(name), f"{name} (+{len(a)} -{len(b)})"))
        elif b:
            partial.append((_layer(name), name))
    found = [text for _, text in sorted(wrong)]
    return (
        [*found, f"and rows are missing from {', '.join(name for _, name in sorted(partial))}"]
        if partial and found
        else found
    )


def _is_published(name: str) -> bool:
    return name.split(".")[0] in PUBLISHED_SCHEMAS


def _layer(name: str) -> int:
    return LAYERS.index(name.split(".")[0])


# Builds ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a history is built: the project at `root`, in this process, in a worker process, or by the command itself."""

    landing: Path
    root: Path = ROOT
    via: str = "process"


def _variables(step: Step) -> list[str]:
    return [
        f"{name}={'none' if value is None else value}" for name, value in step.variables.items()
    ]


def run_once(
    place: Place, home: Path, step: Step, *, full_refresh: bool = False, status: str = "published"
) -> Path:
    """THE ONE PLACE that knows how tables are built: lands what is new, builds as of the step, returns the file with the tables."""
    as_of = step.as_of.isoformat()
    if place.via == "process":
        return build_tables(
            place.landing, home, as_of, _variables(step), full_refresh=full_refresh, status=status
        )
    if place.via == "worker":
        done = subprocess.run(
            _worker(place, home, step, full_refresh=full_refresh, status=status),
            **_quiet(place),
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the build failed:\n{done.stdout}{done.stderr}")
        return home / "warehouse.duckdb"
    arguments = _command(place, home, step) + (["--full-refresh"] if full_refresh else [])
    done = command(*arguments, root=place.root, timeout=600)
    if done.returncode:
        raise RuntimeError(
            f"touchledger {' '.join(arguments)}\nended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return home / "published" / "touchledger.duckdb"


def kill_run(place: Place, home: Path, step: Step, rng: random.Random) -> None:
    """Begins a run in another process and kills it at a random moment, while it builds; it may have ended before."""
    if place.via == "command":
        arguments = [sys.executable, "-u", "-m", "orchestration.cli", *_command(place, home, step)]
        with subprocess.Popen(
            arguments,
            cwd=place.root,
            env=_environment(place),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as run:
            lines = rng.randrange(5, 60)
            for number, _ in enumerate(run.stdout):
                if number >= lines:
                    break
            time.sleep(rng.random() * 0.3)
            run.kill()
        return
    kill = {"kill_after": rng.randrange(MOST_EVENTS), "kill_delay": rng.random() * 0.3}
    done = subprocess.run(_worker(place, home, step, **kill), **_quiet(place), check=False)
    if done.returncode not in (0, -signal.SIGKILL):
        raise RuntimeError(f"the build that was to be killed failed:\n{done.stdout}{done.stderr}")


def _environment(place: Place) -> dict[str, str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TOUCHLEDGER_", "DAGSTER_"))
    }
    return {**clean, "PYTHONPATH": str(place.root)}


def _quiet(place: Place) -> dict[str, Any]:
    return {
        "cwd": place.root,
        "env": _environment(place),
        "capture_output": True,
        "text": True,
        "timeout": 600,
    }


def _command(place: Place, home: Path, step: Step) -> list[str]:
    variables = [
        text for one in [*_variables(step), "reject_rate_limit=1"] for text in ("--var", one)
    ]
    return [
        "run",
        "--landing",
        str(place.landing),
        "--home",
        str(home),
        "--as-of",
        step.as_of.isoformat(),
        *variables,
    ]


def _worker(place: Place, home: Path, step: Step, **options: Any) -> list[str]:
    build = {
        "landing": str(place.landing),
        "home": str(home),
        "as_of": step.as_of.isoformat(),
        "variables": _variables(step),
        **options,
    }
    return [sys.executable, "-m", "tests.golden.increments", "--worker", json.dumps(build)]


def _work(
    landing: str,
    home: str,
    as_of: str,
    variables: list[str],
    kill_after: int | None = None,
    kill_delay: float = 0,
    **options: Any,
) -> None:
    """One build in this process; with `kill_after` it kills itself that many of dbt's events later."""
    heard = 0

    def on_event() -> None:
        nonlocal heard
        if heard == kill_after:
            time.sleep(kill_delay)
            os.kill(os.getpid(), signal.SIGKILL)
        heard += 1

    build_tables(Path(landing), Path(home), as_of, variables, on_event=on_event, **options)


def copy_project(root: Path) -> Path:
    """A copy of the project with its tests, to change rules in."""
    for folder in ("orchestration", "dbt_project", "expectations", "seeds/rules", "tests"):
        shutil.copytree(
            ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "logs")
        )
    return root


# Histories ------------------------------------------------------------------------------------------------------------

Sabotage = Callable[[Path, Step], None]


def check_history(
    history: History,
    *,
    each: str = "reference",
    via: str = "process",
    deep: bool = False,
    again: str = "",
    sabotage: Sabotage | None = None,
) -> None:
    """Builds a history step by step and compares. Raises Differs.

    `each`: after every run compare with the reference, with a full build (`full`), or not at all (`none`); after the last one with both
    anyway. `deep` looks for wrong rows in all layers. `sabotage` may spoil the warehouse after every run, to try this check.
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
            if each == "reference" or is_last:
                expected = publish(
                    history.landed(number + 1),
                    step.parameters(),
                    read_rules(root / "seeds" / "rules"),
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
        else "the tables of one run are the same: it is the rules, not the increments, that differ from the reference"
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
            f"seed {history.seed}: after landing {number + 1} of {len(history.steps)} (split {history.split}, size {history.size})",
            *lines,
            cause,
            "what happened:",
            *before,
            "what landed last:",
            *shown,
            f"again: {again or f'python -m tests.golden.increments --seeds {history.seed}'}",
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


# The command line -----------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.golden.increments",
        description="Histories of many seeds, one line each.",
    )
    parser.add_argument(
        "--seeds",
        type=int,
        nargs="+",
        default=[1],
        metavar="SEED",
        help="one seed, or the first and the last",
    )
    parser.add_argument("--batches", type=int, help="how many landings (2 to 6 by the seed)")
    parser.add_argument("--size", type=int, help="about how many events (40 to 200 by the seed)")
    parser.add_argument(
        "--split", choices=list(SPLITS), help="how the world is dealt out to the first landings"
    )
    parser.add_argument(
        "--kind",
        choices=["each", *kinds()],
        help="one world at once, then only changes of this kind, one a landing; or each kind in turn",
    )
    parser.add_argument(
        "--kills", action="store_true", help="some runs are killed while they build"
    )
    parser.add_argument(
        "--rules",
        action="store_true",
        help="seeds/rules changes between runs, in a copy of the project",
    )
    parser.add_argument(
        "--each",
        choices=("reference", "full", "none"),
        default="reference",
        help="what every run is compared with",
    )
    parser.add_argument(
        "--deep",
        action="store_true",
        help="no layer may hold a row that a single run does not have",
    )
    parser.add_argument(
        "--command",
        action="store_true",
        help="touchledger run itself, checks and publishing included",
    )
    parser.add_argument(
        "--show", action="store_true", help="say what would happen, and build nothing"
    )
    parser.add_argument("--stop", action="store_true", help="stop at the first seed that differs")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    return parser


def _again(given: argparse.Namespace, seed: int) -> str:
    values = {name: getattr(given, name) for name in ("batches", "size", "split", "kind", "each")}
    texts = [
        f"--{name} {value!r}" if " " in str(value) else f"--{name} {value}"
        for name, value in values.items()
        if value is not None
    ]
    flags = [f"--{name}" for name in ("kills", "rules", "deep", "command") if getattr(given, name)]
    return " ".join(["python -m tests.golden.increments --seeds", str(seed), *texts, *flags])


def _histories(given: argparse.Namespace) -> Iterator[tuple[History, str]]:
    """Every history that was asked for, and the command that builds it alone."""
    for seed in range(given.seeds[0], given.seeds[-1] + 1):
        for kind in kinds() if given.kind == "each" else [given.kind]:
            history = make_history(
                seed,
                size=given.size,
                batches=given.batches,
                how=given.split,
                kind=kind,
                kills=given.kills,
                rules=given.rules,
            )
            yield history, _again(argparse.Namespace(**{**vars(given), "kind": kind}), seed)


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0: all the same; 1: a seed differs or could not be built."""
    given = _parser().parse_args(arguments)
    if given.worker:
        _work(**json.loads(given.worker))
        return 0
    failed = []
    for history, again in _histories(given):
        if given.show:
            print(
                f"seed {history.seed} (split {history.split}, size {history.size})",
                *(f"  {step}" for step in history.steps),
                sep="\n",
            )
            continue
        started = time.monotonic()
        try:
            check_history(
                history,
                each=given.each,
                via="command" if given.command else "process",
                deep=given.deep,
                again=again,
            )
            outcome = "same"
        except Exception as error:
            failed.append(history.seed)
            outcome = (
                f"DIFFERS\n{error}"
                if isinstance(error, Differs)
                else f"FAILED\n{type(error).__name__}: {error}\nagain: {again}"
            )
        kinds_of = ", ".join(name for step in history.steps for name in step.changes)
        runs = " ".join(step.run for step in history.steps)
        print(
            f"seed {history.seed}: {len(history.steps)} landings, split {history.split}, size {history.size}, runs {runs}, "
            f"changes {kinds_of or 'none'}, {time.monotonic() - started:.1f} s: {outcome}",
            flush=True,
        )
        if failed and given.stop:
            break
    if failed:
        print(f"{len(failed)} seed(s) differ: {' '.join(map(str, failed))}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
