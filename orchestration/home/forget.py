"""What HOME forgets before a full refresh, or before another engine builds."""

from __future__ import annotations

import duckdb

from orchestration.ground.contract import raw_tables
from orchestration.ground.sql import quote_name
from orchestration.home.schema import LEDGER


def forget_landing(connection: duckdb.DuckDBPyConnection) -> None:
    """Empties the raw tables and the ledger, so that the whole landing is read anew.

    Runs are remembered.
    """
    connection.execute("begin")
    for table in (*raw_tables(), *LEDGER):
        connection.execute(f"delete from raw.{table}")
    connection.execute("commit")


def forget_layers(connection: duckdb.DuckDBPyConnection) -> None:
    """Drops every layer of the warehouse but what has landed: what one engine built is in the way
    of another.
    """
    layers = connection.execute(
        "select schema_name from duckdb_schemas() where database_name = current_database() and "
        "not internal and schema_name <> 'raw'"
    ).fetchall()
    for (layer,) in layers:
        if layer != "main":
            connection.execute(f"drop schema {quote_name(layer)} cascade")
