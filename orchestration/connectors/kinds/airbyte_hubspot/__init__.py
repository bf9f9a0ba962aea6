"""HubSpot as Airbyte lands it: streams before and after version 5, typed or as raw records."""

from __future__ import annotations

from pathlib import Path

from orchestration.connectors.loaders import loader_kind
from orchestration.connectors.tables import loader_table

_CLOCK = ("_airbyte_extracted_at", "_airbyte_emitted_at")
_DATA = "_airbyte_data"


def _property(name: str) -> tuple[str, ...]:
    """A property: a column of its own, or one of the nested ones."""
    return (f"properties_{name}", "properties", _DATA)


def _label(group: tuple[str, ...]) -> str:
    return " or ".join(group)


_CONTACT_REQUIRED = (("id", "vid", _DATA), (*_property("createdate"), "createdat"))
_CONTACT_OPTIONAL = (
    _property("email"),
    _property("hs_additional_emails"),
    _property("lifecyclestage"),
    _property("salesforcecampaignids"),
    _property("salesforcecontactid"),
    _property("salesforceleadid"),
    _property("hs_calculated_merged_vids"),
    _property("hs_merged_object_ids"),
    _property("hs_calculated_form_submissions"),
    ("archived", "archivedat", _DATA),
)
_DEAL_REQUIRED = (("id", "dealid", _DATA), _property("closedate"))
_DEAL_OPTIONAL = (
    _property("dealname"),
    _property("pipeline"),
    _property("dealstage"),
    _property("amount"),
    _property("deal_currency_code"),
    (*_property("createdate"), "createdat"),
    _property("hs_is_closed"),
    _property("hs_is_closed_won"),
    _property("hs_merged_object_ids"),
    ("contacts", _DATA),
    ("archived", "archivedat", _DATA),
)

KIND = loader_kind(
    "airbyte_hubspot",
    "HubSpot as Airbyte lands it, any version of its streams",
    Path(__file__).parent,
    {
        "contacts": loader_table(
            feeds=("contacts", "contact_merges", "events"),
            required=_CONTACT_REQUIRED,
            optional=_CONTACT_OPTIONAL,
            clock=_CLOCK,
            only={
                "contact_merges": (
                    _label(_property("hs_calculated_merged_vids")),
                    _label(_property("hs_merged_object_ids")),
                ),
                "events": (_label(_property("hs_calculated_form_submissions")),),
            },
        ),
        "contacts_archived": loader_table(
            feeds=("contacts",),
            required=_CONTACT_REQUIRED,
            optional=_CONTACT_OPTIONAL,
            clock=_CLOCK,
        ),
        "deals": loader_table(
            feeds=("deals", "deal_merges", "deal_contact_log"),
            required=_DEAL_REQUIRED,
            optional=_DEAL_OPTIONAL,
            clock=_CLOCK,
            only={
                "deal_merges": (_label(_property("hs_merged_object_ids")),),
                "deal_contact_log": (_label(("contacts", _DATA)),),
            },
        ),
        "deals_archived": loader_table(
            feeds=("deals",), required=_DEAL_REQUIRED, optional=_DEAL_OPTIONAL, clock=_CLOCK
        ),
        "contacts_merged_audit": loader_table(
            feeds=("contact_merges",),
            required=(("vid-to-merge", _DATA), ("canonical-vid", _DATA)),
            optional=(("timestamp", _DATA),),
            clock=_CLOCK,
        ),
        "deal_pipelines": loader_table(
            feeds=("deals",),
            required=(("stages", _DATA),),
            optional=(("pipelineid", "id", _DATA),),
            clock=_CLOCK,
        ),
        "marketing_emails": loader_table(
            feeds=("assets", "events"),
            required=(("id", _DATA),),
            optional=(
                ("name", _DATA),
                ("createdat", "created", _DATA),
                ("publishdate", _DATA),
                ("state", _DATA),
                ("archived", _DATA),
                ("allemailcampaignids", "primaryemailcampaignid", _DATA),
            ),
            clock=_CLOCK,
            only={"events": (_label(("allemailcampaignids", "primaryemailcampaignid", _DATA)),)},
        ),
        "campaigns": loader_table(
            feeds=("assets", "events"),
            required=(("id", _DATA), ("contentid", _DATA)),
            optional=(("name", _DATA),),
            clock=_CLOCK,
            only={"events": (_label(("contentid", _DATA)),)},
        ),
        "email_events": loader_table(
            feeds=("events",),
            required=(("id", _DATA), ("created", _DATA), ("type", _DATA)),
            optional=(("recipient", _DATA), ("filteredevent", _DATA), ("emailcampaignid", _DATA)),
            clock=_CLOCK,
        ),
        "contacts_form_submissions": loader_table(
            feeds=("events",),
            required=(("canonical-vid", _DATA), ("timestamp", _DATA)),
            optional=(("conversion-id", _DATA), ("form-id", _DATA), ("page-url", _DATA)),
            clock=_CLOCK,
        ),
        "form_submissions": loader_table(
            feeds=("events",),
            required=(("formid", _DATA), ("submittedat", _DATA)),
            optional=(("values", _DATA), ("pageurl", _DATA)),
            silent=("conversionid",),
            clock=_CLOCK,
        ),
        "contacts_list_memberships": loader_table(
            feeds=("events",),
            required=(("static-list-id", _DATA), ("canonical-vid", _DATA), ("timestamp", _DATA)),
            clock=_CLOCK,
        ),
        "forms": loader_table(
            feeds=("assets",),
            required=(("id", "guid", _DATA),),
            optional=(("name", _DATA), ("createdat", _DATA), ("archived", _DATA)),
            clock=_CLOCK,
        ),
        "contact_lists": loader_table(
            feeds=("assets", "events"),
            required=(("listid", "id", _DATA),),
            optional=(
                ("name", _DATA),
                ("createdat", _DATA),
                ("processingtype", "dynamic", _DATA),
            ),
            silent=("objecttypeid",),
            clock=_CLOCK,
            only={"events": (_label(("processingtype", "dynamic", _DATA)),)},
        ),
    },
    needs=("contacts", "deals"),
    lacks=(
        "campaigns",
        "campaign_utms",
        "campaign_asset_log",
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
    ),
    cure="select the field in the stream's settings in Airbyte, and sync again",
)
