"""Exports as HubSpot's pages write them: which one a file is, by its labels in any language, and
its rows as text.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeVar
from zipfile import BadZipFile

from orchestration.connectors.kind import SourceFailed
from orchestration.ground.files import files_below

T = TypeVar("T")
LABELS = Path(__file__).parent / "labels.csv"
ENDINGS = (".csv", ".csv.gz", ".xlsx")
# HubSpot's other forms, which are named: large exports come packed.
OTHERS = {
    ".zip": "is packed; put the files in it there instead",
    ".xls": "is a workbook of the old form; export it again as XLSX or CSV",
}
# From here on a spreadsheet's number is not exact: it has 15 digits.
_EXACT = 1e15
# What tells one export from another, asked in this order: labels of all of the first, and of as
# many of the second.
SIGNS: dict[str, tuple[set[str], int, set[str]]] = {
    "deals": ({"record_id", "deal_name"}, 0, set()),
    "email_recipients": ({"email"}, 2, {"sent", "delivered", "opened", "clicked", "bounced"}),
    "campaigns": ({"campaign_name"}, 1, {"campaign_id", "start_date", "status", "utm_campaign"}),
    "form_submissions": ({"submitted_at"}, 1, {"email", "page_url", "contact_id"}),
    "contacts": ({"record_id"}, 1, {"email", "lifecycle_stage", "created_at"}),
}
# What HubSpot's campaign report counts: columns of marts.campaign_performance, and credit.
REPORTED = (
    "sessions",
    "new_contacts_first_touch",
    "new_contacts_last_touch",
    "influenced_contacts",
    "contacts_with_revenue",
    "deals",
    "revenue",
    "attributed_revenue",
    "associated_deal_value",
    "budget",
    "spend",
    "remaining_budget",
)

# What files that are damaged raise, while they are opened or row by row.
_DAMAGED = (
    *(OSError, EOFError, ValueError, KeyError, SyntaxError),
    *(csv.Error, BadZipFile, zlib.error),
)


class Sheet(NamedTuple):
    """A sheet of a workbook, or a CSV, which has no title."""

    title: str | None
    header: list[str]
    rows: Iterator[list[str | None]]


def _plain(label: str) -> str:
    return " ".join(label.replace("\ufeff", "").replace("’", "'").split()).casefold()


@cache
def _labels() -> dict[tuple[str, str], dict[str, str]]:
    """Column by label, for each table and language."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    with LABELS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            labels = found.setdefault((row["table"], row["language"]), {})
            labels.setdefault(_plain(row["label"]), row["column"])
    return found


@cache
def languages() -> tuple[str, ...]:
    """The languages that the labels are known in."""
    return tuple(sorted({language for _, language in _labels()} - {"internal"}))


def columns_of(table: str, header: list[str], language: str | None) -> dict[str, int]:
    """The position of each column that a header names, in the given language, by internal names, or
    in any language.
    """
    order = [one for one in (language, "internal", *languages()) if one]
    places: dict[str, int] = {}
    for position, label in enumerate(header):
        for one in order:
            column = _labels().get((table, one), {}).get(_plain(label))
            if column is not None:
                places.setdefault(column, position)
                break
    return places


def exports_of(header: list[str], language: str | None) -> dict[str, dict[str, int]]:
    """Which exports a header is of, and where the columns of each are; empty where it is none.

    One file can be two: HubSpot's export of campaigns has their properties and their numbers.
    """
    found: dict[str, dict[str, int]] = {}
    for table, (all_of, some, of_these) in SIGNS.items():
        places = columns_of(table, header, language)
        if all_of <= places.keys() and len(of_these & places.keys()) >= some:
            found[table] = places
            break
    if found.keys() <= {"campaigns"}:
        places = columns_of("campaign_reports", header, language)
        if places.keys() & {"campaign_id", "campaign_name"} and places.keys() & set(REPORTED):
            if "created_at" not in found.get("campaigns", {}):
                found = {}
            found["campaign_reports"] = places
    return found


def says_of_unknown(header: list[str]) -> str:
    """What to say of a file that is no known export: its labels, and what unknown ones are near."""
    known = {label for labels in _labels().values() for label in labels}
    near = {
        label: found[0]
        for label in header
        if _plain(label) not in known
        and (found := get_close_matches(_plain(label), known, n=1, cutoff=0.75))
    }
    if not any(header):
        return "it is empty, or has no labels in its first row"
    says = f"no export that is known: its labels are {', '.join(filter(None, header[:6]))}"
    says += " (the first row counts)"
    if near:
        meant = ", ".join(f"'{label}' is near '{found}'" for label, found in [*near.items()][:4])
        says += f"; {meant}: where that is meant, add a row to labels.csv"
    return says


def export_files(folder: Path) -> list[Path]:
    """The exports below a folder, in order, and files of HubSpot's that are not read. Raises
    SourceFailed.
    """
    if not folder.is_dir():
        raise SourceFailed(f"There is no folder {folder}; make it and put HubSpot's exports there")
    return sorted(
        file
        for file in files_below(folder)
        if file.name.lower().endswith((*ENDINGS, *OTHERS))
        and not file.name.startswith((".", "_", "~"))
    )


def sheets(file: Path) -> Iterator[Sheet]:
    """The sheets of a file that have anything; a CSV is one. Raises SourceFailed, also while their
    rows are read.
    """
    read = _workbook if file.name.lower().endswith(".xlsx") else _csv
    for sheet in _told(file, read(file)):
        yield sheet._replace(rows=_told(file, sheet.rows))


def _told(file: Path, items: Iterator[T]) -> Iterator[T]:
    try:
        yield from items
    except UnicodeDecodeError as error:
        raise SourceFailed(
            f"{file} is no UTF-8 ({error}); export it again, or save it as CSV UTF-8"
        ) from None
    except _DAMAGED as error:
        raise SourceFailed(f"{file} cannot be read ({error}); export it again") from None


def _csv(file: Path) -> Iterator[Sheet]:
    opened = gzip.open if file.name.lower().endswith(".gz") else open
    with opened(file, "rt", encoding="utf-8-sig", newline="") as lines:
        first = lines.readline()
        delimiter = max(",;\t", key=first.count)
        header = next(csv.reader([first], delimiter=delimiter), [])
        # Strict: a quote that is never closed would take the rows behind it for its text.
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        yield Sheet(None, header, (list(row) for row in rows if row))


def _workbook(file: Path) -> Iterator[Sheet]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except BadZipFile:
        raise ValueError("it is no workbook") from None
    try:
        for sheet in book.worksheets:
            rows = ([cell_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True))
            header = [cell or "" for cell in next(rows, [])]
            filled = (row for row in rows if any(cell is not None for cell in row))
            first = next(filled, None)
            if any(header) or first is not None:
                yield Sheet(sheet.title, header, chain([first] if first else [], filled))
    finally:
        book.close()


def cell_text(value: object) -> str | None:
    """A cell as a CSV would have it: whole numbers without a fraction, inexact ones with an
    exponent, times without a zone.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < _EXACT else f"{value:e}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def file_time(file: Path) -> str:
    """When a file was written, UTC."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat()
