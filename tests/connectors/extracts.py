"""Extracts made of rows, and what a kind's SQL makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

import duckdb
import pyarrow as pa

import orchestration.connectors

CONNECTORS = Path(orchestration.connectors.__file__).parent
FIRST_PULL = datetime(2024, 6, 1)

Row = Mapping[str, object]
Tables = Mapping[str, Sequence[Row]]


def pull_time(number: int) -> str:
    """The start of a pull, as the ledger has it; one a day."""
    return (FIRST_PULL + timedelta(days=number - 1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def translate(
    kind: str, *pulls: Tables, incomplete: Mapping[int, set[str]] | None = None, **options: str
) -> dict[str, list[dict[str, str | None]]]:
    """The rows that the pulls of a source of `kind` land, by raw table; `options` are the source's.

    A table that a pull does not name is empty in it and complete, unless `incomplete` names it.
    """
    tables = import_module(f"orchestration.connectors.kinds.{kind}").TABLES
    landed: dict[str, list[dict[str, str | None]]] = {}
    for number in range(1, len(pulls) + 1):
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            _options(connection, options)
            _ledger(connection, tables, number, incomplete or {})
            for table in tables:
                _extract(connection, table, pulls[:number])
            folder = CONNECTORS / "kinds" / kind
            connection.execute((CONNECTORS / "shared.sql").read_text())
            if (folder / "_views.sql").exists():
                connection.execute((folder / "_views.sql").read_text())
            for file in sorted(folder.glob("[a-z]*.sql")):
                found = connection.execute(file.read_text())
                names = [column[0] for column in found.description]
                rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
                landed.setdefault(file.stem, []).extend(rows)
    return landed


def _options(connection: duckdb.DuckDBPyConnection, options: Mapping[str, str]) -> None:
    known = {"name": "crm", "portal": None, "first_associations": None, "identify": None}
    known |= {"events": None, **options}
    row = pa.table({name: pa.array([value], pa.string()) for name, value in known.items()})
    connection.register("options", row)


def _ledger(connection, tables, number: int, incomplete: Mapping[int, set[str]]) -> None:
    rows = [
        (pull, table.name, None, None, pull_time(pull), table.name not in incomplete.get(pull, ()))
        for pull in range(1, number + 1)
        for table in tables
    ]
    connection.execute(
        "create table pulls (_pull integer, table_name varchar, parent_id varchar, "
        "asset_type varchar, started_at varchar, is_complete boolean)"
    )
    connection.executemany("insert into pulls values (?, ?, ?, ?, ?, ?)", rows)


def _extract(connection, table, pulls: Sequence[Tables]) -> None:
    columns: dict[str, list[object]] = {name: [] for name in table.columns}
    numbers: list[int] = []
    for number, pull in enumerate(pulls, 1):
        for row in pull.get(table.name, ()):
            unknown = {name for name in row if name not in columns}
            for name in columns:
                value = row.get(name)
                columns[name].append(None if value is None else str(value))
            assert not (unknown & {"id"}), unknown
            numbers.append(number)
    arrays = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    arrays["_pull"] = pa.array(numbers, pa.int32())
    arrays["_pulled_at"] = pa.array([pull_time(number) for number in numbers], pa.string())
    connection.register(table.name, pa.table(arrays))
