"""Files of one shape as one DuckDB relation of readings: Parquet, CSV and JSON lines by DuckDB's own readers."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.ground.contract import RawTable
from orchestration.ground.sql import exact_path, quote_name, quote_text
from orchestration.landing.files import LandedFile
from orchestration.landing.parsing import Reading, absent, read_columns, read_text, read_typed

FILE_COLUMN = "_touchledger_file"
MAXIMUM_ROW_BYTES = 64 * 1024 * 1024
MAXIMUM_CSV_ROW_BYTES = MAXIMUM_ROW_BYTES // 4
RECORD_CHARACTERS = 65_536


class UnreadableFile(Exception):
    """A file that is not what its ending says, or that lacks a required column. The message says what would cure it."""


@dataclass(frozen=True)
class Shape:
    """What files must share to be read together: their format and their columns, with Parquet's types."""

    format: str
    columns: tuple[tuple[str, str], ...]
    needs_rewriting: bool = False

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.columns]


@dataclass
class Reader:
    """One row per landed row: a relation with a column per contract column, `unreadable_<column>` where reading can fail, FILE_COLUMN, and
    `is_row`, false for what is no row at all.

    `record`: SQL of the row as text. `unreadable`: columns that can fail. `lines`: rejected lines that never became rows, as
    (path, reason, text). `is_json`: whether rows are lines of JSON. `temporary_tables`: to be dropped after use.
    """

    relation: str
    record: str
    unreadable: frozenset[str]
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    is_json: bool = False
    temporary_tables: tuple[str, ...] = ()


def clip(text: str) -> str:
    """A record's text, cut where it would be absurdly long."""
    extra = len(text) - RECORD_CHARACTERS
    return text if extra <= 0 else f"{text[:RECORD_CHARACTERS]}… ({extra} more characters)"


def path_list(paths: list[str]) -> str:
    return "[" + ", ".join(exact_path(path) for path in paths) + "]"


def _is_undecoded(text: str) -> bool:
    """Whether text read with `surrogateescape` holds bytes that are not UTF-8."""
    return any("\udc80" <= character <= "\udcff" for character in text)


def csv_header(path: Path) -> list[str]:
    """The first record of a CSV file; empty for an empty file. Raises UnreadableFile for what is no UTF-8 text."""
    with path.open("rb") as stream:
        start = stream.read(4)
        if start[:2] == b"\x1f\x8b":
            raise UnreadableFile("is gzip, not CSV; decompress it")
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise UnreadableFile("is UTF-16, not UTF-8; convert it to UTF-8")
        stream.seek(0)
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
    if any(_is_undecoded(name) for name in header):
        raise UnreadableFile("does not begin with UTF-8 text; save it as UTF-8")
    if any("\0" in name for name in header):
        raise UnreadableFile(
            "has NUL bytes in its header, so it is no CSV text; save it as UTF-8 CSV"
        )
    return [name.strip() for name in header]


def shape_of(connection: duckdb.DuckDBPyConnection, file: LandedFile) -> Shape:
    """The shape of a file. Raises UnreadableFile."""
    try:
        if file.format == "parquet":
            described = connection.execute(
                f"describe select * from read_parquet({path_list([str(file.path)])}, hive_partitioning = false)"
            ).fetchall()
            return Shape("parquet", tuple((row[0], row[1]) for row in described))
        if file.format == "csv":
            return Shape("csv", tuple((name, "VARCHAR") for name in csv_header(file.path)))
        with file.path.open("rb") as stream:
            start = stream.read(3)
            if start[:2] == b"\x1f\x8b":
                raise UnreadableFile("is gzip, not JSON lines; decompress it")
            if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                raise UnreadableFile("is UTF-16, not UTF-8; convert it to UTF-8")
            return Shape("jsonl", (), needs_rewriting=start == codecs.BOM_UTF8)
    except duckdb.Error as error:
        raise UnreadableFile(
            f"is not readable as Parquet ({first_line(error, file.path)}); write it again"
        ) from None
    except OSError as error:
        raise UnreadableFile(
            f"cannot be opened ({error.strerror}); check that it may be read"
        ) from None


def first_line(error: Exception, path: Path | None = None) -> str:
    """What an error says, without the path that the reader knows already."""
    line = str(error).split("\n", 1)[0].strip().rstrip(".")
    for named in (f"file '{path}'", f"'{path}'", str(path)) if path else ():
        line = line.replace(named, "it")
    return line


