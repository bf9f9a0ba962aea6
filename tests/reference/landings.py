"""Writes a world as a loader would: mixed formats, mixed spellings, columns missing, shuffled and unknown."""

from __future__ import annotations

import csv
import json
import random
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import duckdb

from .contract import RAW, RawTable
from .records import Row, World

EPOCH = datetime(1970, 1, 1)
UNKNOWN_COLUMNS = ("_batch", "note", "raw payload")
FOLDERS = ("", "2024", "part=a", "year=2024/month=06")


def write_landing(world: World, folder: Path, seed: int) -> None:
    """Writes each table of `world` to one to three files below `folder`; file names are new for every seed."""
    rng = random.Random(seed)
    for table, rows in world.items():
        files: list[list[Row]] = [[] for _ in range(rng.randrange(1, 4))]
        for row in rows:
            rng.choice(files).append(row)
        for number, members in enumerate(files):
            if members:
                kind = rng.choice(("parquet", "csv", "jsonl"))
                path = folder / table / rng.choice(FOLDERS) / f"{table}_{seed}_{number}.{kind}"
                path.parent.mkdir(parents=True, exist_ok=True)
                _WRITERS[kind](path, RAW[table], members, rng)


def _columns(table: RawTable, rows: list[Row], rng: random.Random) -> list[str]:
    """The contract's columns in any order, without some of the optional ones that no row fills."""
    names = []
    for name in (*table.columns, "_loaded_at"):
        is_empty = all(row[name] is None for row in rows)
        if not (is_empty and name not in table.required and rng.random() < 0.5):
            names.append(name)
    rng.shuffle(names)
    return names


def _kind(table: RawTable, column: str) -> str:
    return "time" if column == "_loaded_at" else table.columns[column]


