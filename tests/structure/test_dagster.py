"""The asset graph that a data engineer sees: complete, connected, checked, and off until turned
on.
"""

from __future__ import annotations

import graphlib
import http.server
import json
import os
import shlex
import sys
import threading
import urllib.request
from contextlib import nullcontext
from pathlib import Path

import dagster as dg
import duckdb
import pytest
import yaml

from orchestration.assets import build, column_lineage, history, publish
from orchestration.assets.alerts import COMMAND, WEBHOOK, Alert, send
from orchestration.assets.instance import unwatched
from orchestration.assets.schedule import new_files
from orchestration.checking.suites import business_checks
from orchestration.definitions import defs
from orchestration.ground.contract import raw_tables
from orchestration.ground.paths import PUBLISHED_SCHEMAS
from orchestration.ground.settings import make_settings
from orchestration.home.lock import locked
from tests.conftest import ROOT, land_rows


@pytest.fixture(scope="module")
def graph() -> dg.AssetGraph:
    return defs.resolve_asset_graph()


def test_every_layer_is_there(graph) -> None:
    keys = {tuple(key.path) for key in graph.get_all_asset_keys()}
    assert {("raw", table) for table in raw_tables()} <= keys
    published = {key for key in keys if key[0] == "published"}
    marts = {key for key in keys if key[0] in PUBLISHED_SCHEMAS}
    assert {("published", *key) for key in marts} == published
    assert len(marts) == 37


def test_published_tables_lead_back_to_what_landed(graph) -> None:
    def roots(key: dg.AssetKey, seen: set) -> set:
        parents = graph.get(key).parent_keys - seen
        seen |= parents
        return (
            {key}
            if not graph.get(key).parent_keys
            else set().union(*(roots(parent, seen) for parent in parents), set())
        )

    for key in graph.get_all_asset_keys():
        if key.path[0] == "published":
            assert roots(key, set()) & {
                dg.AssetKey(["raw", table])
                for table in [
                    *raw_tables(),
                    "runs",
                    "rejected_rows",
                    "unread_values",
                    "check_results",
                    "coverage",
                ]
            }, key


def test_every_asset_has_a_group_an_owner_and_words(graph) -> None:
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name and node.group_name != "default", key
        if key.path[0] != "rules":
            assert node.owners and node.description, key


def test_business_checks_block_where_they_must(graph) -> None:
    keys = {(check.asset_key.path[-1], check.name): check for check in graph.asset_check_keys}
    for check in business_checks():
        assert (check.table.split(".")[1], check.name) in keys
        key = keys[check.table.split(".")[1], check.name]
        assert graph.get(key).blocking == check.blocking
    dbt_tests = [key for key in keys.values() if key.name.startswith(("key_", "not_null"))]
    assert len(dbt_tests) > 30


def test_schedule_and_sensors_are_off_until_turned_on() -> None:
    repository = defs.get_repository_def()
    assert [schedule.default_status.value for schedule in repository.schedule_defs] == ["STOPPED"]
    assert {sensor.name: sensor.default_status.value for sensor in repository.sensor_defs} == {
        "new_files": "STOPPED",
        "alert_on_failure": "STOPPED",
        # It starts nothing: it shows what the command line did.
        "runs_of_the_command_line": "RUNNING",
    }


