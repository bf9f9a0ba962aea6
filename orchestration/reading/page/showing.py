"""Lists as they are shown: a page of rows as cells, sums by reason, pages, and the whole as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from orchestration.ground.spreadsheet import safe_cell
from orchestration.reading.page.cells import Cell, Cells, Column
from orchestration.reading.page.listing import (
    NONE_TOKEN,
    Listing,
    base_of,
    order_of,
    own_parameters,
    query_of,
    summing,
    sums_of,
)
from orchestration.reading.page.publication import NotPublished, Publication
from orchestration.reading.page.selection import ROWS, BadRequest, Selection, page_number

ROWS_AT_A_TIME = 5_000


@dataclass(frozen=True)
class Part:
    """A line of the sums by reason."""

    cell: Cell
    href: str
    rows: int
    rows_text: str
    sums: list[str]
    share: float
    is_chosen: bool


@dataclass(frozen=True)
class Shown:
    """A list as it is shown: its cells, its sums, its filters and its pages."""

    listing: Listing
    columns: list[Column]
    rows: list[list[Cell]]
    total: int
    total_text: str
    sums: list[tuple[str, str]]
    parts: list[Part]
    parts_total: tuple[str, list[str]] | None
    filters: list[dict[str, Any]]
    page: int
    pages: int
    previous: str
    next: str
    csv: str
    all: str
    lacking: str = ""
    sorts: Mapping[str, str] = field(default_factory=dict)
    sorted_by: str = ""


# What a list is of needs no column of its own.
_FIXED = {"campaign": "campaign_id", "contact": "contact_id", "deal": "deal_id"}


def _columns(listing: Listing, given: Mapping[str, str]) -> list[Column]:
    """The columns to show: not those that only the file has, nor the one that every row has
    alike.
    """
    fixed = {_FIXED[name] for name in given if name in _FIXED}
    return [
        column for column in listing.columns if not column.only_csv and column.name not in fixed
    ]


def _parts(
    publication: Publication, cells: Cells, listing: Listing, selection: Selection
) -> tuple[list[Part], tuple[str, list[str]] | None]:
    facet = listing.facet
    if facet is None:
        return [], None
    base, values = base_of(listing, selection, facet.parameter)
    rows = publication.rows(
        (
            f"select {facet.column} as code, count(*) as number{sums_of(listing)} from ({base}) "
            f"group by 1 order by number desc, 1"
        ),
        values,
    )
    whole = sum(row["number"] for row in rows)
    column = Column("code", facet.head, facet.kind, subject=facet.subject)
    kinds = {one.name: one for one in listing.columns}
    given = own_parameters(listing, selection)
    chosen = given.get(facet.parameter, "")
    parts = []
    for row in rows:
        code = NONE_TOKEN if row["code"] is None else str(row["code"])
        parts.append(
            Part(
                cell=cells.cell(column, row),
                href=selection.link(
                    f"/list/{listing.name}", **_safe_names(given | {facet.parameter: code})
                ),
                rows=row["number"],
                rows_text=cells.formats.count(row["number"]),
                sums=[cells.text(kinds[name], row) for name in listing.sums],
                share=row["number"] / whole * 100 if whole else 0,
                is_chosen=code == chosen,
            )
        )
    totals = {
        name: sum((row[name] for row in rows if row[name] is not None), 0) for name in listing.sums
    }
    total = (
        cells.formats.count(whole),
        [cells.text(kinds[name], totals) for name in listing.sums],
    )
    return parts, total if len(parts) > 1 else None


def _safe_names(given: Mapping[str, str]) -> dict[str, Any]:
    """Names of parameters as keyword arguments of `link`, which drops a final underscore."""
    return {f"{name}_" if name in ("from", "to") else name: value for name, value in given.items()}


def _barred(
    listing: Listing, cells: Cells, column: Column, row: dict[str, Any], highest: Mapping[str, Any]
) -> Cell:
    cell = cells.cell(column, row)
    if column.name not in listing.bars or not highest[column.name] or not row[column.name]:
        return cell
    share = float(row[column.name]) / float(highest[column.name]) * 100
    return replace(cell, bar=max(0.0, min(100.0, share)))


def show(
    publication: Publication,
    listing: Listing,
    selection: Selection,
    *,
    limit: int | None = None,
    page: str = "",
) -> Shown:
    """The rows of a list that a request chooses: a page of them, or the first `limit`. Raises
    BadRequest.

    If the publication lacks the table, the list is empty and says so.
    """
    cells = Cells(publication.formats, selection, publication.lookback)
    listing = summing(listing, selection)
    number = page_number(page)
    given = own_parameters(listing, selection)
    path = f"/list/{listing.name}"
    columns = _columns(listing, given)
    filters = [
        {
            "filter": one,
            "value": given.get(one.parameter, ""),
            "choices": one.choices,
        }
        for one in listing.filters
    ]
    links = {
        "csv": selection.link(f"{path}.csv", **_safe_names(given)),
        "all": selection.link(path, **_safe_names(given)),
    }
    try:
        base, values = base_of(listing, selection)
        size = limit or ROWS
        found = publication.rows(
            query_of(
                listing,
                base,
                order_of(listing, selection),
                f"limit {size + 1} offset {(number - 1) * size}",
            ),
            values,
        )
        rows = found[:size]
        if listing.hides_zeros:
            columns = [
                one for one in columns if not one.is_number or any(row[one.name] for row in rows)
            ]
        totals: dict[str, Any] = {"number": len(rows)}
        if number > 1 or len(found) > size or listing.sums:
            counted = f"select count(*) as number{sums_of(listing)} from ({base})"
            totals = publication.one(counted, values) or totals
        parts, whole = (
            _parts(publication, cells, listing, selection) if limit is None else ([], None)
        )
    except NotPublished as error:
        return Shown(
            listing,
            columns,
            [],
            0,
            "0",
            [],
            [],
            None,
            filters,
            1,
            1,
            "",
            "",
            links["csv"],
            links["all"],
            lacking=error.table,
        )
    pages = max(1, -(-totals["number"] // ROWS))
    if number > pages:
        raise BadRequest(f"There are {pages} pages of this list, and no page {number}.")
    named = {column.name: column for column in listing.columns}
    highest = {name: max((row[name] or 0 for row in rows), default=0) for name in listing.bars}
    sorts = {
        name: selection.link(path, **_safe_names(given | {"sort": name})) for name in listing.sorts
    }

    def at(one: int) -> str:
        return selection.link(path, **_safe_names(given), page=one if one > 1 else None)

    return Shown(
        listing=listing,
        columns=columns,
        rows=[
            [_barred(listing, cells, column, row, highest) for column in columns] for row in rows
        ],
        total=totals["number"],
        total_text=publication.formats.count(totals["number"]),
        sums=[
            (named[name].head, cells.text(named[name], totals))
            for name in listing.sums
            if totals["number"]
        ],
        parts=parts,
        parts_total=whole,
        filters=filters,
        page=number,
        pages=pages,
        previous=at(number - 1) if number > 1 else "",
        next=at(number + 1) if number < pages else "",
        sorts=sorts,
        sorted_by=given.get("sort", ""),
        **links,
    )


def number_of(publication: Publication, listing: Listing, selection: Selection) -> int:
    """How many rows a list has."""
    base, values = base_of(listing, selection)
    found = publication.one(f"select count(*) as number from ({base})", values)
    return found["number"] if found else 0


def facets(
    publication: Publication, cells: Cells, listing: Listing, selection: Selection
) -> dict[str, Any]:
    """The sums of a list by reason, without its rows; `lacking` where its table is not
    published.
    """
    named = {column.name: column for column in listing.columns}
    heads = [named[name].head for name in listing.sums]
    try:
        parts, whole = _parts(publication, cells, listing, selection)
    except NotPublished as error:
        return {"parts": [], "whole": None, "heads": heads, "lacking": error.table}
    return {"parts": parts, "whole": whole, "heads": heads, "lacking": ""}


def csv_lines(publication: Publication, listing: Listing, selection: Selection) -> Iterator[str]:
    """The whole list as CSV with its columns' names, some thousand rows at a time; no cell is a
    formula. Raises NotPublished.
    """
    base, values = base_of(listing, selection)
    found = publication.execute(query_of(listing, base, order_of(listing, selection)), values)
    names = [column[0] for column in found.description]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in names])
    while True:
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        rows = found.fetchmany(ROWS_AT_A_TIME)
        if not rows:
            return
        writer.writerows([safe_cell(value) for value in row] for row in rows)
