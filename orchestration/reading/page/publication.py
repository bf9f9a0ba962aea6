"""What readers see now, read for one request: tables, run, variables and the ways to
write its numbers.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ground.errors import SettingsError, UnknownId
from orchestration.ground.paths import VARIABLES_FILE
from orchestration.ground.settings import Settings
from orchestration.ground.sql import sql_beside
from orchestration.ground.variables import default_variables
from orchestration.publishing.report.numbers import Formats
from orchestration.publishing.words import lookback_days
from orchestration.reading.page.held_file import HeldFile

Rows = list[dict[str, Any]]
# Seconds after which the questions of a page, or of a file, are given up.
PATIENCE, PATIENCE_FOR_FILES = 30, 900
# Columns that earlier versions did not publish; there they read as null.
ADDED = {
    "core.fct_asset_associations": {"time_basis": "varchar"},
    "core.fct_deal_contacts": {
        "time_basis": "varchar",
        "is_at_close": "boolean",
        "reason": "varchar",
    },
    "core.fct_deals": {"merged_into": "varchar"},
    "core.fct_sessions": {"channel": "varchar", "source": "varchar"},
    "core.fct_interactions": {
        "channel": "varchar",
        "influences": "boolean",
        "earns_revenue": "boolean",
    },
    "marts.attribution_credits": {"channel": "varchar"},
    "marts.campaign_performance": {"total_cost": "decimal(18, 2)", "roas": "double"},
    "diagnostics.utm_audit": {"similar_alias": "varchar"},
    "diagnostics.unread_values": {"examples": "varchar[]"},
}
_TABLE = re.compile(r"@(core|marts|diagnostics)\.(\w+)")


class NothingPublished(Exception):
    """HOME has no published file, or none that can be read. The message says what to do."""


class NotPublished(Exception):
    """A table that this publication lacks; `table` is its name with its schema."""

    def __init__(self, table: str) -> None:
        super().__init__(f"{table} is not in this publication")
        self.table = table


class TooLong(Exception):
    """A question took longer than PATIENCE."""


@dataclass(frozen=True)
class Run:
    """The published run: when it took place, and the instant that counted as now. Naive UTC."""

    run_id: str
    as_of: datetime | None
    finished_at: datetime | None


class Publication:
    """One published file and the answers that it gives. `sql` writes tables as `@schema.table`."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, name: str, variables: Mapping[str, object]
    ) -> None:
        self.connection = connection
        self.name = name
        self.variables = variables
        self.formats = Formats(
            str(variables["report_locale"]),
            str(variables["home_currency"]),
            str(variables["portal_timezone"]),
        )
        self.lookback = lookback_days(variables)

        self._narrowed: dict[str, str] = {}

    def narrow(
        self, table: str, condition: str, values: Mapping[str, object], columns: str = "*"
    ) -> None:
        """From here on `table` is its rows that meet `condition` alone, read once and kept in
        memory.

        For a page that asks the same few rows again and again. Raises NotPublished.
        """
        name = f"narrow_{table.replace('.', '_')}"
        self.execute(
            f"create temporary table {name} as select {columns} from @{table} where {condition}",
            values,
        )
        self._narrowed[table] = f"temp.{name}"

    @contextmanager
    def narrowed(self, table: str, condition: str, values: Mapping[str, object]) -> Iterator[None]:
        """`narrow` for a block. Raises NotPublished."""
        self.narrow(table, condition, values)
        try:
            yield
        finally:
            self.execute(f"drop table {self._narrowed.pop(table)}")

    @cached_property
    def columns(self) -> dict[str, list[str]]:
        """Columns by `schema.table`."""
        found: dict[str, list[str]] = {}
        for schema, table, column in self.connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where database_name = current_database() and not internal order by column_index"
        ).fetchall():
            found.setdefault(f"{schema}.{table}", []).append(column)
        return found

    @cached_property
    def run(self) -> Run:
        """The newest run that was published."""
        row = self.one(
            "select run_id, as_of, finished_at from @diagnostics.run_log "
            "where status = 'published' order by run_id desc limit 1"
        )
        return Run(**row) if row else Run(self.name, None, None)

    def has(self, table: str) -> bool:
        """Whether `schema.table` is published."""
        return table in self.columns

    def _source(self, found: re.Match) -> str:
        table = f"{found[1]}.{found[2]}"
        if table not in self.columns:
            raise NotPublished(table)
        if table in self._narrowed:
            return self._narrowed[table]
        lacking = {
            name: kind
            for name, kind in ADDED.get(table, {}).items()
            if name not in self.columns[table]
        }
        if not lacking:
            return table
        nulls = ", ".join(f"null::{kind} as {name}" for name, kind in lacking.items())
        return f"(select *, {nulls} from {table})"

    def sql(self, text: str) -> str:
        """`text` with each `@schema.table` replaced by the table. Raises NotPublished."""
        return _TABLE.sub(self._source, text)

    def execute(self, text: str, values: Mapping[str, object] | None = None):
        """The answer to `text`, given `values` for its `$names`.

        Raises NotPublished and TooLong.
        """
        known = {"tolerance": self.variables["conversion_tolerance_minutes"], **(values or {})}
        given = {name: value for name, value in known.items() if _uses(text, name)}
        try:
            return self.connection.execute(self.sql(text), given)
        except duckdb.InterruptException:
            raise TooLong from None

    def rows(self, text: str, values: Mapping[str, object] | None = None) -> Rows:
        """All rows of the answer, a dict each."""
        found = self.execute(text, values)
        names = [column[0] for column in found.description]
        try:
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        except duckdb.InterruptException:
            raise TooLong from None

    def one(self, text: str, values: Mapping[str, object] | None = None) -> dict[str, Any] | None:
        """The first row of the answer, or None."""
        return next(iter(self.rows(text, values)), None)

    def near(self, what: str, wanted: str, ids: str) -> UnknownId:
        """The error for an id that is not there, with ids that look like it; `ids` is SQL that
        lists them.
        """
        close = self.rows(
            f"""
            select id from (select distinct id from ({ids})) where id is not null
            order by jaro_winkler_similarity(lower(id), lower($wanted)) desc, id limit 3
            """,
            {"wanted": wanted},
        )
        said = f"There is no {what} with the ID “{wanted}” in this publication."
        if close:
            said += f" The nearest IDs are {', '.join(row['id'] for row in close)}."
        return UnknownId(said)


