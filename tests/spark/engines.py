"""Runs of the program on either engine, and what must be the same after them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.engines.spark.local_cluster import LocalCluster
from orchestration.ground.contract import raw_tables
from tests.conftest import AS_OF, ROOT, command
from tests.golden.tables import compare_files
from tests.oracle.rules import World
from tests.warehouses import COLUMNS, opened
from tests.worlds.landings import write_columns

FILE = Path("published") / "touchledger.duckdb"
# The worlds are nasty on purpose: many of their rows are rejected, and their caps bind.
WORLD = ("--as-of", AS_OF, "--var", "social_post_cap=3", "--var", "reject_rate_limit=1")
PATIENCE = 1800
# What a metastore on Derby keeps of a view's text.
VIEW_CHARACTERS = 32_700


def on_duckdb(home: Path, *arguments: str) -> Path:
    """`touchledger run` on DuckDB; returns HOME."""
    return _published(home, command("run", "--home", str(home), *arguments, timeout=PATIENCE))


def on_spark(cluster: LocalCluster, home: Path, *arguments: str) -> Path:
    """`touchledger run` on the cluster; returns HOME."""
    return _published(home, try_on_spark(cluster, home, *arguments))


def try_on_spark(
    cluster: LocalCluster, home: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """`touchledger run` on the cluster, however it ends."""
    return command(
        "run",
        "--home",
        str(home),
        *arguments,
        timeout=PATIENCE,
        **cluster.environment,
        **environment,
    )


def longest_view(home: Path) -> int:
    """Characters of the longest statement by which the last run made a view."""
    statements = (
        file.read_text("utf-8") for file in home.glob(".touchledger/target-spark/run/**/*.sql")
    )
    return max(len(text) for text in statements if "create or replace view" in text)


def _published(home: Path, done: subprocess.CompletedProcess[str]) -> Path:
    assert done.returncode == 0, (
        f"{home.name} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    )
    return home


@contextmanager
def running_on_spark(
    cluster: LocalCluster, home: Path, *arguments: str
) -> Iterator[subprocess.Popen[str]]:
    """A run that can be watched line by line; it is ended with the block where it has not ended."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TOUCHLEDGER_", "DAGSTER_"))
    }
    run = subprocess.Popen(
        [sys.executable, "-u", "-m", "orchestration.cli", "run", "--home", str(home), *arguments],
        cwd=ROOT,
        env={**clean, **cluster.environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield run
    finally:
        if run.poll() is None:
            run.send_signal(signal.SIGKILL)
        run.communicate()


def wait_for(run: subprocess.Popen[str], mark: str) -> list[str]:
    """The lines that the run prints up to the first that has `mark` in it.

    Fails where it ends before.
    """
    lines = []
    for line in run.stdout:
        lines.append(line)
        if mark in line:
            return lines
    raise AssertionError(f"the run ended before {mark!r}:\n{''.join(lines)}{run.stderr.read()}")


def write_typed(world: World, landing: Path) -> None:
    """Each table of `world` as one Parquet file in the contract's own types, without the columns
    that no row fills.
    """
    for table in raw_tables().values():
        columns = {
            column.name: (column.data_type, [row[column.name] for row in world[table.name]])
            for column in table.columns
        }
        filled = {
            name: (kind, values)
            for name, (kind, values) in columns.items()
            if any(value is not None for value in values)
        }
        if filled:
            (landing / table.name).mkdir(parents=True, exist_ok=True)
            write_columns(landing / table.name / "typed.parquet", filled)


def differences(one: Path, other: Path) -> list[str]:
    """What differs between the published tables of two HOMEs, types of columns included; nothing is
    the only good answer.
    """
    return compare_files(one / FILE, other / FILE) + _other_types(one / FILE, other / FILE)


def _other_types(one: Path, other: Path) -> list[str]:
    types = [_types(file) for file in (one, other)]
    return [
        f"{place}: {types[0].get(place)} and {types[1].get(place)}"
        for place in types[0] | types[1]
        if types[0].get(place) != types[1].get(place)
    ]


def _types(file: Path) -> dict[str, str]:
    with opened(file) as connection:
        rows = connection.execute(COLUMNS).fetchall()
    return {".".join(row[:3]): row[3] for row in rows}
