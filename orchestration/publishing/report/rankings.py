"""Campaigns, models, assets and contacts, by what they earned."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from orchestration.publishing.report import queries
from orchestration.publishing.report.numbers import MOST_ROWS, OPEN_ROWS, Formats, percent, shown
from orchestration.publishing.report.words import rule_labels

MODEL_ROWS = 5
OPEN_ASSETS = 5

FUNNEL = (
    ("All contacts", "in the CRM and not deleted"),
    ("Influenced", "at least one influencing interaction with a campaign"),
    ("Able to earn", "of those, did something with it that can earn revenue"),
    ("On a deal", "of those, associated with a deal, won or not"),
    ("With revenue", "of those, with an interaction that helped to win a deal"),
)


def campaigns_part(rows: list[dict[str, Any]], formats: Formats) -> dict[str, Any]:
    most = {
        name: max((row[name] or 0 for row in rows), default=0)
        for name in ("sessions", "influenced_contacts", "revenue")
    }
    shown_rows = [
        {
            "name": shown(row["campaign_name"]) or shown(row["campaign_id"]),
            "id": shown(row["campaign_id"], 60),
            "owner": shown(row["owner"], 60),
            "dates": " – ".join(
                formats.day(row[bound]) if row[bound] else "…"
                for bound in ("start_date", "end_date")
            )
            if row["start_date"] or row["end_date"]
            else "",
            "sessions": formats.count(row["sessions"]),
            "sessions_bar": percent(row["sessions"], most["sessions"]),
            "first_touch": formats.count(row["new_contacts_first_touch"]),
            "last_touch": formats.count(row["new_contacts_last_touch"]),
            "influenced": formats.count(row["influenced_contacts"]),
            "influenced_bar": percent(row["influenced_contacts"], most["influenced_contacts"]),
            "deals": formats.count(row["deals"]),
            "revenue": formats.amount(row["revenue"]),
            "revenue_bar": percent(row["revenue"], most["revenue"]),
            "spend": formats.amount(row["spend"]),
            "budget": formats.share(float(row["spend"] / row["budget"]))
            if row["budget"] and row["spend"] is not None
            else "–",
            "over": bool(row["budget"])
            and row["spend"] is not None
            and row["spend"] > row["budget"],
            "roi": formats.change(row["roi"]),
            "loss": row["roi"] is not None and row["roi"] < 0,
        }
        for row in rows[:MOST_ROWS]
    ]
    return {
        "open": shown_rows[:OPEN_ROWS],
        "rest": shown_rows[OPEN_ROWS:],
        "more": formats.counted(len(shown_rows[OPEN_ROWS:]), "more campaign"),
        "left_out": formats.count(len(rows) - MOST_ROWS) if len(rows) > MOST_ROWS else "",
    }


def models_part(names: list[str], rows: list[queries.ModelRow], formats: Formats) -> dict[str, Any]:
    labels = {code: row["label"] for code, row in rule_labels("attribution_models").items()}
    ordered = [name for name in labels if name in names] + [
        name for name in names if name not in labels
    ]
    named = [(model, shown(labels.get(model, model), 40)) for model in ordered]
    title = dict(named)
    campaigns = [row for row in rows if row.campaign_id is not None]
    highest = max((max(row.revenue.values()) for row in rows), default=Decimal(0))
    open_highest = max((max(row.revenue.values()) for row in campaigns), default=Decimal(0))

    def shown_name(row: queries.ModelRow) -> str:
        return (
            "No campaign" if row.campaign_id is None else shown(row.name) or shown(row.campaign_id)
        )

    ranges = [
        {
            "name": shown_name(row),
            "deleted": row.is_deleted,
            "from": percent(row.revenue[row.low], open_highest),
            "width": percent(row.spread, open_highest),
            "dots": [
                (model, percent(row.revenue[model], open_highest))
                for model in ("first_interaction", "linear", "last_interaction")
                if model in title
            ],
            "low": formats.amount(row.revenue[row.low]),
            "low_model": title[row.low],
            "high": formats.amount(row.revenue[row.high]),
            "high_model": title[row.high],
            "spread": formats.amount(row.spread),
        }
        for row in campaigns[:MODEL_ROWS]
    ]
    matrix = [
        {
            "name": shown_name(row),
            "deleted": row.is_deleted,
            "none": row.campaign_id is None,
            "cells": [
                (formats.amount(row.revenue[model]), percent(row.revenue[model], highest))
                for model in ordered
            ],
        }
        for row in [*campaigns[: MOST_ROWS - 1], *(row for row in rows if row.campaign_id is None)]
    ]
    winners: dict[str | None, tuple[str, list[str]]] = {}
    for model in ordered if campaigns else ():
        best = max(campaigns, key=lambda row: (row.revenue[model], row.campaign_id or ""))
        winners.setdefault(best.campaign_id, (shown_name(best), []))[1].append(title[model])
    return {
        "names": named,
        "ranges": ranges,
        "left_out": formats.count(len(campaigns) - MODEL_ROWS)
        if len(campaigns) > MODEL_ROWS
        else "",
        "matrix": matrix,
        "winners": sorted(winners.values(), key=lambda one: -len(one[1])),
        "count": len(ordered),
    }


def money_parts(won: dict[str, Any], formats: Formats) -> list[dict[str, Any]]:
    parts = [
        ("campaigns", "Campaigns", "shared evenly over the interactions that count for them"),
        (
            "no_campaign",
            "No campaign",
            "interactions on the way to the deal that were in no campaign",
        ),
        ("deleted", "Deleted campaigns", "what campaigns earned that are deleted now"),
        (
            "nobody",
            "Nobody",
            "the deal does not count, or nobody on it did anything that earns revenue",
        ),
    ]
    return [
        {
            "kind": kind,
            "title": title,
            "help": help_text,
            "amount": formats.money(won[kind]),
            "share": formats.share(float(won[kind] / won["won"]), 1) if won["won"] else "–",
            "width": percent(won[kind], won["won"]),
        }
        for kind, title, help_text in parts
        if won[kind] or kind != "deleted"
    ]


def assets_part(rows: list[dict[str, Any]], formats: Formats) -> dict[str, Any]:
    labels = rule_labels("asset_types")
    most = max((row["revenue"] for row in rows), default=0)
    shown_rows = [
        {
            "name": shown(row["asset_name"]) or shown(row["asset_id"]),
            "type": shown(labels.get(row["asset_type"], {}).get("label", row["asset_type"]), 40),
            "campaign": f"{formats.count(row['campaigns'])} campaigns"
            if row["campaigns"] > 1
            else shown(row["campaign_name"]),
            "interactions": formats.count(row["interactions"]),
            "contacts": formats.count(row["contacts"]),
            "deals": formats.count(row["deals"]),
            "revenue": formats.amount(row["revenue"]),
            "revenue_bar": percent(row["revenue"], most),
        }
        for row in rows
    ]
    rest = shown_rows[OPEN_ASSETS:]
    return {
        "open": shown_rows[:OPEN_ASSETS],
        "rest": rest,
        "more": formats.counted(len(rest), "more asset"),
    }


def funnel_part(steps: list[int], formats: Formats) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "help": help_text,
            "count": formats.count(count),
            "width": percent(count, steps[0]),
            "of_previous": formats.share(count / steps[n - 1], 1) if n and steps[n - 1] else "",
        }
        for n, ((title, help_text), count) in enumerate(zip(FUNNEL, steps, strict=True))
    ]
