"""Writes a world as a loader would: mixed formats and spellings, packed, columns shuffled, missing
and unknown."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from pathlib import Path

import duckdb

from tests.oracle.contract import RAW, RawTable
from tests.oracle.rules import Row, World

from .spellings import HEADER_STYLES, UNREADABLE, header, json_value, parquet_column, text

UNKNOWN_COLUMNS = ("_batch", "note", "raw payload")
FOLDERS = ("", "2024", "part=a", "year=2024/month=06")
ENDINGS = ("parquet", "parquet", "csv", "csv", "csv.gz", "jsonl", "jsonl.gz", "ndjson", "ndjson.gz")
# Names that are passed over, and so what lies there may not count.
PASSED_OVER = ("_staged/rows.{}", ".tmp/rows.{}", "_rows.{}", ".rows.{}")
LOADED = "_loaded_at"
BYTE_ORDER_MARK = "\ufeff"


def write_landing(world: World, folder: Path, seed: int, spoilt: float = 0) -> None:
    """Writes each table of `world` to one to three files below `folder`, named anew for every seed.

    `spoilt` is the share of empty optional values in whose place something lies that cannot be
    read, and of text files with a row to be rejected.
    """
    rng = random.Random(seed)
    for table, rows in world.items():
        files: list[list[Row]] = [[] for _ in range(rng.randrange(1, 4))]
        deletions: list[Row] = []
        for row in rows:
            is_bare = _is_deletion_alone(RAW[table], row) and rng.random() < 0.5
            (deletions if is_bare else rng.choice(files)).append(row)
        for number, members in enumerate([*files, deletions]):
            if not members:
                continue
            ending = rng.choice(ENDINGS)
            name = f"{table}_{seed}_{number}.{ending}"
            writer = _Writer(RAW[table], members, rng, spoilt, members is deletions)
            writer.write(folder / table / rng.choice(FOLDERS) / name, ending)
        if rows and rng.random() < 0.2:
            decoy = [_decoy(RAW[table], rng.choice(rows))]
            place = folder / table / rng.choice(PASSED_OVER).format("csv")
            _Writer(RAW[table], decoy, rng, 0, False).write(place, "csv")


def _is_deletion_alone(table: RawTable, row: Row) -> bool:
    """Whether a row is a deletion that says nothing but its key."""
    said = {column for column in table.columns if row[column] is not None}
    return bool(row.get("_deleted")) and said == {*table.key, "_deleted"}


def _decoy(table: RawTable, row: Row) -> Row:
    """A row that would be a record of its own."""
    return row | {table.key[0]: "decoy"}


class _Writer:
    """Writes the rows of one file."""

    def __init__(
        self,
        table: RawTable,
        rows: list[Row],
        rng: random.Random,
        spoilt: float,
        deletions_alone: bool,
    ) -> None:
        self.table, self.rows, self.rng, self.spoilt = table, rows, rng, spoilt
        needed = table.key if deletions_alone else table.required
        self.columns = self._columns({*needed, LOADED, *({"_deleted"} & set(table.columns))})
        self.style = rng.choice(HEADER_STYLES)

    def write(self, path: Path, ending: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if ending == "parquet":
            self._write_parquet(path)
            return
        kind = ending.removesuffix(".gz")
        content = (self._csv() if kind == "csv" else self._jsonl()).encode()
        path.write_bytes(gzip.compress(content) if ending.endswith(".gz") else content)

    def _columns(self, needed: set[str]) -> list[str]:
        """The contract's columns in any order, without some of the optional ones that no row
        fills."""
        names = []
        for name in (*self.table.columns, LOADED):
            is_empty = all(row[name] is None for row in self.rows)
            if not (is_empty and name not in needed and self.rng.random() < 0.5):
                names.append(name)
        self.rng.shuffle(names)
        return names

    def _kind(self, column: str) -> str:
        return "time" if column == LOADED else self.table.columns[column]

    def _unreadable(self, column: str, value: object) -> str | None:
        """Something that cannot be read, at times, where there is no value and need be none."""
        kind = self._kind(column)
        if value is not None or column in (*self.table.required, *self.table.key, LOADED):
            return None
        is_chosen = kind in UNREADABLE and self.is_spoilt()
        return self.rng.choice(UNREADABLE[kind]) if is_chosen else None

    def is_spoilt(self) -> bool:
        return bool(self.spoilt) and self.rng.random() < self.spoilt

    def _csv(self) -> str:
        unknown = [self.rng.choice(UNKNOWN_COLUMNS)] if self.rng.random() < 0.3 else []
        quoting = self.rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
        lines = io.StringIO(newline="")
        writer = csv.writer(lines, quoting=quoting, lineterminator=self.rng.choice(("\n", "\r\n")))
        writer.writerow([*(header(name, self.style) for name in self.columns), *unknown])
        for row in self.rows:
            fields = [
                self._unreadable(name, row[name]) or text(self._kind(name), row[name], self.rng)
                for name in self.columns
            ]
            writer.writerow([*fields, *("?" for _ in unknown)])
        if self.is_spoilt():
            fields = ["spoilt", *("" for _ in [*self.columns, *unknown][1:])]
            writer.writerow(self.rng.choice((fields, [*fields, "one more"], fields[:-1])))
        return (BYTE_ORDER_MARK if self.rng.random() < 0.2 else "") + lines.getvalue()

    def _jsonl(self) -> str:
        lines = []
        for row in self.rows:
            values = {
                name: self._unreadable(name, row[name])
                or json_value(self._kind(name), row[name], self.rng)
                for name in self.columns
            }
            if self.rng.random() < 0.3:
                values = {name: value for name, value in values.items() if value is not None}
            record = {header(name, self.style): value for name, value in values.items()}
            if self.rng.random() < 0.1:
                record[self.rng.choice(UNKNOWN_COLUMNS)] = {"nested": [1, None]}
            lines.append(json.dumps(record, ensure_ascii=self.rng.random() < 0.5) + "\n")
        if self.is_spoilt():
            record = {self.table.key[0]: "spoilt", LOADED: None}
            lines.append(self.rng.choice((json.dumps(record), "[]", '"text"', "{")) + "\n")
        return "".join(lines)

    def _write_parquet(self, path: Path) -> None:
        columns = {
            header(name, self.style): parquet_column(
                self._kind(name), [row[name] for row in self.rows], self.rng
            )
            for name in self.columns
        }
        if self.rng.random() < 0.3:
            columns[self.rng.choice(UNKNOWN_COLUMNS)] = ("integer", [7] * len(self.rows))
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
