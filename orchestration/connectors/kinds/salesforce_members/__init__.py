"""Members of Salesforce campaigns: CampaignMember as any loader lands it."""

from __future__ import annotations

from pathlib import Path

from orchestration.connectors.loaders import loader_kind
from orchestration.connectors.tables import loader_table

# Airbyte's raw records.
_DATA = "_airbyte_data"

KIND = loader_kind(
    "salesforce_members",
    "members of Salesforce campaigns: CampaignMember as any loader lands it",
    Path(__file__).parent,
    {
        "campaign_member": loader_table(
            feeds=("salesforce_campaign_members",),
            required=(("id", _DATA), ("campaign_id", _DATA)),
            optional=(
                ("contact_id", "lead_id", _DATA),
                ("created_date", _DATA),
                ("is_deleted", "_fivetran_deleted", "_fivetran_active", _DATA),
            ),
            silent=("_fivetran_deleted", "_fivetran_active", "_fivetran_start"),
            clock=(
                "_fivetran_synced",
                "_airbyte_extracted_at",
                "_airbyte_emitted_at",
                "_dlt_load_id",
            ),
        ),
    },
    needs=("campaign_member",),
)
