"""Lists: every table of the page is one, with its filters, its sums by reason, a hundred rows at a
time, and its CSV.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from orchestration.reading.page.cells import Column
from orchestration.reading.page.selection import BadRequest, Selection

# Written in a query string for what has no value: no campaign, no reason.
NONE_TOKEN = "~none"


@dataclass(frozen=True)
class Filter:
    """A parameter of a list: its SQL condition reads `$parameter`.

    `choices` is a kind of words to choose from.
    """

    parameter: str
    label: str
    condition: str
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    # A hidden one comes with a link and is shown as what the list is about.
    is_hidden: bool = False


@dataclass(frozen=True)
class Facet:
    """Sums of a list by a column, each a link to its rows. The parameter is that of a filter."""

    parameter: str
    column: str
    head: str
    kind: str = "reason"
    subject: str = ""


@dataclass(frozen=True)
class Listing:
    """A list of rows of the publication.

    `base` selects the columns that filters and order need, with `{where}` in it; `joins` and
    `extra` add names to the rows of one page alone. `sums` are columns added up below the list.
    """

    name: str
    title: str
    help: str
    columns: tuple[Column, ...]
    base: str | Callable[[Selection], str]
    order: str
    filters: tuple[Filter, ...] = ()
    joins: str = ""
    # Rows of large tables that those of the page need: name and SQL, read before the joins, which
    # would not see how few they are.
    lookups: tuple[tuple[str, str], ...] = ()
    extra: str = ""
    period: str = ""
    days: str = ""
    period_says: str = ""
    channel: str = ""
    has_model: bool = False
    sums: tuple[str, ...] = ()
    # SQL: which rows sums are of, where several have the same number.
    summed: str = "true"
    # A filter without which rows are of different things, which nothing adds up.
    sums_with: str = ""
    facet: Facet | None = None
    empty: str = "No rows."
    # Filters without which the list would be of everything, which nobody asks.
    required: tuple[str, ...] = ()
    # Columns to sort by, and columns that get a bar.
    sorts: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
    # Whether a column of numbers is left out where all of a page's are zero.
    hides_zeros: bool = False
    # Sums that are unknown where one of their rows is, instead of smaller.
    whole: tuple[str, ...] = ()


def _conditions(
    listing: Listing, selection: Selection, but: str = ""
) -> tuple[list[str], dict[str, object]]:
    """SQL conditions and their values for what a request gives. Raises BadRequest."""
    values: dict[str, object] = dict(selection.values)
    parts = []
    for one in listing.filters:
        given = selection.given.get(one.parameter, "")
        if not given or one.parameter == but:
            if one.parameter in listing.required and not given:
                raise BadRequest(f"This list is of one {one.label.lower()}; choose it first.")
            continue
        if one.choices and given not in dict(one.choices):
            known = ", ".join(code for code, _ in one.choices)
            raise BadRequest(f"“{given}” is no choice for “{one.label}”. There are {known}.")
        parts.append(f"({one.condition})")
        values[one.parameter] = None if given == NONE_TOKEN else given
    if listing.period and selection.has_period:
        parts.append(selection.in_period(listing.period))
    if listing.days and selection.has_period:
        parts.append(selection.in_days(listing.days))
    if listing.channel and selection.channel:
        parts.append(f"({listing.channel})")
    return parts, values


def base_of(listing: Listing, selection: Selection, but: str = "") -> tuple[str, dict[str, object]]:
    parts, values = _conditions(listing, selection, but)
    text = listing.base if isinstance(listing.base, str) else listing.base(selection)
    return text.replace("{where}", " and ".join(parts) or "true"), values


def order_of(listing: Listing, selection: Selection) -> str:
    """The order that a request chooses, largest first. Raises BadRequest for a column that cannot
    be sorted by.
    """
    chosen = selection.given.get("sort", "")
    if not chosen or not listing.sorts:
        return listing.order
    if chosen not in listing.sorts:
        raise BadRequest(
            f"This list is not sorted by “{chosen}”; it can be by {', '.join(listing.sorts)}."
        )
    return f"{chosen} desc nulls last, {listing.order}"


def query_of(listing: Listing, base: str, order: str, limit: str = "") -> str:
    extra = f", {listing.extra}" if listing.extra else ""
    hidden = "" if listing.summed == "true" else f" exclude ({listing.summed})"
    lookups = "".join(f", {name} as materialized ({sql})" for name, sql in listing.lookups)
    return (
        f"with page as materialized (select * from ({base}) order by {order} {limit}){lookups} "
        f"select page.*{hidden}{extra} from page {listing.joins} order by {order}"
    )


def summing(listing: Listing, selection: Selection) -> Listing:
    """The list with the sums that it has for a request."""
    if not listing.sums_with or selection.given.get(listing.sums_with):
        return listing
    return replace(listing, sums=())


def sums_of(listing: Listing) -> str:
    return "".join(
        f", case when count(*) = count({name}) then sum({name}) end as {name}"
        if name in listing.whole
        else f", sum({name}) filter (where {listing.summed}) as {name}"
        for name in listing.sums
    )


def own_parameters(listing: Listing, selection: Selection) -> dict[str, str]:
    """The filters of this list that a request gives."""
    known = {one.parameter for one in listing.filters} | ({"sort"} if listing.sorts else set())
    return {name: value for name, value in selection.given.items() if name in known}
