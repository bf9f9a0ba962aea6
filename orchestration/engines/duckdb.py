"""DuckDB: the tables are in the warehouse's own files, so nothing is carried to and fro."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import duckdb

from orchestration.engines.base import Engine, MakeTables
from orchestration.ground.errors import BuildFailed
from orchestration.ground.sql import quote_name
from orchestration.home import tables_to_publish
from orchestration.home.forget import forget_layers
from orchestration.home.warehouse import thread_count, warehouse

if TYPE_CHECKING:
    import sqlalchemy

    from orchestration.engines.duckdb_dialect import BufferedDialect


def fill_scratch(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    make: MakeTables,
    queries: Mapping[str, str],
) -> None:
    """Makes a schema of helper tables anew in the warehouse file; see Engine.scratch."""
    drop_scratch(connection, schema)
    connection.execute(f"create schema {quote_name(schema)}")
    for name, sql in queries.items():
        connection.execute(f"create table {quote_name(schema)}.{quote_name(name)} as {sql}")
    make(connection)


def drop_scratch(connection: duckdb.DuckDBPyConnection, schema: str) -> None:
    """Removes a schema of helper tables from the warehouse file."""
    connection.execute(f"drop schema if exists {quote_name(schema)} cascade")


class DuckDB(Engine):
    """The engine in this process."""

    table_type = "BASE TABLE"
    has_changed_keys = True

    def check_ready(self) -> None:
        pass

    def profile(self) -> dict[str, str]:
        return {
            "warehouse": str(self.settings.warehouse),
            "to_publish": str(self.settings.to_publish),
            "memory_limit": str(self.settings.variables["memory_limit"]),
            "duckdb_threads": str(thread_count(self.settings)),
        }

    def landed(self) -> dict[str, str]:
        return {}

    def before_build(self, connection: duckdb.DuckDBPyConnection, *, anew: bool) -> None:
        """What everything is built anew for goes first: also what an earlier version or another
        engine left, and the room that it took.
        """
        if anew:
            forget_layers(connection)
            tables_to_publish.start_anew(connection, self.settings.to_publish)

    def after_build(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
        pass

    def mark_built(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
        tables_to_publish.mark_built(connection, self.settings.to_publish, run_id)

    def is_as_built(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> bool:
        return tables_to_publish.built_by(connection) == run_id

    def explained(self, failed: BuildFailed) -> BuildFailed:
        return failed

    def rows(self, sql: str) -> tuple[list[str], list[tuple]]:
        with warehouse(self.settings) as connection:
            found = connection.execute(f"select * from ({sql}) limit 3")
            return [column[0] for column in found.description], found.fetchall()

    def spelled(self, sql: str, scratch: str) -> str:
        return sql

    @contextmanager
    def scratch(self, schema: str, make: MakeTables, queries: Mapping[str, str]) -> Iterator[None]:
        with warehouse(self.settings) as connection:
            fill_scratch(connection, schema, make, queries)
        try:
            yield
        finally:
            with warehouse(self.settings) as connection:
                drop_scratch(connection, schema)

    def sqlalchemy_url(self) -> str:
        from orchestration.engines.duckdb_dialect import connection_string

        options = {
            "memory_limit": self.settings.variables["memory_limit"],
            "threads": thread_count(self.settings),
        }
        return connection_string(self.settings.warehouse, self.settings.to_publish, options)

    def release(self, connections: sqlalchemy.Engine) -> None:
        super().release(connections)
        cast("BufferedDialect", connections.dialect).close_all()
