"""How a HOME of an earlier version becomes today's: named migrations, applied once and in order.

What was applied is in `raw.migrations`. Optional columns that the raw contract gains need none:
they are added, empty, where they are missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from orchestration.ground.clock import now
from orchestration.ground.contract import raw_tables
from orchestration.ground.errors import SettingsError
from orchestration.ground.sql import quote_name
from orchestration.home.schema import BUILDS, create_raw_schema
from orchestration.terminal import progress

_ANEW = (
    "run once with --full-refresh: the whole landing is read anew, and readers keep what is "
    "published until that is done"
)

Columns = dict[str, str]


@dataclass(frozen=True)
class Migration:
    """A change to tables that exist already. Its name is never used again."""

    name: str
    apply: Callable[[duckdb.DuckDBPyConnection], object]


def _add_target(connection: duckdb.DuckDBPyConnection) -> None:
    """Tables built before there was a second engine are DuckDB's."""
    connection.execute(
        "alter table if exists raw.build_state "
        "add column if not exists target varchar default 'duckdb'"
    )


def _add_coverage(connection: duckdb.DuckDBPyConnection) -> None:
    """Builds before did not say with which coverage: the next one makes it anew."""
    connection.execute(
        "alter table if exists raw.build_state add column if not exists coverage varchar default ''"
    )


def _drop_layout_number(connection: duckdb.DuckDBPyConnection) -> None:
    """The names of migrations say which version wrote a HOME."""
    connection.execute("drop table if exists raw.layout")


MIGRATIONS = (
    Migration("builds have a target", _add_target),
    Migration("migrations have names", _drop_layout_number),
    Migration("builds know the coverage", _add_coverage),
)


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, Columns]:
    """Column types by column, by table, of the `raw` schema."""
    found: dict[str, Columns] = {}
    for table, column, kind in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = "
        "'raw' and database_name = current_database() "
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
    """Gives a table of an earlier version today's columns, in today's order.

    Raises SettingsError where that would lose or invent values.
    """
    new = [name for name in wanted if name not in found]
    in_the_way = [name for name in found if wanted.get(name) != found[name]] + sorted(
        set(new) - _may_be_added(table)
    )
    if in_the_way:
        raise SettingsError(
            f"This HOME was made by an earlier version of Touchledger (raw.{table} differs in "
            f"{', '.join(in_the_way)}); {_ANEW}."
        )
    selected = ", ".join(
        quote_name(name) if name in found else f"null::{kind} as {quote_name(name)}"
        for name, kind in wanted.items()
    )
    connection.execute(f"create or replace table raw.{table} as select {selected} from raw.{table}")
    if new:
        progress.note(
            f"{table}: {', '.join(new)} is new in this version and empty in what landed before; "
            f"--full-refresh fills it from the landing"
        )


def _start_anew(
    connection: duckdb.DuckDBPyConnection, found: dict[str, Columns], wanted: dict[str, Columns]
) -> None:
    """Drops every table that is not as it should be, for the landing is read anew; the runs keep
    what columns they share.
    """
    for table in found:
        if found[table] == wanted.get(table) and table not in BUILDS:
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


def _applied(connection: duckdb.DuckDBPyConnection, found: dict[str, Columns]) -> set[str]:
    if "migrations" not in found:
        return set()
    return {name for (name,) in connection.execute("select name from raw.migrations").fetchall()}


def migrate(connection: duckdb.DuckDBPyConnection, *, start_anew: bool = False) -> None:
    """Brings the schema `raw` to today's tables; nothing changes where they are today's.

    With `start_anew`, what cannot be brought over is dropped, for the landing is read anew. Raises
    SettingsError, naming the cure, where a later version wrote this HOME, or an earlier one whose
    tables only the landing can fill.
    """
    known = [migration.name for migration in MIGRATIONS]
    applied = _applied(connection, _tables(connection))
    later = sorted(applied - set(known))
    if later:
        raise SettingsError(
            f"This HOME was written by a later version of Touchledger ({', '.join(later)}). "
            "Update this one, or name another HOME with --home DIR. Nothing was changed."
        )
    wanted = _wanted()
    connection.execute("begin")
    try:
        for migration in MIGRATIONS:
            if migration.name not in applied:
                migration.apply(connection)
        found = _tables(connection)
        if start_anew:
            _start_anew(connection, found, wanted)
        else:
            for table in wanted.keys() & found.keys():
                if [*found[table].items()] != [*wanted[table].items()]:
                    _rebuild(connection, table, found[table], wanted[table])
        create_raw_schema(connection)
        for name in known:
            if name not in applied:
                connection.execute("insert into raw.migrations values (?, ?)", [name, now()])
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
