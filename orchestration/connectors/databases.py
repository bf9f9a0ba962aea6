"""Tables of a loader in a database, read by dlt's sql_database in chunks; what is new by the
loader's own clock.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import sqlalchemy as sa

from orchestration.connectors.kind import Source, SourceFailed
from orchestration.connectors.secrets import find_secret, without_secrets
from orchestration.connectors.tables import (
    FROM_TABLE,
    NEW,
    WHOLE,
    LoaderTable,
    Reading,
    Refused,
    match_columns,
    text_table,
)
from orchestration.ground.errors import SettingsError
from orchestration.ground.sql import quote_name

if TYPE_CHECKING:
    from orchestration.connectors.pull import Pull

ROWS_AT_ONCE = 20_000
# Rows may become visible later than their clock says: a load that takes long, a clock that is off.
OVERLAP = timedelta(hours=1)
LOAD_OVERLAP_SECONDS = 86_400.0
# PostgreSQL has times that Python has not: infinity, and years before 1 and after 9999. None of
# them is a time of ours.
FIRST_TIME, LAST_TIME = datetime(2, 1, 1), datetime(9999, 1, 1)
# How databases say that a user may not read a table.
_REFUSED = re.compile(r"denied|insufficient.?(privilege|permission)|not authorized", re.IGNORECASE)
# The driver that a URL means, and the extra of this project that installs it.
EXTRAS = {
    "postgresql": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
    "databricks": "databricks",
    "redshift": "redshift",
}
_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}


class Database:
    """The tables of a schema in any database that SQLAlchemy reaches."""

    def __init__(self, url: str, source: Source) -> None:
        self.source = source
        schema = source.options.get("schema")
        self.schema = None if schema is None else str(schema)
        try:
            parsed = sa.make_url(url)
        except sa.exc.ArgumentError:
            raise SettingsError(
                f"{source.place}: url of source {source.name} is none; write it like "
                f"postgresql://reader@127.0.0.1:5432/lake"
            ) from None
        backend = parsed.get_backend_name()
        if parsed.drivername == backend and backend in _DRIVERS:
            parsed = parsed.set(drivername=_DRIVERS[backend])
        password = find_secret(source, "password")
        if password is not None:
            parsed = parsed.set(password=password)
        try:
            self.engine = sa.create_engine(parsed)
        except (sa.exc.NoSuchModuleError, ImportError):
            extra = EXTRAS.get(backend)
            cure = (
                f".venv/bin/pip install 'touchledger[{extra}]'"
                if extra
                else "install its SQLAlchemy dialect"
            )
            raise SettingsError(
                f"Source {source.name}: nothing here reaches a {backend} database; {cure}"
            ) from None

    def close(self) -> None:
        self.engine.dispose()

    def _asked(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except sa.exc.SQLAlchemyError as error:
            raise self._failed(error) from None

    def _failed(self, error: Exception, table: str | None = None) -> SourceFailed:
        says = without_secrets(str(getattr(error, "orig", None) or error), self.source)
        says = says.strip().splitlines()[0] if says.strip() else type(error).__name__
        of = f" of {table}" if table else ""
        return SourceFailed(
            f"The database of source {self.source.name} "
            f"({self.engine.url.host or self.engine.url.database}) says{of}: {says}; "
            "mind url, schema and the password, and what its user may read"
        )

    def tables(self) -> list[str]:
        """Tables and views of the schema."""

        def names() -> list[str]:
            inspector = sa.inspect(self.engine)
            found = inspector.get_table_names(self.schema) + inspector.get_view_names(self.schema)
            if hasattr(inspector, "get_materialized_view_names"):
                with contextlib.suppress(NotImplementedError):
                    found += inspector.get_materialized_view_names(self.schema)
            return found

        return self._asked(names)

    def _types(self, name: str) -> dict[str, Any]:
        return self._asked(
            lambda: {
                column["name"]: column["type"]
                for column in sa.inspect(self.engine).get_columns(name, self.schema)
            }
        )

    def columns(self, name: str) -> list[str]:
        return list(self._types(name))

    def ask_for(self, name: str, columns: Iterable[str]) -> None:
        """Asks for columns of a table and no row. Raises Refused where the user may not read it, or
        some of them.
        """
        wanted = tuple(dict.fromkeys(columns))
        if self._may_read(name, wanted):
            return
        refused = tuple(one for one in wanted if not self._may_read(name, (one,)))
        raise Refused(refused if len(refused) < len(wanted) else ())

    def _may_read(self, name: str, columns: Iterable[str]) -> bool:
        wanted: list[Any] = [sa.column(column) for column in columns]
        query = sa.select(*wanted).select_from(sa.table(name, schema=self.schema))
        try:
            with self.engine.connect() as connection:
                connection.execute(query.where(sa.literal(1) == sa.literal(0)))
        except sa.exc.SQLAlchemyError as error:
            if _REFUSED.search(str(getattr(error, "orig", None) or error)):
                return False
            raise self._failed(error, name) from None
        return True

    def read(self, table_name: str, table: LoaderTable, found: list[str], pull: Pull) -> Reading:
        """All rows, or those since the newest of earlier pulls by the loader's clock."""
        is_new_only = not (pull.full or table.always_whole)
        newest = _newest_clock(pull, table_name, table) if is_new_only else {}
        plans = []
        for name in found:
            types = self._types(name)
            columns = match_columns(table.columns, list(types))
            if columns:
                self.ask_for(name, columns.values())
            plans.append((name, columns, _bound(table, columns, types, newest)))
        is_whole = all(bound is None for _, _, bound in plans)
        return Reading(
            (batch for plan in plans for batch in self._batches(table, *plan)),
            WHOLE if is_whole else NEW,
        )

    def _batches(
        self, table: LoaderTable, name: str, columns: dict[str, str], bound: tuple | None
    ) -> Iterator[pa.Table]:
        os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
        from dlt.sources.sql_database import sql_table

        if not columns:
            return

        def asked(query: Any, of: sa.Table) -> Any:
            if self.engine.dialect.name == "postgresql":
                query = query.with_only_columns(*map(_within_range, query.selected_columns))
            if bound is None:
                return query
            column, value = bound
            return query.where(sa.or_(of.c[column] >= value, of.c[column].is_(None)))

        try:
            rows = iter(
                sql_table(
                    credentials=self.engine,
                    table=name,
                    schema=self.schema,
                    backend="sqlalchemy",
                    chunk_size=ROWS_AT_ONCE,
                    reflection_level="minimal",
                    included_columns=list(dict.fromkeys(columns.values())),
                    query_adapter_callback=asked,
                )
            )
            while chunk := list(islice(rows, ROWS_AT_ONCE)):
                texts: dict[str, list[str | None]] = {
                    wanted: [as_text(row.get(own)) for row in chunk]
                    for wanted, own in columns.items()
                }
                if table.names is not None:
                    texts[FROM_TABLE] = [name] * len(chunk)
                yield text_table(table.columns, texts, len(chunk))
        except Exception as error:
            cause = error.__cause__ or error
            raise self._failed(cause, name) from None  # type: ignore[arg-type]


