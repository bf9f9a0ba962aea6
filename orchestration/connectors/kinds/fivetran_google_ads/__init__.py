"""Google Ads as Fivetran lands it."""

from __future__ import annotations

from orchestration.connectors.tables import Table

_SYNCED = ("_fivetran_synced",)

TABLES = (
    Table(
        "campaign_stats",
        required=("id", "date"),
        optional=(
            "_fivetran_id",
            "customer_id",
            "device",
            "ad_network_type",
            "impressions",
            "clicks",
            "cost_micros",
        ),
        clock=_SYNCED,
    ),
    Table("account_history", required=("id",), optional=("currency_code", "updated_at"), clock=_SYNCED),
    Table("campaign_history", required=("id",), optional=("name", "updated_at"), clock=_SYNCED),
)
