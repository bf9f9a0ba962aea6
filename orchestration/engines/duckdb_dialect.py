"""DuckDB for Great Expectations: duckdb-engine's dialect with a cursor that fetches its rows at
once.

Great Expectations closes a connection before it fetches; DuckDB then drops the rows that are
pending. The queries that it sends return aggregates or a limited number of rows, so holding them
costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb_engine
from sqlalchemy import pool
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL

from orchestration.home.tables_to_publish import attach

# More than Great Expectations ever asks for at once.
ROWS_HELD = 10_000


class HeldRows:
    """The part of a cursor that hands out rows which were fetched at once."""

    _rows: list[tuple]

    def fetchone(self) -> tuple | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple]:
        taken, self._rows = self._rows[: size or 1], self._rows[size or 1 :]
        return taken

    def fetchall(self) -> list[tuple]:
        taken, self._rows = self._rows, []
        return taken


class BufferedCursor(HeldRows, duckdb_engine.CursorWrapper):
    """Holds the description and the rows of the last statement."""

    def __init__(self, connection: Any, wrapper: Any) -> None:
        super().__init__(connection, wrapper)
        self._connection = connection
        self._rows: list[tuple] = []
        self.description: list[tuple] | None = None
        self.rowcount = -1

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        super().execute(statement, parameters, context)
        self.description = self._connection.description
        self._rows = self._connection.fetchmany(ROWS_HELD) if self.description else []


class BufferedConnection(duckdb_engine.ConnectionWrapper):
    """Hands out buffered cursors."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self._connection = connection

    def cursor(self) -> BufferedCursor:
        return BufferedCursor(self._connection, self)


class BufferedDialect(duckdb_engine.Dialect):
    """duckdb-engine's dialect over buffered connections."""

    supports_statement_cache = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._opened: list[duckdb_engine.ConnectionWrapper] = []

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:
        return pool.QueuePool

    def create_connect_args(self, url: URL) -> tuple[tuple, dict]:
        """The files are in the query, as `warehouse` and `to_publish`: in its own place a URL
        cannot hold every path.
        """
        query = dict(url.query)
        file = str(query.pop("warehouse"))
        self._to_publish = Path(str(query.pop("to_publish")))
        return super().create_connect_args(url.set(database=file, query=query))

    def connect(self, *arguments: Any, **options: Any) -> Any:
        wrapper = super().connect(*arguments, **options)
        self._opened.append(wrapper)
        connection = wrapper._ConnectionWrapper__c
        attach(connection, self._to_publish)
        return BufferedConnection(connection)

    def close_all(self) -> None:
        """Closes every connection of this dialect's engine: an open one keeps the file from
        everybody else.
        """
        while self._opened:
            self._opened.pop().close()


def connection_string(warehouse: Path, to_publish: Path, options: Mapping[str, object]) -> str:
    """What SQLAlchemy connects to for queries on a warehouse's files under DuckDB's `options`."""
    registry.register("duckdb.buffered", __name__, "BufferedDialect")
    registry.register("duckdb", __name__, "BufferedDialect")
    files = {"warehouse": str(warehouse), "to_publish": str(to_publish)}
    return f"duckdb+buffered:///?{urlencode({**files, **options})}"
