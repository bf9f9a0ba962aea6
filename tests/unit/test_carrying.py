"""Does an increment's publication, made from the last one, hold what the tables hold?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.building import plan as state
from orchestration.ground.paths import PUBLISHED_FILE
from orchestration.ground.settings import Settings, make_settings
from orchestration.home.publication import Publication
from orchestration.home.schema import create_raw_schema
from orchestration.publishing import carry_over as carrying


def _node(name: str, schema: str, replaces: dict | None = None, kind: str = "model") -> dict:
    return {
        "resource_type": kind,
        "name": name,
        "schema": schema,
        "config": {"meta": {"replaces": replaces} if replaces else {}},
    }


NODES = {
    "a": _node("ledger", "marts", {"key": "deal_id", "changed": ["touched"]}),
    "b": _node("touched", "changes"),
    "c": _node("counts", "marts", {"key": None}),
    "d": _node("ledger", "tests", kind="test"),
}
CHANGED = carrying.changed_keys(NODES)["marts", "ledger"]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A ledger of three deals as published, and as it is: one deal changed, one went, one came."""
    with duckdb.connect() as opened:
        create_raw_schema(opened)
        opened.execute(
            """
            create schema marts; create schema changes; create schema seen;
            create table seen.ledger as select *
                from (values ('d1', 1.00), ('d2', 2.00), ('d2', 2.50),
                ('d3', 3.00)) as rows (deal_id, credit);
            create table marts.ledger as select *
                from (values ('d1', 1.00), ('d2', 9.00), ('d4', 4.00)) as rows (deal_id, credit);
            create table changes.touched as select *
                from (values ('d2'), ('d3'), ('d4'), (null)) as rows (deal_id);
            """
        )
        yield opened


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple]:
    return connection.execute(f"select * from {table} order by all").fetchall()


def test_only_tables_that_are_replaced_by_key_are_carried_over() -> None:
    assert set(carrying.changed_keys(NODES)) == {("marts", "ledger")}


def _carry(connection: duckdb.DuckDBPyConnection) -> str:
    return carrying.carry(connection, "marts.ledger", "seen.ledger", CHANGED)


def test_rows_of_changed_keys_are_replaced(connection) -> None:
    assert _carry(connection) == carrying.REPLACED
    assert _rows(connection, "seen.ledger") == _rows(connection, "marts.ledger")


def test_no_changed_key_is_an_untouched_table(connection) -> None:
    connection.execute("delete from changes.touched where deal_id is not null")
    connection.execute("create or replace table seen.ledger as select * from marts.ledger")
    assert _carry(connection) == carrying.UNTOUCHED
    assert _rows(connection, "seen.ledger") == _rows(connection, "marts.ledger")


def test_a_row_with_two_changed_keys_comes_once() -> None:
    """A deal whose own rows changed, and a model whose rows all did."""
    changed = carrying.ChangedKeys({"deal_id": "select 'd1'", "model": "select 'markov'"})
    with duckdb.connect() as opened:
        opened.execute(
            """
            create schema marts; create schema seen;
            create table seen.ledger as select * from (values
                ('d1', 'markov', 1), ('d1', 'linear', 1), ('d2', 'markov', 1), ('d2', 'linear', 1),
                ('d3', null, 1)
            ) as rows (deal_id, model, credit);
            create table marts.ledger as select
                deal_id, model, if(deal_id = 'd1' or model = 'markov', 2, credit) as credit
            from seen.ledger;
            """
        )
        assert carrying.carry(opened, "marts.ledger", "seen.ledger", changed) == carrying.REPLACED
        assert _rows(opened, "seen.ledger") == _rows(opened, "marts.ledger")


@pytest.mark.parametrize("touched", [True, False])
def test_a_table_that_does_not_come_out_is_written_whole(connection, touched: bool) -> None:
    """A row of a key that is on no list of changes, with others on it or none."""
    if not touched:
        connection.execute("delete from changes.touched where deal_id is not null")
    connection.execute("insert into marts.ledger values ('d1', 5.00), ('d1', 6.00)")
    assert _carry(connection) == carrying.WHOLE


@pytest.mark.parametrize(
    "damage",
    [
        "update seen.ledger set credit = 1.01 where deal_id = 'd1'",
        "update seen.ledger set deal_id = null where deal_id = 'd1'",
        # The same rows, one twice and another not at all; a row that is there twice more.
        "update seen.ledger set deal_id = 'd0', credit = 7.00 where deal_id = 'd1'",
    ],
)
def test_as_many_rows_that_are_others_are_written_whole(
    connection, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """An unchanged deal, whose row in the published file is no more what was built."""
    connection.execute("insert into marts.ledger values ('d0', 7.00), ('d0', 7.00)")
    connection.execute("insert into seen.ledger values ('d0', 7.00), ('d0', 7.00)")
    connection.execute(damage)
    said: list[str] = []
    monkeypatch.setattr(carrying.progress, "note", said.append)
    assert _carry(connection) == carrying.WHOLE
    assert "marts.ledger" in said[0] and "is published whole" in said[0]


def test_the_hash_of_rows_heeds_values_and_no_order(connection) -> None:
    connection.execute(
        "create table one as select * from (values (1, 'a'), (2, 'b'), (2, 'b')) t (x, y)"
    )
    connection.execute("create table other as select y, x from one order by x desc")
    assert carrying.rows_hash(connection, "one", "one") == carrying.rows_hash(
        connection, "other", "one"
    )
    connection.execute(
        "create table twice as select * from (values (1, 'a'), (1, 'a'), (2, 'b')) t (x, y)"
    )
    assert carrying.rows_hash(connection, "one", "one") != carrying.rows_hash(
        connection, "twice", "one"
    )
    connection.execute("delete from one")
    assert carrying.rows_hash(connection, "one", "one") == (0, 0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A HOME whose readers see run-1."""
    made = make_settings(home=str(tmp_path / "home"))
    folder = made.private / "runs" / "run-1"
    folder.mkdir(parents=True)
    (folder / PUBLISHED_FILE).write_bytes(b"x" * 100)
    carrying.note_size(folder / PUBLISHED_FILE)
    made.published.symlink_to(folder)
    return made


def _built(
    connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str, kind: str
) -> None:
    state.begin_build(connection, settings, run_id, state.BuildPlan(kind))
    state.end_build(connection, settings, run_id)


def test_only_one_increment_on_what_readers_see_is_carried_over(connection, settings) -> None:
    visible = Publication.visible(settings)

    def previous(run_id: str) -> Publication | None:
        return carrying.continued(connection, settings, run_id, visible)

    _built(connection, settings, "run-1", state.FULL)
    assert previous("run-1") is None
    _built(connection, settings, "run-2", state.INCREMENT)
    assert previous("run-2") == visible
    # Run 2 was never published; what run 3 built goes on from it.
    _built(connection, settings, "run-3", state.INCREMENT)
    assert previous("run-3") is None
    _built(connection, settings, "run-4", state.FULL)
    assert previous("run-4") is None


def test_a_file_that_has_grown_is_written_whole(connection, settings) -> None:
    _built(connection, settings, "run-1", state.FULL)
    _built(connection, settings, "run-2", state.INCREMENT)
    visible, file = Publication.visible(settings), settings.published_file
    for size, carried in ((130, True), (131, False)):
        file.write_bytes(b"x" * size)
        assert (carrying.continued(connection, settings, "run-2", visible) is not None) == carried
    (file.parent / carrying.WRITTEN).write_text(json.dumps({}))
    assert carrying.continued(connection, settings, "run-2", visible) is None
