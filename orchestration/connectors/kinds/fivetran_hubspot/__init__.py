"""HubSpot as Fivetran lands it in a warehouse."""

from __future__ import annotations

from orchestration.connectors.tables import Table

_SYNCED = ("_fivetran_synced",)

TABLES = (
    Table(
        "contact",
        required=("id", "property_createdate"),
        optional=(
            "property_email",
            "property_hs_additional_emails",
            "property_lifecyclestage",
            "property_salesforcecampaignids",
            "property_salesforcecontactid",
            "property_salesforceleadid",
            "property_hs_calculated_merged_vids",
            "property_hs_merged_object_ids",
            "_fivetran_deleted",
        ),
        clock=_SYNCED,
    ),
    Table(
        "contact_property_history",
        required=("contact_id", "name", "value", "timestamp"),
        clock=_SYNCED,
    ),
    Table(
        "contact_merge_audit",
        required=("vid_to_merge", "canonical_vid"),
        optional=("timestamp",),
        clock=_SYNCED,
    ),
    Table(
        "deal",
        required=("deal_id", "property_closedate"),
        optional=(
            "property_dealname",
            "deal_pipeline_id",
            "deal_pipeline_stage_id",
            "property_amount",
            "property_deal_currency_code",
            "property_createdate",
            "property_hs_is_closed",
            "property_hs_is_closed_won",
            "property_hs_merged_object_ids",
            "is_deleted",
            "_fivetran_deleted",
        ),
        clock=_SYNCED,
    ),
    Table(
        "deal_pipeline_stage",
        required=("stage_id",),
        optional=("pipeline_id", "closed_won", "is_closed", "probability", "_fivetran_deleted"),
        clock=_SYNCED,
    ),
    Table("merged_deal", required=("deal_id", "merged_deal_id"), clock=_SYNCED),
    Table(
        "deal_contact",
        required=("deal_id", "contact_id"),
        optional=("_fivetran_deleted", "_fivetran_active", "_fivetran_start", "_fivetran_end"),
        clock=_SYNCED,
        whole=True,
    ),
    Table(
        "email_campaign",
        required=("id", "content_id"),
        optional=("name",),
        clock=_SYNCED,
    ),
    Table(
        "form",
        required=("guid",),
        optional=("name", "created_at", "_fivetran_deleted"),
        clock=_SYNCED,
    ),
    Table(
        "contact_list",
        required=("id",),
        optional=(
            "name",
            "created_at",
            "processing_type",
            "dynamic",
            "object_type_id",
            "_fivetran_deleted",
        ),
        clock=_SYNCED,
    ),
    Table(
        "marketing_event",
        required=("id",),
        optional=("event_name", "event_url", "created_at", "_fivetran_deleted"),
        clock=_SYNCED,
    ),
    Table(
        "email_event",
        required=("id", "created", "type"),
        optional=("recipient", "filtered_event", "email_campaign_id"),
        clock=_SYNCED,
    ),
    Table(
        "contact_form_submission",
        required=("contact_id", "timestamp"),
        optional=("form_id", "conversion_id", "page_url"),
        clock=_SYNCED,
    ),
    Table(
        "contact_list_member",
        required=("contact_id", "contact_list_id", "added_at"),
        clock=_SYNCED,
    ),
    Table(
        "marketing_event_participant",
        required=("contact_id", "marketing_event_id", "properties_attendance_state"),
        optional=("properties_occurred_at", "created_at"),
        clock=_SYNCED,
    ),
)
