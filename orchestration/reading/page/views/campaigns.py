"""The overview of all campaigns, one campaign, and several beside each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from orchestration.publishing.report.numbers import NONE
from orchestration.reading.page import words
from orchestration.reading.page.asked import Asked
from orchestration.reading.page.cells import Cell
from orchestration.reading.page.drawing import Series, trends
from orchestration.reading.page.listing import show
from orchestration.reading.page.lists import LISTS
from orchestration.reading.page.lists_campaigns import CAMPAIGN_DEALS
from orchestration.reading.page.publication import NotPublished
from orchestration.reading.page.selection import BadRequest, Selection

MOST_COMPARED = 6
FEW, SOME = 5, 10
YEAR = 52 * 7


@dataclass(frozen=True)
class Card:
    """A key number: its title, value, what it means, and the rows behind it."""

    title: str
    value: str
    help: str
    href: str = ""


def overview(asked: Asked) -> dict[str, Any]:
    """All campaigns with their numbers, and where the money of won deals went."""
    shown = show(
        asked.publication, LISTS["campaigns"], asked.selection, page=asked.query.get("page", "")
    )
    chosen = _recent(asked)
    daily = asked.publication.rows(
        f"select day, sum(revenue) as revenue, case when bool_or(spend is null) then null else sum(spend) end as spend "
        f"from @marts.campaign_daily where {chosen.in_days('day')} group by day order by day",
        chosen.values,
    )
    series = [
        Series("revenue", "Revenue of campaigns (linear)", True),
        Series("spend", "Spend", True),
    ]
    return {
        "title": "Campaigns",
        "list": shown,
        "charts": trends(daily, series, asked.formats),
        "money": _money(asked),
    }


def _recent(asked: Asked) -> Selection:
    """The chosen period, for a chart: a year up to now where none is chosen."""
    chosen = asked.selection
    if chosen.has_period:
        return chosen
    return replace(chosen, first=asked.today - timedelta(YEAR - 1), last=asked.today)


def _money(asked: Asked) -> list[dict[str, Any]]:
    """Won deals of the period: what campaigns, deleted campaigns and no campaign get of it under the model, and what nobody gets."""
    chosen = asked.selection
    row = asked.publication.one(
        f"""
        with won as (
            select sum(amount_home) as amount, count(*) as deals, count(*) filter (where amount is not null and amount_home is null) as no_rate
            from @core.fct_deals where is_closed_won and not is_deleted and merged_into is null and {chosen.in_period("closed_at")}
        ),
        credited as (
            select sum(credit) filter (where credits.campaign_id is null) as nobody,
                sum(credit) filter (where live.campaign_id is not null) as live,
                sum(credit) filter (where credits.campaign_id is not null and live.campaign_id is null) as deleted
            from (
                select campaign_id, sum(credit) as credit from @marts.attribution_credits
                where model = $model and {chosen.in_period("closed_at")} group by campaign_id
            ) as credits
            left join @marts.campaign_performance as live on credits.campaign_id = live.campaign_id
        )
        select won.*, coalesce(nobody, 0) as nobody, coalesce(live, 0) as live, coalesce(deleted, 0) as deleted from won, credited
        """,
        chosen.values,
    )
    if not row or not row["amount"]:
        return []
    whole = row["amount"]
    parts = [
        ("live", "Campaigns", row["live"], ""),
        ("nobody", "No campaign", row["nobody"], chosen.link("/list/credits", campaign="~none")),
        ("deleted", "Deleted campaigns", row["deleted"], ""),
        ("rest", "Without an interaction that earns revenue", whole - row["live"] - row["nobody"] - row["deleted"], chosen.link("/list/deals", won="yes")),
    ]  # fmt: skip
    made = [
        {
            "kind": kind,
            "title": title,
            "amount": asked.formats.money(amount),
            "share": asked.formats.share(float(amount / whole), 1),
            "width": float(amount / whole) * 100,
            "href": href,
        }
        for kind, title, amount, href in parts
        if amount or kind != "deleted"
    ]
    made.append(
        {
            "kind": "all",
            "title": f"All {asked.formats.count(row['deals'])} won deals",
            "amount": asked.formats.money(whole),
            "share": "",
            "width": 0,
            "href": chosen.link("/list/deals", won="yes"),
            "note": f"{asked.formats.count(row['no_rate'])} more in a currency without a rate are in no sum."
            if row["no_rate"]
            else "",
        }
    )
    return made


def _campaign(asked: Asked, key: str) -> dict[str, Any]:
    """A campaign, deleted or known from a log alone, too. Raises UnknownId."""
    found = asked.publication.one(
        """
        select campaigns.*, numbers.* exclude (campaign_id, campaign_name), numbers.campaign_id is not null as has_numbers
        from @core.dim_campaigns as campaigns
        left join @marts.campaign_performance as numbers on campaigns.campaign_id = numbers.campaign_id
        where campaigns.campaign_id = $key
        """,
        {"key": key},
    )
    if found is None:
        ids = "select campaign_id as id from @core.dim_campaigns"
        raise asked.publication.near("campaign", key, ids)
    return found


def _numbers(asked: Asked, key: str, campaign: dict[str, Any]) -> dict[str, Any]:
    """The overview numbers of one campaign under the request's choices; those of a channel are counted from the rows themselves."""
    chosen = asked.selection
    lists = {
        "sessions": "sessions",
        "new_contacts_first_touch": "first_touch",
        "new_contacts_last_touch": "last_touch",
        "influenced_contacts": "influenced",
    }
    if chosen.channel or not campaign["has_numbers"]:
        found = {name: asked.show(LISTS[of], limit=1, campaign=key).total for name, of in lists.items()}  # fmt: skip
    elif chosen.has_period:
        found = asked.publication.one(
            f"select {', '.join(f'coalesce(sum({name}), 0)::bigint as {name}' for name in lists)} "
            f"from @marts.campaign_daily where campaign_id = $key and {chosen.in_days('day')}",
            chosen.values | {"key": key},
        )
    else:
        found = {name: campaign[name] for name in lists}
    credited = asked.publication.one(
        f"""
        select count(distinct deal_id) as deals, count(distinct contact_id) as contacts, coalesce(sum(credit), 0) as revenue
        from @marts.attribution_credits where campaign_id = $key and model = $model and {chosen.in_period("closed_at")}
            and {"channel = $channel" if chosen.channel else "true"}
        """,
        chosen.values | {"key": key},
    )
    spent = asked.publication.one(
        f"select case when bool_or(spend is null) then null else coalesce(sum(spend), 0) end as spend "
        f"from @marts.campaign_daily where campaign_id = $key and {chosen.in_days('day')}",
        chosen.values | {"key": key},
    )
    spend = spent["spend"] if chosen.has_period else campaign.get("spend")
    roi = float(credited["revenue"] / spend) - 1 if spend and not chosen.channel else None
    return {**found, **credited, "spend": spend, "roi": roi}


