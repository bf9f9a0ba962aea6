"""Dagster builds on Spark: the same assets and checks as over DuckDB, and the same rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.engines.spark.local_cluster import LocalCluster
from tests.conftest import AS_OF, ROOT, query, scratch
from tests.spark.engines import PATIENCE, WORLD, differences, on_duckdb
from tests.worlds.landings import write_landing
from tests.worlds.make import make_world

pytestmark = pytest.mark.long


def test_dagster_materializes_every_asset_over_spark(cluster: LocalCluster, tmp_path: Path) -> None:
    """`dagster asset materialize`, as the page does it; each asset and each check is noted."""
    landing, notes = tmp_path / "landing", tmp_path / "dagster"
    write_landing(make_world(5, 120), landing, 5)
    notes.mkdir()
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TOUCHLEDGER_", "DAGSTER_"))
    }
    with scratch() as folder:
        settled = {
            "TOUCHLEDGER_LANDING": str(landing),
            "TOUCHLEDGER_HOME": str(folder / "spark"),
            "TOUCHLEDGER_AS_OF": AS_OF,
            "TOUCHLEDGER_VARS": json.dumps({"social_post_cap": 3, "reject_rate_limit": 1}),
            "DAGSTER_HOME": str(notes),
            "PYTHONPATH": str(ROOT),
        }
        done = subprocess.run(
            [
                *[sys.executable, "-m", "dagster", "asset", "materialize"],
                *["--select", "*", "-m", "orchestration.definitions"],
            ],
            cwd=ROOT,
            env={**clean, **cluster.environment, **settled},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
        duckdb = on_duckdb(folder / "duckdb", "--landing", str(landing), *WORLD)
        assert differences(folder / "spark", duckdb) == []
        checks = query(folder / "spark", "select count(*) from diagnostics.check_results")[0][0]
    with dg.DagsterInstance.from_config(str(notes)) as instance:
        (run,) = instance.get_runs()
        events = [entry.dagster_event for entry in instance.all_logs(run.run_id)]
    built = {event.asset_key for event in events if event and event.is_step_materialization}
    assert built == set(defs.resolve_asset_graph().materializable_asset_keys)
    told = [
        event for event in events if event and event.event_type_value == "ASSET_CHECK_EVALUATION"
    ]
    assert len(told) >= checks > 50
