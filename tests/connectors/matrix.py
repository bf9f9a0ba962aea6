"""Which column of the raw contract each kind fills, found by translating rows that have
everything.
"""

from __future__ import annotations

import json
from functools import cache

from orchestration.connectors.kind import Kind
from orchestration.connectors.kinds import kind, kind_names
from orchestration.ground.contract import raw_tables
from tests.connectors.extracts import Tables, translated

TIME, EPOCH = "2024-05-01 10:00:00", "1714557600000"
GUID = "01234567-89ab-cdef-0123-456789abcdef"
EXACT, RULE, SEEN, NONE = "exact", "rule", "first seen", "—"

FULL: dict[str, tuple[Tables, dict[str, object]]] = {
    "fivetran_hubspot": (
        {
            "contact": [
                {
                    "id": "1",
                    "property_email": "a@x",
                    "property_hs_additional_emails": "b@x",
                    "property_createdate": TIME,
                    "property_lifecyclestage": "lead",
                    "property_salesforcecampaignids": "701",
                    "property_salesforcecontactid": "003",
                    "property_hs_calculated_merged_vids": f"2:{EPOCH}",
                    "_fivetran_deleted": "false",
                }
            ],
            "deal": [
                {
                    "deal_id": "1",
                    "property_dealname": "n",
                    "deal_pipeline_id": "p",
                    "deal_pipeline_stage_id": "s",
                    "property_amount": "1",
                    "property_deal_currency_code": "EUR",
                    "property_createdate": TIME,
                    "property_closedate": TIME,
                    "property_hs_is_closed": "true",
                    "is_deleted": "false",
                }
            ],
            "merged_deal": [{"deal_id": "1", "merged_deal_id": "2"}],
            "deal_contact": [{"deal_id": "1", "contact_id": "1"}],
            "form": [{"guid": GUID, "name": "f", "created_at": TIME, "_fivetran_deleted": "false"}],
            "marketing_event": [{"id": "1", "event_name": "e", "event_url": "https://x"}],
            "marketing_campaign": [
                {
                    "id": "1",
                    "name": "c",
                    "created_at": TIME,
                    "start_date": "2024-05-01",
                    "end_date": "2024-06-01",
                    "status": "planned",
                    "owner": "o",
                    "currency_code": "EUR",
                    "utm": "u",
                    "_fivetran_deleted": "false",
                }
            ],
            "marketing_campaign_asset": [
                {"campaign_id": "1", "asset_type": "FORM", "id": GUID, "name": "f"}
            ],
            "email_campaign": [{"id": "1", "content_id": "2", "name": "n"}],
            "email_event": [
                {
                    "id": "1",
                    "created": TIME,
                    "type": "OPEN",
                    "recipient": "a@x",
                    "filtered_event": "true",
                    "email_campaign_id": "1",
                }
            ],
            "contact_form_submission": [
                {"contact_id": "1", "timestamp": TIME, "form_id": GUID, "page_url": "https://x"}
            ],
        },
        {},
    ),
    "airbyte_hubspot": (
        {
            "contacts": [
                {
                    "id": "1",
                    "archived": "false",
                    "properties": json.dumps(
                        {
                            "email": "a@x",
                            "hs_additional_emails": "b@x",
                            "createdate": TIME,
                            "lifecyclestage": "lead",
                            "salesforcecampaignids": "701",
                            "salesforcecontactid": "003",
                            "hs_calculated_merged_vids": f"2:{EPOCH}",
                        }
                    ),
                }
            ],
            "deals": [
                {
                    "id": "1",
                    "archived": "false",
                    "contacts": '["1"]',
                    "properties": json.dumps(
                        {
                            "dealname": "n",
                            "pipeline": "p",
                            "dealstage": "s",
                            "amount": "1",
                            "deal_currency_code": "EUR",
                            "createdate": TIME,
                            "closedate": TIME,
                            "hs_is_closed": True,
                            "hs_merged_object_ids": "2",
                        }
                    ),
                }
            ],
            "marketing_emails": [
                {
                    "id": "2",
                    "name": "n",
                    "createdAt": TIME,
                    "publishDate": TIME,
                    "archived": "false",
                    "allEmailCampaignIds": "[1]",
                }
            ],
            "email_events": [
                {
                    "id": "1",
                    "created": EPOCH,
                    "type": "OPEN",
                    "recipient": "a@x",
                    "filteredEvent": "true",
                    "emailCampaignId": "1",
                }
            ],
            "contacts_form_submissions": [
                {
                    "canonical-vid": "1",
                    "form-id": GUID,
                    "timestamp": EPOCH,
                    "page-url": "https://x",
                }
            ],
        },
        {},
    ),
    "dlt_hubspot": (
        {
            "contacts": [
                {
                    "id": "1",
                    "email": "a@x",
                    "hs_additional_emails": "b@x",
                    "createdate": TIME,
                    "lifecyclestage": "lead",
                    "salesforcecampaignids": "701",
                    "salesforcecontactid": "003",
                    "hs_calculated_merged_vids": f"2:{EPOCH}",
                    "is_deleted": "false",
                    "_dlt_id": "r",
                }
            ],
            "contacts__deals": [{"deals_id": "1", "_dlt_parent_id": "r"}],
            "deals": [
                {
                    "id": "1",
                    "dealname": "n",
                    "pipeline": "p",
                    "dealstage": "s",
                    "amount": "1",
                    "deal_currency_code": "EUR",
                    "createdate": TIME,
                    "closedate": TIME,
                    "hs_is_closed": "true",
                    "hs_merged_object_ids": "2",
                    "is_deleted": "false",
                }
            ],
        },
        {},
    ),
    "fivetran_google_ads": (
        {
            "campaign_stats": [
                {
                    "id": "1",
                    "customer_id": "2",
                    "date": "2024-05-01",
                    "impressions": "1",
                    "clicks": "1",
                    "cost_micros": "1",
                }
            ],
            "account_history": [{"id": "2", "currency_code": "EUR"}],
            "campaign_history": [{"id": "1", "name": "n"}],
        },
        {},
    ),
    "fivetran_facebook_ads": (
        {
            "basic_ad": [
                {
                    "ad_id": "1",
                    "account_id": "2",
                    "date": "2024-05-01",
                    "impressions": "1",
                    "inline_link_clicks": "1",
                    "spend": "1",
                }
            ],
            "ad_history": [{"id": "1", "campaign_id": "3"}],
            "account_history": [{"id": "2", "currency": "EUR"}],
            "campaign_history": [{"id": "3", "name": "n"}],
        },
        {},
    ),
    "fivetran_linkedin_ads": (
        {
            "ad_analytics_by_campaign": [
                {
                    "campaign_id": "1",
                    "day": "2024-05-01",
                    "impressions": "1",
                    "clicks": "1",
                    "cost_in_local_currency": "1",
                }
            ],
            "account_history": [{"id": "2", "currency": "EUR"}],
            "campaign_history": [{"id": "1", "account_id": "2", "name": "n", "created_time": TIME}],
        },
        {},
    ),
    "segment": (
        {
            "pages": [
                {
                    "id": "1",
                    "anonymous_id": "v",
                    "user_id": "1",
                    "url": "https://x",
                    "referrer": "https://y",
                    "timestamp": TIME,
                }
            ],
            "tracks": [{"id": "2", "event_text": "F", "anonymous_id": "v", "timestamp": TIME}],
            "own_events": [{"id": "2", "form_id": "f", "email": "a@x"}],
            "identifies": [{"anonymous_id": "v", "user_id": "a@x", "timestamp": TIME}],
        },
        {"events": {"F": "form_submission"}},
    ),
    "snowplow": (
        {
            "events": [
                {
                    "event_id": "1",
                    "event": "unstruct",
                    "event_name": "f",
                    "derived_tstamp": TIME,
                    "domain_userid": "v",
                    "user_id": "a@x",
                    "page_url": "https://x",
                    "page_referrer": "https://y",
                    "unstruct_event": json.dumps({"data": {"data": {"formId": "f"}}}),
                    "derived_contexts": json.dumps({"data": [{"schema": "s", "data": {}}]}),
                }
            ]
        },
        {"events": {"f": "form_submission"}},
    ),
    "ga4": (
        {
            "events": [
                {
                    "_table": "events_20240501",
                    "event_timestamp": f"{EPOCH}000",
                    "event_name": "f",
                    "user_pseudo_id": "v",
                    "user_id": "a@x",
                    "param_page_location": "https://x",
                    "param_page_referrer": "https://y",
                    "param_form_id": "f",
                    "param_traffic_type": "internal",
                }
            ]
        },
        {"events": {"f": "form_submission"}},
    ),
    "salesforce_members": (
        {
            "campaign_member": [
                {
                    "id": "1",
                    "campaign_id": "2",
                    "contact_id": "3",
                    "created_date": TIME,
                    "is_deleted": "false",
                }
            ]
        },
        {},
    ),
    "hubspot_export": (
        {
            "contacts": [
                {
                    "record_id": "1",
                    "email": "a@x",
                    "additional_emails": "b@x",
                    "created_at": "2024-05-01 10:00",
                    "lifecycle_stage": "Lead",
                    "salesforce_campaign_ids": "701",
                    "merged_ids": "2",
                }
            ],
            "deals": [
                {
                    "record_id": "1",
                    "deal_name": "n",
                    "pipeline": "p",
                    "stage": "s",
                    "is_closed_won": "true",
                    "amount": "1",
                    "currency": "EUR",
                    "created_at": "2024-05-01 10:00",
                    "close_date": "2024-05-01 10:00",
                    "contact_ids": "1",
                }
            ],
            "campaigns": [
                {
                    "campaign_id": GUID,
                    "campaign_name": "n",
                    "created_at": "2024-05-01 10:00",
                    "start_date": "2024-05-01",
                    "end_date": "2024-06-01",
                    "status": "Active",
                    "owner": "o",
                    "currency": "EUR",
                    "utm_campaign": "u",
                }
            ],
            "campaign_reports": [{"campaign_id": GUID, "sessions": "1", "attributed_revenue": "1"}],
            "email_recipients": [{"email": "a@x", "email_id": "1", "sent": "2024-05-01 10:00"}],
            "form_submissions": [
                {
                    "email": "a@x",
                    "contact_id": "1",
                    "submitted_at": "2024-05-01",
                    "page_url": "https://x",
                }
            ],
        },
        {"timezone": "Europe/Berlin", "path": "exports"},
    ),
    "exchange_rates": (
        {"rates": [{"date": "2024-05-01", "currency": "USD", "rate": "2", "base": "EUR"}]},
        {},
    ),
}
# What a rule sets, or the pulls date, where a kind has it.
BASES = {
    ("contact_merges", "merged_at"): f"{EXACT}, else {SEEN}",
    ("deals", "is_closed_won"): f"{EXACT}, else {RULE}",
    ("deals", "closed_at"): f"{EXACT}, else {RULE}",
    ("deal_contact_log", "occurred_at"): SEEN,
    ("deal_contact_log", "time_basis"): RULE,
    ("deal_contact_log", "action"): SEEN,
    ("deal_merges", "merged_at"): SEEN,
    ("campaign_asset_log", "log_id"): RULE,
    ("campaign_asset_log", "asset_type"): RULE,
    ("campaign_asset_log", "action"): SEEN,
    ("campaign_asset_log", "occurred_at"): SEEN,
    ("campaign_asset_log", "time_basis"): RULE,
    ("deal_contact_log", "log_id"): RULE,
    ("events", "event_id"): RULE,
    ("events", "event_type"): RULE,
    ("events", "asset_type"): RULE,
    ("assets", "asset_type"): RULE,
    ("assets", "network"): RULE,
    ("ad_metrics", "asset_type"): RULE,
    ("exchange_rates", "rate_to_home"): RULE,
}
# Who a hit is, by the setting; HubSpot's own submissions name no cookie.
KIND_BASES = {
    **{(one, "visitor_identities", None): RULE for one in ("snowplow", "ga4")},
    **{(one, "visitor_emails", None): RULE for one in ("snowplow", "ga4")},
    **{
        (one, "events", "visitor_id"): RULE
        for one in ("fivetran_hubspot", "airbyte_hubspot", "hubspot_export")
    },
    **{(one, "events", "is_filtered"): RULE for one in ("snowplow", "ga4")},
    ("fivetran_hubspot", "campaign_utms", "added_at"): SEEN,
}