def campaign(asked: Asked) -> dict[str, Any]:
    """One campaign with HubSpot's own sections. Raises UnknownId and BadRequest."""
    key = asked.key("id", "campaign")
    found, formats, link = _campaign(asked, key), asked.formats, asked.selection.link
    numbers = _numbers(asked, key, found)
    chosen = asked.selection
    daily = asked.publication.rows(
        f"select day, sessions, influenced_contacts, new_contacts_first_touch, revenue from @marts.campaign_daily "
        f"where campaign_id = $key and {chosen.in_days('day')} order by day",
        chosen.values | {"key": key},
    )
    series = [
        Series("sessions", "Sessions"),
        Series("influenced_contacts", "Influenced contacts"),
        Series("revenue", "Revenue (linear)", True),
    ]

    def to(name: str) -> str:
        return link(f"/list/{name}", campaign=key)

    cards = [
        Card("Sessions", formats.count(numbers["sessions"]), "with a page or link of the campaign", to("sessions")),
        Card("New contacts, first touch", formats.count(numbers["new_contacts_first_touch"]), "came first through it", to("first_touch")),
        Card("New contacts, last touch", formats.count(numbers["new_contacts_last_touch"]), "converted through it", to("last_touch")),
        Card("Influenced contacts", formats.count(numbers["influenced_contacts"]), "new or known", to("influenced")),
        Card("Contacts with revenue", formats.count(numbers["contacts"]), "helped to win a deal", to("revenue")),
        Card("Deals", formats.count(numbers["deals"]), "won with its help", to("campaign-deals")),
        Card("Revenue", formats.short_money(numbers["revenue"]), f"{formats.money(numbers['revenue'])}, {words.model(chosen.model)}", to("campaign-deals")),
        Card("ROI", formats.change(numbers["roi"]), f"spend {formats.money(numbers['spend']) if numbers['spend'] is not None else 'unknown'}", "#budget"),
    ]  # fmt: skip
    return {
        "title": found["campaign_name"] or key,
        "key": key,
        "campaign": found,
        "facts": _facts(asked, found),
        "cards": cards,
        "charts": trends(daily, series, formats),
        "people": [
            asked.show(LISTS[name], limit=FEW, campaign=key)
            for name in ("first_touch", "last_touch", "influenced", "revenue")
        ],
        "deals": asked.show(CAMPAIGN_DEALS, limit=SOME, campaign=key),
        "kinds": _kinds(asked, key),
        "assets": asked.show(LISTS["assets"], limit=SOME, campaign=key),
        "by_model": _by_model(asked, key),
        "by_channel": _by_channel(asked, key),
        "budget": _budget(asked, found, numbers),
        "missing": _missing(asked, key),
    }


