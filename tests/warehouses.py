"""A warehouse's files, opened by a test as the program opens them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.ground.paths import PUBLISHED_SCHEMAS
from orchestration.ground.sql import quote_text

# The columns of every table that there is, each table where `schema.table` finds it.
COLUMNS = """
    select table_schema, table_name, column_name, data_type
    from information_schema.columns
    where table_catalog = current_database() or (
        table_catalog = 'to_publish' and (table_schema, table_name) not in (
            select (table_schema, table_name) from information_schema.tables
            where table_catalog = current_database()
        )
    )
    order by table_schema, table_name, ordinal_position
"""


def opened(file: Path, *, read_only: bool = True) -> duckdb.DuckDBPyConnection:
    """A connection to a warehouse, its tables to publish with it, or to a published file."""
    connection = duckdb.connect(str(file), read_only=read_only)
    beside = file.parent / ".touchledger" / "to_publish.duckdb"
    if file.name == "warehouse.duckdb" and beside.exists():
        mode = " (read_only)" if read_only else ""
        connection.execute(f"attach {quote_text(str(beside))} as to_publish{mode}")
        places = [
            f"{database}.{schema}"
            for schema in PUBLISHED_SCHEMAS
            for database in ("warehouse", "to_publish")
        ]
        connection.execute(f"set search_path = '{','.join(['warehouse.main', *places])}'")
    return connection


def as_published(home: Path) -> Path:
    """A file with the published tables of a HOME in which tables were built and nothing published;
    without the columns that publishing leaves out.
    """
    file = home / "as_published.duckdb"
    file.unlink(missing_ok=True)
    with opened(home / "warehouse.duckdb", read_only=False) as connection:
        connection.execute(f"attach {quote_text(str(file))} as published")
        for schema in PUBLISHED_SCHEMAS:
            connection.execute(f"create schema published.{schema}")
        tables = connection.execute(f"select distinct table_schema, table_name from ({COLUMNS})")
        for schema, table in tables.fetchall():
            if schema in PUBLISHED_SCHEMAS:
                connection.execute(
                    f"create table published.{schema}.{table} as from {schema}.{table}"
                )
    return file
