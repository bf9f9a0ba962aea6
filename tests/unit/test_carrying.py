"""Does an increment keep the Parquet files of what it did not change, and no others?"""

from __future__ import annotations

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
    "a": _node(
        "ledger",
        "marts",
        {
            "key": "deal_id",
            "changed": ["touched"],
            "also": {"key": "model", "changed": ["rechained"]},
        },
    ),
    "b": _node("touched", "changes"),
    "c": _node("rechained", "changes"),
    "d": _node("counts", "marts", {"key": None}),
    "e": _node("ledger", "tests", kind="test"),
}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in which nothing changed."""
    with duckdb.connect() as opened:
        create_raw_schema(opened)
        opened.execute(
            """
            create schema changes;
            create table changes.touched (deal_id varchar);
            create table changes.rechained (deal_id varchar, model varchar);
            """
        )
        yield opened


def test_a_table_without_a_changed_key_is_unchanged(connection) -> None:
    """One that is not replaced by key is written at every run."""
    assert carrying.unchanged_tables(connection, NODES) == {("marts", "ledger")}


@pytest.mark.parametrize("changed", ["touched values ('d1')", "rechained values ('d1', 'markov')"])
def test_a_changed_key_of_either_kind_changes_the_table(connection, changed: str) -> None:
    connection.execute(f"insert into changes.{changed}")
    assert carrying.unchanged_tables(connection, NODES) == set()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A HOME whose readers see run-1."""
    made = make_settings(home=str(tmp_path / "home"))
    folder = made.private / "runs" / "run-1"
    folder.mkdir(parents=True)
    (folder / PUBLISHED_FILE).write_bytes(b"x" * 100)
    made.published.symlink_to(folder)
    return made


def _built(
    connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str, kind: str
) -> None:
    state.begin_build(connection, settings, run_id, state.BuildPlan(kind))
    state.end_build(connection, settings, run_id)


def test_only_one_increment_on_what_readers_see_goes_on_from_it(connection, settings) -> None:
    visible = Publication.visible(settings)

    def is_continued(run_id: str) -> bool:
        return carrying.is_continued(connection, settings, run_id, visible)

    _built(connection, settings, "run-1", state.FULL)
    assert not is_continued("run-1")
    _built(connection, settings, "run-2", state.INCREMENT)
    assert is_continued("run-2")
    assert not carrying.is_continued(connection, settings, "run-2", None)
    # Run 2 was never published; what run 3 built goes on from it.
    _built(connection, settings, "run-3", state.INCREMENT)
    assert not is_continued("run-3")
    _built(connection, settings, "run-4", state.FULL)
    assert not is_continued("run-4")
