"""The layout of the `raw` schema: which one a warehouse has, and how one of an earlier version becomes today's."""

from __future__ import annotations

import duckdb

from orchestration.ground.contract import raw_tables
from orchestration.ground.errors import SettingsError
from orchestration.ground.sql import quote_name
from orchestration.terminal import progress

# To be raised with every change of the raw schema that adding optional columns cannot bring about.
LAYOUT = 1
_ANEW = "run once with --full-refresh: the whole landing is read anew, and readers keep what is published until that is done"

Columns = dict[str, str]


def create_raw_schema(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates what is missing of the `raw` schema: one table per raw table and the ledger."""
    connection.execute("create schema if not exists raw")
    for table in raw_tables().values():
        columns = ", ".join(
            f"{quote_name(column.name)} {column.data_type}" for column in table.columns
        )
        connection.execute(
            f"create table if not exists raw.{table.name} ({columns}, _file_id integer)"
        )
    connection.execute(
        """
        create table if not exists raw.files (
            file_id integer, table_name varchar, file_name varchar, size bigint, modified_ns bigint, content varchar,
            rows_landed bigint, rows_accepted bigint, rows_rejected bigint, run_id varchar, published_run_id varchar
        );
        create table if not exists raw.rejected_rows (
            file_id integer, table_name varchar, file_name varchar, reason varchar, record varchar
        );
        create table if not exists raw.runs (
            run_id varchar, as_of timestamp, started_at timestamp, finished_at timestamp, status varchar,
            rows_landed bigint, rows_accepted bigint, rows_rejected bigint
        );
        create table if not exists raw.run_context (run_id varchar, as_of timestamp);
        create table if not exists raw.check_results (
            run_id varchar, table_name varchar, check_name varchar, rule_id varchar, says varchar, severity varchar, passed boolean,
            rows_failing bigint, sample varchar, cure varchar, checked_at timestamp
        );
        """
    )


def forget_landing(connection: duckdb.DuckDBPyConnection) -> None:
    """Empties the raw tables and the ledger, so that the whole landing is read anew. Runs are remembered."""
    connection.execute("begin")
    for table in raw_tables():
        connection.execute(f"delete from raw.{table}")
    connection.execute("delete from raw.files")
    connection.execute("delete from raw.rejected_rows")
    connection.execute("commit")


def create_state_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates what is missing of the tables that say what was built."""
    connection.execute(
        """
        create schema if not exists raw;
        create table if not exists raw.build_state (
            run_id varchar, file_id integer, as_of timestamp, variables varchar, project varchar, unreadable varchar, is_complete boolean
        );
        alter table raw.build_state add column if not exists target varchar default 'duckdb';
        create table if not exists raw.build_plan (run_id varchar, kind varchar, after_file_id integer, reasons varchar);
        create table if not exists raw.build_base (run_id varchar, after_run_id varchar);
        """
    )


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, Columns]:
    """Column types by column, by table, of the `raw` schema."""
    found: dict[str, Columns] = {}
    for table, column, kind in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'raw' and database_name = current_database() "
        "order by table_name, column_index"
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def _wanted() -> dict[str, Columns]:
    with duckdb.connect() as connection:
        create_raw_schema(connection)
        return _tables(connection)


def _may_be_added(table: str) -> set[str]:
    """Columns that a table can get after rows have landed: those that no row needs."""
    contract = raw_tables().get(table)
    return (
        {column.name for column in contract.columns if not column.required} if contract else set()
    )


def _rebuild(
    connection: duckdb.DuckDBPyConnection, table: str, found: Columns, wanted: Columns
) -> None:
    """Gives a table of an earlier version today's columns, in today's order. Raises SettingsError where that would lose or invent values."""
    new = [name for name in wanted if name not in found]
    in_the_way = [name for name in found if wanted.get(name) != found[name]] + sorted(
        set(new) - _may_be_added(table)
    )
    if in_the_way:
        raise SettingsError(
            f"This HOME was made by an earlier version of Touchledger (raw.{table} differs in {', '.join(in_the_way)}); {_ANEW}."
        )
    selected = ", ".join(
        quote_name(name) if name in found else f"null::{kind} as {quote_name(name)}"
        for name, kind in wanted.items()
    )
    connection.execute(f"create or replace table raw.{table} as select {selected} from raw.{table}")
    if new:
        progress.note(
            f"{table}: {', '.join(new)} is new in this version and empty in what landed before; --full-refresh fills it from the landing"
        )


def _start_anew(
    connection: duckdb.DuckDBPyConnection, found: dict[str, Columns], wanted: dict[str, Columns]
) -> None:
    """Drops every table that is not as it should be, for the landing is read anew; the runs keep what columns they share."""
    for table in found:
        if found[table] == wanted.get(table) or table == "layout":
            continue
        if table == "runs":
            selected = ", ".join(
                f"try_cast({quote_name(name)} as {kind}) as {quote_name(name)}"
                if name in found[table]
                else f"null::{kind} as {quote_name(name)}"
                for name, kind in wanted[table].items()
            )
            connection.execute(
                f"create or replace table raw.runs as select {selected} from raw.runs"
            )
        else:
            connection.execute(f"drop table raw.{quote_name(table)}")


def settle_layout(connection: duckdb.DuckDBPyConnection, *, start_anew: bool = False) -> None:
    """Brings the `raw` schema of an earlier version to today's layout and stamps it; nothing changes where it is today's.

    With `start_anew`, what cannot be brought over is dropped, for the landing is read anew. Raises SettingsError, naming the cure, where
    the layout is of a later version, or of an earlier one that only the landing can bring over.
    """
    found = _tables(connection)
    stamp = (
        connection.execute("select max(version) from raw.layout").fetchone()[0]
        if "layout" in found
        else None
    )
    if stamp is not None and stamp > LAYOUT:
        raise SettingsError(
            f"This HOME was written by a later version of Touchledger (layout {stamp}; this one knows {LAYOUT}). Update this one, or name another "
            "HOME with --home DIR. Nothing was changed."
        )
    wanted = _wanted()
    connection.execute("begin")
    try:
        if start_anew:
            _start_anew(connection, found, wanted)
        else:
            for table in wanted.keys() & found.keys():
                if [*found[table].items()] != [*wanted[table].items()]:
                    _rebuild(connection, table, found[table], wanted[table])
        create_raw_schema(connection)
        if stamp != LAYOUT:
            connection.execute("create table if not exists raw.layout (version integer)")
            connection.execute("delete from raw.layout")
            connection.execute("insert into raw.layout values (?)", [LAYOUT])
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