def query(module: str, file: str, /, **fragments: object) -> str:
    """`sql_beside` as a Publication takes it."""
    return page_sql(sql_beside(module, file, **fragments))


def page_sql(text: str) -> str:
    """A query of the published file with `@` before each of its tables, as a Publication takes
    it.
    """
    return re.sub(r"\b(core|marts|diagnostics)\.(?=\w)", r"@\1.", text)


def _uses(text: str, name: str) -> bool:
    return re.search(rf"\${name}\b", text) is not None


def _variables(folder: Path) -> dict[str, object]:
    """The variables that the run had; the defaults where a folder does not tell."""
    known = dict(default_variables())
    with suppress(OSError, ValueError):
        known |= json.loads((folder / VARIABLES_FILE).read_text(encoding="utf-8"))
    return known


@contextmanager
def opened(held: HeldFile, patience: float = PATIENCE) -> Iterator[Publication]:
    """The publication that readers see now, for one request. Raises NothingPublished.

    A run published meanwhile shows in the next request; this one keeps what it began with.
    """
    try:
        file, connection = held.connection()
    except SettingsError as error:
        raise NothingPublished(f"{error}; this page then shows it at the next click.") from None
    watch = threading.Timer(patience, connection.interrupt)
    watch.daemon = True
    watch.start()
    try:
        yield Publication(connection, file.parent.name, _variables(file.parent))
    finally:
        watch.cancel()
        connection.close()


def check(settings: Settings) -> None:
    """Raises SettingsError where nothing readable is published."""
    held = HeldFile(settings)
    try:
        with opened(held):
            pass
    except NothingPublished as error:
        raise SettingsError(str(error)) from None
    finally:
        held.close()
