"""HubSpot as Fivetran lands it in a warehouse."""

from __future__ import annotations

from pathlib import Path

from orchestration.connectors.loaders import loader_kind
from orchestration.connectors.tables import loader_table

_SYNCED = ("_fivetran_synced",)
# What history mode adds to a table.
_HISTORY = ("_fivetran_active", "_fivetran_start", "_fivetran_end")

KIND = loader_kind(
    "fivetran_hubspot",
    "HubSpot as Fivetran lands it: contacts, deals, e-mail events, submissions, lists",
    Path(__file__).parent,
    {
        "contact": loader_table(
            feeds=("contacts", "contact_merges"),
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
                ("_fivetran_deleted", "_fivetran_active"),
            ),
            silent=_HISTORY,
            clock=_SYNCED,
            only={
                "contact_merges": (
                    "property_hs_calculated_merged_vids",
                    "property_hs_merged_object_ids",
                )
            },
        ),
        "contact_property_history": loader_table(
            feeds=("contacts",),
            required=("contact_id", "name", "value", "timestamp"),
            clock=_SYNCED,
        ),
        "contact_merge_audit": loader_table(
            feeds=("contact_merges",),
            required=("vid_to_merge", "canonical_vid"),
            optional=("timestamp",),
            clock=_SYNCED,
        ),
        "deal": loader_table(
            feeds=("deals", "deal_merges"),
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
                ("is_deleted", "_fivetran_deleted", "_fivetran_active"),
            ),
            silent=_HISTORY,
            clock=_SYNCED,
            only={"deal_merges": ("property_hs_merged_object_ids",)},
        ),
        "deal_pipeline_stage": loader_table(
            feeds=("deals",),
            required=("stage_id",),
            optional=(
                "pipeline_id",
                "closed_won",
                "is_closed",
                "probability",
                ("_fivetran_deleted", "_fivetran_active"),
            ),
            silent=_HISTORY,
            clock=_SYNCED,
        ),
        "merged_deal": loader_table(
            feeds=("deal_merges",), required=("deal_id", "merged_deal_id"), clock=_SYNCED
        ),
        "deal_contact": loader_table(
            feeds=("deal_contact_log",),
            required=("deal_id", "contact_id"),
            silent=(
                "type_id",
                "category",
                "_fivetran_deleted",
                *_HISTORY,
            ),
            clock=_SYNCED,
            always_whole=True,
        ),
        "email_campaign": loader_table(
            feeds=("assets", "events"),
            required=("id", "content_id"),
            optional=("name",),
            silent=_HISTORY,
            clock=_SYNCED,
            only={"events": ("content_id",)},
        ),
        "form": loader_table(
            feeds=("assets",),
            required=("guid",),
            optional=("name", "created_at", ("_fivetran_deleted", "_fivetran_active")),
            silent=_HISTORY,
            clock=_SYNCED,
        ),
        "contact_list": loader_table(
            feeds=("assets", "events"),
            required=("id",),
            optional=(
                "name",
                "created_at",
                ("processing_type", "dynamic"),
                ("_fivetran_deleted", "_fivetran_active"),
            ),
            silent=("object_type_id", *_HISTORY),
            clock=_SYNCED,
            only={"events": ("processing_type or dynamic",)},
        ),
        "marketing_event": loader_table(
            feeds=("assets",),
            required=("id",),
            optional=(
                "event_name",
                "event_url",
                "created_at",
                ("_fivetran_deleted", "_fivetran_active"),
            ),
            silent=_HISTORY,
            clock=_SYNCED,
        ),
        "email_event": loader_table(
            feeds=("events",),
            required=("id", "created", "type"),
            optional=("recipient", "filtered_event", "email_campaign_id"),
            clock=_SYNCED,
        ),
        "contact_form_submission": loader_table(
            feeds=("events",),
            required=("contact_id", "timestamp"),
            optional=("form_id", "conversion_id", "page_url"),
            clock=_SYNCED,
        ),
        "contact_list_member": loader_table(
            feeds=("events",),
            required=("contact_id", "contact_list_id", "added_at"),
            clock=_SYNCED,
        ),
        "marketing_event_participant": loader_table(
            feeds=("events",),
            required=("contact_id", "marketing_event_id", "properties_attendance_state"),
            optional=(("properties_occurred_at", "created_at"),),
            clock=_SYNCED,
        ),
        "marketing_campaign": loader_table(
            feeds=("campaigns", "campaign_utms"),
            required=(),
            optional=(
                ("id", "campaign_id"),
                ("name", "property_hs_name"),
                ("created_at", "property_hs_createdate", "property_createdate"),
                ("start_date", "property_hs_start_date"),
                ("end_date", "property_hs_end_date"),
                ("status", "property_hs_campaign_status"),
                ("owner", "property_hs_owner"),
                ("currency_code", "property_hs_currency_code"),
                ("utm", "property_hs_utm"),
                ("_fivetran_deleted", "_fivetran_active"),
            ),
            silent=_HISTORY,
            clock=_SYNCED,
            only={"campaign_utms": ("utm or property_hs_utm",)},
        ),
        "marketing_campaign_asset": loader_table(
            feeds=("campaign_asset_log",),
            required=("asset_type", "id", "campaign_id"),
            optional=("name",),
            silent=("_fivetran_deleted", *_HISTORY),
            clock=_SYNCED,
            always_whole=True,
        ),
    },
    needs=("contact", "deal"),
    lacks=(
        "budget_items",
        "spend_items",
        "visitor_identities",
        "exchange_rates",
    ),
    event_types=(
        "email_sent",
        "email_delivered",
        "email_bounced",
        "email_open",
        "email_click",
        "form_submission",
        "list_addition",
        "marketing_event_registration",
        "marketing_event_attendance",
    ),
    cure=(
        "choose it among the table's columns on the connector's Schema tab in Fivetran, and sync "
        "again"
    ),
)
