"""No blocking check may stop a warehouse that is right: generated worlds, nasty on purpose, pass
them all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.checking.aggregates import SCHEMA, compared
from orchestration.checking.suites import Instants, business_checks, measures, question, suites
from orchestration.engines.duckdb import fill_scratch
from orchestration.ground.settings import make_settings
from tests.warehouses import opened
from tests.worlds.landings import write_landing
from tests.worlds.make import make_world


def failing_checks(warehouse: Path, *variables: str) -> dict[str, list[tuple]]:
    """Rows of the blocking checks that fail, by name; asks in DuckDB directly."""
    settings = make_settings(home=str(warehouse.parent), variables=list(variables))
    found = {}
    with opened(warehouse, read_only=False) as connection:
        instants = Instants.of(connection)
        queries = measures(settings, suites(), instants)
        fill_scratch(connection, SCHEMA, compared(settings, instants.as_of), queries)
        for check in business_checks():
            sql = question(check, instants, settings.variables).replace(
                "{batch}", f"(select * from {check.table})"
            )
            rows = connection.execute(sql).fetchall()
            if rows and check.blocking:
                found[f"{check.table}.{check.name}"] = rows
    return found


def _passes(
    build: Callable[..., Path], tmp_path: Path, seed: int, size: int, *variables: str
) -> None:
    write_landing(make_world(seed, size), tmp_path / "world", seed)
    assert failing_checks(build(tmp_path / "world", *variables), *variables) == {}


@pytest.mark.parametrize(("seed", "size"), [(1, 60), (5, 300)])
def test_a_right_warehouse_passes(
    build: Callable[..., Path], tmp_path: Path, seed: int, size: int
) -> None:
    _passes(build, tmp_path, seed, size, "social_post_cap=3")


def test_a_right_warehouse_passes_with_other_variables(
    build: Callable[..., Path], tmp_path: Path
) -> None:
    _passes(
        build,
        tmp_path,
        77,
        200,
        "home_currency=EUR",
        "portal_timezone=America/New_York",
        "attribution_lookback_days=10",
        "session_gap_minutes=7",
    )


def test_nothing_landed_passes(build: Callable[..., Path], tmp_path: Path) -> None:
    """A table's file with its header alone."""
    file = tmp_path / "world" / "contacts" / "contacts.csv"
    file.parent.mkdir(parents=True)
    file.write_text("contact_id,email,created_at,_loaded_at\n", encoding="utf-8")
    assert failing_checks(build(tmp_path / "world")) == {}


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 124))
def test_many_right_warehouses_pass(build: Callable[..., Path], tmp_path: Path, seed: int) -> None:
    _passes(build, tmp_path, seed, 60 + (seed - 100) * 20, "social_post_cap=3")
