"""The two publications that are compared: where they lie, what they were made from, and their
tables in one read-only connection as the catalogs `side_a` and `side_b`.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.ground.errors import SettingsError
from orchestration.ground.paths import PUBLISHED_FILE
from orchestration.ground.sql import quote_text

SIDES = ("side_a", "side_b")
MEMORY_LIMIT = "1500MB"


@dataclass(frozen=True)
class Side:
    """A publication: its file, and what it was made from (variables, rule files, models)."""

    name: str
    file: Path
    variables: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    models: str | None = None


def _json(file: Path) -> dict:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def find_side(name: str) -> Side:
    """The publication that `name` means: a HOME, a published folder, or a published file.

    Raises SettingsError where there is none.
    """
    if not name.strip():
        raise SettingsError("An empty name is not a publication; name a HOME or a published folder")
    place = Path(name).expanduser()
    for file in (place / "published" / PUBLISHED_FILE, place / PUBLISHED_FILE, place):
        try:
            if file.is_file():
                break
        except OSError as error:
            raise SettingsError(
                f"{place} cannot be reached ({error.strerror}); check its permissions"
            ) from None
    else:
        raise SettingsError(
            f"{place} is not a publication; name a HOME in which something is published, "
            f"or a folder with a {PUBLISHED_FILE}"
        )
    folder = file.resolve().parent
    origin = _json(folder / "built_from.json")
    variables = origin.get("variables") or _json(folder / "variables.json")
    return Side(
        name,
        file.resolve(),
        {key: str(value) for key, value in variables.items()},
        origin.get("rules") or {},
        origin.get("models"),
    )


@contextmanager
def opened(a: Side, b: Side) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which both are attached, read-only. Raises SettingsError."""
    scratch = tempfile.mkdtemp(prefix="touchledger-compare-")
    connection = duckdb.connect()
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"set memory_limit = {quote_text(MEMORY_LIMIT)}")
        connection.execute(f"set temp_directory = {quote_text(scratch)}")
        connection.execute("set preserve_insertion_order = false")
        for catalog, side in zip(SIDES, (a, b), strict=True):
            file = side.file
            if catalog == "side_b" and file == a.file:
                # One file is attached once; the other side is views on it.
                _mirror(connection)
                continue
            try:
                connection.execute(f"attach {quote_text(str(file))} as {catalog} (read_only)")
            except duckdb.Error as error:
                raise SettingsError(
                    f"{file} cannot be opened ({str(error).splitlines()[0]}); check that it may "
                    "be read, or publish it anew: `touchledger run`"
                ) from None
        yield connection
    finally:
        connection.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _mirror(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("attach ':memory:' as side_b")
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'side_a' "
        "union select schema_name, view_name from duckdb_views() "
        "where database_name = 'side_a' and not internal"
    ).fetchall()
    for schema, table in tables:
        connection.execute(f"create schema if not exists side_b.{schema}")
        connection.execute(f"create view side_b.{schema}.{table} as from side_a.{schema}.{table}")


def columns_of(
    connection: duckdb.DuckDBPyConnection, catalog: str, schema: str, table: str
) -> dict[str, str]:
    """Names and types of a table's columns; none where there is no such table."""
    return dict(
        connection.execute(
            "select column_name, data_type from duckdb_columns() "
            "where database_name = ? and schema_name = ? and table_name = ? order by column_index",
            [catalog, schema, table],
        ).fetchall()
    )
