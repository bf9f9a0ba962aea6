"""Exchange rates: the European Central Bank's published history, or any CSV of date, currency and
rate.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from orchestration.connectors.kind import Check, Kind, Option, Source, SourceFailed, Table
from orchestration.connectors.ledger import Asked, Entry
from orchestration.connectors.tables import match_columns, text_table
from orchestration.ground.files import files_below

if TYPE_CHECKING:
    from orchestration.connectors.pull import Pull

COLUMNS = ("date", "currency", "rate", "base")
_ENDINGS = (".csv", ".zip")
_SPELLINGS = {
    "date": ("date", "rate_date", "day"),
    "currency": ("currency", "currency_code"),
    "rate": ("rate", "rate_to_home", "exchange_rate"),
}
_ROWS_AT_ONCE = 50_000


def _files(source: Source) -> list[Path]:
    path = Path(str(source.options["path"]))
    if path.is_file():
        return [path]
    files = sorted(
        file for file in files_below(path, is_deep=False) if file.suffix.lower() in _ENDINGS
    )
    if not files:
        raise SourceFailed(
            f"{path} is no CSV or ZIP of rates and has none; source {source.name} needs one, such "
            f"as the ECB's eurofxref-hist.csv"
        )
    return files


def _lines(file: Path) -> Iterator[str]:
    if file.suffix.lower() == ".zip":
        with zipfile.ZipFile(file) as packed:
            # A Mac packs files about files beside them.
            for name in packed.namelist():
                if name.startswith("__MACOSX/"):
                    continue
                with packed.open(name) as opened:
                    yield from io.TextIOWrapper(opened, "utf-8-sig", newline="")
    else:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            yield from opened


def read_rates(file: Path) -> Iterator[dict[str, str]]:
    """Rates of a file: per euro where a column is a currency (`base` EUR), else in home currency as
    they stand. Raises SourceFailed.
    """
    try:
        lines = _lines(file)
        first = next(lines, "")
        delimiter = max(",;\t", key=first.count)
        header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
        rows = csv.reader(lines, delimiter=delimiter)
        if not header or header[0].lower() != "date" or not _is_wide(header):
            yield from _long_rates(file, header, rows)
            return
        for row in rows:
            for currency, rate in zip(header[1:], row[1:], strict=False):
                if currency and rate.strip() not in ("", "N/A"):
                    yield {
                        "date": row[0].strip(),
                        "currency": currency,
                        "rate": rate.strip(),
                        "base": "EUR",
                    }
    except (OSError, UnicodeDecodeError, csv.Error, zipfile.BadZipFile) as error:
        raise SourceFailed(f"{file} cannot be read ({error}); fetch it again") from None


def _is_wide(header: list[str]) -> bool:
    names = [name for name in header[1:] if name]
    return bool(names) and all(len(name) == 3 and name.isupper() for name in names)


def _long_rates(
    file: Path, header: list[str], rows: Iterator[list[str]]
) -> Iterator[dict[str, str]]:
    places = {}
    for name, spellings in _SPELLINGS.items():
        own = next(iter(match_columns(spellings, header).values()), None)
        if own is None:
            raise SourceFailed(
                f"{file} has no column {name}; it needs date, currency, rate, or the ECB's date "
                f"and a column per currency"
            )
        places[name] = header.index(own)
    for row in filter(any, rows):
        # What a short row lacks is the landing's to refuse.
        yield {
            name: row[place].strip() if place < len(row) else "" for name, place in places.items()
        }


def pull(source: Source, pull: Pull) -> None:
    """Reads every file that is new or changed."""
    import dlt

    with pull.extracts() as connection:
        known = dict(
            connection.execute(
                "select parent_id, arg_max(cursor, _pull) from ledger where parent_id is not null "
                "group by all"
            ).fetchall()
        )
    entries, wanted = [], []
    for file in _files(source):
        stat = file.stat()
        mark = f"{stat.st_size}:{stat.st_mtime_ns}"
        if pull.full or known.get(file.name) != mark:
            wanted.append(file)
            entries.append(Entry(Asked("rates", file.name), True, "read file", cursor=mark))

    def batches() -> Iterator[pa.Table]:
        rows = (row for file in wanted for row in read_rates(file))
        while chunk := list(islice(rows, _ROWS_AT_ONCE)):
            texts = {name: [row.get(name) for row in chunk] for name in COLUMNS}
            yield text_table(COLUMNS, texts, len(chunk))

    if wanted:
        entries.append(Entry(Asked("rates"), True, "read"))
        pull.load([dlt.resource(batches, name="rates")], entries)


def check(source: Source) -> list[Check]:
    """Which files there are."""
    return [Check(file.name, next(read_rates(file), None) is not None) for file in _files(source)]


KIND = Kind(
    name="exchange_rates",
    summary="rates: the European Central Bank's history file, or any CSV of date, currency, rate",
    folder=Path(__file__).parent,
    tables={"rates": Table(COLUMNS, feeds=("exchange_rates",))},
    pull=pull,
    check=check,
    options={
        "path": Option("the file, or the folder of files", required=True, asked=True, is_path=True)
    },
    needs=("rates",),
)