def _facts(asked: Asked, found: dict[str, Any]) -> list[tuple[str, str]]:
    day = asked.formats.day
    dates = (
        f"{day(found['start_date']) if found['start_date'] else '…'} – {day(found['end_date']) if found['end_date'] else '…'}"
        if found["start_date"] or found["end_date"]
        else ""
    )
    facts = [
        ("ID", found["campaign_id"]),
        ("Owner", found["owner"]),
        ("Status", found["status"]),
        ("Dates", dates),
        ("Created", asked.formats.instant(found["created_at"]) if found["created_at"] else ""),
        ("utm_campaign", ", ".join(found["utm_aliases"] or [])),
    ]
    return [(name, str(value)) for name, value in facts if value]


def _kinds(asked: Asked, key: str) -> list[dict[str, Any]]:
    """Assets of the campaign by kind, with the numbers that can be added up."""
    rows = asked.publication.rows(
        """
        select asset_type, count(*) as number, sum(page_views) as page_views, sum(form_submissions) as forms,
            sum(cta_clicks) + sum(social_clicks) + sum(ad_clicks) as clicks
        from @marts.asset_performance where campaign_id = $key group by asset_type order by number desc, asset_type
        """,
        {"key": key},
    )
    for row in rows:
        row["label"] = words.asset_type(row["asset_type"])
        row["href"] = asked.selection.link("/list/assets", campaign=key, type=row["asset_type"])
    return rows


def _by_model(asked: Asked, key: str) -> dict[str, Any]:
    """The campaign under every model, for the chosen conversion. `lacking` where that is not published."""
    chosen = asked.selection
    values = chosen.values | {"key": key}
    channel = "channel = $channel" if chosen.channel else "true"
    lacking, rows = "", []
    try:
        if chosen.conversion == "deal_won":
            rows = asked.publication.rows(
                f"""
                select model, count(distinct contact_id) as contacts, count(distinct deal_id) as subjects, sum(credit) as amount
                from @marts.attribution_credits where campaign_id = $key and {chosen.in_period("closed_at")} and {channel} group by model
                """,
                values,
            )
        elif not chosen.has_period and not chosen.channel:
            rows = asked.publication.rows(
                "select model, subjects, credit, amount from @marts.attributed_conversions where conversion = $conversion and campaign_id = $key",
                values,
            )
        else:
            rows = asked.publication.rows(
                f"""
                select model, count(distinct subject_id) as subjects, sum(credit) as credit, sum(amount) as amount from @marts.conversion_credits
                where conversion = $conversion and campaign_id = $key and {chosen.in_period("converted_at")} and {channel} group by model
                """,
                values,
            )
    except NotPublished as error:
        lacking = error.table
    by_model = {row["model"]: row for row in rows}
    measure = "credit" if chosen.conversion == "contact_created" else "amount"
    highest = max((float(row[measure] or 0) for row in rows), default=0)
    shown = []
    for model in [name for name in asked.models if name in by_model]:
        row = by_model[model]
        amount = row[measure]
        list_name = "campaign-deals" if chosen.conversion == "deal_won" else "conversion-credits"
        kind = None if chosen.conversion == "deal_won" else chosen.conversion
        shown.append(
            {
                "model": words.model(model),
                "is_chosen": model == chosen.model,
                "subjects": asked.formats.count(row["subjects"]),
                "contacts": asked.formats.count(row["contacts"]) if "contacts" in row else "",
                "credit": asked.formats.amount(row["credit"]) if "credit" in row else "",
                "amount": asked.formats.amount(row["amount"])
                if row["amount"] is not None
                else NONE,
                "bar": float(amount or 0) / highest * 100 if highest else 0,
                "href": chosen.link(f"/list/{list_name}", campaign=key, model=model, kind=kind),
            }
        )
    return {"rows": shown, "lacking": lacking, "conversion": chosen.conversion}


