"""The overview of all campaigns."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from orchestration.publishing.report.numbers import NONE
from orchestration.reading.page.asked import Asked
from orchestration.reading.page.drawing import Series, trends
from orchestration.reading.page.lists import LISTS
from orchestration.reading.page.publication import query
from orchestration.reading.page.selection import Selection
from orchestration.reading.page.showing import show

WEEKS = 52


def overview(asked: Asked) -> dict[str, Any]:
    """All campaigns with their numbers, and where the money of won deals went."""
    shown = show(
        asked.publication, LISTS["campaigns"], asked.selection, page=asked.query.get("page", "")
    )
    chosen = _recent(asked)
    daily = asked.publication.rows(
        f"select day, sum(revenue) as revenue, case when bool_or(spend is null) then null else "
        f"sum(spend) end as spend "
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
        "charts_of": "" if asked.selection.has_period else asked.period_of(chosen),
        "weeks": WEEKS,
        "money": _money(asked),
    }


def _recent(asked: Asked) -> Selection:
    """The chosen period, for a chart: a year up to now where none is chosen."""
    chosen = asked.selection
    if chosen.has_period:
        return chosen
    return replace(chosen, first=asked.today - timedelta(WEEKS * 7 - 1), last=asked.today)


def _money(asked: Asked) -> list[dict[str, Any]]:
    """Won deals of the period: what campaigns, deleted campaigns and no campaign get of it under
    the model, and what nobody gets.
    """
    chosen = asked.selection
    row = asked.publication.one(
        query(__file__, "won_money", period=chosen.in_period("closed_at")),
        chosen.values,
    )
    if not row or not row["deals"]:
        return []
    whole = row["amount"] or Decimal(0)
    parts = [
        ("live", "Campaigns", row["live"], ""),
        ("nobody", "No campaign", row["nobody"], chosen.link("/list/credits", campaign="~none")),
        ("deleted", "Deleted campaigns", row["deleted"], ""),
        (
            "rest",
            "Nobody: the deal does not count, or has no interaction that earns revenue",
            whole - row["live"] - row["nobody"] - row["deleted"],
            chosen.link("/missing"),
        ),
    ]
    made = [
        {
            "kind": kind,
            "title": title,
            "amount": asked.formats.money(amount),
            "share": asked.formats.share(float(amount / whole), 1) if whole else NONE,
            "width": float(amount / whole) * 100 if whole else 0,
            "href": href,
        }
        for kind, title, amount, href in parts
        if amount or kind != "deleted"
    ]
    made.append(
        {
            "kind": "all",
            "title": "The one won deal"
            if row["deals"] == 1
            else f"All {asked.formats.count(row['deals'])} won deals",
            "amount": asked.formats.money(whole),
            "share": "",
            "width": 0,
            "href": chosen.link("/list/deals", won="yes"),
            "note": (
                f"{asked.formats.count(row['not_converted'])} of them in no sum, without a rate "
                "on or before the close or without a close time."
            )
            if row["not_converted"]
            else "",
        }
    )
    return made
