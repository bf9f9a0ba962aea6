"""Which tables are sorted as they are stored: those whose rows do not come so by themselves."""

from __future__ import annotations

from types import SimpleNamespace

import duckdb
import pytest
from jinja2 import Environment

from orchestration.ground.paths import DBT_PROJECT

MACROS = DBT_PROJECT / "macros" / "create_table_as.sql"
ROWS = 2_400_000  # twenty of the blocks of which DuckDB keeps the least and the largest value


def _comes_in_order(connection: duckdb.DuckDBPyConnection) -> bool:
    """What the macro says of the landed events, asked as dbt asks it."""

    def run_query(query: str) -> SimpleNamespace:
        ((value,),) = connection.execute(query).fetchall()
        return SimpleNamespace(columns=[SimpleNamespace(values=lambda: [value])])

    place = SimpleNamespace(database="memory", schema="main")
    macros = Environment(extensions=["jinja2.ext.do"]).from_string(
        MACROS.read_text(encoding="utf-8"),
        {
            "run_query": run_query,
            "return": lambda value: value,
            "graph": {"sources": {"source.touchledger.raw.events": place}},
            "api": SimpleNamespace(
                Relation=SimpleNamespace(create=lambda identifier, **_: identifier)
            ),
        },
    )
    return macros.module.in_order("occurred_at").strip() == "True"


@pytest.mark.parametrize(
    ("second", "in_order"),
    [
        ("i", True),
        ("i + hash(i) % 40000", True),  # visits that overlap
        ("case when i % 1000 = 0 then 0 else i end", False),  # a late event in every block
        ("hash(i) % 2400000", False),
    ],
)
def test_events_that_landed_in_order_are_not_sorted(second: str, in_order: bool) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"create table events as select timestamp '2024-01-01' + ({second}) * interval 1 "
            f"second as occurred_at from range({ROWS}) t(i)"
        )
        assert _comes_in_order(connection) is in_order


def test_no_events_need_no_order() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table events (occurred_at timestamp)")
        assert _comes_in_order(connection)
