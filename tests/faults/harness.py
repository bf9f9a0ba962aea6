"""Runs that can be watched and ended, and what must hold after every one of them."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ground.sql import exact_path
from tests.conftest import AS_OF, ROOT
from tests.worlds.landings import write_landing
from tests.worlds.make import make_world, split_into_landings

PHASES = {
    "start": "touchledger  ",
    "land": "  Land  ",
    "build": "  Build  ",
    "check": "  Check  ",
    "publish": "  Publish  ",
}
# What a run says of itself, not of the world: different in every run, or by what was published
# before it.
OF_THE_RUN = ("run_log", "check_results", "restatements", "restatement_causes")
# What a source brings beside the landing: one view of a page by somebody unknown.
PAGES = (
    "id,timestamp,received_at,anonymous_id,url\n"
    "p1,2024-05-01T00:00:00Z,2024-05-01T00:00:00Z,v1,https://x.example/\n"
)
ALLOWED_IN_HOME = {
    "extracts",
    "warehouse.duckdb",
    "warehouse.duckdb.wal",
    "warehouse.duckdb.tmp",
    "published",
    ".touchledger",
    "data_docs",
}

Snapshot = dict[str, list[tuple]]


# --- Runs -----------------------------------------------------------------------------------------


@dataclass
class Started:
    """A run under way: its process, and where its output goes."""

    process: int
    output: Path
    errors: Path

    def printed(self) -> str:
        return (
            self.output.read_text(encoding="utf-8", errors="replace")
            if self.output.exists()
            else ""
        )

    def said(self) -> str:
        return (
            self.errors.read_text(encoding="utf-8", errors="replace")
            if self.errors.exists()
            else ""
        )

    def is_alive(self) -> bool:
        """Whether it still runs; one that has ended and was not waited for is a zombie."""
        try:
            return (
                Path(f"/proc/{self.process}/stat")
                .read_text(encoding="ascii", errors="replace")
                .rsplit(")", 1)[1]
                .split()[0]
                != "Z"
            )
        except OSError:
            return False

    def wait_for(self, mark: str, timeout: float = 900) -> bool:
        """Whether the run printed `mark` before it ended."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            alive = self.is_alive()
            if mark in self.printed():
                return True
            if not alive:
                return False
            time.sleep(0.01)
        raise TimeoutError(mark)

    def kill(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.process, number)


