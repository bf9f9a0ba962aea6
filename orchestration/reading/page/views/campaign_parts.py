"""Sections of a campaign's page: assets by kind, models, channels, and what is missing."""

from __future__ import annotations

from typing import Any

from orchestration.publishing.report.numbers import NONE
from orchestration.reading.page import words
from orchestration.reading.page.asked import Asked
from orchestration.reading.page.publication import NotPublished, query


def kinds(asked: Asked, key: str) -> list[dict[str, Any]]:
    """Assets of the campaign by kind, with the numbers that can be added up."""
    rows = asked.publication.rows(
        query(__file__, "assets_by_kind"),
        {"key": key},
    )
    for row in rows:
        row["label"] = words.asset_type(row["asset_type"])
        row["href"] = asked.selection.link("/list/assets", campaign=key, type=row["asset_type"])
    return rows


def by_model(asked: Asked, key: str) -> dict[str, Any]:
    """The campaign under every model, for the chosen conversion.

    `lacking` where that is not published.
    """
    chosen = asked.selection
    values = chosen.values | {"key": key}
    channel = "channel = $channel" if chosen.channel else "true"
    lacking, rows = "", []
    try:
        if chosen.conversion == "deal_won":
            rows = asked.publication.rows(
                f"""
                select model, count(distinct contact_id) as contacts,
                    count(distinct deal_id) as subjects, sum(credit) as amount
                from @marts.attribution_credits where campaign_id = $key
                    and {chosen.in_period("closed_at")} and {channel} group by model
                """,
                values,
            )
        elif not chosen.has_period and not chosen.channel:
            rows = asked.publication.rows(
                (
                    "select model, subjects, credit, amount from @marts.attributed_conversions "
                    "where conversion = $conversion and campaign_id = $key"
                ),
                values,
            )
        else:
            rows = asked.publication.rows(
                f"""
                select model, count(distinct subject_id) as subjects, sum(credit) as credit,
                    sum(amount) as amount from @marts.conversion_credits
                where conversion = $conversion and campaign_id = $key
                    and {chosen.in_period("converted_at")} and {channel} group by model
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


def by_channel(asked: Asked, key: str) -> list[dict[str, Any]]:
    """Credit of the campaign by channel under the model; empty where channels are not published."""
    if not asked.channels:
        return []
    chosen = asked.selection
    rows = asked.publication.rows(
        query(__file__, "credit_by_channel", period=chosen.in_period("closed_at")),
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


def missing(asked: Asked, key: str) -> dict[str, Any]:
    """What the campaign does not get or show: deals, assets and tagged links by reason."""
    publication, link = asked.publication, asked.selection.link
    deals = publication.rows(
        query(__file__, "deals_not_in_campaign"),
        {"key": key},
    )
    assets = publication.rows(
        query(__file__, "hidden_assets"),
        {"key": key},
    )
    utms = publication.rows(
        (
            "select utm_campaign, status, page_views from @diagnostics.utm_audit where "
            "campaign_id = $key order by page_views desc, utm_campaign limit 20"
        ),
        {"key": key},
    )
    basis = publication.one(
        query(__file__, "inexact_associations"),
        {"key": key},
    )
    return {
        "deals": [
            {
                "reason": words.reason(row["reason"], "deal", publication.lookback),
                "number": asked.formats.count(row["number"]),
                "amount": asked.formats.amount(row["amount"])
                if row["amount"] is not None
                else NONE,
                "href": link(
                    "/list/deal-reasons", campaign=key, reason=row["reason"], from_=None, to_=None
                ),
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
    }
