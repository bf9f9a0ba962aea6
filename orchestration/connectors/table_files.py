"""One file of a loader's table: whether it holds anything, and SQL that reads it as text."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from pathlib import Path

import duckdb

from orchestration.connectors.kind import SourceFailed
from orchestration.connectors.snowplow_fields import FIELDS
from orchestration.ground.sql import quote_name, quote_text

PARQUET = (".parquet",)
CSV = (".csv", ".csv.gz")
JSON = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".json", ".json.gz")
TSV = (".tsv", ".tsv.gz", ".txt", ".txt.gz")
ENDINGS = (*PARQUET, *CSV, *JSON, *TSV)
BYTES_AT_ONCE = 65536
# How the line begins in which DuckDB says what is wrong with a row of a CSV; others quote the row.
_WHYS = ("Expected Number of Columns", "Invalid unicode", "Value with unterminated quote")
MAXIMUM_LINE = 268435456


def ending(file: Path) -> str | None:
    """What a file is by its name; None where it is no form that is read."""
    name = file.name.lower()
    return next((one for one in sorted(ENDINGS, key=len, reverse=True) if name.endswith(one)), None)


def scan(connection: duckdb.DuckDBPyConnection, file: Path) -> tuple[str, dict[str, str]]:
    """SQL that reads a file, and by column name SQL of its text. Raises SourceFailed."""
    form = ending(file)
    try:
        if form in PARQUET:
            return _scan_parquet(connection, file)
        if form in JSON:
            return _scan_json(connection, file)
        if form in TSV:
            return _scan_tsv(file)
        return _scan_csv(file)
    except (duckdb.Error, OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise unreadable(file, error) from None


def unreadable(file: Path, error: Exception) -> SourceFailed:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    says = lines[0]
    why = next((line for line in lines if line.startswith(_WHYS)), None)
    says += f" ({why.strip()})" if why else ""
    is_encoded = any(word in says.lower() for word in ("utf-8", "unicode"))
    cure = "write it as UTF-8" if is_encoded else "repair it or take it away"
    return SourceFailed(f"{file} cannot be read: {says}; {cure}")


def _open(file: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(file) if file.name.lower().endswith(".gz") else file.open("rb")


def is_empty(file: Path) -> bool:
    """Whether a file holds nothing: no byte, a byte order mark, blanks, or a list of JSON without
    an item. One that cannot be read does not.
    """
    if ending(file) in PARQUET:
        return file.stat().st_size == 0
    text = b""
    try:
        with _open(file) as stream:
            # More than five bytes are neither a mark nor a list without an item.
            while len(text) < 6 and (some := stream.read(BYTES_AT_ONCE)):
                text += b"".join(some.split())
    except (OSError, EOFError, zlib.error):
        return False
    nothing = (b"", b"[]") if ending(file) in JSON else (b"",)
    return text.removeprefix(codecs.BOM_UTF8) in nothing


def _literal(file: Path) -> str:
    """A path for DuckDB's readers, which take `*`, `?` and `[` as patterns."""
    return quote_text("".join(f"[{one}]" if one in "*?[" else one for one in str(file)))


def _scan_parquet(connection: duckdb.DuckDBPyConnection, file: Path) -> tuple[str, dict[str, str]]:
    scan = f"read_parquet({_literal(file)})"
    described = connection.execute(f"describe select * from {scan}").fetchall()
    return scan, {row[0]: _text_of(quote_name(row[0]), row[1]) for row in described}


