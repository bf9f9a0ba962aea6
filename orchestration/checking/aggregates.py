"""What the checks measure once: each large table in one pass, what landed last, and the tables
against the last published run.

The measures are small tables in the schema `checks` of the private warehouse, there while the
checks run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

import duckdb

from orchestration.engines.base import MakeTables
from orchestration.ground.contract import raw_tables
from orchestration.ground.paths import DBT_PROJECT, PUBLISHED_SCHEMAS
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name, quote_text, sql_beside
from orchestration.home.publication import Publication
from orchestration.home.tables_to_publish import databases, published_tables
from orchestration.home.verification import whole_publications
from orchestration.terminal import progress

SCHEMA = "checks"
# What landing and the runs say of themselves: models of this name, read by what is published.
_LANDED = re.compile(r"ref\('landed_\w+'\)")


def _sources(connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: str) -> None:
    """`checks.sources`: one row per raw table that ever landed and is watched: its newest
    `_loaded_at` and the days it is late.
    """
    connection.execute(
        "create table checks.sources (table_name varchar, newest_loaded_at timestamp, days_late "
        "bigint)"
    )
    for table in raw_tables():
        days = settings.variables[f"freshness_days_{table}"]
        if days != "none":
            connection.execute(
                sql_beside(
                    __file__,
                    "sources",
                    name=quote_text(table),
                    as_of=as_of,
                    days=days,
                    table=table,
                )
            )


def _unread(connection: duckdb.DuckDBPyConnection) -> None:
    """`checks.unread`: one row per column with values that cannot be read, over the files landed
    since the last published run.
    """
    connection.execute(sql_beside(__file__, "unread"))


def _row_counts(
    connection: duckdb.DuckDBPyConnection, names: Iterable[tuple[str, str]], database: str = ""
) -> dict[str, int]:
    places = {
        f"{schema}.{table}": f"{database}{quote_name(schema)}.{quote_name(table)}"
        for schema, table in names
    }
    return {
        table: connection.execute(f"select count(*) from {place}").fetchone()[0]
        for table, place in places.items()
    }


def tables_of_the_run(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The published tables that tell of runs and of what landed in them, not of the world: fewer
    rows there are no loss.

    They have a `run_id`, or are made of what landing says of itself.
    """
    told = {
        f"diagnostics.{file.stem}"
        for file in (DBT_PROJECT / "models" / "marts" / "diagnostics").glob("*.sql")
        if _LANDED.search(file.read_text(encoding="utf-8"))
    }
    of_runs = connection.execute(
        "select distinct table_schema || '.' || table_name from information_schema.columns "
        "where column_name = 'run_id' and list_contains(?, table_catalog) "
        "and list_contains(?, table_schema)",
        [databases(connection), list(PUBLISHED_SCHEMAS)],
    ).fetchall()
    return told | {table for (table,) in of_runs}


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, publication: Publication) -> Iterator[bool]:
    """The published file as `previous`; whether it could be opened, which is said where not."""
    file = publication.file.resolve()
    try:
        connection.execute(f"attach {quote_text(str(file))} as previous (read_only)")
    except duckdb.Error as error:
        progress.note(
            f"{file} cannot be read ({str(error).splitlines()[0]}); nothing is compared with it"
        )
        yield False
        return
    try:
        yield True
    finally:
        connection.execute("detach previous")


def _measure_previous(
    connection: duckdb.DuckDBPyConnection, publication: Publication, as_of: datetime
) -> bool:
    """Fills the tables from one publication. Returns False, and fills nothing, if its as-of time is
    later: it cannot say what was lost since.
    """
    with _attached(connection, publication) as is_open:
        if not is_open:
            return False
        run_id = publication.run_id
        found = connection.execute(
            "select as_of from previous.diagnostics.run_log where run_id = ?", [run_id]
        ).fetchone()
        if found is None or found[0] > as_of:
            return False
        now = _row_counts(connection, published_tables(connection))
        seen = published_tables(connection, ["previous"])
        before = _row_counts(connection, seen, "previous.")
        for table in before.keys() & now.keys() - tables_of_the_run(connection):
            connection.execute(
                "insert into checks.volume values (?, ?, ?, ?)",
                [table, before[table], now[table], run_id],
            )
        if "core.fct_interactions" in before:
            connection.execute(
                "insert into checks.previous_event_types select event_type, count(*) from "
                "previous.core.fct_interactions group by event_type"
            )
        return True


def _against_the_published(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """`checks.volume` and `checks.previous_event_types`: rows per table and type in the last
    published run of an earlier or equal as-of time; empty where none is kept.
    """
    connection.execute(
        "create table checks.volume (table_name varchar, rows_before bigint, rows_now bigint, "
        "published_run_id varchar)"
    )
    connection.execute(
        "create table checks.previous_event_types (event_type varchar, events bigint)"
    )
    for publication in whole_publications(settings):
        if _measure_previous(connection, publication, settings.as_of):
            return


def compared(settings: Settings, as_of: str) -> MakeTables:
    """Makes the tables of `checks` that come from the warehouse file and the published one.

    `as_of` is SQL of an instant.
    """

    def make(connection: duckdb.DuckDBPyConnection) -> None:
        _sources(connection, settings, as_of)
        _unread(connection)
        _against_the_published(connection, settings)

    return make


def measures_of(table: str) -> str:
    """Where the measures of a published table are, `marts.x` in `checks.x`."""
    return f"{SCHEMA}.{table.split('.')[1]}"
