"""One list as a page: its filters, facets, sums and rows."""

from __future__ import annotations

from typing import Any

from orchestration.reading.page import words
from orchestration.reading.page.asked import Asked
from orchestration.reading.page.cells import Cell, Column
from orchestration.reading.page.columns import BY_CHANNEL
from orchestration.reading.page.listing import Filter, Listing, own_parameters
from orchestration.reading.page.lists import LISTS
from orchestration.reading.page.selection import BadRequest
from orchestration.reading.page.showing import show


def _coverage(asked: Asked) -> Listing:
    """Coverage as it is published, column by column: each kind of source says what it has."""
    table = "diagnostics.coverage"
    names = asked.publication.columns.get(table, [])
    return Listing(
        name="coverage",
        title="Coverage of the sources",
        help=(
            "What was pulled from each source, how far back, how exact its times are, and what is "
            "not there and why."
        ),
        columns=tuple(Column(name, words.spelled(name), _kind(name)) for name in names),
        base="select * from @diagnostics.coverage where {where}",
        order=", ".join(str(place) for place in range(1, min(len(names), 4) + 1)) or "1",
        filters=(Filter("source", "Source", "source = $source"),) if "source" in names else (),
        empty="Nothing was pulled from a source; the files were landed as they are.",
    )


def _kind(name: str) -> str:
    """How a column of the coverage is shown."""
    kinds = {"rows": "count", "not_exact": "share"}
    return kinds.get(name, "plain")


def listed(asked: Asked, name: str) -> Listing:
    """A list by its name. Raises BadRequest where there is none."""
    if name == "coverage":
        return _coverage(asked)
    if name not in LISTS:
        raise BadRequest(f"There is no list “{name}”.")
    listing = LISTS[name]
    if name == "deals" and not asked.publication.has("diagnostics.deal_status"):
        return LISTS["all-deals"]
    if name == "contact-status" and not asked.query.get("metric"):
        raise BadRequest("Choose a metric: first_touch, last_touch or influenced.")
    return listing


def list_page(asked: Asked, name: str) -> dict[str, Any]:
    """Any list: its filters, sums, rows and pages."""
    listing = listed(asked, name)
    if asked.query.get("campaign") and BY_CHANNEL.partition(" ")[2] in listing.channel:
        asked.narrow_to_campaign(asked.query["campaign"])
    shown = show(asked.publication, listing, asked.selection, page=asked.query.get("page", ""))
    about = [
        _about(asked, one["filter"], one["value"])
        for one in shown.filters
        if one["filter"].is_hidden and one["value"]
    ]
    return {
        "title": listing.title,
        "list": shown,
        "about": about,
        "facet_heads": [
            column.head
            for name in listing.sums
            for column in listing.columns
            if column.name == name
        ],
        "unfaceted": _unfaceted(asked, listing),
        "asset_types": [
            (row["asset_type"], row["label"]) for row in words.rule_rows("asset_types")
        ],
        "event_types": [
            (row["event_type"], row["label"]) for row in words.rule_rows("interaction_types")
        ],
    }


def _unfaceted(asked: Asked, listing: Listing) -> str:
    """The same list without the reason that is chosen."""
    if listing.facet is None:
        return ""
    given = own_parameters(listing, asked.selection)
    kept = {name: value for name, value in given.items() if name != listing.facet.parameter}
    return asked.selection.link(f"/list/{listing.name}", **kept)


def _about(asked: Asked, one: Filter, value: str) -> tuple[str, Cell]:
    """What a list is of, by name."""
    cells = asked.cells
    if one.parameter == "campaign":
        if value == "~none":
            return one.label, cells.campaign(None)
        row = asked.publication.one(
            "select campaign_name from @core.dim_campaigns where campaign_id = $key", {"key": value}
        )
        return one.label, cells.campaign(value, (row or {}).get("campaign_name"))
    if one.parameter == "contact":
        row = asked.publication.one(
            "select email from @core.dim_contacts where contact_id = $key", {"key": value}
        )
        return one.label, cells.contact(value, (row or {}).get("email"))
    if one.parameter == "deal":
        row = asked.publication.one(
            "select deal_name from @core.fct_deals where deal_id = $key", {"key": value}
        )
        return one.label, cells.deal(value, (row or {}).get("deal_name"))
    return one.label, Cell(value)
