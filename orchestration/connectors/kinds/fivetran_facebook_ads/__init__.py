"""Facebook Ads as Fivetran lands it."""

from __future__ import annotations

from orchestration.connectors.tables import Table

_SYNCED = ("_fivetran_synced",)

TABLES = (
    Table(
        "basic_ad",
        required=("ad_id", "date"),
        optional=("account_id", "impressions", "inline_link_clicks", "spend"),
        clock=_SYNCED,
    ),
    Table("ad_history", required=("id", "campaign_id"), optional=("updated_time",), clock=_SYNCED),
    Table("account_history", required=("id",), optional=("currency",), clock=_SYNCED),
    Table("campaign_history", required=("id",), optional=("name", "updated_time"), clock=_SYNCED),
)
