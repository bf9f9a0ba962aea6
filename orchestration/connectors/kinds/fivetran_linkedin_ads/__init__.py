"""LinkedIn Ads as Fivetran lands it."""

from __future__ import annotations

from pathlib import Path

from orchestration.connectors.loaders import loader_kind
from orchestration.connectors.tables import loader_table

_SYNCED = ("_fivetran_synced",)

KIND = loader_kind(
    "fivetran_linkedin_ads",
    "LinkedIn Ads as Fivetran lands it: impressions, clicks and spend per campaign and day",
    Path(__file__).parent,
    {
        "ad_analytics_by_campaign": loader_table(
            feeds=("ad_metrics",),
            required=("campaign_id", "day"),
            optional=("impressions", "clicks", "cost_in_local_currency", "cost_in_usd"),
            clock=_SYNCED,
        ),
        "account_history": loader_table(
            feeds=("ad_metrics",),
            required=("id",),
            optional=("currency", "last_modified_time"),
            clock=_SYNCED,
        ),
        "campaign_history": loader_table(
            feeds=("assets", "ad_metrics"),
            required=("id",),
            optional=("account_id", "name", "created_time", "last_modified_time"),
            clock=_SYNCED,
        ),
    },
    needs=("ad_analytics_by_campaign",),
    cure=(
        "choose it among the table's columns on the connector's Schema tab in Fivetran, and sync "
        "again"
    ),
)
