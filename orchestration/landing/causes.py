"""Why a file is not what its ending says: the likely cause, from how it begins and ends."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

from orchestration.ground.contract import RawTable, folded
from orchestration.landing.names import missing

START = 4096
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"PAR1": "Parquet",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"BZh": "bzip2",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"ORC": "ORC",
    b"Obj\x01": "Avro",
    b"SQLite format 3": "a SQLite database",
}
_CURES = {
    "gzip": "name it {name}.gz or unpack it",
    "Parquet": "give it the ending .parquet",
    "a zip archive or an Excel workbook": "unpack it or save it as CSV in UTF-8",
    "an old Excel workbook": "save it as CSV in UTF-8",
}
_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def binary(start: bytes, file_name: str, expected: str) -> str | None:
    """What to say of a file that begins as another kind of file does, or in another encoding than
    UTF-8.
    """
    for magic, kind in _MAGIC.items():
        if start.startswith(magic) and kind != expected:
            cure = _CURES.get(kind, f"write it as {expected}").format(name=file_name)
            if kind == "gzip" and expected == "Parquet":
                cure = "unpack it"
            return f"is {kind}, not {expected}; {cure}"
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "is UTF-32, not UTF-8; convert it to UTF-8"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "is UTF-16, not UTF-8; convert it to UTF-8"
    evens, odds = start[0:200:2], start[1:200:2]
    if len(start) >= 8 and (odds.count(0) > len(odds) * 0.8 or evens.count(0) > len(evens) * 0.8):
        return "looks like UTF-16 without its mark, not UTF-8; convert it to UTF-8"
    return None


def page(start: bytes, expected: str) -> str | None:
    """What to say of a web page, which a download saves in place of a file when the server answers
    with an error.
    """
    text = start.lstrip(codecs.BOM_UTF8).lstrip().lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")):
        kind = "XML" if text.startswith(b"<?xml") else "an HTML page"
        return (
            f"is {kind}, not {expected}; look at what the download answered, and land the file "
            f"itself"
        )
    return None


def csv_columns(table: RawTable, header: list[str]) -> str | None:
    """What to say of a CSV header that lacks columns, where that is not because they were named
    otherwise.
    """
    line = ",".join(header)
    for delimiter, called in _DELIMITERS.items():
        names = next(csv.reader([line], delimiter=delimiter), [])
        finds_more = len(missing(table, names)) < len(missing(table, header))
        if len(names) > 1 and (finds_more or len(header) == 1):
            return f"separates its fields by {called}, not commas; write commas"
    if line.lstrip().startswith("{"):
        return "is JSON lines, not CSV; give it the ending .jsonl"
    if line.lstrip().startswith("["):
        return "is JSON, not CSV; write one object a line and give it the ending .jsonl"
    return None


def json_lines(table: RawTable, start: bytes) -> str | None:
    """What to say of text that is no JSON lines as a whole; None where single lines may be
    wrong.
    """
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    first = text.split(b"\n", 1)[0].strip()
    if text.startswith(b"[") and text[1:].lstrip()[:1] in (b"{", b""):
        return (
            "is a JSON array, not JSON lines; write one object a line, without brackets and "
            "commas around them"
        )
    names = first.decode("utf-8", "replace").split(",")
    known = {column.name for column in table.columns}
    if len({folded(name.strip('"')) for name in names} & known) > 1:
        return "is CSV, not JSON lines; give it the ending .csv"
    return None


def parquet(path: Path, start: bytes) -> str | None:
    """What to say of a file that DuckDB cannot read as Parquet; None where it begins and ends as
    such a file does.
    """
    if not start:
        return "is empty, not Parquet; write it again"
    said = binary(start, path.name, "Parquet") or page(start, "Parquet")
    if said:
        return said
    if start.startswith(b"PAR1"):
        with path.open("rb") as stream:
            stream.seek(max(path.stat().st_size - 4, 0))
            if stream.read(4) != b"PAR1":
                return "is cut off before its end: its writer did not finish; write it again"
        return None
    if start.lstrip().startswith(b"{"):
        return "is JSON, not Parquet; give it the ending .jsonl"
    if b"," in start and b"\0" not in start:
        return "is text, not Parquet; give it the ending .csv"
    return None
