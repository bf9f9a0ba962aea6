"""One campaign with HubSpot's own sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orchestration.publishing.report.numbers import NONE
from orchestration.reading.page import words
from orchestration.reading.page.asked import Asked
from orchestration.reading.page.drawing import Series, trends
from orchestration.reading.page.lists import LISTS
from orchestration.reading.page.lists_credit import CAMPAIGN_DEALS
from orchestration.reading.page.publication import query
from orchestration.reading.page.views.campaign_parts import by_channel, by_model, kinds, missing
from orchestration.reading.page.views.unrecorded import is_known

FEW, SOME = 3, 5
PEOPLE = ("first_touch", "last_touch", "influenced", "revenue")


@dataclass(frozen=True)
class Card:
    """A key number: its title, value, what it means, and the rows behind it."""

    title: str
    value: str
    help: str
    href: str = ""


def find_campaign(asked: Asked, key: str) -> dict[str, Any]:
    """A campaign, deleted or without a record, too. Raises UnknownId."""
    found = asked.publication.one(
        query(__file__, "campaign_and_numbers"),
        {"key": key},
    )
    if found is None and is_known(asked, "campaign", key):
        columns = asked.publication.columns["core.dim_campaigns"]
        return dict.fromkeys(columns) | {"campaign_id": key, "has_numbers": False}
    if found is None:
        ids = "select campaign_id as id from @core.dim_campaigns"
        raise asked.publication.near("campaign", key, ids)
    return found


def campaign_numbers(asked: Asked, key: str, campaign: dict[str, Any]) -> dict[str, Any]:
    """The overview numbers of one campaign under the request's choices; those of a channel are
    counted from the rows themselves.
    """
    chosen = asked.selection
    lists = {
        "sessions": "sessions",
        "new_contacts_first_touch": "first_touch",
        "new_contacts_last_touch": "last_touch",
        "influenced_contacts": "influenced",
    }
    if chosen.channel or not campaign["has_numbers"]:
        found = {name: asked.count(LISTS[of], campaign=key) for name, of in lists.items()}
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
        select count(distinct deal_id) as deals, count(distinct contact_id) as contacts,
            coalesce(sum(credit), 0) as revenue
        from @marts.attribution_credits where campaign_id = $key and model = $model
            and {chosen.in_period("closed_at")}
            and {"channel = $channel" if chosen.channel else "true"}
        """,
        chosen.values | {"key": key},
    )
    spent = asked.publication.one(
        f"select case when bool_or(spend is null) then null else coalesce(sum(spend), 0) end as "
        f"spend "
        f"from @marts.campaign_daily where campaign_id = $key and {chosen.in_days('day')}",
        chosen.values | {"key": key},
    )
    spend = spent["spend"] if chosen.has_period else campaign.get("spend")
    roi = float(credited["revenue"] / spend) - 1 if spend and not chosen.channel else None
    return {**found, **credited, "spend": spend, "roi": roi}


def campaign(asked: Asked) -> dict[str, Any]:
    """One campaign with HubSpot's own sections. Raises UnknownId and BadRequest."""
    key = asked.key("id", "campaign")
    found, formats, link = find_campaign(asked, key), asked.formats, asked.selection.link
    asked.narrow_to_campaign(key)
    asked.publication.narrow("marts.attribution_credits", "campaign_id = $key", {"key": key})
    numbers = campaign_numbers(asked, key, found)
    chosen = asked.selection
    daily = asked.publication.rows(
        f"select day, sessions, influenced_contacts, new_contacts_first_touch, revenue from "
        f"@marts.campaign_daily "
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
        Card(
            "Sessions",
            formats.count(numbers["sessions"]),
            "with a page or link of the campaign",
            to("sessions"),
        ),
        Card(
            "New contacts, first touch",
            formats.count(numbers["new_contacts_first_touch"]),
            "came first through it",
            to("first_touch"),
        ),
        Card(
            "New contacts, last touch",
            formats.count(numbers["new_contacts_last_touch"]),
            "converted through it",
            to("last_touch"),
        ),
        Card(
            "Influenced contacts",
            formats.count(numbers["influenced_contacts"]),
            "new or known",
            to("influenced"),
        ),
        Card(
            "Contacts with revenue",
            formats.count(numbers["contacts"]),
            "helped to win a deal",
            to("revenue"),
        ),
        Card("Deals", formats.count(numbers["deals"]), "won with its help", to("campaign-deals")),
        Card(
            "Revenue",
            formats.short_money(numbers["revenue"]),
            f"{formats.money(numbers['revenue'])}, {words.model(chosen.model)}",
            to("campaign-deals"),
        ),
        Card(
            "ROI",
            formats.change(numbers["roi"]),
            _spend_says(asked, found, numbers),
            "#budget",
        ),
    ]
    return {
        "title": found["campaign_name"] or key,
        "key": key,
        "campaign": found,
        "facts": _facts(asked, found),
        "cards": cards,
        "charts": trends(daily, series, formats),
        "people": asked.show_people([LISTS[name] for name in PEOPLE], FEW, campaign=key),
        "deals": asked.show(CAMPAIGN_DEALS, limit=SOME, campaign=key),
        "kinds": kinds(asked, key),
        "assets": asked.show(LISTS["assets"], limit=SOME, campaign=key),
        "by_model": by_model(asked, key),
        "by_channel": by_channel(asked, key),
        "budget": _budget(asked, found),
        "missing": missing(asked, key),
    }


def _spend_says(asked: Asked, found: dict[str, Any], numbers: dict[str, Any]) -> str:
    if not found["has_numbers"]:
        return "known of campaigns that have a record and are not deleted"
    if numbers["spend"] is None:
        return "spend unknown"
    return f"spend {asked.formats.money(numbers['spend'])}"


def _facts(asked: Asked, found: dict[str, Any]) -> list[tuple[str, str]]:
    day = asked.formats.day
    dates = (
        f"{day(found['start_date']) if found['start_date'] else '…'} – "
        f"{day(found['end_date']) if found['end_date'] else '…'}"
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


def _budget(asked: Asked, found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Budget, spend and return of the whole time: title, value and what it means."""
    if not found["has_numbers"]:
        return []
    money = asked.formats.money
    return [
        ("Budget", money(found["budget"]), "sum of its budget items"),
        ("Spend", money(found["spend"]), "sum of its spend items"),
        ("Remaining", money(found["remaining_budget"]), "budget − spend"),
        ("Ad spend", money(found["ad_spend"]), "reported by ad networks, apart from spend"),
        (
            "Associated deal value",
            money(found["associated_deal_value"]),
            "whole amounts of its deals; never added up over campaigns",
        ),
        ("ROI", asked.formats.change(found["roi"]), "(revenue − spend) ÷ spend, linear model"),
        (
            "ROAS",
            NONE if found.get("roas") is None else f"{found['roas']:,.2f}",
            "revenue ÷ (spend + ad spend), linear model",
        ),
    ]
