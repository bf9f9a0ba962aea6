"""The asset graph that a data engineer sees: complete, connected, checked, and off until turned on."""

from __future__ import annotations

import dagster as dg
import pytest

from orchestration.checks import business_checks
from orchestration.definitions import defs
from orchestration.landing.contract import raw_tables
from orchestration.publishing import PUBLISHED_SCHEMAS


@pytest.fixture(scope="module")
def graph() -> dg.AssetGraph:
    return defs.resolve_asset_graph()


def test_every_layer_is_there(graph) -> None:
    keys = {tuple(key.path) for key in graph.get_all_asset_keys()}
    assert {("raw", table) for table in raw_tables()} <= keys
    published = {key for key in keys if key[0] == "published"}
    marts = {key for key in keys if key[0] in PUBLISHED_SCHEMAS}
    assert {("published", *key) for key in marts} == published
    assert len(marts) == 25


def test_published_tables_lead_back_to_what_landed(graph) -> None:
    def roots(key: dg.AssetKey, seen: set) -> set:
        parents = graph.get(key).parent_keys - seen
        seen |= parents
        return {key} if not graph.get(key).parent_keys else set().union(*(roots(parent, seen) for parent in parents), set())

    for key in graph.get_all_asset_keys():
        if key.path[0] == "published":
            assert roots(key, set()) & {dg.AssetKey(["raw", table]) for table in [*raw_tables(), "runs", "rejected_rows"]}, key


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
    assert {sensor.default_status.value for sensor in repository.sensor_defs} == {"STOPPED"}


def test_the_sensor_starts_one_run_per_change(landing, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.schedule import new_files
    from tests.conftest import land_rows

    monkeypatch.setenv("TOUCHLEDGER_LANDING", str(landing))
    with dg.DagsterInstance.ephemeral() as instance:
        assert isinstance(new_files(dg.build_sensor_context(instance=instance)), dg.SkipReason)
        land_rows(landing, "deals", {"deal_id": "a", "is_closed_won": True})
        first = new_files(dg.build_sensor_context(instance=instance))
        assert isinstance(first, dg.SensorResult) and len(first.run_requests) == 1
        again = new_files(dg.build_sensor_context(instance=instance, cursor=first.cursor))
        assert isinstance(again, dg.SkipReason)
        land_rows(landing, "deals", {"deal_id": "b", "is_closed_won": True}, name="more")
        assert isinstance(new_files(dg.build_sensor_context(instance=instance, cursor=first.cursor)), dg.SensorResult)
