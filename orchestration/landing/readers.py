"""Files of one shape as one DuckDB relation of readings: Parquet and CSV, read by DuckDB."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from orchestration.ground.contract import RawTable, folded
from orchestration.ground.sql import quote_name, quote_text
from orchestration.landing.files import LandedFile
from orchestration.landing.names import places
from orchestration.landing.parsing import (
    Reading,
    absent,
    read_columns,
    read_text,
    read_typed,
)
from orchestration.landing.shapes import (
    MAXIMUM_CSV_ROW_BYTES,
    MAXIMUM_ROW_BYTES,
    Shape,
    path_list,
)

FILE_COLUMN = "_touchledger_file"
RECORD_CHARACTERS = 65_536
UNQUOTED = "UNQUOTED VALUE"

CSV_REASONS = {
    "TOO MANY COLUMNS": "the row has more fields than the header; quote fields that hold commas",
    "MISSING COLUMNS": (
        "the row has fewer fields than the header; write an empty field for what is unknown"
    ),
    UNQUOTED: (
        "a quote is opened and not closed as CSV asks; double the quotes inside quoted fields"
    ),
    "INVALID ENCODING": (
        "the row is not UTF-8, perhaps it is Latin-1 or Windows-1252; save the file as UTF-8"
    ),
    "LINE SIZE OVER MAXIMUM": (
        f"the row is longer than {MAXIMUM_CSV_ROW_BYTES // 1024 // 1024} MiB; land such content "
        f"elsewhere"
    ),
}


def _csv_reason(kind: str, text: str) -> str:
    """Why a row of CSV is rejected, and what to look for where it has swallowed the next ones."""
    reason = CSV_REASONS.get(kind, kind.lower())
    if kind != UNQUOTED and "\n" in text.strip():
        reason += "; it runs over several lines: see whether a quote in it is never closed"
    return reason


class BadlyQuoted(ValueError):
    """One of several CSV files has rejected rows with quotes."""


@dataclass
class Reader:
    """One row per landed row: a relation with a column per contract column, the flags of
    parsing.FLAGS, FILE_COLUMN, and `is_row`, false for what is no row at all.

    `record`: SQL of the row as text. `shown`: SQL of a column's value as it lies there, as text.
    `readings`: how each column is read. `lines`: rejected lines that never became rows, as (path,
    reason, text). `is_json`: whether rows are lines of JSON. `temporary_tables`: to be dropped
    after use.
    """

    relation: str
    record: str
    readings: dict[str, Reading]
    shown: dict[str, str]
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    is_json: bool = False
    temporary_tables: tuple[str, ...] = ()

    def flagged(self, kind: str) -> list[str]:
        """Columns that have the flag `kind`, one of FLAGS."""
        return [
            name for name, reading in self.readings.items() if getattr(reading, kind) is not None
        ]


def clip(text: str) -> str:
    """A record's text, cut where it would be absurdly long."""
    extra = len(text) - RECORD_CHARACTERS
    return text if extra <= 0 else f"{text[:RECORD_CHARACTERS]}… ({extra} more characters)"


def kept_text(
    connection: duckdb.DuckDBPyConnection,
    readings: dict[str, Reading],
    relation: str,
    kept: list[str],
) -> str:
    """Parses what landed as text once, into a temporary table; returns its name."""
    connection.execute("drop table if exists temp.landing_rows")
    connection.execute(
        f"create temporary table landing_rows as {read_columns(readings, relation, kept)}"
    )
    return "temp.landing_rows"


def open_parquet(table: RawTable, shape: Shape, paths: list[str], zone: str) -> Reader:
    place = places(table, shape.names)
    readings, shown = {}, {}
    for column in table.columns:
        if column.name not in place:
            readings[column.name] = absent(column.data_type)
            continue
        name, kind = shape.columns[place[column.name]]
        readings[column.name] = read_typed(quote_name(name), kind, column, zone)
        shown[column.name] = f"cast(landed.{quote_name(name)} as varchar)"
    files = (
        f"read_parquet({path_list(paths)}, hive_partitioning = false, filename = '{FILE_COLUMN}')"
    )
    names = [quote_name(name) for name in shape.names]
    fields = ", ".join(
        f"{quote_text(name)}: " + (f"cast({value} as varchar)" if kind == "BLOB" else value)
        for name, kind in shape.columns
        for value in (f"landed.{quote_name(name)}",)
    )
    # The whole row is carried along only where a rejected one is shown; DuckDB reads no column that
    # nobody asks for.
    carried = f"struct_pack({', '.join(f'{name} := {name}' for name in names)}) as landed"
    landed = f"(select *, {carried} from {files})"
    read = read_columns(readings, landed, [FILE_COLUMN, "landed"])
    relation = f"(select *, true as is_row from ({read}))"
    return Reader(relation, f"cast(to_json({{{fields}}}) as varchar)", readings, shown)


def open_csv(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    shape: Shape,
    files: list[LandedFile],
    zone: str,
) -> Reader:
    """Reads the text once into a temporary table.

    Raises duckdb.Error where DuckDB's reader gives up on a file, and BadlyQuoted where it may have
    passed over what follows a bad quote: of a file that it reads alone it tells every row.
    """
    names = [f"c{index}" for index in range(len(shape.columns))]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    for leftover in ("landing_text", "landing_errors", "landing_scans"):
        connection.execute(f"drop table if exists temp.{leftover}")
    connection.execute(
        f"""
        create temporary table landing_text as
        select *, [{", ".join(names)}] as landed, true as is_row from read_csv(
            {path_list([str(file.path) for file in files])}, auto_detect = false, header = true,
                delim = ',', quote = '"', escape = '"',
            nullstr = '', columns = {{{columns}}}, filename = '{FILE_COLUMN}',
                hive_partitioning = false,
            compression = '{compression(files)}', max_line_size = {MAXIMUM_CSV_ROW_BYTES},
                buffer_size = {MAXIMUM_ROW_BYTES},
            store_rejects = true, rejects_limit = 0,
            rejects_table = 'landing_errors', rejects_scan = 'landing_scans'
        )
        """
    )
    errors = connection.execute(
        """
        select scans.file_path, min_by(errors.error_type, errors.error_type),
            min_by(errors.csv_line, errors.error_type)
        from temp.landing_errors as errors
        inner join temp.landing_scans as scans on errors.scan_id = scans.scan_id
            and errors.file_id = scans.file_id
        group by scans.file_path, errors.line_byte_position
        order by scans.file_path, errors.line_byte_position
        """
    ).fetchall()
    if len(files) > 1 and any(kind == UNQUOTED or '"' in (text or "") for _, kind, text in errors):
        raise BadlyQuoted
    lines = [
        (path, _csv_reason(kind, text or ""), clip((text or "").strip("\r\n")))
        for path, kind, text in errors
    ]
    place = places(table, shape.names)
    readings = {
        column.name: read_text(f"c{place[column.name]}", column, zone)
        if column.name in place
        else absent(column.data_type)
        for column in table.columns
    }
    fields = ", ".join(
        f"{quote_text(folded(name) or f'column {i}')}: landed[{i + 1}]"
        for i, name in enumerate(shape.names)
    )
    table_name = kept_text(
        connection, readings, "temp.landing_text", [FILE_COLUMN, "landed", "is_row"]
    )
    return Reader(
        table_name,
        f"cast(to_json({{{fields}}}) as varchar)",
        readings,
        {name: f"landed[{index + 1}]" for name, index in place.items()},
        lines,
        temporary_tables=("landing_text", "landing_rows"),
    )


def compression(files: list[LandedFile]) -> str:
    return "gzip" if files[0].is_packed else "none"
