"""Google Ads as Fivetran lands it."""

from __future__ import annotations

from pathlib import Path

from orchestration.connectors.loaders import loader_kind
from orchestration.connectors.tables import loader_table

_SYNCED = ("_fivetran_synced",)

KIND = loader_kind(
    "fivetran_google_ads",
    "Google Ads as Fivetran lands it: impressions, clicks and spend per campaign and day",
    Path(__file__).parent,
    {
        "campaign_stats": loader_table(
            feeds=("ad_metrics",),
            required=("id", "date"),
            optional=("_fivetran_id", "customer_id", "impressions", "clicks", "cost_micros"),
            silent=("device", "ad_network_type"),
            clock=_SYNCED,
        ),
        "account_history": loader_table(
            feeds=("ad_metrics",),
            required=("id",),
            optional=("currency_code", "updated_at"),
            clock=_SYNCED,
        ),
        "campaign_history": loader_table(
            feeds=("assets",),
            required=("id",),
            optional=("name", "updated_at"),
            clock=_SYNCED,
        ),
    },
    needs=("campaign_stats",),
    cure=(
        "choose it among the table's columns on the connector's Schema tab in Fivetran, and sync "
        "again"
    ),
)
