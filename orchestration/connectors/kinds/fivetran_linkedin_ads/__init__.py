"""LinkedIn Ads as Fivetran lands it."""

from __future__ import annotations

from orchestration.connectors.tables import Table

_SYNCED = ("_fivetran_synced",)

TABLES = (
    Table(
        "ad_analytics_by_campaign",
        required=("campaign_id", "day"),
        optional=("impressions", "clicks", "cost_in_local_currency", "cost_in_usd"),
        clock=_SYNCED,
    ),
    Table(
        "account_history",
        required=("id",),
        optional=("currency", "last_modified_time"),
        clock=_SYNCED,
    ),
    Table(
        "campaign_history",
        required=("id",),
        optional=("account_id", "name", "created_time", "last_modified_time"),
        clock=_SYNCED,
    ),
)
