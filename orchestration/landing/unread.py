"""What was made of values that are not as the contract asks: those that were left empty, and those
for which something was assumed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from orchestration.ground.contract import RawColumn, RawTable
from orchestration.ground.sql import quote_name
from orchestration.landing.parsing import flag
from orchestration.landing.readers import FILE_COLUMN, Reader

EXAMPLES = 3
_SHOWN_CHARACTERS = 60
_NOTES = 20

_CURES = {
    "timestamp": (
        "write an ISO 8601 instant such as 2024-05-01T09:30:00Z, a day such as 2024-05-01, or an "
        "epoch"
    ),
    "date": "write a day such as 2024-05-01",
    "boolean": "write true or false, or 1 or 0; Yes, No, on and off are not read",
    "bigint": "write a whole number without separators, such as 12500",
    "varchar": "write text, not a nested value",
}


def cure(column: RawColumn) -> str:
    """How to write a value of a column so that it can be read."""
    if column.accepted:
        return f"write one of {', '.join(column.accepted)}"
    number = (
        "write a plain decimal number such as 12500.00, without thousands separators, currency "
        "signs or exponents"
    )
    return _CURES.get(column.data_type, number)


@dataclass(frozen=True)
class Unread:
    """Values of one column of one file that could not be read and are left empty."""

    path: str
    column: str
    rows: int
    examples: list[str]


@dataclass(frozen=True)
class Assumed:
    """Values of one column of one file for which something is assumed; `kind` is `is_day` or
    `is_naive`.
    """

    path: str
    column: str
    kind: str
    rows: int


def examples(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    reader: Reader,
    column: str,
    is_accepted: str,
) -> dict[str, list[str]]:
    """Up to three values of a column that cannot be read, with their keys, by the path of the
    file.
    """
    keys = ", ".join(f"cast({quote_name(name)} as varchar)" for name in table.key)
    rows = connection.execute(
        f"""
        select {FILE_COLUMN}, left({reader.shown[column]}, {_SHOWN_CHARACTERS + 1}), {keys}
        from {reader.relation} where {flag("unreadable", column)} and {is_accepted}
        qualify row_number() over (partition by {FILE_COLUMN} order by {keys},
            {reader.shown[column]}) <= {EXAMPLES}
        order by {FILE_COLUMN}, {keys}, {reader.shown[column]}
        """
    ).fetchall()
    found: dict[str, list[str]] = {}
    for path, value, *key in rows:
        shown = value if len(value) <= _SHOWN_CHARACTERS else f"{value[:_SHOWN_CHARACTERS]}…"
        named = ", ".join(f"{name} {part}" for name, part in zip(table.key, key, strict=True))
        found.setdefault(path, []).append(f"{shown!r} ({named})")
    return found


def _capped(lines: list[str], more: str) -> list[str]:
    extra = len(lines) - _NOTES
    return [*lines[:_NOTES], *([f"{extra} more {more}"] if extra > 0 else [])]


def unread_notes(table: RawTable, names: dict[str, str], unread: Iterable[Unread]) -> list[str]:
    """A line per file and column. `names`: of files by their path."""
    columns = {column.name: column for column in table.columns}
    lines = [
        f"{names[one.path]}: {one.rows:,} value(s) of {one.column} cannot be read and are left "
        f"empty: "
        f"{', '.join(one.examples)}; {cure(columns[one.column])}"
        for one in unread
    ]
    return _capped(lines, f"columns of files of {table.name}: diagnostics.unread_values has all")


def assumed_notes(
    table: RawTable, names: dict[str, str], assumed: Iterable[Assumed], zone: str
) -> list[str]:
    """A line per file that has times for which something is assumed, with a count per column."""
    said = {
        "is_day": "days without a time of day, taken for midnight UTC",
        "is_naive": f"times without an offset, taken for {zone} (variable naive_timezone)",
    }
    by_file: dict[str, list[str]] = {}
    for kind, words in said.items():
        counts: dict[str, list[str]] = {}
        for one in assumed:
            if one.kind == kind:
                counts.setdefault(names[one.path], []).append(f"{one.column} {one.rows:,}")
        for name, columns in counts.items():
            by_file.setdefault(name, []).append(f"{words}: {', '.join(columns)}")
    lines = [f"{name}: {'; '.join(parts)}" for name, parts in sorted(by_file.items())]
    return _capped(lines, f"files of {table.name} have such times")
