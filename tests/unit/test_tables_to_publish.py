"""The file that published tables are built in: how it is found, when it is made anew, what readers
get of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from jinja2 import Environment

from orchestration.ground.errors import SettingsError
from orchestration.ground.paths import DBT_PROJECT
from orchestration.ground.settings import Settings, make_settings
from orchestration.home import tables_to_publish as tables
from orchestration.home.warehouse import warehouse

MACRO = DBT_PROJECT / "macros" / "increments" / "materialization_carried.sql"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(home=str(tmp_path / "home"))


@pytest.fixture
def connection(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse(settings) as opened:
        yield opened


def test_a_table_is_found_wherever_it_is(connection) -> None:
    connection.execute("create table to_publish.marts.credits as select 1 as cents")
    connection.execute("create view core.deals as select 2 as cents")
    connection.execute("create schema raw; create table raw.files as select 3 as cents")
    for name, cents in {"marts.credits": 1, "core.deals": 2, "raw.files": 3}.items():
        assert connection.execute(f"select cents from {name}").fetchone() == (cents,)
    assert tables.published_tables(connection) == [("core", "deals"), ("marts", "credits")]
    assert tables.published_tables(connection, ["to_publish"]) == [("marts", "credits")]


def test_the_run_that_completed_the_tables_is_known_until_they_go(settings) -> None:
    with warehouse(settings) as connection:
        assert tables.built_by(connection) is None
        tables.mark_built(connection, settings.to_publish, "run-1")
        tables.mark_built(connection, settings.to_publish, "run-2")
    with warehouse(settings) as connection:
        assert tables.built_by(connection) == "run-2"
        tables.start_anew(connection, settings.to_publish)
        assert tables.built_by(connection) is None
        assert tables.published_tables(connection) == []


def test_a_missing_file_and_a_damaged_one_are_made_anew(settings, caplog) -> None:
    with warehouse(settings) as connection:
        tables.mark_built(connection, settings.to_publish, "run-1")
    settings.to_publish.write_bytes(b"no database" * 1000)
    with warehouse(settings) as connection:
        assert tables.built_by(connection) is None
    assert "to_publish.duckdb is damaged" in caplog.text
    settings.to_publish.unlink()
    with warehouse(settings) as connection:
        assert tables.built_by(connection) is None


def test_a_file_that_cannot_be_opened_says_what_to_do(settings) -> None:
    settings.private.mkdir(parents=True)
    settings.to_publish.mkdir()
    with (
        pytest.raises(SettingsError, match=r"to_publish\.duckdb cannot be opened"),
        warehouse(settings),
    ):
        pass


@pytest.mark.parametrize("grown", [False, True])
def test_readers_get_a_copy_and_a_grown_file_is_written_anew_first(settings, grown: bool) -> None:
    copy = settings.home / "copy.duckdb"
    with warehouse(settings) as connection:
        connection.execute(
            "create table to_publish.marts.credits as select range as cents, repeat('x', 100) || "
            "range as text from range(300000)"
        )
        tables.mark_built(connection, settings.to_publish, "run-1")
        for _ in range(4 if grown else 0):
            connection.execute("create or replace temp table as_is as from marts.credits")
            connection.execute("delete from to_publish.marts.credits where cents % 2 = 0")
            connection.execute(
                "insert into to_publish.marts.credits select * from as_is where cents % 2 = 0"
            )
            connection.execute("checkpoint to_publish")
        size = settings.to_publish.stat().st_size
        tables.copy_to(connection, settings.to_publish, copy)
        assert (settings.to_publish.stat().st_size < size) == grown
        assert tables.built_by(connection) == "run-1"
        assert connection.execute("select sum(cents) from marts.credits").fetchone()
    assert copy.read_bytes() == settings.to_publish.read_bytes()
    with duckdb.connect(str(copy), read_only=True) as readers:
        counts = "select count(*), count(distinct cents), sum(cents) from marts.credits"
        assert readers.execute(counts).fetchone() == (300000, 300000, 299999 * 150000)


def test_a_row_with_two_changed_keys_is_replaced_once() -> None:
    """A deal whose own rows changed, and a model whose rows all did."""
    found: list[list[str]] = []
    text = MACRO.read_text(encoding="utf-8")
    macro = Environment(extensions=["jinja2.ext.do"]).from_string(
        text[text.index("{% macro rows_of_changed_keys") :],
        {
            "return": found.append,
            "has_changed": lambda key, changed, _: f"{key} in (select {key} from {changed[0]})",
        },
    )
    macro.module.rows_of_changed_keys(
        {
            "key": "deal_id",
            "changed": ["changes.deals"],
            "also": {"key": "model", "changed": ["changes.models"]},
        }
    )
    with duckdb.connect() as opened:
        opened.execute(
            """
            create schema changes;
            create table changes.deals as select * from (values ('d1')) as t (deal_id);
            create table changes.models as select 'markov' as model;
            create table seen as select * from (values
                ('d1', 'markov', 1), ('d1', 'linear', 1), ('d2', 'markov', 1), ('d2', 'linear', 1),
                ('d3', null, 1)
            ) as rows (deal_id, model, credit);
            create table now as select
                deal_id, model, if(deal_id = 'd1' or model = 'markov', 2, credit) as credit
            from seen;
            """
        )
        for rows in found[0]:
            opened.execute(f"delete from seen where {rows}")
        for rows in found[0]:
            opened.execute(f"insert into seen select * from now where {rows}")
        seen, now = (
            opened.execute(f"select * from {table} order by all").fetchall()
            for table in ("seen", "now")
        )
        assert seen == now