def check_columns(table: RawTable, shape: Shape) -> list[str]:
    """Names of unknown columns. Raises UnreadableFile where a required column is missing or one comes twice."""
    if shape.format == "jsonl" or (shape.format == "csv" and not shape.columns):
        return []
    known = {column.name for column in table.columns}
    twice = sorted({name for name in shape.names if name in known and shape.names.count(name) > 1})
    if twice:
        raise UnreadableFile(f"has the column {', '.join(twice)} more than once; keep one")
    missing = [
        column.name
        for column in table.columns
        if column.required and column.name not in shape.names
    ]
    if missing:
        noun = "columns" if len(missing) > 1 else "column"
        raise UnreadableFile(
            f"lacks the required {noun} {', '.join(missing)}; add them to the loader's select"
        )
    return [name for name in shape.names if name not in known]


def _can_fail(readings: dict[str, Reading]) -> frozenset[str]:
    return frozenset(name for name, reading in readings.items() if reading.unreadable is not None)


def _kept_text(
    connection: duckdb.DuckDBPyConnection, readings: dict[str, Reading], kept: list[str]
) -> str:
    """Parses what landed as text once, into a temporary table; returns its name."""
    connection.execute("drop table if exists temp.landing_rows")
    connection.execute(
        f"create temporary table landing_rows as {read_columns(readings, 'temp.landing_text', kept)}"
    )
    return "temp.landing_rows"


def open_parquet(table: RawTable, shape: Shape, paths: list[str]) -> Reader:
    types = dict(shape.columns)
    readings = {
        column.name: read_typed(quote_name(column.name), types[column.name], column)
        if column.name in types
        else absent(column.data_type)
        for column in table.columns
    }
    files = (
        f"read_parquet({path_list(paths)}, hive_partitioning = false, filename = '{FILE_COLUMN}')"
    )
    names = [quote_name(name) for name in shape.names]
    fields = ", ".join(
        f"{quote_text(name)}: {f'cast(landed.{quote_name(name)} as varchar)' if kind == 'BLOB' else f'landed.{quote_name(name)}'}"
        for name, kind in shape.columns
    )
    # The whole row is carried along only where a rejected one is shown; DuckDB reads no column that nobody asks for.
    carried = f"struct_pack({', '.join(f'{name} := {name}' for name in names)}) as landed"
    relation = f"(select *, true as is_row from ({read_columns(readings, f'(select *, {carried} from {files})', [FILE_COLUMN, 'landed'])}))"
    return Reader(relation, f"cast(to_json({{{fields}}}) as varchar)", _can_fail(readings))


_CSV_REASONS = {
    "TOO MANY COLUMNS": "the row has more fields than the header; quote fields that hold commas",
    "MISSING COLUMNS": "the row has fewer fields than the header; write an empty field for what is unknown",
    "UNQUOTED VALUE": "a quote is opened and not closed as CSV asks; double the quotes inside quoted fields",
    "INVALID ENCODING": "the row is not UTF-8; save the file as UTF-8",
    "LINE SIZE OVER MAXIMUM": f"the row is longer than {MAXIMUM_CSV_ROW_BYTES // 1024 // 1024} MiB; land such content elsewhere",
}
_JSON_TOO_LONG = (
    f"the line is longer than {MAXIMUM_ROW_BYTES // 1024 // 1024} MiB; land such content elsewhere"
)
_STEP = MAXIMUM_ROW_BYTES // 8


def _ends_a_row(chunk: bytes, in_quotes: bool) -> bool:
    """Whether a row of CSV ends somewhere in `chunk`."""
    place = 0
    for end in re.finditer(rb"[\r\n]", chunk):
        in_quotes ^= chunk.count(b'"', place, end.start()) % 2 == 1
        if not in_quotes:
            return True
        place = end.end()
    return False


def has_endless_row(path: Path) -> bool:
    """Whether a CSV file may hold a row longer than the buffer of DuckDB's reader, which passes over such a row without a word."""
    with path.open("rb") as stream:
        in_quotes, without_end = False, 0
        while chunk := stream.read(_STEP):
            without_end = 0 if _ends_a_row(chunk, in_quotes) else without_end + len(chunk)
            if without_end >= MAXIMUM_ROW_BYTES - 2 * _STEP:
                return True
            in_quotes ^= chunk.count(b'"') % 2 == 1
    return False


