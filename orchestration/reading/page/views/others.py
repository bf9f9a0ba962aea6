"""Search, channels, what is not there, what changed, any list, and the words used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from orchestration.publishing.report.numbers import NONE
from orchestration.reading.page import words
from orchestration.reading.page.asked import Asked
from orchestration.reading.page.cells import Cell, Column
from orchestration.reading.page.columns import BY_CHANNEL
from orchestration.reading.page.listing import Filter, Listing, own_parameters
from orchestration.reading.page.lists import LISTS
from orchestration.reading.page.publication import NotPublished
from orchestration.reading.page.selection import BadRequest, Selection
from orchestration.reading.page.showing import show

FOUND = 20
FORGOTTEN_AFTER = timedelta(7)


def search(asked: Asked) -> dict[str, Any]:
    """Campaigns, deals, contacts, assets and interactions by id, name or e-mail address: exact ones first."""
    wanted = asked.query.get("q", "").strip()
    groups = _search(asked, wanted) if wanted else []
    return {"title": "Search", "wanted": wanted, "groups": groups}


def _search(asked: Asked, wanted: str) -> list[dict[str, Any]]:
    values = {"wanted": wanted, "lower": wanted.lower()}
    cells = asked.cells
    by_name = "contains(lower({name}), $lower) or lower({key}) = $lower or starts_with(lower({key}), $lower)"
    order = "order by {key} <> $wanted, lower({key}) <> $lower, not starts_with(lower(coalesce({name}, '')), $lower), {name}, {key} limit {most}"

    def near(table: str, key: str, name: str, more: str = "") -> list[dict[str, Any]]:
        chosen = order.format(key=key, name=name, most=FOUND + 1)
        return asked.publication.rows(
            f"select * from @core.{table} where {by_name.format(key=key, name=name)} {more} {chosen}",
            values,
        )

    campaigns = near(
        "dim_campaigns", "campaign_id", "campaign_name", "or list_contains(utm_aliases, $lower)"
    )
    deals = near("fct_deals", "deal_id", "deal_name")
    contacts = near(
        "dim_contacts", "contact_id", "email", "or list_contains(merged_contact_ids, $wanted)"
    )
    assets = near("dim_assets", "asset_id", "asset_name", "or contains(lower(url), $lower)")
    events = asked.publication.rows(
        "select event_id, event_type, occurred_at from @core.fct_interactions where event_id = $wanted limit 1",
        values,
    )
    found = [
        ("Campaigns", [(cells.campaign(row["campaign_id"], row["campaign_name"]), "deleted" if row["is_deleted"] else row["owner"]) for row in campaigns]),
        ("Deals", [(cells.deal(row["deal_id"], row["deal_name"]), f"{'won' if row['is_closed_won'] else 'not won'}, {asked.formats.money(row['amount_home']) if row['amount_home'] is not None else 'no amount'}") for row in deals]),
        ("Contacts", [(cells.contact(row["contact_id"], row["email"]), words.spelled(row["lifecycle_stage"]) if row["lifecycle_stage"] else "") for row in contacts]),
        ("Assets", [(cells.asset(row["asset_type"], row["asset_id"], row["asset_name"]), row["url"]) for row in assets]),
        ("Interactions", [(cells.event(row["event_id"], words.event_type(row["event_type"])), asked.formats.instant(row["occurred_at"])) for row in events]),
    ]  # fmt: skip
    return [
        {"title": title, "rows": rows[:FOUND], "more": len(rows) > FOUND}
        for title, rows in found
        if rows
    ]


def channels(asked: Asked) -> dict[str, Any]:
    """Channels and conversions under the chosen model, for the whole time."""
    return {
        "title": "Channels",
        "lists": [
            show(asked.publication, LISTS["channels"], asked.selection),
            asked.show(LISTS["conversions"], limit=25),
            asked.show(LISTS["effects"], limit=25),
        ],
    }


def missing(asked: Asked) -> dict[str, Any]:
    """Everything that is not there, by reason, with sums that add up to the whole."""
    chosen = asked.selection
    parts = [
        asked_facet(asked, "deals", "Won deals", won="yes"),
        asked_facet(asked, "deals", "Deals that are not won", won="no"),
        *(
            asked_facet(asked, "contact-status", f"Contacts: {label.lower()}", metric=metric)
            for metric, label in (
                ("first_touch", "First touch"),
                ("last_touch", "Last touch"),
                ("influenced", "Influenced"),
            )
        ),
        asked_facet(asked, "utm", "Tagged links (utm_campaign)"),
        asked_facet(asked, "rejected", "Rows that could not be read"),
        asked_facet(asked, "unread", "Values that could not be read"),
        asked_facet(asked, "parity-contacts", "Contacts that only one side has"),
    ]
    hidden = asked.publication.rows(
        "select unnest(reasons) as reason, count(*) as number from @diagnostics.asset_visibility where not is_visible group by 1 order by number desc, reason"
    )
    return {
        "title": "What is not there",
        "parts_found": parts,
        "hidden": [
            {
                "reason": words.reason(row["reason"], "asset"),
                "number": asked.formats.count(row["number"]),
                "href": chosen.link("/list/asset-visibility", reason=row["reason"]),
            }
            for row in hidden
        ],
        "others": [
            ("/list/deal-reasons", "Deals that a campaign gets, or not", "every pair of deal and campaign"),
            ("/list/asset-visibility", "Assets that a campaign shows, or not", "every pair of asset and campaign"),
            ("/list/parity", "What another system reports", "their numbers beside ours"),
            ("/list/coverage", "Coverage of the sources", "what was pulled, and what was not"),
            ("/list/checks", "Business checks", "what must hold, and whether it does"),
            ("/list/runs", "Runs", "when what was built"),
        ],
    }  # fmt: skip


def asked_facet(asked: Asked, name: str, title: str, **given: str) -> dict[str, Any]:
    """The sums by reason of a list, without its rows."""
    return {"title": title, "listing": LISTS[name], **asked.facets(LISTS[name], **given)}


def changes(asked: Asked) -> dict[str, Any]:
    """What runs changed since a day: a week before now unless one is chosen. Net per number, with the causes."""
    chosen = asked.selection
    first = chosen.first or asked.today - FORGOTTEN_AFTER
    values = Selection(first=first, last=chosen.last, timezone=asked.formats.timezone)
    period = values.in_period("runs.started_at")
    try:
        rows = asked.publication.rows(
            f"""
            with changed as (
                select changes.*, runs.started_at from @diagnostics.restatements as changes
                inner join @diagnostics.run_log as runs on changes.run_id = runs.run_id where {period}
            ),
            net as (
                select campaign_id, metric, model, arg_min(coalesce(old_value, 0), run_id) as before, arg_max(coalesce(new_value, 0), run_id) as now,
                    count(*) as runs, arg_max(campaign_causes, run_id) as causes
                from changed where model is null or model = $model group by campaign_id, metric, model
            )
            select net.*, now - before as difference, campaigns.campaign_name from net
            left join @core.dim_campaigns as campaigns on net.campaign_id = campaigns.campaign_id
            where now <> before order by campaign_id, model nulls first, metric limit 500
            """,
            values.values | {"model": chosen.model},
        )
        causes = asked.publication.rows(
            f"""
            select kind, sum(changes)::bigint as number, count(distinct causes.run_id) as runs from @diagnostics.restatement_causes as causes
            inner join @diagnostics.run_log as runs on causes.run_id = runs.run_id where {period} group by kind order by number desc, kind
            """,
            values.values,
        )
        runs = asked.publication.one(
            f"select count(*) as number from @diagnostics.run_log as runs where status = 'published' and {period}",
            values.values,
        )
    except NotPublished as error:
        return {"title": "What changed", "lacking": error.table, "since": asked.formats.day(first)}
    return {
        "title": "What changed",
        "lacking": "",
        "since": asked.formats.day(first),
        "first": first.isoformat(),
        "runs": runs["number"],
        "rows": [
            {
                "campaign": asked.cells.campaign(row["campaign_id"], row["campaign_name"]),
                "metric": words.metric(row["metric"]) + (f", {words.model(row['model'])}" if row["model"] else ""),
                "before": asked.cells.number(row["before"]),
                "now": asked.cells.number(row["now"]),
                "difference": asked.cells.number(row["difference"]),
                "is_up": row["difference"] > 0,
                "href": chosen.link("/list/restatements", campaign=row["campaign_id"], metric=row["metric"], from_=first),
                "causes": words.causes(row["causes"]) or NONE,
            }
            for row in rows
        ],
        "causes": [
            (words.CAUSES.get(row["kind"]) or words.spelled(row["kind"]), asked.formats.count(row["number"]), row["runs"])
            for row in causes
        ],
    }  # fmt: skip


def _coverage(asked: Asked) -> Listing:
    """Coverage as it is published, column by column: each kind of source says what it has."""
    table = "diagnostics.coverage"
    names = asked.publication.columns.get(table, [])
    return Listing(
        name="coverage",
        title="Coverage of the sources",
        help="What was pulled from each source, how far back, how exact its times are, and what is not there and why.",
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
    about = [_about(asked, one["filter"], one["value"]) for one in shown.filters if one["filter"].is_hidden and one["value"]]  # fmt: skip
    return {
        "title": listing.title,
        "list": shown,
        "about": about,
        "facet_heads": [column.head for name in listing.sums for column in listing.columns if column.name == name],
        "unfaceted": _unfaceted(asked, listing),
        "asset_types": [(row["asset_type"], row["label"]) for row in words.rule_rows("asset_types")],
        "event_types": [(row["event_type"], row["label"]) for row in words.rule_rows("interaction_types")],
    }  # fmt: skip


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
        row = asked.publication.one("select campaign_name from @core.dim_campaigns where campaign_id = $key", {"key": value})  # fmt: skip
        return one.label, cells.campaign(value, (row or {}).get("campaign_name"))
    if one.parameter == "contact":
        row = asked.publication.one("select email from @core.dim_contacts where contact_id = $key", {"key": value})  # fmt: skip
        return one.label, cells.contact(value, (row or {}).get("email"))
    if one.parameter == "deal":
        row = asked.publication.one("select deal_name from @core.fct_deals where deal_id = $key", {"key": value})  # fmt: skip
        return one.label, cells.deal(value, (row or {}).get("deal_name"))
    return one.label, Cell(value)


def glossary(asked: Asked) -> dict[str, Any]:
    """The words that pages use."""
    return {"title": "What the words mean"}