@cache
def described(name: str) -> list[tuple[str, str, str]]:
    """Raw table, column and basis of a kind, for every raw table that it brings, in the contract's
    order.
    """
    of_kind: Kind = kind(name)
    tables, options = FULL[name]
    filled: dict[tuple[str, str], bool] = {}
    settings = [{}, {"identify": "user_id"}] if "identify" in of_kind.options else [{}]
    for setting in settings:
        landed = translated(
            name,
            tables,
            home_currency="USD" if name == "exchange_rates" else "EUR",
            **options,
            **setting,
        )
        for raw_table in of_kind.brings:
            for row in landed[raw_table]:
                for column, value in row.items():
                    key = (raw_table, column)
                    filled[key] = filled.get(key, False) or value is not None
    rows = []
    for raw_table in raw_tables():
        if raw_table not in of_kind.brings:
            continue
        for column in raw_tables()[raw_table].columns:
            if column.name.startswith("_") and column.name != "_deleted":
                continue
            basis = KIND_BASES.get((name, raw_table, column.name)) or KIND_BASES.get(
                (name, raw_table, None)
            )
            basis = basis or BASES.get((raw_table, column.name), EXACT)
            rows.append(
                (raw_table, column.name, basis if filled.get((raw_table, column.name)) else NONE)
            )
    return rows


def kinds_described() -> list[str]:
    return [name for name in kind_names() if name in FULL]


def as_markdown() -> str:
    """A table per raw table: columns by kinds."""
    told = {
        name: {(table, column): basis for table, column, basis in described(name)}
        for name in kinds_described()
    }
    parts = []
    for raw_table, contract in raw_tables().items():
        kinds = [name for name in told if any(table == raw_table for table, _ in told[name])]
        if not kinds:
            continue
        parts.append(f"### {raw_table}\n")
        parts.append("| column | " + " | ".join(kinds) + " |")
        parts.append("|---" * (len(kinds) + 1) + "|")
        for column in contract.columns:
            if (raw_table, column.name) in told[kinds[0]]:
                cells = [told[name][(raw_table, column.name)] for name in kinds]
                parts.append(f"| {column.name} | " + " | ".join(cells) + " |")
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"
