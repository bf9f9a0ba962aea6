"""The same landing gives the same published tables on both engines, row by row both ways, in one
run or in many.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.engines.spark.local_cluster import LocalCluster
from tests.conftest import command, query, scratch
from tests.oracle.compare import differences as from_the_reference
from tests.oracle.publish import publish
from tests.oracle.rules import Parameters
from tests.spark.engines import (
    FILE,
    VIEW_CHARACTERS,
    WORLD,
    differences,
    longest_view,
    on_duckdb,
    on_spark,
    try_on_spark,
    write_typed,
)
from tests.worlds.landings import write_landing
from tests.worlds.make import make_world, split_into_landings

AS_OF = datetime(2024, 7, 1)


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    return tmp_path / "landing"


def test_a_world_is_the_same_on_both_engines(cluster: LocalCluster) -> None:
    """One run on each from nothing, as a user would; the reference says the same.

    Then nothing has changed, and nothing is built.

    Half of every table lands as Parquet in the contract's types, and is read where it lies.
    """
    world = make_world(2, 120)
    with scratch() as folder:
        landing = folder / "landing"  # on one file system with HOME
        write_landing({table: rows[::2] for table, rows in world.items()}, landing, 2)
        write_typed({table: rows[1::2] for table, rows in world.items()}, landing)
        arguments = ("--landing", str(landing), *WORLD)
        done = try_on_spark(
            cluster, folder / "spark", *arguments, TOUCHLEDGER_SPARK_IN_PLACE_BYTES="0"
        )
        assert (done.returncode, "rows are read by the cluster where they lie" in done.stdout) == (
            0,
            True,
        ), done.stdout + done.stderr
        spark = folder / "spark"
        in_place = {path.name for path in (spark / ".touchledger" / "lake" / "in_place").iterdir()}
        assert in_place >= {"contacts", "deals", "events", "campaigns", "assets"}
        assert (
            from_the_reference(
                spark / FILE, publish(world, Parameters(as_of=AS_OF, social_post_cap=3))
            )
            == []
        )
        assert longest_view(spark) < VIEW_CHARACTERS
        duck = on_duckdb(folder / "duckdb", *arguments)
        assert differences(spark, duck) == []
        checked = (
            "select table_name, check_name, passed, rows_failing from diagnostics.check_results"
        )
        assert sorted(query(spark, checked)) == sorted(query(duck, checked))
        said = json.loads(
            command("explain", "contact", "c1", "--json", "--home", str(spark)).stdout
        )
        assert said["asked_for"] == "c1"
        again = try_on_spark(cluster, spark, *arguments)
        assert (again.returncode, "nothing to publish" in again.stdout) == (0, True), (
            again.stdout + again.stderr
        )


@pytest.mark.long
def test_the_sample_is_the_same_on_both_engines(cluster: LocalCluster) -> None:
    with scratch() as folder:
        spark, duck = (run(folder / name, "--as-of", "2026-07-01T00:00:00Z") for name, run in (
            ("spark", lambda *arguments: on_spark(cluster, *arguments)), ("duckdb", on_duckdb)
        ))  # fmt: skip
        assert differences(spark, duck) == []
        assert query(spark, "select count(*) from core.fct_interactions")[0][0] > 50_000
        for name in ("report.html", "variables.json"):
            assert (spark / "published" / name).exists()
        assert list((spark / "published/parquet/marts/campaign_performance").glob("*.parquet"))


@pytest.mark.long
@pytest.mark.parametrize(("seed", "size", "batches"), [(11, 120, 3), (5, 250, 1), (23, 90, 2)])
def test_worlds_in_many_runs_are_the_same_on_both_engines(
    cluster_with_metastore: LocalCluster, landing: Path, seed: int, size: int, batches: int
) -> None:
    """After every landing: the first is built whole, the others touch buckets of keys."""
    cluster = cluster_with_metastore
    variables = (
        {"portal_timezone": "America/New_York", "attribution_lookback_days": "30"}
        if batches == 1
        else {}
    )
    arguments = (
        "--landing",
        str(landing),
        *WORLD,
        *(text for name, value in variables.items() for text in ("--var", f"{name}={value}")),
    )
    with scratch() as folder:
        for number, part in enumerate(split_into_landings(make_world(seed, size), seed, batches)):
            write_landing(part, landing, 1000 * seed + number)
            done = try_on_spark(cluster, folder / "spark", *arguments)
            assert done.returncode == 0, done.stdout + done.stderr
            assert ("full: " if number == 0 else "increment: ") in done.stdout
            assert differences(folder / "spark", on_duckdb(folder / "duckdb", *arguments)) == []


@pytest.mark.long
def test_a_home_may_change_its_engine(cluster: LocalCluster, landing: Path) -> None:
    """Each change is said and builds everything; what is published stays the same."""
    write_landing(make_world(7, 60), landing, 7)
    arguments = ("--landing", str(landing), *WORLD)
    with scratch() as folder:
        first = on_duckdb(folder / "first", *arguments)
        home = on_duckdb(folder / "home", *arguments)
        done = try_on_spark(cluster, home, *arguments)
        assert (done.returncode, "full: the target is spark, was duckdb" in done.stdout) == (
            0,
            True,
        ), done.stdout + done.stderr
        assert differences(home, first) == []
        back = command("run", "--home", str(home), *arguments)
        assert (back.returncode, "full: the target is duckdb, was spark" in back.stdout) == (
            0,
            True,
        ), back.stdout + back.stderr
        assert differences(home, first) == []
