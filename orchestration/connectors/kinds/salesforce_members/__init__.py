"""Members of Salesforce campaigns: CampaignMember as any loader lands it."""

from __future__ import annotations

from orchestration.connectors.tables import Table

TABLES = (
    Table(
        "campaign_member",
        required=("id", "campaign_id"),
        optional=("contact_id", "lead_id", "created_date", ("is_deleted", "_fivetran_deleted")),
        clock=("_fivetran_synced", "_airbyte_extracted_at", "_airbyte_emitted_at", "_dlt_load_id"),
    ),
)
