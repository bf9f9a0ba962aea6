"""Generated worlds, nasty on purpose: every published table equals the oracle's, whatever way the
world was landed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper

from tests.oracle.compare import differences
from tests.oracle.publish import expected_tables
from tests.oracle.rules import Parameters
from tests.worlds.landings import write_landing
from tests.worlds.make import make_world, split_into_landings

AS_OF = datetime(2024, 7, 1)
SHORT = [(1, 60), (2, 150), (3, 400)]
LONG = [(seed, 40 + seed * 7) for seed in range(4, 40)]


def _parameters(**changes: object) -> Parameters:
    return Parameters(as_of=AS_OF, social_post_cap=3, **changes)


def _check(
    build: Callable[..., Path],
    tmp_path: Path,
    seed: int,
    size: int,
    *variables: str,
    **changes: object,
) -> None:
    landing = tmp_path / "world"
    write_landing(make_world(seed, size), landing, seed, spoilt=0.05)
    warehouse = build(landing, "social_post_cap=3", *variables)
    assert differences(warehouse, expected_tables(landing, _parameters(**changes))) == []


@pytest.mark.parametrize(("seed", "size"), SHORT)
def test_worlds_equal_the_oracle(
    build: Callable[..., Path], tmp_path: Path, seed: int, size: int
) -> None:
    """R22 among all others: social posts beyond a cap of three are rejected."""
    _check(build, tmp_path, seed, size)


def test_a_table_filled_slice_by_slice_is_the_same(
    build: Callable[..., Path], tmp_path: Path
) -> None:
    _check(build, tmp_path, 5, 200, "slice_events=40")


@pytest.mark.long
@pytest.mark.parametrize(("seed", "size"), LONG)
def test_many_worlds_equal_the_oracle(
    build: Callable[..., Path], tmp_path: Path, seed: int, size: int
) -> None:
    _check(build, tmp_path, seed, size)


def test_variables_mean_what_they_say(build: Callable[..., Path], tmp_path: Path) -> None:
    variables = {
        "home_currency": "EUR",
        "portal_timezone": "America/New_York",
        "naive_timezone": "Asia/Kolkata",
        "session_gap_minutes": 7,
        "conversion_tolerance_minutes": 60,
        "attribution_lookback_days": 10,
    }
    _check(
        build,
        tmp_path,
        77,
        200,
        *(f"{name}={value}" for name, value in variables.items()),
        **variables,
    )


def _check_in_parts(build: Callable[..., Path], tmp_path: Path, *variables: str) -> None:
    world = make_world(11, 120)
    landing = tmp_path / "landing"
    for number, part in enumerate(split_into_landings(world, 11, 3)):
        write_landing(part, landing, number, spoilt=0.05)
        warehouse = build(landing, "social_post_cap=3", *variables)
    assert differences(warehouse, expected_tables(landing, _parameters())) == []


def test_a_world_in_several_landings_ends_like_one(
    build: Callable[..., Path], tmp_path: Path
) -> None:
    """Late and back-dated rows, in parts: after the last part everything is as if it had come at
    once."""
    _check_in_parts(build, tmp_path)


@pytest.mark.long
def test_an_increment_in_slices_ends_like_one(
    build: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where many deals changed, memory would not hold them all at once."""
    asked: list[str] = []
    execute = DuckDBCursorWrapper.execute

    def remembering(cursor: DuckDBCursorWrapper, sql: str, bindings: object = None) -> object:
        asked.append(sql)
        return execute(cursor, sql, bindings)

    monkeypatch.setattr(DuckDBCursorWrapper, "execute", remembering)
    _check_in_parts(build, tmp_path, "slice_events=10")
    increments = [
        sql for sql in asked if "deal_inclusion__dbt_tmp" in sql and "set variable slices" in sql
    ]
    assert len(increments) == 2
    assert all("set variable slice = 1;" in sql for sql in increments)