def _within_range(column: Any) -> Any:
    """A column, with null for the times that Python has not."""
    if isinstance(column.type, sa.types.DateTime):
        within = column.between(FIRST_TIME, LAST_TIME)
    elif isinstance(column.type, sa.types.Date):
        within = column.between(FIRST_TIME.date(), LAST_TIME.date())
    else:
        return column
    return sa.case((within, column)).label(column.name)


def _newest_clock(pull: Pull, table_name: str, table: LoaderTable) -> dict[str, Any]:
    """The newest value of each clock column that earlier pulls brought: seconds of a load id, else
    UTC. A clock that is ahead of this pull is wrong, and no row is waited for until then.
    """
    if not table.clock:
        return {}
    with pull.extracts(table_name) as connection:
        newest = {}
        for clock in table.clock:
            told = f"try_cast({quote_name(clock)} as timestamptz)::timestamp"
            latest: object = pull.started_at
            if clock == "_dlt_load_id":
                told = f"try_cast({quote_name(clock)} as double)"
                latest = pull.started_at.replace(tzinfo=UTC).timestamp()
            (value,) = connection.execute(
                f"select max({told}) from {quote_name(table_name)} "
                f"where _pull < {pull.number} and {told} <= ?",
                [latest],
            ).fetchone() or (None,)
            if value is not None:
                newest[clock] = value
        return newest


def _bound(
    table: LoaderTable, columns: dict[str, str], types: dict[str, Any], newest: dict[str, Any]
) -> tuple[str, object] | None:
    """The clock's column and the value from which rows are read; None where all are: no clock, or
    one whose text cannot be compared.
    """
    for clock in table.clock:
        own = columns.get(clock)
        if own is None:
            continue
        if clock not in newest:
            return None
        value, kind = newest[clock], types[own]
        if clock == "_dlt_load_id":
            since = value - LOAD_OVERLAP_SECONDS
            return (own, f"{since:.6f}") if isinstance(kind, sa.types.String) else (own, since)
        if isinstance(kind, sa.types.DateTime):
            since = value - OVERLAP
            return own, since.replace(tzinfo=UTC) if kind.timezone else since
        return None
    return None


# --- Values as text -----------------------------------------------------------------------------


def _of_float(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def _of_datetime(value: datetime) -> str:
    return value.isoformat() if value.tzinfo is None else value.astimezone(UTC).isoformat()


def _of_bytes(value: bytes) -> str:
    return bytes(value).decode("utf-8", "replace")


_TEXTS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "true" if value else "false",
    int: str,
    float: _of_float,
    Decimal: lambda value: format(value, "f"),
    datetime: _of_datetime,
    date: date.isoformat,
    dict: lambda value: json.dumps(value, default=str, ensure_ascii=False),
    list: lambda value: json.dumps(value, default=str, ensure_ascii=False),
    tuple: lambda value: json.dumps(value, default=str, ensure_ascii=False),
    bytes: _of_bytes,
    memoryview: _of_bytes,
}


def as_text(value: Any) -> str | None:
    """A value of a database as text: instants in ISO 8601, nested ones as JSON."""
    if value is None or type(value) is str:
        return value
    return _TEXTS.get(type(value), str)(value)