def _time_text(value: datetime, rng: random.Random) -> str:
    """A naive UTC instant as text, in any spelling of the contract."""
    if value.microsecond % 1000 == 0 and rng.random() < 0.2:
        return str((value - EPOCH) // timedelta(milliseconds=1))
    zone = rng.choice(("", "Z", "Z", " UTC", "+05:30", "-03:00", "+00:00"))
    if zone[-3:-2] == ":":
        sign = -1 if zone[0] == "-" else 1
        offset = sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
        value = value.replace(tzinfo=UTC).astimezone(timezone(offset))
    fraction = ""
    if value.microsecond:
        fraction = (
            f".{value.microsecond:06d}".rstrip("0")
            if rng.random() < 0.5
            else f".{value.microsecond:06d}"
        )
    elif rng.random() < 0.2:
        fraction = ".000"
    hour = f"{value.hour:02d}" if rng.random() < 0.8 else str(value.hour)
    return f"{value:%Y-%m-%d}{rng.choice('T ')}{hour}:{value:%M:%S}{fraction}{zone}"


def _text(kind: str, value: object, rng: random.Random) -> str:
    """Any value as a CSV field or a JSON text."""
    if value is None:
        return rng.choice(("", "", "0", "1970-01-01T00:00:00Z")) if kind == "time" else ""
    if kind == "time":
        return _time_text(value, rng)
    if kind == "date":
        if rng.random() < 0.3:
            seconds = rng.randrange(86_400)
            return _time_text(
                datetime(value.year, value.month, value.day) + timedelta(seconds=seconds), rng
            )
        return value.isoformat()
    if kind == "bool":
        return rng.choice(("true", "TRUE", "1") if value else ("false", "FALSE", "0"))
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _json_value(kind: str, value: object, rng: random.Random) -> object:
    if value is None:
        return rng.choice((None, None, "", 0)) if kind == "time" else rng.choice((None, None, ""))
    if kind == "text" and _is_number(value) and rng.random() < 0.3:
        return int(value)
    if kind == "bool" and rng.random() < 0.7:
        return value if rng.random() < 0.6 else int(value)
    if kind in ("number", "count") and rng.random() < 0.6 and Decimal(repr(float(value))) == value:
        return int(value) if value == int(value) else float(value)
    text = _text(kind, value, rng)
    return int(text) if kind == "time" and text.isdigit() and rng.random() < 0.5 else text


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and (text == "0" or text[0] != "0") and len(text) <= 18


def _write_csv(path: Path, table: RawTable, rows: list[Row], rng: random.Random) -> None:
    columns = _columns(table, rows, rng)
    unknown = rng.choice(UNKNOWN_COLUMNS) if rng.random() < 0.3 else None
    with path.open("w", encoding="utf-8", newline="") as file:
        quoting = rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
        writer = csv.writer(file, quoting=quoting, lineterminator=rng.choice(("\n", "\r\n")))
        writer.writerow([*columns, *([unknown] if unknown else [])])
        for row in rows:
            fields = [_text(_kind(table, column), row[column], rng) for column in columns]
            writer.writerow([*fields, *(["?"] if unknown else [])])


def _write_jsonl(path: Path, table: RawTable, rows: list[Row], rng: random.Random) -> None:
    columns = _columns(table, rows, rng)
    with path.open("w", encoding="utf-8", newline="") as file:
        for row in rows:
            values = {
                column: _json_value(_kind(table, column), row[column], rng) for column in columns
            }
            if rng.random() < 0.3:
                values = {column: value for column, value in values.items() if value is not None}
            if rng.random() < 0.1:
                values[rng.choice(UNKNOWN_COLUMNS)] = {"nested": [1, None]}
            file.write(json.dumps(values, ensure_ascii=rng.random() < 0.5) + "\n")


def _parquet_column(
    kind: str, values: list[object], rng: random.Random
) -> tuple[str, list[object]]:
    """The type of a Parquet column and its values."""
    known = [value for value in values if value is not None]
    if kind == "time" and rng.random() < 0.7:
        if all(value.microsecond % 1000 == 0 for value in known) and rng.random() < 0.3:
            return "bigint", [
                None if value is None else (value - EPOCH) // timedelta(milliseconds=1)
                for value in values
            ]
        type_name = rng.choice(("timestamp", "timestamptz"))
        if type_name == "timestamptz":
            return type_name, [
                None if value is None else value.replace(tzinfo=UTC) for value in values
            ]
        return type_name, values
    if kind == "date" and rng.random() < 0.7:
        if rng.random() < 0.3:
            return "timestamp", [None if value is None else _noon(value) for value in values]
        return "date", values
    if kind == "bool" and rng.random() < 0.7:
        return rng.choice(("boolean", "integer")), values
    if kind == "count" and rng.random() < 0.7:
        return rng.choice(("bigint", "integer")), values
    if kind == "number" and rng.random() < 0.7:
        if all(Decimal(repr(float(value))) == value for value in known) and rng.random() < 0.5:
            return "double", [None if value is None else float(value) for value in values]
        return "decimal(24,10)", values
    if (
        kind == "text"
        and known
        and all(_is_number(value) for value in known)
        and rng.random() < 0.5
    ):
        return "bigint", [None if value is None else int(value) for value in values]
    return "varchar", [
        _text(kind, value, rng) if value is not None or rng.random() < 0.3 else None
        for value in values
    ]


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)


def _write_parquet(path: Path, table: RawTable, rows: list[Row], rng: random.Random) -> None:
    names = _columns(table, rows, rng)
    columns = {
        name: _parquet_column(_kind(table, name), [row[name] for row in rows], rng)
        for name in names
    }
    if rng.random() < 0.3:
        columns[rng.choice(UNKNOWN_COLUMNS)] = ("integer", [7] * len(rows))
    write_columns(path, columns)


def write_columns(path: Path, columns: dict[str, tuple[str, list[object]]]) -> None:
    """Writes columns, each a DuckDB type and its values, as a Parquet file."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        typed = ", ".join(f'"{name}" {type_name}' for name, (type_name, _) in columns.items())
        connection.execute(f"create table landing ({typed})")
        records = list(zip(*(values for _, values in columns.values()), strict=True))
        marks = ", ".join("?" for _ in columns)
        connection.executemany(f"insert into landing values ({marks})", records)
        connection.execute(
            f"copy landing to '{str(path).replace(chr(39), chr(39) * 2)}' (format parquet)"
        )


_WRITERS = {"csv": _write_csv, "jsonl": _write_jsonl, "parquet": _write_parquet}
