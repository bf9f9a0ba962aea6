"""What the checks measure once: each large table in one pass, what landed last, and the tables
against the last published run.

The measures are small tables in the schema `checks` of the private warehouse, there while the
checks run.
"""

from __future__ import annotations

import duckdb

from orchestration.engines.base import MakeTables
from orchestration.ground.contract import raw_tables
from orchestration.ground.paths import PUBLISHED_SCHEMAS
from orchestration.ground.settings import Settings
from orchestration.ground.sql import one_row, quote_name, quote_text
from orchestration.home.publication import published_run
from orchestration.terminal import progress

SCHEMA = "checks"
# Fewer rows here are no loss.
UNJUDGED = (
    "diagnostics.check_results",
    "diagnostics.coverage",
    "diagnostics.rejected_records",
    "diagnostics.run_log",
    "diagnostics.unread_values",
)


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
                f"""
                insert into checks.sources
                select {quote_text(table)},
                    newest,
                    greatest(date_diff('day',
                    newest,
                    {as_of}) - {days}, 0)
                from (select max(_loaded_at) as newest from raw.{table})
                where newest is not null
                """
            )


def _unread(connection: duckdb.DuckDBPyConnection) -> None:
    """`checks.unread`: one row per column with values that cannot be read, over the files landed
    since the last published run.
    """
    connection.execute(
        """
        create table checks.unread as
        select unread.table_name, unread.column_name,
            cast(sum(unread.rows) as bigint) as rows_unread, max(landed.rows_landed) as rows_landed
        from raw.unread_values as unread
        inner join raw.files as files on unread.file_id = files.file_id
        inner join (
            select table_name, cast(sum(rows_landed) as bigint) as rows_landed
            from raw.files where published_run_id is null group by table_name
        ) as landed on unread.table_name = landed.table_name
        where files.published_run_id is null
        group by unread.table_name, unread.column_name
        """
    )


def _row_counts(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, int]:
    names = connection.execute(
        (
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = ? "
            "and list_contains(?, table_schema) order by all"
        ),
        [database, list(PUBLISHED_SCHEMAS)],
    ).fetchall()
    places = {
        f"{schema}.{table}": ".".join(map(quote_name, (database, schema, table)))
        for schema, table in names
    }
    return {
        table: connection.execute(f"select count(*) from {place}").fetchone()[0]
        for table, place in places.items()
    }


def _against_the_published(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """`checks.volume` and `checks.previous_event_types`: rows per table and type in the last
    published run; empty where there is none.
    """
    connection.execute(
        "create table checks.volume (table_name varchar, rows_before bigint, rows_now bigint, "
        "published_run_id varchar)"
    )
    connection.execute(
        "create table checks.previous_event_types (event_type varchar, events bigint)"
    )
    file = settings.published_file
    if not file.exists():
        return
    (own,) = one_row(connection, "select current_database()")
    try:
        connection.execute(f"attach {quote_text(str(file))} as previous (read_only)")
    except duckdb.Error as error:
        progress.note(
            f"{file} cannot be read ({str(error).splitlines()[0]}); nothing is compared with it"
        )
        return
    try:
        now, before = _row_counts(connection, own), _row_counts(connection, "previous")
        run_id = published_run(settings)
        for table in before.keys() & now.keys() - set(UNJUDGED):
            connection.execute(
                "insert into checks.volume values (?, ?, ?, ?)",
                [table, before[table], now[table], run_id],
            )
        if "core.fct_interactions" in before:
            connection.execute(
                "insert into checks.previous_event_types select event_type, count(*) from "
                "previous.core.fct_interactions group by event_type"
            )
    finally:
        connection.execute("detach previous")


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
