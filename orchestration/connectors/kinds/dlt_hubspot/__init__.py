"""HubSpot as dlt's verified source lands it."""

from __future__ import annotations

from pathlib import Path

from orchestration.connectors.loaders import loader_kind
from orchestration.connectors.tables import loader_table

_LOAD = ("_dlt_load_id",)

KIND = loader_kind(
    "dlt_hubspot",
    "HubSpot as dlt's source lands it: contacts, deals and their pairs",
    Path(__file__).parent,
    {
        "contacts": loader_table(
            feeds=("contacts", "contact_merges", "deal_contact_log"),
            required=(("id", "hs_object_id"), "createdate"),
            optional=(
                "email",
                "hs_additional_emails",
                "lifecyclestage",
                "salesforcecampaignids",
                "salesforcecontactid",
                "salesforceleadid",
                "hs_calculated_merged_vids",
                "hs_merged_object_ids",
                "is_deleted",
                "_dlt_id",
            ),
            clock=_LOAD,
            only={
                "contact_merges": ("hs_calculated_merged_vids", "hs_merged_object_ids"),
                "deal_contact_log": ("_dlt_id",),
            },
        ),
        "contacts__hs_merged_object_ids": loader_table(
            feeds=("contact_merges",), required=("value", "_dlt_parent_id"), always_whole=True
        ),
        "contacts_property_history": loader_table(
            feeds=("contacts",),
            required=("object_id", "property_name", "value", "timestamp"),
            clock=_LOAD,
        ),
        "deals": loader_table(
            feeds=("deals", "deal_merges"),
            required=(("id", "hs_object_id"), "closedate", ("hs_is_closed_won", "dealstage")),
            optional=(
                "dealname",
                "pipeline",
                "amount",
                "deal_currency_code",
                "createdate",
                "hs_is_closed",
                "hs_merged_object_ids",
                "is_deleted",
            ),
            silent=("_dlt_id",),
            clock=_LOAD,
            only={"deal_merges": ("hs_merged_object_ids",)},
        ),
        "deals__hs_merged_object_ids": loader_table(
            feeds=("deal_merges",), required=("value", "_dlt_parent_id"), always_whole=True
        ),
        "contacts__deals": loader_table(
            feeds=("deal_contact_log",),
            required=("deals_id",),
            optional=("_dlt_parent_id", "value"),
            always_whole=True,
        ),
        "pipelines_deals": loader_table(
            feeds=("deals",), required=("_dlt_id",), optional=(("pipeline_id", "id"),)
        ),
        "pipelines_deals__stages": loader_table(
            feeds=("deals",),
            required=(("stage_id", "id"),),
            optional=("metadata__is_closed", "metadata__probability", "_dlt_parent_id"),
            always_whole=True,
        ),
        # Not by the name that dlt gives to a table of its own in the extracts.
        "finished_loads": loader_table(
            feeds=(),
            required=("load_id", "status"),
            always_whole=True,
            names=lambda options: "_dlt_loads",
        ),
    },
    needs=("contacts", "deals"),
    lacks=(
        "campaigns",
        "campaign_utms",
        "campaign_asset_log",
        "assets",
        "budget_items",
        "spend_items",
        "visitor_identities",
        "exchange_rates",
        "events",
    ),
    cure=(
        "name it among the source's properties (hubspot(properties=…); its defaults for deals are "
        "few), and load again"
    ),
)
