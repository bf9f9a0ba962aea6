"""HubSpot as Airbyte lands it: streams before and after version 5, typed or as raw records."""

from __future__ import annotations

from orchestration.connectors.tables import Table

_CLOCK = ("_airbyte_extracted_at", "_airbyte_emitted_at")
_DATA = "_airbyte_data"


def _property(name: str) -> tuple[str, ...]:
    """A property: a column of its own, or within the nested ones."""
    return (f"properties_{name}", "properties", _DATA)


_CONTACT = dict(
    required=(("id", "vid", _DATA), (*_property("createdate"), "createdat")),
    optional=(
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
    ),
    clock=_CLOCK,
)
_DEAL = dict(
    required=(("id", "dealid", _DATA), _property("closedate")),
    optional=(
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
    ),
    clock=_CLOCK,
)

TABLES = (
    Table("contacts", **_CONTACT),
    Table("contacts_archived", **_CONTACT),
    Table("deals", **_DEAL),
    Table("deals_archived", **_DEAL),
    Table(
        "contacts_merged_audit",
        required=(("vid-to-merge", _DATA), ("canonical-vid", _DATA)),
        optional=(("timestamp", _DATA),),
        clock=_CLOCK,
    ),
    Table("deal_pipelines", required=(("stages", _DATA),), optional=(("pipelineid", "id", _DATA),), clock=_CLOCK),
    Table(
        "marketing_emails",
        required=(("id", _DATA),),
        optional=(
            ("name", _DATA),
            ("createdat", "created", _DATA),
            ("publishdate", _DATA),
            ("state", _DATA),
            ("archived", _DATA),
            ("allemailcampaignids", _DATA),
            ("primaryemailcampaignid", _DATA),
        ),
        clock=_CLOCK,
    ),
    Table(
        "campaigns",
        required=(("id", _DATA), ("contentid", _DATA)),
        optional=(("name", _DATA),),
        clock=_CLOCK,
    ),
    Table(
        "email_events",
        required=(("id", _DATA), ("created", _DATA), ("type", _DATA)),
        optional=(("recipient", _DATA), ("filteredevent", _DATA), ("emailcampaignid", _DATA)),
        clock=_CLOCK,
    ),
    Table(
        "contacts_form_submissions",
        required=(("canonical-vid", _DATA), ("timestamp", _DATA)),
        optional=(("conversion-id", _DATA), ("form-id", _DATA), ("page-url", _DATA)),
        clock=_CLOCK,
    ),
    Table(
        "form_submissions",
        required=(("formid", _DATA), ("submittedat", _DATA)),
        optional=(("values", _DATA), ("pageurl", _DATA), ("conversionid", _DATA)),
        clock=_CLOCK,
    ),
    Table(
        "contacts_list_memberships",
        required=(("static-list-id", _DATA), ("canonical-vid", _DATA), ("timestamp", _DATA)),
        clock=_CLOCK,
    ),
    Table(
        "forms",
        required=(("id", "guid", _DATA),),
        optional=(("name", _DATA), ("createdat", _DATA), ("archived", _DATA)),
        clock=_CLOCK,
    ),
    Table(
        "contact_lists",
        required=(("listid", "id", _DATA),),
        optional=(
            ("name", _DATA),
            ("createdat", _DATA),
            ("processingtype", "dynamic", _DATA),
            ("objecttypeid", _DATA),
        ),
        clock=_CLOCK,
    ),
)
