"""Names, kinds and keys of the raw and the published tables, as the two contracts give them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RawTable:
    """Columns in contract order: name -> kind (text, time, date, bool, number, count). `required` includes the key."""

    key: tuple[str, ...]
    columns: dict[str, str]
    required: frozenset[str]


def _raw(key: str, columns: str) -> RawTable:
    """`name*:kind ...`; `*` marks required, no kind is text."""
    kinds, required = {}, set()
    for item in columns.split():
        name, _, kind = item.partition(":")
        if name.endswith("*"):
            name = name[:-1]
            required.add(name)
        kinds[name] = kind or "text"
    return RawTable(tuple(key.split()), kinds, frozenset(required))


RAW: dict[str, RawTable] = {
    "contacts": _raw(
        "contact_id",
        "contact_id* email additional_emails created_at*:time lifecycle_stage salesforce_campaign_ids _deleted:bool",
    ),
    "contact_merges": _raw(
        "loser_contact_id", "loser_contact_id* winner_contact_id* merged_at:time"
    ),
    "visitor_identities": _raw(
        "visitor_id contact_id identified_at", "visitor_id* contact_id* identified_at*:time"
    ),
    "deals": _raw(
        "deal_id",
        "deal_id* deal_name pipeline stage is_closed_won*:bool amount:number currency created_at:time closed_at:time _deleted:bool",
    ),
    "deal_contact_log": _raw("log_id", "log_id* deal_id* contact_id* action* occurred_at*:time"),
    "campaigns": _raw(
        "campaign_id",
        "campaign_id* campaign_name* created_at*:time start_date:date end_date:date status owner currency _deleted:bool",
    ),
    "campaign_utms": _raw("campaign_id utm_campaign", "campaign_id* utm_campaign* added_at*:time"),
    "assets": _raw(
        "asset_type asset_id",
        "asset_type* asset_id* asset_name url network has_form:bool created_at:time published_at:time _deleted:bool",
    ),
    "campaign_asset_log": _raw(
        "log_id", "log_id* campaign_id* asset_type* asset_id* action* occurred_at*:time"
    ),
    "budget_items": _raw(
        "item_id",
        "item_id* campaign_id* item_name amount*:number currency budgeted_on:date _deleted:bool",
    ),
    "spend_items": _raw(
        "item_id",
        "item_id* campaign_id* item_name amount*:number currency spent_on*:date _deleted:bool",
    ),
    "ad_metrics": _raw(
        "asset_type asset_id metric_date",
        "asset_type* asset_id* metric_date*:date impressions:count clicks:count spend:number currency",
    ),
    "exchange_rates": _raw("currency rate_date", "currency* rate_date*:date rate_to_home*:number"),
    "salesforce_campaign_members": _raw(
        "salesforce_campaign_id member_id",
        "salesforce_campaign_id* member_id* contact_id added_via added_at:time _deleted:bool",
    ),
    "events": _raw(
        "event_id",
        "event_id* event_type* occurred_at*:time visitor_id contact_id email asset_type asset_id url referrer is_filtered:bool",
    ),
}


@dataclass(frozen=True)
class PublishedTable:
    """Where a table is published, its grain and its columns: name -> kind (text, exact, set, list, near, credit)."""

    schema: str
    grain: tuple[str, ...]
    columns: dict[str, str]


def _published(schema: str, grain: str, columns: str) -> PublishedTable:
    kinds = {}
    for item in columns.split():
        name, _, kind = item.partition(":")
        kinds[name] = kind or "exact"
    return PublishedTable(schema, tuple(grain.split()), kinds)


PUBLISHED: dict[str, PublishedTable] = {
    "dim_campaigns": _published(
        "core",
        "campaign_id",
        "campaign_id campaign_name created_at start_date end_date status owner currency utm_aliases:set is_deleted",
    ),
    "dim_assets": _published(
        "core",
        "asset_type asset_id",
        "asset_type asset_id asset_name url network has_form:flag created_at published_at is_deleted",
    ),
    "dim_contacts": _published(
        "core",
        "contact_id",
        "contact_id email created_at lifecycle_stage salesforce_campaign_ids:set merged_contact_ids:set is_deleted",
    ),
    "fct_asset_associations": _published(
        "core",
        "campaign_id asset_type asset_id valid_from",
        "campaign_id asset_type asset_id valid_from valid_to ended_by",
    ),
    "fct_deals": _published(
        "core",
        "deal_id",
        "deal_id deal_name pipeline stage is_closed_won amount currency amount_home created_at closed_at is_deleted",
    ),
    "fct_deal_contacts": _published(
        "core", "deal_id contact_id valid_from", "deal_id contact_id valid_from valid_to"
    ),
    "fct_sessions": _published(
        "core",
        "session_id",
        "session_id visitor_id contact_id started_at ended_at page_views utm_source utm_medium utm_campaign",
    ),
    "fct_interactions": _published(
        "core",
        "event_id",
        "event_id event_type occurred_at visitor_id contact_id session_id asset_type asset_id url utm_source utm_medium utm_campaign is_filtered",
    ),
    "fct_campaign_interactions": _published(
        "core",
        "event_id campaign_id",
        "event_id campaign_id contact_id session_id event_type occurred_at basis influences earns_revenue",
    ),
    "first_touch_contacts": _published(
        "marts",
        "campaign_id contact_id",
        "campaign_id contact_id contact_created_at event_id basis is_primary",
    ),
    "last_touch_contacts": _published(
        "marts",
        "campaign_id contact_id",
        "campaign_id contact_id contact_created_at conversion_event_id basis is_primary",
    ),
    "influenced_contacts": _published(
        "marts",
        "campaign_id contact_id",
        "campaign_id contact_id influenced_at event_id event_type is_new_contact interactions",
    ),
    "revenue_contacts": _published(
        "marts", "campaign_id contact_id", "campaign_id contact_id deals revenue"
    ),
    "attribution_credits": _published(
        "marts",
        "deal_id event_id campaign_id model",
        "deal_id event_id campaign_id contact_id event_type occurred_at closed_at model weight:near credit:credit",
    ),
    "attributed_revenue": _published(
        "marts", "campaign_id model", "campaign_id model contacts deals deal_amount revenue:revenue"
    ),
    "campaign_performance": _published(
        "marts",
        "campaign_id",
        "campaign_id campaign_name sessions new_contacts_first_touch new_contacts_last_touch influenced_contacts "
        "contacts_with_revenue deals revenue associated_deal_value budget spend remaining_budget ad_spend roi:near",
    ),
    "campaign_daily": _published(
        "marts",
        "campaign_id day",
        "campaign_id day sessions new_contacts_first_touch new_contacts_last_touch influenced_contacts deals revenue spend",
    ),
    "asset_performance": _published(
        "marts",
        "campaign_id asset_type asset_id",
        "campaign_id asset_type asset_id page_views form_submissions contacts_sent contacts_opened contacts_clicked "
        "cta_views cta_clicks social_clicks social_interactions ad_impressions ad_clicks ad_spend workflow_enrollments "
        "list_additions registrations attendances",
    ),
    "asset_visibility": _published(
        "diagnostics",
        "campaign_id asset_type asset_id",
        "campaign_id asset_type asset_id is_visible reasons:list",
    ),
    "deal_inclusion": _published(
        "diagnostics", "deal_id campaign_id", "deal_id campaign_id is_included reason"
    ),
    "utm_audit": _published(
        "diagnostics",
        "utm_campaign campaign_id",
        "utm_campaign campaign_id page_views sessions status",
    ),
}
