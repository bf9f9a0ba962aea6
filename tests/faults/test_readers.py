"""Readers while runs publish: nobody sees a torn or mixed state, nobody blocks anybody."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.ground.cache import manifest_file
from orchestration.ground.settings import Settings, make_settings
from orchestration.home.lock import locked
from orchestration.home.runs import begin_run, end_run
from orchestration.home.warehouse import warehouse
from orchestration.publishing.publish import publish
from tests.conftest import AS_OF, ROOT
from tests.faults.harness import Stage, whole
from tests.faults.reading import KEYS, one_look


def _settings(home: Path) -> Settings:
    return make_settings(home=str(home), as_of=AS_OF)


def _make_table(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """A published view of the warehouse becomes a table, so that rows can be added to it."""
    if connection.execute(
        "select count(*) from duckdb_views() where schema_name || '.' || view_name = ?", [name]
    ).fetchone() != (0,):
        connection.execute(f"create temporary table copied as select * from {name}")
        connection.execute(f"drop view {name}")
        connection.execute(f"create table {name} as select * from temp.copied")
        connection.execute("drop table temp.copied")


def _publish_once_more(home: Path, number: int) -> float:
    """Publishes the built warehouse with one more row in three tables; returns the seconds it
    took.
    """
    settings = _settings(home)
    started = time.monotonic()
    with locked(settings), warehouse(settings) as connection:
        for table, key in KEYS.items():
            _make_table(connection, table)
            connection.execute(
                f"insert into {table} by name select * replace ('publish-{number}' as {key}) from "
                f"{table} limit 1"
            )
        run_id = begin_run(connection, settings)
        publish(connection, settings, run_id, manifest_file())
        end_run(connection, run_id, "published")
    return time.monotonic() - started


def _readers_while(
    faults: Stage, home: Path, tmp_path: Path, readers: int, publishes: int, whole_runs: int
) -> None:
    stop = tmp_path / "stop"
    arguments = [sys.executable, "-m", "tests.faults.reading", str(home), str(stop)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen(
            arguments,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(readers)
    ]
    try:
        seconds = [_publish_once_more(home, number) for number in range(publishes)]
        for _ in range(whole_runs):
            status, run = faults.nursery.run(faults.both, home, "--full-refresh")
            assert status == 0, run.said()
            whole(home)
    finally:
        stop.touch()
        outcomes = [
            (*process.communicate(timeout=120), process.returncode) for process in processes
        ]
    looks, gone = 0, 0
    for printed, said, status in outcomes:
        assert status == 0, said
        looks += int(printed.split()[0])
        gone += int(printed.split()[2])
    print(
        f"{looks} looks by {readers} readers, {gone} at a folder that was two publishes old; a "
        f"publish took up to {max(seconds):.1f} s"
    )
    assert looks >= readers
    assert gone <= looks // 10
    assert max(seconds) < 60, "a publish waits for no reader"


def test_readers_see_one_run_at_a_time(faults: Stage, tmp_path: Path) -> None:
    _readers_while(faults, faults.home("readers"), tmp_path, readers=3, publishes=3, whole_runs=0)


@pytest.mark.long
def test_eight_readers_while_twenty_runs_publish(faults: Stage, tmp_path: Path) -> None:
    _readers_while(faults, faults.home("readers"), tmp_path, readers=8, publishes=18, whole_runs=2)


def test_an_open_file_goes_on_working_after_its_folder_is_gone(faults: Stage) -> None:
    """The previous folder is kept, older ones are removed: who opened one has it until closing."""
    home = faults.home("kept open")
    first = whole(home)
    rows = duckdb.execute(
        f"select count(*) from read_parquet('{first}/parquet/core/fct_interactions/*.parquet')"
    ).fetchone()
    with (
        duckdb.connect(str(home / "published" / "touchledger.duckdb"), read_only=True) as reader,
        (first / "parquet" / "core" / "fct_deals" / "part-0.parquet").open("rb") as parquet,
    ):
        _publish_once_more(home, 1)
        assert first.exists(), "the previous folder is kept"
        _publish_once_more(home, 2)
        assert not first.exists()
        assert reader.execute("select max(run_id) from diagnostics.run_log").fetchone() == (
            first.name,
        )
        assert reader.execute("select count(*) from core.fct_interactions").fetchone() == rows
        assert parquet.read()[-4:] == b"PAR1"
    assert one_look(home / "published", through_the_link=False) != first.name


def test_a_run_that_is_published_again_gets_a_folder_of_its_own(faults: Stage) -> None:
    """As from Dagster's page, where the last step can be asked for alone."""
    home = faults.home("again")
    settings = _settings(home)
    run_id = whole(home).name
    for number in (2, 3, 4):
        with locked(settings), warehouse(settings) as connection:
            publish(connection, settings, run_id, manifest_file())
        assert whole(home).name == f"{run_id}.{number}"
