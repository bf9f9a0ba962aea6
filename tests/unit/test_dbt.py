"""Every dbt unit test, in one invocation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from orchestration.building import dbt as dbt_build
from orchestration.building.project import spelled
from orchestration.ground.settings import make_settings
from tests.conftest import land_rows


def test_all_dbt_unit_tests_pass(build: Callable[..., Path], home: Path, landing: Path) -> None:
    """Unit tests need the tables that they stand in for, so a landing of one contact is built
    first.
    """
    from dbt.cli.main import dbtRunner

    land_rows(landing, "contacts", {"contact_id": "c1", "created_at": "2024-03-01T00:00:00Z"})
    build(landing)
    settings = make_settings(landing=str(landing), home=str(home))
    outcome = dbtRunner(manifest=dbt_build.parsed(settings)).invoke(
        dbt_build.arguments("test", settings, "--select", "test_type:unit")
    )
    dbt_build.close_connections()
    failed = [
        f"{result.node.name}: {result.message}"
        for result in outcome.result.results
        if str(result.status) not in ("pass", "success")
    ]
    assert failed == []
    assert len(outcome.result.results) > 100


def test_variables_for_dbt_are_yaml_whatever_is_in_a_path() -> None:
    values = {"warehouse": "/x/ümläut 🦆 \u202e\x7f'\"\n#: {}/w.duckdb", "limit": 1.0}
    assert yaml.safe_load(spelled(values)) == values
