"""What a file looks like before it is read: its columns, and whether its extension fits."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ground.contract import RawTable
from orchestration.ground.sql import exact_path
from orchestration.landing import causes
from orchestration.landing.files import LandedFile
from orchestration.landing.names import missing, missing_columns, repeated, unknown

MAXIMUM_ROW_BYTES = 64 * 1024 * 1024
MAXIMUM_CSV_ROW_BYTES = MAXIMUM_ROW_BYTES // 4
CALLED = {"parquet": "Parquet", "csv": "CSV", "jsonl": "JSON lines"}


class UnreadableFile(Exception):
    """A file that is not what its ending says, or that lacks a required column.

    The message says what would cure it.
    """


@dataclass(frozen=True)
class Shape:
    """What files must share to be read together: their format and their columns, with Parquet's
    types.
    """

    format: str
    columns: tuple[tuple[str, str], ...]
    needs_rewriting: bool = False

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.columns]


def path_list(paths: list[str]) -> str:
    return "[" + ", ".join(exact_path(path) for path in paths) + "]"


def first_line(error: Exception, path: Path | None = None) -> str:
    """What an error says, without the path that the reader knows already."""
    line = str(error).split("\n", 1)[0].strip().rstrip(".")
    for named in (f"file '{path}'", f"'{path}'", str(path)) if path else ():
        line = line.replace(named, "it")
    return line


def is_undecoded(text: str) -> bool:
    """Whether text read with `surrogateescape` holds bytes that are not UTF-8."""
    return any("\udc80" <= character <= "\udcff" for character in text)


def _start(file: LandedFile) -> bytes:
    """The first bytes of what a text file holds.

    Raises UnreadableFile for what is no text in UTF-8.
    """
    expected = CALLED[file.format]
    with file.path.open("rb") as stream:
        start = stream.read(causes.START)
    if file.is_packed:
        if start and not start.startswith(b"\x1f\x8b"):
            raise UnreadableFile(f"is not gzip; name it {file.path.name[:-3]}")
        try:
            with file.open() as stream:
                start = stream.read(causes.START)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise UnreadableFile(
                f"is gzip that is damaged or cut off ({error}); write it again"
            ) from None
    said = causes.binary(start, file.path.name, expected) or causes.page(start, expected)
    if said:
        raise UnreadableFile(said)
    return start


def csv_header(file: LandedFile) -> list[str]:
    """The names in the first record of a CSV file as they are spelled; empty for an empty file.

    Raises UnreadableFile for what is no UTF-8 text.
    """
    _start(file)
    with file.open() as stream:
        try:
            text = io.TextIOWrapper(
                stream, encoding="utf-8-sig", errors="surrogateescape", newline=""
            )
            csv.field_size_limit(MAXIMUM_ROW_BYTES)
            header = next(csv.reader(iter(lambda: text.readline(MAXIMUM_CSV_ROW_BYTES), "")), [])
        except csv.Error as error:
            raise UnreadableFile(
                f"has a header that is no CSV ({error}); write one header line of column names"
            ) from None
    if any(is_undecoded(name) for name in header):
        raise UnreadableFile(
            "does not begin with UTF-8 text, perhaps it is Latin-1 or Windows-1252; save it as "
            "UTF-8"
        )
    if any("\0" in name for name in header):
        raise UnreadableFile(
            "has NUL bytes in its header, so it is no CSV text; save it as UTF-8 CSV"
        )
    return header


def _parquet_columns(
    connection: duckdb.DuckDBPyConnection, file: LandedFile
) -> tuple[tuple[str, str], ...]:
    try:
        described = connection.execute(
            f"describe select * from read_parquet({path_list([str(file.path)])}, "
            f"hive_partitioning = false)"
        ).fetchall()
    except duckdb.Error as error:
        with file.path.open("rb") as stream:
            said = causes.parquet(file.path, stream.read(causes.START))
        if said is None:  # whose fault it is, orchestration.landing.faults finds out
            raise
        raise UnreadableFile(said) from error
    return tuple((row[0], row[1]) for row in described)


def shape_of(connection: duckdb.DuckDBPyConnection, table: RawTable, file: LandedFile) -> Shape:
    """The shape of a file.

    Raises UnreadableFile, and OSError where it is not the content that is at fault.
    """
    if file.format == "parquet":
        return Shape("parquet", _parquet_columns(connection, file))
    if file.format == "csv":
        return Shape("csv", tuple((name, "VARCHAR") for name in csv_header(file)))
    start = _start(file)
    said = causes.json_lines(table, start)
    if said:
        raise UnreadableFile(said)
    return Shape("jsonl", (), needs_rewriting=start.startswith(codecs.BOM_UTF8))


def _twice_in_parquet(
    connection: duckdb.DuckDBPyConnection, table: RawTable, file: LandedFile
) -> list[str]:
    """Columns that come twice in a Parquet file, which DuckDB gives names of their own."""
    left, names = 0, []
    for name, children in connection.execute(
        f"select name, coalesce(num_children, 0) from parquet_schema({exact_path(str(file.path))})"
    ).fetchall()[1:]:
        if left == 0:
            names.append(name)
        left = max(left - 1, 0) + children
    return repeated(table, names)


def check_columns(
    connection: duckdb.DuckDBPyConnection, table: RawTable, shape: Shape, file: LandedFile
) -> list[str]:
    """Names of unknown columns.

    Raises UnreadableFile where a required column is missing or one comes twice.
    """
    if shape.format == "jsonl" or (shape.format == "csv" and not shape.columns):
        return []
    twice = repeated(table, shape.names)
    if shape.format == "parquet" and not twice:
        twice = _twice_in_parquet(connection, table, file)
    if twice:
        raise UnreadableFile(f"has the column {', '.join(twice)} more than once; keep one")
    if missing(table, shape.names):
        said = causes.csv_columns(table, shape.names) if shape.format == "csv" else None
        raise UnreadableFile(said or missing_columns(table, shape.names))
    return unknown(table, shape.names)