def _by_channel(asked: Asked, key: str) -> list[dict[str, Any]]:
    """Credit of the campaign by channel under the model; empty where channels are not published."""
    if not asked.channels:
        return []
    chosen = asked.selection
    rows = asked.publication.rows(
        f"""
        select channel, count(distinct deal_id) as deals, count(distinct event_id) as touches, sum(credit) as revenue
        from @marts.attribution_credits where campaign_id = $key and model = $model and {chosen.in_period("closed_at")}
        group by channel order by revenue desc, channel
        """,
        chosen.values | {"key": key},
    )
    highest = max((row["revenue"] for row in rows), default=0)
    return [
        {
            "label": words.spelled(row["channel"]) if row["channel"] else NONE,
            "href": chosen.link("/campaign", id=key, channel=row["channel"]),
            "rows": chosen.link("/list/credits", campaign=key, channel=row["channel"]),
            "deals": asked.formats.count(row["deals"]),
            "touches": asked.formats.count(row["touches"]),
            "revenue": asked.formats.amount(row["revenue"]),
            "bar": float(row["revenue"]) / float(highest) * 100 if highest else 0,
        }
        for row in rows
    ]


def _budget(
    asked: Asked, found: dict[str, Any], numbers: dict[str, Any]
) -> list[tuple[str, str, str]]:
    """Budget and spend of the whole time, and the return. Title, value, what it means."""
    if not found["has_numbers"]:
        return []
    money = asked.formats.money
    return [
        ("Budget", money(found["budget"]), "sum of its budget items"),
        ("Spend", money(found["spend"]), "sum of its spend items"),
        ("Remaining", money(found["remaining_budget"]), "budget − spend"),
        ("Ad spend", money(found["ad_spend"]), "reported by ad networks, apart from spend"),
        ("Associated deal value", money(found["associated_deal_value"]), "whole amounts of its deals; never added up over campaigns"),
        ("ROI", asked.formats.change(found["roi"]), "(revenue − spend) ÷ spend, linear model"),
        ("ROAS", NONE if found.get("roas") is None else f"{found['roas']:,.2f}", "revenue ÷ (spend + ad spend), linear model"),
    ]  # fmt: skip


