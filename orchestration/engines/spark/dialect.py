"""Spark for Great Expectations: SQLAlchemy over the Thrift server, read-only, fetching all rows at
once.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL, default
from sqlalchemy.sql import compiler

from orchestration.engines.duckdb_dialect import HeldRows
from orchestration.engines.spark.server import Session, connect

NAME = "touchledger_spark"


class Cursor(HeldRows):
    """Holds the description and the rows of the last statement."""

    arraysize = 1
    rowcount = -1

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: list[tuple] = []
        self.description: list[tuple] | None = None

    def execute(self, statement: str, parameters: Any = None) -> None:
        names, self._rows = self._session.ask(statement % (parameters or {}))
        self.description = [(name, None, None, None, None, None, None) for name in names] or None

    def close(self) -> None:
        pass


class Connection:
    """A session of the server as the DB-API has it; there are no transactions."""

    def __init__(self) -> None:
        self._raw = connect()
        self._session = Session(self._raw)

    def cursor(self) -> Cursor:
        return Cursor(self._session)

    def commit(self) -> None:
        pass

    def rollback(self) -> None:
        pass

    def close(self) -> None:
        self._raw.close()


class _Names(compiler.IdentifierPreparer):
    """Names in backticks."""

    def __init__(self, dialect: Any, **options: Any) -> None:
        super().__init__(dialect, initial_quote="`", **options)


class Dialect(default.DefaultDialect):
    """What SQLAlchemy needs to send text."""

    name = NAME
    driver = "thrift"
    preparer = _Names  # type: ignore[assignment]
    supports_statement_cache = False
    default_paramstyle = "pyformat"

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        from pyhive import hive

        return hive

    def create_connect_args(self, url: URL) -> tuple[list, dict]:
        return [], {}

    def connect(self, *_: Any, **__: Any) -> Any:
        return Connection()


def connection_string() -> str:
    """What SQLAlchemy connects with to the server that the environment names."""
    registry.register(NAME, __name__, "Dialect")
    return f"{NAME}://"
