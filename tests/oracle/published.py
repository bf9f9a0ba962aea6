"""Names, grains and kinds of columns of the published tables, as the published contract gives
them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedTable:
    """Where a table is published, its grain and its columns: name -> kind.

    Kinds: exact, flag (null is false), set and list (of text), near (DOUBLE), weight, effect, cents
    and millionths (shares of a whole, near where a model's weights are), soft (sums of such
    shares).
    """

    schema: str
    grain: tuple[str, ...]
    columns: dict[str, str]


def _published(schema: str, grain: str, *columns: str) -> PublishedTable:
    kinds = {}
    for item in " ".join(columns).split():
        name, _, kind = item.partition(":")
        kinds[name] = kind or "exact"
    return PublishedTable(schema, tuple(grain.split()), kinds)


PUBLISHED: dict[str, PublishedTable] = {
    "dim_campaigns": _published(
        "core",
        "campaign_id",
        "campaign_id campaign_name created_at start_date end_date status owner currency",
        "utm_aliases:set is_deleted",
    ),
    "dim_assets": _published(
        "core",
        "asset_type asset_id",
        "asset_type asset_id asset_name url network has_form:flag created_at published_at",
        "is_deleted",
    ),
    "dim_contacts": _published(
        "core",
        "contact_id",
        "contact_id email created_at lifecycle_stage salesforce_campaign_ids:set",
        "merged_contact_ids:set is_deleted",
    ),
    "fct_asset_associations": _published(
        "core",
        "campaign_id asset_type asset_id valid_from",
        "campaign_id asset_type asset_id valid_from valid_to ended_by time_basis",
    ),
    "fct_deals": _published(
        "core",
        "deal_id",
        "deal_id deal_name pipeline stage is_closed_won amount currency amount_home created_at",
        "closed_at is_deleted merged_into",
    ),
    "fct_deal_contacts": _published(
        "core",
        "deal_id contact_id valid_from",
        "deal_id contact_id valid_from valid_to time_basis",
    ),
    "fct_sessions": _published(
        "core",
        "session_id",
        "session_id visitor_id contact_id started_at ended_at page_views utm_source utm_medium",
        "utm_campaign channel source",
    ),
    "fct_interactions": _published(
        "core",
        "event_id",
        "event_id event_type occurred_at visitor_id contact_id session_id asset_type asset_id url",
        "utm_source utm_medium utm_campaign is_filtered channel",
    ),
    "fct_campaign_interactions": _published(
        "core",
        "event_id campaign_id",
        "event_id campaign_id contact_id session_id event_type occurred_at basis influences",
        "earns_revenue",
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
        "deal_id event_id campaign_id contact_id event_type occurred_at closed_at model",
        "weight:weight credit:cents channel",
    ),
    "attributed_revenue": _published(
        "marts",
        "campaign_id model",
        "campaign_id model contacts deals deal_amount revenue:soft",
    ),
    "campaign_performance": _published(
        "marts",
        "campaign_id",
        "campaign_id campaign_name sessions new_contacts_first_touch new_contacts_last_touch",
        "influenced_contacts contacts_with_revenue deals revenue associated_deal_value budget",
        "spend remaining_budget ad_spend roi:near total_cost roas:near",
    ),
    "conversion_credits": _published(
        "marts",
        "conversion subject_id event_id campaign_id model",
        "conversion subject_id event_id campaign_id contact_id event_type occurred_at",
        "converted_at model weight:weight credit:millionths amount:cents channel",
    ),
    "attributed_conversions": _published(
        "marts",
        "conversion campaign_id model",
        "conversion campaign_id model subjects credit:soft amount:soft",
    ),
    "removal_effects": _published(
        "marts", "model campaign_id", "model campaign_id paths conversions effect:effect"
    ),
    "channel_performance": _published(
        "marts",
        "channel model",
        "channel model sessions new_contacts contacts_created:soft deals revenue:soft",
        "pipeline:soft",
    ),
    "campaign_daily": _published(
        "marts",
        "campaign_id day",
        "campaign_id day sessions new_contacts_first_touch new_contacts_last_touch",
        "influenced_contacts deals revenue spend",
    ),
    "asset_performance": _published(
        "marts",
        "campaign_id asset_type asset_id",
        "campaign_id asset_type asset_id page_views form_submissions contacts_sent",
        "contacts_opened contacts_clicked cta_views cta_clicks social_clicks social_interactions",
        "ad_impressions ad_clicks ad_spend workflow_enrollments list_additions registrations",
        "attendances",
    ),
    "asset_visibility": _published(
        "diagnostics",
        "campaign_id asset_type asset_id",
        "campaign_id asset_type asset_id is_visible reasons:list",
    ),
    "deal_inclusion": _published(
        "diagnostics", "deal_id campaign_id", "deal_id campaign_id is_included reason"
    ),
    "deal_status": _published("diagnostics", "deal_id", "deal_id status campaigns amount_home"),
    "contact_status": _published(
        "diagnostics", "contact_id metric", "contact_id metric status event_id"
    ),
    "utm_audit": _published(
        "diagnostics",
        "utm_campaign campaign_id",
        "utm_campaign campaign_id page_views sessions status similar_alias",
    ),
    "parity": _published(
        "diagnostics",
        "source campaign_id metric model period_start period_end",
        "source campaign_id metric model period_start period_end ours:near reported:near",
        "difference:near share:near",
    ),
    "parity_contacts": _published(
        "diagnostics",
        "source campaign_id metric contact_id",
        "source campaign_id metric contact_id is_ours reason",
    ),
    "unread_values": _published(
        "diagnostics", "table_name file_name column_name", "table_name file_name column_name rows"
    ),
    # The text of reason and record is free; rejected rows are counted per file.
    "rejected_records": _published(
        "diagnostics", "table_name file_name", "table_name file_name rows"
    ),
}
