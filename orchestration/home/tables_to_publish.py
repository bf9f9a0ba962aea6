"""The file that published tables are built in; publishing copies it.

In a connection to the warehouse it is the database `to_publish`, and `marts.x` means the table
wherever it is. It has nothing that a full build does not make.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ground.paths import PUBLISHED_SCHEMAS
from orchestration.ground.sql import one_row, quote_name, quote_text

DATABASE = "to_publish"
# The oldest storage that clients in use can read.
STORAGE = f"storage_version {quote_text('v1.4.0')}"
# Rows that were replaced leave room behind; a file that has grown by this factor is written anew.
GROWTH = 1.3
# The run that completed the tables, and the bytes of the file when all of it was last written.
NOTE = "main.built"
_BUILT = f"{DATABASE}.{NOTE}"


def attach(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Shows the file to a connection to the warehouse; made where it is missing.

    Raises duckdb.Error where it cannot be opened.
    """
    connection.execute(f"attach if not exists {quote_text(str(file))} as {DATABASE} ({STORAGE})")
    (own,) = one_row(connection, "select current_database()")
    places = [
        f"{database}.{schema}" for schema in PUBLISHED_SCHEMAS for database in (own, DATABASE)
    ]
    for place in places:
        connection.execute(f"create schema if not exists {place}")
    path = ",".join([f"{own}.main", *places])
    connection.execute(f"set search_path = {quote_text(path)}")


def databases(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The warehouse's databases by name: its own, and that of the tables to publish."""
    return [str(one_row(connection, "select current_database()")[0]), DATABASE]


def published_tables(
    connection: duckdb.DuckDBPyConnection, of: list[str] | None = None
) -> list[tuple[str, str]]:
    """(schema, table) of everything in the published schemas, views included: of the warehouse's
    databases, or of those named.
    """
    return connection.execute(
        "select distinct table_schema, table_name from information_schema.tables "
        "where list_contains(?, table_catalog) and list_contains(?, table_schema) order by all",
        [of or databases(connection), list(PUBLISHED_SCHEMAS)],
    ).fetchall()


def detach(connection: duckdb.DuckDBPyConnection) -> None:
    """Lets the file go; all that was written is in it."""
    (own,) = one_row(connection, "select current_database()")
    connection.execute(f"checkpoint {DATABASE}")
    connection.execute(f"use {quote_name(own)}")
    connection.execute(f"detach {DATABASE}")


def remove(file: Path) -> None:
    """Removes the file: the next build makes everything anew."""
    for path in (file, file.with_name(f"{file.name}.wal")):
        path.unlink(missing_ok=True)


def start_anew(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Puts an empty file in its place, before everything is built."""
    detach(connection)
    remove(file)
    attach(connection, file)


def mark_built(connection: duckdb.DuckDBPyConnection, file: Path, run_id: str) -> None:
    """Notes which run completed the tables."""
    connection.execute(f"checkpoint {DATABASE}")
    connection.execute(
        f"create table if not exists {_BUILT} as "
        f"select '' as run_id, {file.stat().st_size} as bytes"
    )
    connection.execute(f"update {_BUILT} set run_id = ?", [run_id])


def built_by(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The run that completed the tables; None where the file was made since."""
    return _noted(connection, "run_id")


def _noted(connection: duckdb.DuckDBPyConnection, column: str) -> Any:
    try:
        return one_row(connection, f"select {column} from {_BUILT}")[0]
    except duckdb.CatalogException:
        return None


def copy_to(connection: duckdb.DuckDBPyConnection, file: Path, copy: Path) -> None:
    """Copies the file, rid first of the room that replaced rows left where that is much. Where
    another engine built the tables, it has none.
    """
    full = _noted(connection, "bytes")
    detach(connection)
    if full and file.stat().st_size > GROWTH * full:
        _write_anew(connection, file)
    shutil.copyfile(file, copy)
    attach(connection, file)


def _write_anew(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    fresh = file.with_name(f"{file.name}.fresh")
    remove(fresh)
    connection.execute(f"attach {quote_text(str(file))} as grown")
    connection.execute(f"attach {quote_text(str(fresh))} as fresh ({STORAGE})")
    connection.execute("copy from database grown to fresh")
    connection.execute("detach grown")
    connection.execute("checkpoint fresh")
    connection.execute(f"update fresh.{NOTE} set bytes = ?", [fresh.stat().st_size])
    connection.execute("detach fresh")
    os.replace(fresh, file)