def _text_of(column: str, kind: str) -> str:
    """SQL of a Parquet column's text: instants with their zone, nested values as JSON, whole floats
    as the ids that they are.
    """
    if kind.endswith("[]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return f"to_json({column})::varchar"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime({column} at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind in ("DOUBLE", "FLOAT"):
        return (
            f"case when {column} = floor({column}) and abs({column}) < 9007199254740992 then "
            f"{column}::bigint::varchar else {column}::varchar end"
        )
    if kind == "BLOB":
        return f"try(decode({column}))"
    return f"{column}::varchar"


def _scan_json(connection: duckdb.DuckDBPyConnection, file: Path) -> tuple[str, dict[str, str]]:
    """Objects, one a line or in a list; the file's keys are found by reading it once."""
    scan = f"read_json_objects({_literal(file)}, maximum_object_size = {MAXIMUM_LINE})"
    keys = [
        key
        for (key,) in connection.execute(
            f"select distinct unnest(json_keys(json)) from {scan} order by all"
        ).fetchall()
    ]
    return scan, {key: f"json_extract_string(json, {quote_text(_json_path(key))})" for key in keys}


def _json_path(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'$."{escaped}"'


def _first_line(file: Path) -> str:
    with _open(file) as stream, io.TextIOWrapper(stream, "utf-8-sig", newline="") as lines:
        return lines.readline()


def _open_line(file: Path) -> str:
    """The last line, where no line end closes it; of a compressed file, whose end tells by itself,
    none.
    """
    if file.name.lower().endswith(".gz"):
        return ""
    size, back, end, last = file.stat().st_size, 0, b"", b""
    with file.open("rb") as stream:
        while not end and back < size:
            back += BYTES_AT_ONCE + back  # ever more: lines may be long
            stream.seek(max(0, size - back))
            _, end, last = stream.read().replace(b"\r", b"\n").rpartition(b"\n")
    return last.decode("utf-8", "replace")


def _within_a_row(file: Path, last: str) -> SourceFailed:
    return SourceFailed(f"{file} ends within a row: {last[:60]}; write it again, whole")


def _unique(names: list[str]) -> list[str]:
    """Column names, the repeated ones numbered: the first of a name keeps it."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name.lower()] = seen.get(name.lower(), 0) + 1
        times = seen[name.lower()]
        unique.append(name if times == 1 else f"{name}__{times}")
    return unique


def _scan_csv(file: Path) -> tuple[str, dict[str, str]]:
    """Text by text; the delimiter is the one that parts the header most."""
    header = _first_line(file).rstrip("\r\n")
    delimiter = max(",;\t|", key=header.count)
    import csv

    csv.field_size_limit(MAXIMUM_LINE)
    names = _unique([name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])])
    last = _open_line(file)
    # With an odd quote it may have begun within a field, in an earlier line.
    fields = csv.reader([last] if last.count('"') % 2 == 0 else [], delimiter=delimiter)
    if last and len(next(fields, names)) < len(names):
        raise _within_a_row(file, last)
    return _read_csv(file, delimiter, '"', names, header=True), {
        name: quote_name(name) for name in names
    }


def _scan_tsv(file: Path) -> tuple[str, dict[str, str]]:
    """Snowplow's enriched events: fields without a header. With one it is a CSV of tabs."""
    line, last = _first_line(file).rstrip("\r\n"), _open_line(file)
    # One line without an end, and fields of it empty: no header, but an event that was cut off.
    is_cut = line == last.removeprefix("\ufeff") and "\t\t" in line
    if not is_cut and (line.count("\t") + 1 != len(FIELDS) or line.startswith("app_id\t")):
        return _scan_csv(file)
    if last and last.count("\t") + 1 < len(FIELDS):
        raise _within_a_row(file, last)
    return _read_csv(file, "\t", "", list(FIELDS), header=False), {
        name: quote_name(name) for name in FIELDS
    }


def _read_csv(file: Path, delimiter: str, quote: str, names: list[str], *, header: bool) -> str:
    columns = ", ".join(f"{quote_text(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({_literal(file)}, columns = {{{columns}}}, delim = {quote_text(delimiter)}, "
        f"quote = {quote_text(quote)}, "
        f"escape = {quote_text(quote)}, header = {str(header).lower()}, auto_detect = false, "
        f"null_padding = true, parallel = false, "
        f"max_line_size = {MAXIMUM_LINE})"
    )
