"""Credit under one model at a time, of campaigns and of channels: the page shows the model and the
conversion that its reader chooses.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import duckdb

from orchestration.ground.sql import sql_beside
from orchestration.publishing.report import words
from orchestration.publishing.report.numbers import Formats, percent, shown
from orchestration.publishing.report.queries import rows

# What is credited (R100): the title of its choice, the heads of what is counted and credited.
CONVERSIONS = {
    "deal_won": ("Won deals", "Deals", "Revenue"),
    "deal_created": ("Created deals", "Deals", "Pipeline"),
    "contact_created": ("Created contacts", "Contacts", "Credit in contacts"),
}
SHOWN_FIRST = "linear"
MOST_CAMPAIGNS = 8


def credited(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per conversion, model and campaign (null = none): how many subjects have credit there, and
    how much: money, or contacts where the conversion is one.
    """
    return rows(
        connection,
        sql_beside(__file__, "credited"),
    )


def channels(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every channel under every model (R110, R111), those with most sessions first."""
    return rows(
        connection,
        "select * from marts.channel_performance order by model, sessions desc, channel",
    )


def _ordered(models: set[str]) -> list[str]:
    listed = [row["model"] for row in words.rule_rows("attribution_models")]
    return [name for name in listed if name in models] + sorted(models - set(listed))


def _table(conversion: str, found: list[dict[str, Any]], formats: Formats) -> dict[str, Any]:
    def credit(value: Any) -> str:
        return (
            formats.number(value, 1) if conversion == "contact_created" else formats.amount(value)
        )

    campaigns = [row for row in found if row["campaign_id"] is not None]
    shown_rows = campaigns[:MOST_CAMPAIGNS] + [row for row in found if row["campaign_id"] is None]
    whole = sum(row["credit"] or 0 for row in found)
    most = max((row["credit"] or 0 for row in shown_rows), default=0)
    rest = sum(row["credit"] or 0 for row in campaigns[MOST_CAMPAIGNS:])
    return {
        "rows": [
            {
                "name": shown(row["campaign_name"]) or shown(row["campaign_id"]),
                "none": row["campaign_id"] is None,
                "deleted": row["is_deleted"],
                "subjects": formats.count(row["subjects"]),
                "credit": credit(row["credit"]),
                "bar": percent(row["credit"], most),
                "share": formats.share(float(row["credit"] / whole), 1)
                if whole and row["credit"] is not None
                else "–",
            }
            for row in shown_rows
        ],
        "others": formats.counted(len(campaigns) - MOST_CAMPAIGNS, "more campaign")
        if len(campaigns) > MOST_CAMPAIGNS
        else "",
        "others_credit": credit(rest),
        "whole": credit(whole),
    }


def credit_part(connection: duckdb.DuckDBPyConnection, formats: Formats) -> dict[str, Any] | None:
    """One choice per model, and under each a table per conversion and one of channels."""
    by_campaign: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in credited(connection):
        by_campaign[row["model"]][row["conversion"]].append(row)
    by_channel: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in channels(connection):
        by_channel[row["model"]].append(row)
    models = _ordered({*by_campaign, *by_channel})
    if not models:
        return None
    labels = words.rule_labels("attribution_models")
    conversions = [
        name for name in CONVERSIONS if any(name in found for found in by_campaign.values())
    ]
    return {
        "conversions": [(name, *CONVERSIONS[name]) for name in conversions],
        "models": [
            {
                "label": shown(labels.get(model, {}).get("label", model), 40),
                "first": model == (SHOWN_FIRST if SHOWN_FIRST in models else models[0]),
                "tables": [
                    (*CONVERSIONS[name], _table(name, by_campaign[model][name], formats))
                    for name in conversions
                ],
                "channels": [
                    {
                        "name": words.spelled(row["channel"]),
                        "sessions": formats.count(row["sessions"]),
                        "new_contacts": formats.count(row["new_contacts"]),
                        "contacts": formats.number(row["contacts_created"], 1),
                        "deals": formats.count(row["deals"]),
                        "revenue": formats.amount(row["revenue"]),
                        "pipeline": formats.amount(row["pipeline"]),
                    }
                    for row in by_channel[model]
                ],
            }
            for model in models
        ],
    }
