"""Facebook Ads as Fivetran lands it."""

from __future__ import annotations

from pathlib import Path

from orchestration.connectors.loaders import loader_kind
from orchestration.connectors.tables import loader_table

_SYNCED = ("_fivetran_synced",)

KIND = loader_kind(
    "fivetran_facebook_ads",
    "Facebook Ads as Fivetran lands it: impressions, clicks and spend per campaign and day",
    Path(__file__).parent,
    {
        "basic_ad": loader_table(
            feeds=("ad_metrics",),
            required=("ad_id", "date"),
            optional=("account_id", "impressions", "inline_link_clicks", "spend"),
            clock=_SYNCED,
        ),
        "ad_history": loader_table(
            feeds=("ad_metrics",),
            required=("id", "campaign_id"),
            optional=("updated_time",),
            clock=_SYNCED,
        ),
        "account_history": loader_table(
            feeds=("ad_metrics",),
            required=("id",),
            optional=("currency",),
            clock=_SYNCED,
        ),
        "campaign_history": loader_table(
            feeds=("assets",),
            required=("id",),
            optional=("name", "updated_time"),
            clock=_SYNCED,
        ),
    },
    needs=("basic_ad",),
    cure=(
        "choose it among the table's columns on the connector's Schema tab in Fivetran, and sync "
        "again"
    ),
)
