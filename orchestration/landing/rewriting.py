"""The rare files that DuckDB's readers give up on, written anew by Python so that they can be read,
and how files are known of which they would pass over rows.

Text: a byte order mark before JSON, a row longer than any buffer, line ends that differ inside
quotes. Parquet: milliseconds beyond the years that a timestamp holds, which would fail the whole
file instead of the value.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import re
import zlib
from collections import deque
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, TextIO

import duckdb

from orchestration.ground.sql import quote_name, quote_text
from orchestration.landing.files import LandedFile
from orchestration.landing.readers import CSV_REASONS, RECORD_CHARACTERS, clip
from orchestration.landing.shapes import MAXIMUM_CSV_ROW_BYTES, MAXIMUM_ROW_BYTES, is_undecoded

_JSON_TOO_LONG = (
    f"the line is longer than {MAXIMUM_ROW_BYTES // 1024 // 1024} MiB; land such content elsewhere"
)
_STEP = MAXIMUM_ROW_BYTES // 8
# Milliseconds of the first instant after the year 9999.
_END_OF_TIME = 253_402_300_800_000

Rejected = list[tuple[str, str]]


def _ends_a_row(chunk: bytes, in_quotes: bool) -> bool:
    """Whether a row of CSV ends somewhere in `chunk`."""
    place = 0
    for end in re.finditer(rb"[\r\n]", chunk):
        in_quotes ^= chunk.count(b'"', place, end.start()) % 2 == 1
        if not in_quotes:
            return True
        place = end.end()
    return False


def has_endless_row(file: LandedFile) -> bool:
    """Whether a CSV file may hold a row longer than the buffer of DuckDB's reader, which passes
    over such a row without a word.
    """
    if file.largest_content < MAXIMUM_ROW_BYTES:
        return False
    with file.open() as stream:
        in_quotes, without_end = False, 0
        while chunk := stream.read(_STEP):
            without_end = 0 if _ends_a_row(chunk, in_quotes) else without_end + len(chunk)
            if without_end >= MAXIMUM_ROW_BYTES - 2 * _STEP:
                return True
            in_quotes ^= chunk.count(b'"') % 2 == 1
    return False


def may_end_in_quotes(file: LandedFile) -> bool:
    """Whether a CSV file may end inside a quoted field. Where DuckDB reads more than two files a
    thread, it passes over such a row, and all that the quote swallowed, without a word.
    """
    with file.open() as stream:
        if not file.is_packed:
            stream.seek(max(0, file.size - MAXIMUM_ROW_BYTES))
        try:
            steps = deque(iter(partial(stream.read, _STEP), b""), MAXIMUM_ROW_BYTES // _STEP)
        except (gzip.BadGzipFile, EOFError, zlib.error):  # what is wrong, reading it says
            return False
    end = b"".join(steps)
    stop = len(end)
    while (last := end.rfind(b'"', 0, stop)) >= 0:
        first = last
        while end[first - 1 : first] == b'"':
            first -= 1
        if (last - first) % 2 == 0:  # not only doubled ones: it opens a field, or closes one
            before = end[max(0, first - 1000) : first].rstrip(b" \t")
            return before[-1:] in (b"", b",", b"\r", b"\n", b'"')
        stop = first
    return False


class _Lines:
    """Lines of a CSV file.

    One that is longer than a row may be is rejected, with the rest of its row, and never held as a
    whole.
    """

    def __init__(self, text: TextIO, rejected: Rejected) -> None:
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
        shown = _shown(start[:RECORD_CHARACTERS])
        self.rejected.append((CSV_REASONS["LINE SIZE OVER MAXIMUM"], f"{shown}…" if shown else ""))

    def skip_row(self) -> None:
        """Passes over what is left of a quoted field."""
        while self.in_quotes and self._read():
            pass


def _shown(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def rewrite_as_json_lines(file: LandedFile, target: Path) -> Rejected:
    """Writes what Python can read of a CSV or JSON lines file; returns (reason, text) of the rest.

    Raises OSError, and UnicodeError and zlib.error for content that cannot be read.
    """
    rejected: Rejected = []
    with file.open() as source, target.open("w", encoding="utf-8", newline="\n") as copy:
        if file.format == "jsonl":
            _rewrite_lines(source, copy, rejected)
        else:
            _rewrite_csv(source, copy, rejected)
    return rejected


def _rewrite_lines(source: BinaryIO, copy: TextIO, rejected: Rejected) -> None:
    is_first = True
    while line := source.readline(MAXIMUM_ROW_BYTES):
        if is_first:
            line, is_first = line.removeprefix(codecs.BOM_UTF8), False
        if not line.endswith(b"\n") and len(line) >= MAXIMUM_ROW_BYTES:
            start = clip(line[: RECORD_CHARACTERS * 4].decode("utf-8", "replace"))
            rejected.append((_JSON_TOO_LONG, f"{start}…"))
            while line and not line.endswith(b"\n"):
                line = source.readline(MAXIMUM_ROW_BYTES)
        elif line.strip():
            copy.write(_shown(line.decode("utf-8", "surrogateescape")).rstrip("\r\n") + "\n")


def _rewrite_csv(source: BinaryIO, copy: TextIO, rejected: Rejected) -> None:
    csv.field_size_limit(MAXIMUM_ROW_BYTES)
    text = io.TextIOWrapper(source, encoding="utf-8-sig", errors="surrogateescape", newline="")
    lines = _Lines(text, rejected)
    reader = csv.reader(lines)
    header = next(reader, [])
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                lines.reject("")
                lines.skip_row()
            else:
                reason = (
                    f"the row is no CSV ({error}); quote fields that hold commas, quotes or line "
                    f"ends"
                )
                rejected.append((reason, ""))
            continue
        if not row:
            continue
        joined = ",".join(row)
        if len(row) != len(header):
            kind = "TOO MANY COLUMNS" if len(row) > len(header) else "MISSING COLUMNS"
            rejected.append((CSV_REASONS[kind], clip(_shown(joined))))
        elif is_undecoded(joined):
            rejected.append((CSV_REASONS["INVALID ENCODING"], clip(_shown(joined))))
        else:
            copy.write(json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) + "\n")


def rewrite_parquet(file: LandedFile, target: Path) -> None:
    """Writes a Parquet file whose columns of milliseconds are text: an instant, or the number where
    it is beyond the year 9999.

    Raises OSError, pyarrow.ArrowException and duckdb.Error.
    """
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    with parquet.ParquetFile(file.path) as source:
        schema = source.schema_arrow
        coarse = {
            field.name
            for field in schema
            if arrow.types.is_timestamp(field.type) and field.type.unit in ("s", "ms")
        }
        numbers = arrow.schema(
            [field.with_type(arrow.int64()) if field.name in coarse else field for field in schema]
        )
        # Milliseconds, whatever the unit that Arrow's own schema in the file remembers: Parquet has
        # no coarser one.
        batches = (
            arrow.RecordBatch.from_arrays(
                [
                    column.cast(arrow.timestamp("ms")).cast(arrow.int64())
                    if name in coarse
                    else column
                    for name, column in zip(schema.names, batch.columns, strict=True)
                ],
                schema=numbers,
            )
            for batch in source.iter_batches()
        )
        stream = arrow.RecordBatchReader.from_batches(numbers, batches)
        selected = ", ".join(
            f"""case when {quote_name(name)} between {-_END_OF_TIME} and {_END_OF_TIME - 1}
                    then cast(make_timestamp({quote_name(name)} * 1000) as varchar) || 'Z'
                    else cast({quote_name(name)} as varchar) || ' ms' end as {quote_name(name)}"""
            if name in coarse
            else quote_name(name)
            for name in schema.names
        )
        with duckdb.connect() as connection:
            connection.register("landed", stream)
            connection.execute(
                f"copy (select {selected} from landed) to {quote_text(str(target))} (format "
                f"parquet)"
            )