def test_the_sensor_starts_one_run_per_change(landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHLEDGER_LANDING", str(landing))
    with dg.DagsterInstance.ephemeral() as instance:
        assert isinstance(new_files(dg.build_sensor_context(instance=instance)), dg.SkipReason)
        land_rows(landing, "deals", {"deal_id": "a", "is_closed_won": True})
        first = new_files(dg.build_sensor_context(instance=instance))
        assert isinstance(first, dg.SensorResult) and len(first.run_requests) == 1
        again = new_files(dg.build_sensor_context(instance=instance, cursor=first.cursor))
        assert isinstance(again, dg.SkipReason)
        land_rows(landing, "deals", {"deal_id": "b", "is_closed_won": True}, name="more")
        assert isinstance(
            new_files(dg.build_sensor_context(instance=instance, cursor=first.cursor)),
            dg.SensorResult,
        )


def test_the_sensor_waits_for_whoever_holds_home(
    landing: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that fails for that would be the only one of its change."""
    monkeypatch.setenv("TOUCHLEDGER_LANDING", str(landing))
    monkeypatch.setenv("TOUCHLEDGER_HOME", str(home))
    land_rows(landing, "deals", {"deal_id": "a", "is_closed_won": True})
    with dg.DagsterInstance.ephemeral() as instance:
        with locked(make_settings()):
            held = new_files(dg.build_sensor_context(instance=instance))
        assert isinstance(held, dg.SkipReason) and str(os.getpid()) in held.skip_message
        assert isinstance(new_files(dg.build_sensor_context(instance=instance)), dg.SensorResult)


def test_every_published_table_shows_its_columns_and_when_it_is_due(graph) -> None:
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        if key.path[0] == "published":
            assert node.freshness_policy is not None and {"duckdb", "parquet"} <= node.kinds, key
        if key.path[0] in ("published", "raw", *PUBLISHED_SCHEMAS):
            schema = node.metadata["dagster/column_schema"]
            assert schema.columns and all(column.description for column in schema.columns), key


def test_each_layer_is_a_group(graph) -> None:
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    layers = {
        "landing",
        "staging",
        "associations",
        "interactions",
        "attribution",
        "parity",
        "attribution_conversions",
        "metrics",
        "rules",
        "published",
    }
    assert layers <= groups and {group for group in groups - layers} == {
        "marts_core",
        "marts_campaigns",
        "marts_diagnostics",
    }


def test_groups_follow_one_another(graph) -> None:
    """The graph of groups goes one way: from what landed to what is published."""
    before: dict[str, set[str]] = {}
    for key in graph.get_all_asset_keys():
        group = graph.get(key).group_name
        parents = {graph.get(parent).group_name for parent in graph.get(key).parent_keys}
        before.setdefault(group, set()).update(parents - {group})
    way = list(graphlib.TopologicalSorter(before).static_order())
    assert way[-1] == "published"
    steps = ["landing", "staging", "associations", "interactions", "attribution", "marts_campaigns"]
    assert sorted(steps, key=way.index) == steps


def test_rows_are_counted_without_what_was_deleted() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create schema core; create table core.fct_deals as from range(10); create view "
            "core.seen as from core.fct_deals"
        )
        connection.execute("delete from core.fct_deals where range < 3")
        keys = [dg.AssetKey(["core", name]) for name in ("fct_deals", "seen")]
        counts = {
            event.asset_key.path[-1]: event.metadata["dagster/row_count"].value
            for event in build.row_counts(connection, keys)
        }
    assert counts == {"fct_deals": 7}


@pytest.mark.parametrize(("fails", "tries", "published"), [(1, 2, True), (9, 3, False)])
def test_publishing_is_tried_again_after_an_error_of_the_disk(
    monkeypatch: pytest.MonkeyPatch, fails: int, tries: int, published: bool
) -> None:
    monkeypatch.setattr(publish, "RETRY_SECONDS", 0)
    seen = []

    @dg.op
    def publishing(context) -> None:
        with publish._retried(context):
            seen.append(context.retry_number)
            if len(seen) <= fails:
                raise OSError(28, "No space left on device")

    @dg.job
    def run() -> None:
        publishing()

    assert run.execute_in_process(raise_on_error=False).success is published
    assert seen == list(range(tries))


def test_what_would_fail_again_is_not_tried_again() -> None:
    with pytest.raises(ValueError, match="wrong"), publish._retried(dg.build_op_context()):
        raise ValueError("wrong")


ALERT = Alert("touchledger_run", "4711", "business_checks", "1 blocking check(s) failed")


def test_an_alert_reaches_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WEBHOOK, raising=False)
    said = tmp_path / "said it.json"
    program = f"import sys, pathlib; pathlib.Path({str(said)!r}).write_text(sys.stdin.read())"
    monkeypatch.setenv(COMMAND, shlex.join([sys.executable, "-c", program]))
    assert send(ALERT) == [COMMAND]
    told = json.loads(said.read_text())
    assert (
        told["run_id"] == "4711"
        and "business_checks" in told["text"]
        and "Nothing was published" in told["text"]
    )


def test_an_alert_reaches_a_web_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    got = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        monkeypatch.delenv(COMMAND, raising=False)
        monkeypatch.setenv(WEBHOOK, f"http://127.0.0.1:{server.server_port}/")
        assert send(ALERT) == [WEBHOOK]
    assert got[0]["error"] == ALERT.error


def test_a_command_that_fails_does_not_silence_the_web_hook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    monkeypatch.setattr(
        urllib.request, "urlopen", lambda request, timeout: asked.append(request) or nullcontext()
    )
    monkeypatch.setenv(COMMAND, "/no/such/pager")
    monkeypatch.setenv(WEBHOOK, "https://chat.example.com/hooks/data")
    with pytest.raises(FileNotFoundError, match="/no/such/pager"):
        send(ALERT)
    assert [request.full_url for request in asked] == ["https://chat.example.com/hooks/data"]


def test_the_failure_sensor_says_which_step_and_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.assets.schedule import alert_on_failure

    said = tmp_path / "said.json"
    monkeypatch.delenv(WEBHOOK, raising=False)
    program = f"import sys, pathlib; pathlib.Path({str(said)!r}).write_text(sys.stdin.read())"
    monkeypatch.setenv(COMMAND, shlex.join([sys.executable, "-c", program]))

    @dg.op
    def business_checks_step() -> None:
        raise ValueError("credits_sum_to_the_deal (R75)")

    @dg.job
    def run() -> None:
        business_checks_step()

    with dg.DagsterInstance.ephemeral() as instance:
        result = run.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            "alert_on_failure", result.get_run_failure_event(), instance, result.dagster_run
        ).for_run_failure()
        alert_on_failure(context)
    told = json.loads(said.read_text())
    assert (
        told["step"] == "business_checks_step" and "credits_sum_to_the_deal (R75)" in told["error"]
    )


def test_dagster_stays_quiet_and_runs_one_at_a_time() -> None:
    settings = yaml.safe_load((ROOT / "dagster.yaml").read_text(encoding="utf-8"))
    assert settings["telemetry"] == {"enabled": False} and settings["nux"] == {"enabled": False}
    assert settings["concurrency"]["runs"]["max_concurrent_runs"] == 1


def test_a_run_of_the_command_line_shows_in_dagster_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was materialized and checked, when and how it ended; a damaged record is passed over."""
    settings = make_settings(home=str(home))
    settings.private.mkdir(parents=True)
    monkeypatch.setenv("TOUCHLEDGER_HOME", str(home))

    @dg.asset(check_specs=[dg.AssetCheckSpec("holds", asset="table")])
    def table() -> dg.MaterializeResult:
        check = dg.AssetCheckResult(passed=False, check_name="holds")
        return dg.MaterializeResult(metadata={"rows": 7}, check_results=[check])

    @dg.asset(deps=[table])
    def broken() -> None:
        raise ValueError("no room")

    for assets in ([table], [table, broken]):
        with unwatched() as own:
            dg.materialize(assets, instance=own, raise_on_error=False)
            history.keep(own, settings)
    (settings.private / history.FOLDER / "20260101T000000-cut.json.gz").write_bytes(b"\x1f\x8b")
    with dg.DagsterInstance.ephemeral() as shown:
        context = dg.build_sensor_context(instance=shown)
        assert "here: 2" in history.command_line_runs(context).skip_message
        assert "No new run" in history.command_line_runs(context).skip_message
        assert {run.status.value for run in shown.get_runs()} == {"SUCCESS", "FAILURE"}
        event = shown.get_latest_materialization_event(dg.AssetKey("table"))
        assert event.asset_materialization.metadata["rows"].value == 7
        checked = shown.event_log_storage.get_latest_asset_check_execution_by_key(
            [dg.AssetCheckKey(dg.AssetKey("table"), "holds")]
        )
        assert [one.status.value for one in checked.values()] == ["FAILED"]


def test_column_lineage_is_read_from_compiled_sql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through CTEs, stars and joins; a table that a build compares with itself ends the search."""
    seed = {"resource_type": "seed", "schema": "rules", "name": "kinds", "columns": {}}
    seed["config"] = {"column_types": {"kind": "string", "label": "string"}}
    queries = {
        "stage": "select kind, label as said from w.rules.kinds "
        "union all select kind, said from w.mid.stage",
        "made": "with a as (select * from w.mid.stage) select said || kind as both, count(*) as n "
        "from a group by all",
        "torn": "select from where",
        "star": "with rows as (select * from elsewhere.events) select * from rows",
        "spark": "select t.said from touchledger_1a_mid.stage as t",
    }
    models = {
        name: {
            "resource_type": "model", "schema": "mid", "name": name, "columns": {},
            "package_name": "p", "original_file_path": f"models/{name}.sql",
        }
        for name in queries
    }  # fmt: skip
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"nodes": {"seed": seed, **models}, "sources": {}}))
    for name, sql in queries.items():
        file = tmp_path / "compiled" / "p" / "models" / f"{name}.sql"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(sql)
    monkeypatch.setattr(column_lineage, "manifest_file", lambda: manifest)
    columns = column_lineage.ColumnLineage(tmp_path, "duckdb")

    def of(*path: str) -> dict[str, list[tuple[str, str]]]:
        found = columns.metadata(dg.AssetKey(list(path))).get(column_lineage.LABEL)
        return {
            column: [(dep.asset_key.to_user_string(), dep.column_name) for dep in deps]
            for column, deps in (found.deps_by_column if found else {}).items()
        }

    assert of("mid", "made") == {"both": [("mid/stage", "kind"), ("mid/stage", "said")], "n": []}
    assert of("mid", "stage")["said"][-1] == ("rules/kinds", "label")
    assert of("published", "mid", "made")["n"] == [("mid/made", "n")]
    assert of("mid", "torn") == of("rules", "kinds") == of("raw", "events") == {}
    assert not any(of("mid", "star").values()) and not any(of("mid", "spark").values())
    columns = column_lineage.ColumnLineage(tmp_path, "spark", "touchledger_1a_")
    assert of("mid", "spark") == {"said": [("mid/stage", "said")]}
    assert not any(of("mid", "star").values())
