"""A landing folder as typed rows, with what could not be read (raw contract)."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal
from pathlib import Path

import duckdb

from .contract import RAW, RawTable
from .rules import Row, Rules, World
from .values import Unreadable, read

TEXT_ENDINGS = (".csv", ".jsonl", ".ndjson")
ACTIONS = ("associated", "removed")
LOADED = "_loaded_at"


@dataclass
class Landing:
    """Accepted rows per table; rejected rows per (table, file); unread values per (table, file,
    column)."""

    world: World = field(default_factory=lambda: {table: [] for table in RAW})
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    unread: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def diagnostics(self) -> World:
        """The tables unread_values and rejected_records, counted per file."""
        return {
            "unread_values": [
                {"table_name": table, "file_name": file, "column_name": column, "rows": count}
                for (table, file, column), count in self.unread.items()
            ],
            "rejected_records": [
                {"table_name": table, "file_name": file, "rows": count}
                for (table, file), count in self.rejected.items()
            ],
        }


class BadFile(ValueError):
    """A file that is not what its ending says, or that lacks a required column."""


def read_landing(folder: Path, rules: Rules, naive: tzinfo = UTC) -> Landing:
    """All files of all tables below a landing folder. Raises BadFile.

    `naive` is the time zone of texts that name none.
    """
    landing = Landing()
    for table, contract in RAW.items():
        for file in files_of(folder / table):
            for row in rows_of(file, contract):
                accepted = None if row is None else _accept(landing, table, file, row, naive)
                if accepted is None or not _is_listed(accepted, rules):
                    landing.rejected[table, file.name] += 1
                else:
                    landing.world[table].append(accepted)
    return landing


def files_of(folder: Path) -> list[Path]:
    """The files that are read: names that begin with `_` or `.` are passed over."""
    found = []
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        name = file.name.lower().removesuffix(".gz")
        is_kind = name.endswith(TEXT_ENDINGS) or file.name.lower().endswith(".parquet")
        if file.is_file() and is_kind and not any(part[0] in "_." for part in parts):
            found.append(file)
    return found


def rows_of(file: Path, contract: RawTable) -> Iterator[Row | None]:
    """The rows of a file by column; None is a row that is none."""
    name = file.name.lower()
    if name.endswith(".parquet"):
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            result = connection.execute("select * from read_parquet(?)", [str(file)])
            columns = _columns(file, [one[0] for one in result.description], contract)
            for record in result.fetchall():
                yield dict(zip(columns, record, strict=True))
        return
    content = file.read_bytes()
    text = (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8-sig")
    if name.removesuffix(".gz").endswith(".csv"):
        records = [record for record in csv.reader(text.splitlines(keepends=True)) if record]
        columns = _columns(file, records[0] if records else [], contract)
        for record in records[1:]:
            yield dict(zip(columns, record, strict=True)) if len(record) == len(columns) else None
        return
    for line in filter(str.strip, text.split("\n")):
        yield _json_row(line)


def _columns(file: Path, names: list[str], contract: RawTable) -> list[str]:
    columns = [name.strip().lower() for name in names]
    needed = {*contract.required, LOADED}
    if contract.has_deletions and "_deleted" in columns:
        needed = {*contract.key, LOADED}
    if not needed <= set(columns):
        raise BadFile(f"{file} lacks {', '.join(sorted(needed - set(columns)))}")
    return columns


def _json_row(line: str) -> Row | None:
    try:
        values = json.loads(line, parse_float=Decimal)
    except json.JSONDecodeError:
        return None
    if not isinstance(values, dict):
        return None
    return {name.strip().lower(): value for name, value in values.items()}


def _accept(landing: Landing, table: str, file: Path, row: Row, naive: tzinfo) -> Row | None:
    """A row with typed values; None where something required is missing or cannot be read."""
    contract = RAW[table]
    values: Row = {}
    unread = []
    for column, kind in {**contract.columns, LOADED: "time"}.items():
        try:
            values[column] = read(kind, column, row.get(column), naive)
        except Unreadable:
            values[column] = None
            unread.append(column)
    required = contract.key if values.get("_deleted") else contract.required
    if any(values[column] is None for column in (*required, LOADED) if column not in OPTIONAL_KEYS):
        return None
    for column in unread:
        landing.unread[table, file.name, column] += 1
    return values


# Parts of a key that may be null.
OPTIONAL_KEYS = ("model", "period_start", "period_end")


def _is_listed(row: Row, rules: Rules) -> bool:
    asset_type, event_type = row.get("asset_type"), row.get("event_type")
    return (
        (asset_type is None or asset_type in rules.asset_types)
        and (event_type is None or event_type in rules.interactions)
        and row.get("action", ACTIONS[0]) in ACTIONS
    )