class _Lines:
    """Lines of a CSV file. One that is longer than a row may be is rejected, with the rest of its row, and never held as a whole."""

    def __init__(self, text: io.TextIOWrapper, rejected: list[tuple[str, str]]) -> None:
        self.text = text
        self.rejected = rejected
        self.in_quotes = False

    def __iter__(self) -> Iterator[str]:
        return self

    def _read(self) -> str:
        line = self.text.readline(MAXIMUM_CSV_ROW_BYTES)
        self.in_quotes ^= line.count('"') % 2 == 1
        return line

    def __next__(self) -> str:
        while line := self._read():
            if len(line) < MAXIMUM_CSV_ROW_BYTES or line.endswith(("\n", "\r")):
                return line
            self.reject(line)
            while line and not line.endswith(("\n", "\r")):
                line = self._read()
            self.skip_row()
        raise StopIteration

    def reject(self, start: str) -> None:
        shown = start[:RECORD_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
        self.rejected.append((_CSV_REASONS["LINE SIZE OVER MAXIMUM"], f"{shown}…" if shown else ""))

    def skip_row(self) -> None:
        """Passes over what is left of a quoted field."""
        while self.in_quotes and self._read():
            pass


def open_csv(
    connection: duckdb.DuckDBPyConnection, table: RawTable, shape: Shape, paths: list[str]
) -> Reader:
    """Reads the text once into a temporary table. Raises duckdb.Error where DuckDB's reader gives up on a file."""
    names = [f"c{index}" for index in range(len(shape.columns))]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    for leftover in ("landing_text", "landing_errors", "landing_scans"):
        connection.execute(f"drop table if exists temp.{leftover}")
    connection.execute(
        f"""
        create temporary table landing_text as
        select *, [{", ".join(names)}] as landed, true as is_row from read_csv(
            {path_list(paths)}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '',
            columns = {{{columns}}}, filename = '{FILE_COLUMN}', hive_partitioning = false,
            max_line_size = {MAXIMUM_CSV_ROW_BYTES}, buffer_size = {MAXIMUM_ROW_BYTES},
            store_rejects = true, rejects_limit = 0,
            rejects_table = 'landing_errors', rejects_scan = 'landing_scans'
        )
        """
    )
    errors = connection.execute(
        """
        select scans.file_path, min_by(errors.error_type, errors.error_type), min_by(errors.csv_line, errors.error_type)
        from temp.landing_errors as errors
        inner join temp.landing_scans as scans on errors.scan_id = scans.scan_id and errors.file_id = scans.file_id
        group by scans.file_path, errors.line_byte_position
        order by scans.file_path, errors.line_byte_position
        """
    ).fetchall()
    lines = [
        (path, _CSV_REASONS.get(kind, kind.lower()), clip((text or "").strip("\r\n")))
        for path, kind, text in errors
    ]
    position = {name: index for index, name in enumerate(shape.names)}
    readings = {
        column.name: read_text(f"c{position[column.name]}", column)
        if column.name in position
        else absent(column.data_type)
        for column in table.columns
    }
    fields = ", ".join(
        f"{quote_text(name or f'column {i}')}: landed[{i + 1}]"
        for i, name in enumerate(shape.names)
    )
    table_name = _kept_text(connection, readings, [FILE_COLUMN, "landed", "is_row"])
    record = f"cast(to_json({{{fields}}}) as varchar)"
    return Reader(
        table_name,
        record,
        _can_fail(readings),
        lines,
        temporary_tables=("landing_text", "landing_rows"),
    )


def open_json_lines(
    connection: duckdb.DuckDBPyConnection, table: RawTable, paths: list[str]
) -> Reader:
    """Reads the lines once into a temporary table. Raises duckdb.Error where DuckDB's reader gives up on a file."""
    connection.execute("drop table if exists temp.landing_text")
    pointers = ", ".join(quote_text(f'$."{column.name}"') for column in table.columns)
    connection.execute(
        f"""
        create temporary table landing_text as
        with read as (
            select json, {FILE_COLUMN}, json is not null and json_type(json) = 'OBJECT' as is_row
            from read_json_objects(
                {path_list(paths)}, format = 'newline_delimited', ignore_errors = true, filename = '{FILE_COLUMN}',
                hive_partitioning = false, maximum_object_size = {MAXIMUM_ROW_BYTES}
            )
        )
        select
            json, {FILE_COLUMN}, is_row,
            case when is_row then json_extract_string(json, [{pointers}]) end as texts,
            case when is_row then json_type(json, [{pointers}]) end as kinds
        from read
        """
    )
    readings = {}
    for index, column in enumerate(table.columns, start=1):
        # A nested value is no text: it is read as what nothing can parse.
        nested = f"kinds[{index}] in ('OBJECT', 'ARRAY')"
        if column.data_type == "varchar":
            source = f"case when {nested} then '' else nullif(texts[{index}], '') end"
            listed = read_text(source, column)
            readings[column.name] = (
                listed
                if listed.unreadable
                else Reading(source, "nullif({s}, '')", "{p}", "({s} = '')")
            )
        else:
            readings[column.name] = read_text(
                f"(case when {nested} then 'nested' else nullif(texts[{index}], '') end)", column
            )
    table_name = _kept_text(connection, readings, [FILE_COLUMN, "json", "is_row"])
    return Reader(
        table_name,
        "cast(json as varchar)",
        _can_fail(readings),
        is_json=True,
        temporary_tables=("landing_text", "landing_rows"),
    )


def json_keys(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Names of all keys of the lines that `open_json_lines` read, and in how many files each comes."""
    return dict(
        connection.execute(
            f"""
            select key, count(distinct {FILE_COLUMN})
            from (select {FILE_COLUMN}, unnest(json_keys(json)) as key from temp.landing_text where is_row)
            group by key
            """
        ).fetchall()
    )


def lines_that_are_no_json(connection: duckdb.DuckDBPyConnection, path: str) -> Iterator[str]:
    """The text of the lines of a file that DuckDB could not read as JSON, in order."""
    unread = {
        number
        for (number,) in connection.execute(
            f"""
            select number from (
                select row_number() over () as number, json is null as is_unread
                from read_json_objects(
                    {path_list([path])}, format = 'newline_delimited', ignore_errors = true,
                    hive_partitioning = false, maximum_object_size = {MAXIMUM_ROW_BYTES}
                )
            ) where is_unread
            """
        ).fetchall()
    }
    number = 0
    with Path(path).open("rb") as stream:
        for line in stream:
            if line.strip(b" \t\r\n"):
                number += 1
                if number in unread:
                    yield clip(line.decode("utf-8", "replace").rstrip("\r\n"))


def rewrite_as_json_lines(file: LandedFile, target: Path) -> list[tuple[str, str]]:
    """Writes what Python can read of a CSV or JSON lines file that DuckDB's reader gives up on; returns (reason, text) of the rest.

    For the rare ones: a byte order mark before JSON, a row longer than any buffer, line ends that differ inside quotes.
    """
    rejected: list[tuple[str, str]] = []
    with file.path.open("rb") as source, target.open("w", encoding="utf-8", newline="\n") as copy:
        if file.format == "jsonl":
            if source.read(3) != codecs.BOM_UTF8:
                source.seek(0)
            while line := source.readline(MAXIMUM_ROW_BYTES):
                if not line.endswith(b"\n") and len(line) >= MAXIMUM_ROW_BYTES:
                    rejected.append(
                        (
                            _JSON_TOO_LONG,
                            clip(line[: RECORD_CHARACTERS * 4].decode("utf-8", "replace")) + "…",
                        )
                    )
                    while line and not line.endswith(b"\n"):
                        line = source.readline(MAXIMUM_ROW_BYTES)
                elif line.strip():
                    copy.write(
                        line.decode("utf-8", "surrogateescape")
                        .encode("utf-8", "replace")
                        .decode("utf-8")
                        .rstrip("\r\n")
                        + "\n"
                    )
            return rejected
        csv.field_size_limit(MAXIMUM_ROW_BYTES)
        text = io.TextIOWrapper(source, encoding="utf-8-sig", errors="surrogateescape", newline="")
        lines = _Lines(text, rejected)
        reader = csv.reader(lines)
        header = [name.strip() for name in next(reader, [])]
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return rejected
            except csv.Error as error:
                if "field limit" in str(error):
                    lines.reject("")
                    lines.skip_row()
                else:
                    rejected.append(
                        (
                            f"the row is no CSV ({error}); quote fields that hold commas, quotes or line ends",
                            "",
                        )
                    )
                continue
            joined = ",".join(row)
            if not row:
                continue
            if len(row) != len(header):
                kind = "TOO MANY COLUMNS" if len(row) > len(header) else "MISSING COLUMNS"
                rejected.append(
                    (_CSV_REASONS[kind], clip(joined.encode("utf-8", "replace").decode("utf-8")))
                )
            elif _is_undecoded(joined):
                rejected.append(
                    (
                        _CSV_REASONS["INVALID ENCODING"],
                        clip(joined.encode("utf-8", "replace").decode("utf-8")),
                    )
                )
            else:
                copy.write(
                    json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) + "\n"
                )
