"""What dies while a run is under way: a worker is made up for, a Thrift server ends the run, and
readers see neither.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestration.engines.spark.local_cluster import LocalCluster
from tests.conftest import scratch
from tests.spark.engines import (
    WORLD,
    differences,
    on_duckdb,
    on_spark,
    running_on_spark,
    try_on_spark,
    wait_for,
)
from tests.worlds.landings import write_landing
from tests.worlds.make import make_world

pytestmark = pytest.mark.long


@pytest.fixture
def world(tmp_path: Path) -> tuple[str, ...]:
    """The arguments of a run on a landing."""
    write_landing(make_world(3, 200), tmp_path / "landing", 3)
    return ("--landing", str(tmp_path / "landing"), *WORLD)


@pytest.mark.parametrize("after", ["stg_events", "event_sessions", "deal_paths"])
def test_a_worker_killed_in_the_middle_of_a_model_changes_nothing(
    cluster: LocalCluster, world: tuple[str, ...], after: str
) -> None:
    """Its tasks, and what it had computed for the next ones, are computed again by the other."""
    with scratch() as folder:
        with running_on_spark(cluster, folder / "spark", *world) as run:
            wait_for(run, f" {after} ")
            cluster.kill_worker(0)
            output, errors = run.communicate(timeout=1800)
        cluster.replace_worker(0)
        assert run.returncode == 0, output + errors
        assert differences(folder / "spark", on_duckdb(folder / "duckdb", *world)) == []


def test_a_thrift_server_killed_is_said_and_repaired_by_the_next_run(
    cluster: LocalCluster, world: tuple[str, ...], tmp_path: Path
) -> None:
    """Readers keep what was published; started again, the next run builds everything and publishes
    what one run would have.
    """
    with scratch() as folder:
        home = on_spark(cluster, folder / "spark", *world)
        before = os.readlink(home / "published")
        write_landing(make_world(4, 80), tmp_path / "landing", 4)
        with running_on_spark(cluster, home, *world) as run:
            wait_for(run, " stg_events ")
            cluster.kill_thrift()
            _, errors = run.communicate(timeout=1800)
        try:
            assert run.returncode == 1, errors
            assert (
                f"The Spark Thrift server at 127.0.0.1:{cluster.port} was lost" in errors
                and "run again" in errors
            ), errors
            assert "Nothing was published" in errors and " at org." not in errors
            assert os.readlink(home / "published") == before
            refused = try_on_spark(cluster, home, *world)
            assert (refused.returncode, "No Spark Thrift server answers" in refused.stderr) == (
                2,
                True,
            ), refused.stderr
        finally:
            cluster.start_thrift()
        done = try_on_spark(cluster, home, *world)
        assert (
            done.returncode,
            "full: the last build was interrupted or failed" in done.stdout,
        ) == (0, True), done.stdout + done.stderr
        assert os.readlink(home / "published") != before
        assert differences(home, on_duckdb(folder / "duckdb", *world)) == []