def _missing(asked: Asked, key: str) -> dict[str, Any]:
    """What the campaign does not get or show: deals, assets and tagged links by reason."""
    publication, link = asked.publication, asked.selection.link
    deals = publication.rows(
        """
        select reason, count(*) as number, sum(amount_home) as amount
        from @diagnostics.deal_inclusion as inclusion left join @core.fct_deals as deals on inclusion.deal_id = deals.deal_id
        where inclusion.campaign_id = $key and not is_included group by reason order by number desc, reason
        """,
        {"key": key},
    )
    assets = publication.rows(
        """
        select unnest(reasons) as reason, count(*) as number from @diagnostics.asset_visibility
        where campaign_id = $key and not is_visible group by 1 order by number desc, reason
        """,
        {"key": key},
    )
    utms = publication.rows(
        "select utm_campaign, status, page_views from @diagnostics.utm_audit where campaign_id = $key order by page_views desc, utm_campaign limit 20",
        {"key": key},
    )
    basis = publication.one(
        """
        select count(*) as number, count(*) filter (where time_basis <> 'exact') as inexact
        from @core.fct_asset_associations where campaign_id = $key
        """,
        {"key": key},
    )
    return {
        "deals": [
            {
                "reason": words.reason(row["reason"], "deal"),
                "number": asked.formats.count(row["number"]),
                "amount": asked.formats.amount(row["amount"]) if row["amount"] is not None else NONE,
                "href": link("/list/deal-reasons", campaign=key, reason=row["reason"], from_=None, to_=None),
            }
            for row in deals
        ],
        "assets": [
            {
                "reason": words.reason(row["reason"], "asset"),
                "number": asked.formats.count(row["number"]),
                "href": link("/list/asset-visibility", campaign=key, reason=row["reason"]),
            }
            for row in assets
        ],
        "utms": [
            {
                "value": row["utm_campaign"],
                "status": words.utm_status(row["status"]),
                "views": asked.formats.count(row["page_views"]),
            }
            for row in utms
        ],
        "basis": basis,
    }  # fmt: skip


COMPARED = (
    ("sessions", "Sessions", "sessions", "count"),
    ("new_contacts_first_touch", "New contacts, first touch", "first_touch", "count"),
    ("new_contacts_last_touch", "New contacts, last touch", "last_touch", "count"),
    ("influenced_contacts", "Influenced contacts", "influenced", "count"),
    ("contacts", "Contacts with revenue", "revenue", "count"),
    ("deals", "Deals", "campaign-deals", "count"),
    ("revenue", "Revenue", "campaign-deals", "money"),
    ("spend", "Spend", "days", "amount"),
    ("roi", "ROI", "", "change"),
)


def compare(asked: Asked) -> dict[str, Any]:
    """Several campaigns beside each other. Raises UnknownId and BadRequest."""
    keys = list(dict.fromkeys(key for key in asked.query.getlist("id") if key))
    if len(keys) > MOST_COMPARED:
        raise BadRequest(f"{len(keys)} campaigns are too many to compare; choose up to {MOST_COMPARED}.")  # fmt: skip
    names = asked.publication.rows(
        "select campaign_id, campaign_name from @core.dim_campaigns where not is_deleted order by campaign_name, campaign_id limit 2000"
    )
    found = [(key, _campaign(asked, key)) for key in keys]
    numbers = [_numbers(asked, key, one) for key, one in found]
    rows = []
    for name, title, listed, kind in COMPARED:
        values = [one[name] for one in numbers]
        known = [float(value) for value in values if value is not None]
        best = max(known, default=None) if len(known) > 1 else None
        write = {"count": asked.formats.count, "money": asked.formats.money, "amount": asked.formats.money, "change": asked.formats.change}[kind]  # fmt: skip
        rows.append(
            {
                "title": title,
                "cells": [
                    {
                        "cell": Cell(
                            write(value),
                            asked.selection.link(f"/list/{listed}", campaign=key) if listed else "",
                        ),
                        "bar": float(value) / best * 100 if value and best and best > 0 and kind != "change" else None,
                        "is_best": best is not None and value is not None and float(value) == best and name != "spend",
                    }
                    for key, value in zip(keys, values, strict=True)
                ],
            }
        )  # fmt: skip
    return {
        "title": "Compare campaigns",
        "names": names,
        "keys": keys,
        "slots": [*keys, *[""] * (max(2, min(MOST_COMPARED, len(keys) + 1)) - len(keys))],
        "heads": [asked.cells.campaign(key, one["campaign_name"]) for key, one in found],
        "rows": rows,
        "shared": _shared(asked, keys) if len(keys) == 2 else None,
    }


def _shared(asked: Asked, keys: list[str]) -> str:
    """How many contacts two campaigns both influenced, in the period."""
    row = asked.publication.one(
        f"""
        select count(*) as number from (
            select contact_id from @marts.influenced_contacts where campaign_id = $one and {asked.selection.in_period("influenced_at")}
            intersect select contact_id from @marts.influenced_contacts where campaign_id = $two and {asked.selection.in_period("influenced_at")}
        )
        """,
        asked.values | {"one": keys[0], "two": keys[1]},
    )
    return asked.formats.count(row["number"])
