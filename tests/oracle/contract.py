"""Names, kinds and keys of the raw tables, as the raw contract gives them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RawTable:
    """Columns in contract order: name -> kind (text, time, date, bool, number, count, choice).

    `required` includes the key. `choices` are the values that a column of that kind may have.
    """

    key: tuple[str, ...]
    columns: dict[str, str]
    required: frozenset[str]

    @property
    def has_deletions(self) -> bool:
        """Whether it is a CRM table."""
        return "_deleted" in self.columns


CHOICES = {
    "time_basis": ("exact", "first_seen", "assumed"),
    "added_via": ("sync", "form", "workflow"),
}


def _raw(key: str, *columns: str) -> RawTable:
    """`name*:kind ...`; `*` marks required, no kind is text."""
    kinds, required = {}, set()
    for item in " ".join(columns).split():
        name, _, kind = item.partition(":")
        if name.endswith("*"):
            name = name[:-1]
            required.add(name)
        kinds[name] = kind or "text"
    return RawTable(tuple(key.split()), kinds, frozenset(required))


RAW: dict[str, RawTable] = {
    "contacts": _raw(
        "contact_id",
        "contact_id* email additional_emails created_at*:time lifecycle_stage",
        "salesforce_campaign_ids salesforce_ids _deleted:bool",
    ),
    "contact_merges": _raw(
        "loser_contact_id", "loser_contact_id* winner_contact_id* merged_at:time"
    ),
    "visitor_identities": _raw(
        "visitor_id contact_id identified_at", "visitor_id* contact_id* identified_at*:time"
    ),
    "visitor_emails": _raw(
        "visitor_id email identified_at", "visitor_id* email* identified_at*:time"
    ),
    "deals": _raw(
        "deal_id",
        "deal_id* deal_name pipeline stage is_closed_won*:bool amount:number currency",
        "created_at:time closed_at:time _deleted:bool",
    ),
    "deal_contact_log": _raw(
        "log_id",
        "log_id* deal_id* contact_id* action* occurred_at*:time label time_basis:choice",
    ),
    "deal_merges": _raw("loser_deal_id", "loser_deal_id* winner_deal_id* merged_at:time"),
    "campaigns": _raw(
        "campaign_id",
        "campaign_id* campaign_name* created_at*:time start_date:date end_date:date status owner",
        "currency _deleted:bool",
    ),
    "campaign_utms": _raw("campaign_id utm_campaign", "campaign_id* utm_campaign* added_at*:time"),
    "assets": _raw(
        "asset_type asset_id",
        "asset_type* asset_id* asset_name url network has_form:bool created_at:time",
        "published_at:time _deleted:bool",
    ),
    "campaign_asset_log": _raw(
        "log_id",
        "log_id* campaign_id* asset_type* asset_id* action* occurred_at*:time time_basis:choice",
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
        "asset_type* asset_id* metric_date*:date impressions:count clicks:count spend:number",
        "currency",
    ),
    "exchange_rates": _raw("currency rate_date", "currency* rate_date*:date rate_to_home*:number"),
    "salesforce_campaign_members": _raw(
        "salesforce_campaign_id member_id",
        "salesforce_campaign_id* member_id* contact_id added_via added_at:time salesforce_id",
        "_deleted:bool",
    ),
    "reported_metrics": _raw(
        "source campaign_id metric model period_start period_end",
        "source* campaign_id* metric* model period_start:date period_end:date value*:number",
        "reported_at*:time",
    ),
    "reported_contacts": _raw(
        "source campaign_id metric contact_id",
        "source* campaign_id* metric* contact_id* reported_at*:time",
    ),
    "events": _raw(
        "event_id",
        "event_id* event_type* occurred_at*:time visitor_id contact_id email asset_type asset_id",
        "url referrer is_filtered:bool",
    ),
}