class Nursery:
    """Starts runs in forks of a process that has everything imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TOUCHLEDGER_", "DAGSTER_"))
        }
        self.server = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**clean, "PYTHONPATH": str(ROOT)},
        )

    def _ask(self, request: dict) -> int:
        self.server.stdin.write(json.dumps(request) + "\n")
        self.server.stdin.flush()
        return int(self.server.stdout.readline())

    def start(
        self, landing: Path, home: Path, *more: str, file_limit: int | None = None
    ) -> Started:
        places = ["--landing", str(landing), "--home", str(home)]
        limits = ["--as-of", AS_OF, "--var", "reject_rate_limit=1"]
        return self.begin("run", *places, *limits, *more, file_limit=file_limit)

    def begin(
        self,
        *arguments: str,
        file_limit: int | None = None,
        obeying: bool = False,
        around: dict | None = None,
        **environment: str | None,
    ) -> Started:
        """Starts `touchledger ARGUMENTS`; one that is `obeying` is stopped by permissions."""
        self.count += 1
        output, errors = self.folder / f"{self.count}.out", self.folder / f"{self.count}.err"
        request = {
            "arguments": arguments,
            "output": str(output),
            "errors": str(errors),
            "file_limit": file_limit,
            "obeying": obeying,
            "environment": environment,
            "around": around,
        }
        return Started(self._ask(request), output, errors)

    def wait(self, started: Started) -> int:
        """Exit status of a run; negative where a signal ended it."""
        return self._ask({"wait": started.process})

    def run(
        self, landing: Path, home: Path, *more: str, file_limit: int | None = None
    ) -> tuple[int, Started]:
        started = self.start(landing, home, *more, file_limit=file_limit)
        return self.wait(started), started

    def close(self) -> None:
        self.server.stdin.close()
        self.server.wait(timeout=60)
        self.server.stdout.close()


def durations(printed: str) -> dict[str, float]:
    """Seconds that each phase of an undisturbed run took, from what it printed."""
    starts = [
        (name, float(seconds))
        for seconds, name in re.findall(
            r"^ *([0-9.]+) s  (Land|Build|Check|Publish)", printed, re.MULTILINE
        )
    ]
    ends = [at for _, at in starts[1:]] + [starts[-1][1] + 1.0]
    return {"start": starts[0][1]} | {
        name.lower(): end - at for (name, at), end in zip(starts, ends, strict=True)
    }


# --- What must hold -------------------------------------------------------------------------------


def _rounded(row: tuple) -> str:
    return repr(tuple(round(value, 6) if isinstance(value, float) else value for value in row))


def snapshot(folder: Path) -> Snapshot:
    """Every published table of a folder but those of the run itself, in an order that does not
    depend on how it was built.
    """
    with duckdb.connect(str(folder / "touchledger.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        names = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = "
            "current_database() order by all"
        ).fetchall()
        return {
            f"{schema}.{table}": sorted(
                connection.execute(f'select * from "{schema}"."{table}"').fetchall(), key=_rounded
            )
            for schema, table in names
            if table not in OF_THE_RUN
        }


def _same(left: object, right: object) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return (
            left == right
            or abs(left - right) <= 1e-9 * max(1.0, abs(left))
            or (left != left and right != right)
        )
    return left == right


def difference(left: Snapshot, right: Snapshot) -> str | None:
    """The first difference of two published states in words, or None."""
    if left.keys() != right.keys():
        return f"tables {sorted(left.keys() ^ right.keys())}"
    for name, rows in left.items():
        if len(rows) != len(right[name]):
            return f"{name}: {len(rows)} rows and {len(right[name])}"
        for one, other in zip(rows, right[name], strict=True):
            if len(one) != len(other) or not all(map(_same, one, other)):
                return f"{name}: {one} and {other}"
    return None


def whole(home: Path) -> Path | None:
    """The published folder, after making sure that all its files are of one run and agree; None
    where nothing is published.
    """
    link = home / "published"
    if not link.is_symlink():
        assert not link.exists()
        return None
    folder = link.resolve(strict=True)
    run_id = folder.name.split(".")[0]
    with duckdb.connect(str(folder / "touchledger.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = "
            "current_database()"
        ).fetchall()
        assert len(tables) >= 23
        for schema, table in tables:
            file = exact_path(str(folder / "parquet" / schema / table / "part-0.parquet"))
            counted = "select count(*), coalesce(bit_xor(hash(t)), 0) from {} as t"
            in_duckdb = connection.execute(counted.format(f'"{schema}"."{table}"')).fetchone()
            assert (
                in_duckdb == connection.execute(counted.format(f"read_parquet({file})")).fetchone()
            ), f"{table} differs from its Parquet file"
        log = exact_path(str(folder / "parquet/diagnostics/run_log/part-0.parquet"))
        for source in (
            "diagnostics.run_log",
            f"read_parquet({log})",
        ):
            ((newest, status),) = connection.execute(
                f"select run_id, status from {source} order by run_id desc limit 1"
            ).fetchall()
            assert (newest, status) == (run_id, "published")
    assert {
        path.parent.relative_to(folder / "parquet").parts
        for path in (folder / "parquet").rglob("*.parquet")
    } == set(tables)
    return folder


def state_of(home: Path, known: dict[str, Snapshot]) -> str:
    """Which of the known states is published, whole; "nothing" where none is.

    Fails for anything else.
    """
    folder = whole(home)
    if folder is None:
        return "nothing"
    found = snapshot(folder)
    differences = {name: difference(state, found) for name, state in known.items()}
    for name, text in differences.items():
        if text is None:
            return name
    raise AssertionError(f"what is published is of no run: {differences}")


def restatement_log(home: Path) -> list[list[tuple]]:
    """What is said of every number that was restated, and why, without the names of runs."""
    with duckdb.connect(str(whole(home) / "touchledger.duckdb"), read_only=True) as connection:
        return [
            connection.execute(
                f"select * exclude ({runs}) from diagnostics.{table} order by all"
            ).fetchall()
            for table, runs in (
                ("restatements", "run_id, previous_run_id"),
                ("restatement_causes", "run_id"),
            )
        ]


def check_tidy(home: Path) -> None:
    """After a good run nothing is left over from those that died."""
    assert {path.name for path in home.iterdir()} <= ALLOWED_IN_HOME, sorted(
        path.name for path in home.iterdir()
    )
    runs = sorted(path.name for path in (home / ".touchledger" / "runs").iterdir())
    assert len(runs) <= 2 and not any(name.endswith(".partial") for name in runs), runs


# --- Worlds ---------------------------------------------------------------------------------------


@dataclass
class Stage:
    """A world in two landings: what an undisturbed run publishes after the first and after both,
    and a HOME with the first published.
    """

    nursery: Nursery
    first: Path
    both: Path
    base: Path
    states: dict[str, Snapshot]
    restated: list[list[tuple]]
    seconds: dict[str, float]
    folder: Path
    web: Path
    config: Path

    def home(self, name: str, *, empty: bool = False) -> Path:
        """A HOME of its own: with the first landing published, or empty."""
        home = self.folder / name
        shutil.rmtree(home, ignore_errors=True)
        if not empty:
            shutil.copytree(self.base, home, symlinks=True)
        return home


@contextmanager
def stage(folder: Path, scratch: Path, seed: int, size: int = 60) -> Iterator[Stage]:
    """Builds the world of `seed`, undisturbed, below `folder`."""
    first, both = scratch / "first", scratch / "both"
    one, other = split_into_landings(make_world(seed, size), seed, 2)
    write_landing(one, first, seed)
    web, config = scratch / "web", scratch / "touchledger.yml"
    web.mkdir()
    (web / "pages.csv").write_text(PAGES, encoding="utf-8")
    config.write_text(f"sources:\n  - {{name: web, kind: segment, path: {web}}}\n", "utf-8")
    output = scratch / "output"
    output.mkdir()
    nursery = Nursery(output)
    try:
        states, base = {}, folder / "base"
        places = ["--landing", str(first), "--home", str(base), "--config", str(config)]
        assert nursery.wait(nursery.begin("pull", *places)) == 0
        status, run = nursery.run(first, base)
        assert status == 0, run.said()
        shutil.copytree(first, both)
        write_landing(other, both, seed + 1)
        states["old"] = snapshot(whole(base))
        later = folder / "undisturbed"
        shutil.copytree(base, later, symlinks=True)
        status, run = nursery.run(both, later)
        assert status == 0, run.said()
        states["new"] = snapshot(whole(later))
        assert difference(states["old"], states["new"]) is not None
        restated = restatement_log(later)
        assert all(restated)
        seconds = durations(run.printed())
        yield Stage(nursery, first, both, base, states, restated, seconds, folder, web, config)
    finally:
        nursery.close()


def draw_moment(rng: random.Random, seconds: dict[str, float], phase: str) -> float:
    """A delay after a phase begins, somewhere within it."""
    return rng.random() * max(seconds.get(phase, 1.0), 0.05)


def disturb(
    stage: Stage, home: Path, rng: random.Random, phase: str, number: int, *more: str
) -> bool:
    """Starts a run and ends it with a signal at a random moment of a phase; returns whether it was
    still there to be ended.
    """
    run = stage.nursery.start(stage.both, home, *more)
    if run.wait_for(PHASES[phase]):
        until = time.monotonic() + draw_moment(rng, stage.seconds, phase)
        while run.is_alive() and time.monotonic() < until:
            time.sleep(0.002)
    asked = time.monotonic()
    run.kill(number)
    status = stage.nursery.wait(run)
    took = time.monotonic() - asked
    if number == signal.SIGTERM and status != 0:
        assert status == 128 + signal.SIGTERM, (status, run.said())
        assert took < 5, f"SIGTERM took {took:.1f} s"
        assert (
            "Stopped by SIGTERM: readers keep" in run.said()
            and "Run again to go on" in run.said()
            and "Traceback" not in run.said()
        )
    elif status != 0:
        assert status == -number, (status, run.said())
    return status != 0
