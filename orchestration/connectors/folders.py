"""Tables of a loader as files: `<path>/<table>.<ending>` or `<path>/<table>/**`, any case.

What is new is what files are new or changed.
"""

from __future__ import annotations

import codecs
import gzip
import io
import os
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from orchestration.connectors.kind import Source, SourceFailed
from orchestration.connectors.ledger import Asked, Entry
from orchestration.connectors.snowplow_fields import FIELDS
from orchestration.connectors.tables import (
    FROM_TABLE,
    NEW,
    UNCHANGED,
    WHOLE,
    LoaderTable,
    Reading,
    match_columns,
)
from orchestration.ground.files import files_below
from orchestration.ground.sql import quote_name, quote_text

if TYPE_CHECKING:
    from orchestration.connectors.pull import Pull

ROWS_AT_ONCE = 50_000
PARQUET = (".parquet",)
CSV = (".csv", ".csv.gz")
JSON = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".json", ".json.gz")
TSV = (".tsv", ".tsv.gz", ".txt", ".txt.gz")
ENDINGS = (*PARQUET, *CSV, *JSON, *TSV)
READ = "read file"
BYTES_AT_ONCE = 65536
MAXIMUM_LINE = 268435456


def _ending(file: Path) -> str | None:
    name = file.name.lower()
    return next(
        (ending for ending in sorted(ENDINGS, key=len, reverse=True) if name.endswith(ending)), None
    )


class Folder:
    """A folder of tables. dlt's filesystem source lists the files; DuckDB reads them, in
    batches.
    """

    def __init__(self, path: Path, source: Source) -> None:
        self.path, self.source = path, source
        self._files: dict[str, list[tuple[Path, str]]] | None = None

    def close(self) -> None:
        self._files = None

    def _listed(self) -> dict[str, list[tuple[Path, str]]]:
        """The files of each table, in order, each with what tells that it changed."""
        if self._files is not None:
            return self._files
        if not self.path.is_dir():
            raise SourceFailed(
                f"There is no folder {self.path} for source {self.source.name}; mind path in the "
                f"configuration"
            )
        os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
        from dlt.sources.filesystem import filesystem

        files_below(self.path)  # what cannot be read is passed over by dlt
        found: dict[str, list[tuple[Path, str]]] = defaultdict(list)
        for item in filesystem(bucket_url=self.path.as_uri(), file_glob="**/*"):
            relative = Path(item["relative_path"])
            ending = _ending(relative)
            inner = relative.parts[1:]
            if ending is None or any(part.startswith((".", "_")) for part in inner):
                continue
            table = relative.parts[0] if inner else relative.name[: -len(ending)]
            mark = f"{item['size_in_bytes']}:{item['modification_date'].isoformat()}"
            found[table].append((self.path / relative, mark))
        self._files = {table: sorted(files) for table, files in sorted(found.items())}
        return self._files

    def tables(self) -> list[str]:
        return list(self._listed())

    def columns(self, name: str) -> list[str]:
        """The columns of all files; none where every file is empty."""
        names: dict[str, None] = {}
        with duckdb.connect() as connection:
            for file, _ in self._listed()[name]:
                if not _is_empty(file):
                    names.update(dict.fromkeys(self._scan(connection, file)[1]))
        return list(names)

    def read(self, table_name: str, table: LoaderTable, found: list[str], pull: Pull) -> Reading:
        """All files, or those that are new or changed since earlier pulls."""
        listed = [(name, file, mark) for name in found for file, mark in self._listed()[name]]
        known: dict[str, str] = {}
        if not (pull.full or table.always_whole):
            with pull.extracts() as connection:
                known = dict(
                    connection.execute(
                        (
                            "select parent_id, arg_max(cursor, _pull) from ledger where "
                            "table_name = ? and status = ? group by all"
                        ),
                        [table_name, READ],
                    ).fetchall()
                )
        wanted = [one for one in listed if known.get(self._relative(one[1])) != one[2]]
        if not wanted:
            return Reading(iter(()), UNCHANGED)
        # A file cut off before its first line does not say that there is nothing.
        empty = [one for one in wanted if _is_empty(one[1])]
        wanted = [one for one in wanted if one not in empty]
        entries = tuple(
            Entry(Asked(table_name, self._relative(file)), True, READ, cursor=mark)
            for _, file, mark in wanted
        )
        return Reading(
            self._batches(table, [(name, file) for name, file, _ in wanted]),
            WHOLE if len(wanted) == len(listed) else NEW,
            entries,
            "; ".join(f"{self._relative(file)} is empty" for _, file, _ in empty) or None,
        )

    def _relative(self, file: Path) -> str:
        return file.relative_to(self.path).as_posix()

    def _batches(self, table: LoaderTable, files: list[tuple[str, Path]]) -> Iterator[pa.Table]:
        for name, file in files:
            with duckdb.connect(config={"threads": 1}) as connection:
                connection.execute("set timezone = 'UTC'")
                scan, texts = self._scan(connection, file)
                columns = match_columns(table.columns, list(texts))
                if not columns:
                    raise SourceFailed(
                        f"{file} has none of the columns of {name}; it has "
                        f"{', '.join(list(texts)[:8]) or 'none'}. Mind the delimiter and the header"
                    )
                selected = [
                    f"{texts[own]} as {quote_name(wanted)}" for wanted, own in columns.items()
                ]
                if table.names is not None:
                    selected.append(f"{quote_text(name)} as {quote_name(FROM_TABLE)}")
                try:
                    reader = connection.sql(
                        f"select {', '.join(selected)} from {scan}"
                    ).to_arrow_reader(ROWS_AT_ONCE)
                    for batch in reader:
                        yield pa.Table.from_batches([batch])
                except duckdb.Error as error:
                    raise _unreadable(file, error) from None

    def _scan(
        self, connection: duckdb.DuckDBPyConnection, file: Path
    ) -> tuple[str, dict[str, str]]:
        """SQL that reads a file, and by column name SQL of its text."""
        ending = _ending(file)
        try:
            if ending in PARQUET:
                return _scan_parquet(connection, file)
            if ending in JSON:
                return _scan_json(connection, file)
            if ending in TSV:
                return _scan_tsv(file)
            return _scan_csv(file)
        except (duckdb.Error, OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
            raise _unreadable(file, error) from None


def _unreadable(file: Path, error: Exception) -> SourceFailed:
    says = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return SourceFailed(f"{file} cannot be read: {says}; repair it or take it away")


def _open(file: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(file) if file.name.lower().endswith(".gz") else file.open("rb")


def _is_empty(file: Path) -> bool:
    """Whether a file holds nothing: no byte, a byte order mark, blanks, or a list of JSON without
    an item. One that cannot be read does not.
    """
    if _ending(file) in PARQUET:
        return file.stat().st_size == 0
    text = b""
    try:
        with _open(file) as stream:
            # More than five bytes are neither a mark nor a list without an item.
            while len(text) < 6 and (some := stream.read(BYTES_AT_ONCE)):
                text += b"".join(some.split())
    except (OSError, EOFError, zlib.error):
        return False
    nothing = (b"", b"[]") if _ending(file) in JSON else (b"",)
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
