"""What the coverage counts of rows that did not land: each once, however often it was read."""

from __future__ import annotations

import json

import pytest

from orchestration.connectors.kinds import kind
from tests.connectors.extracts import Tables, translated

SYNCED = {"_fivetran_synced": "2024-05-01 06:49:18"}
AIRBYTE = {"_airbyte_extracted_at": "2024-05-01T06:49:18Z"}
TIME = "2024-01-01T00:00:00Z"


def hit(table: str, name: str, visitor: str = "v") -> dict:
    return {
        "_table": table,
        "event_name": name,
        "user_pseudo_id": visitor,
        "event_timestamp": "1704067200000000",
        "page_location": "https://x/",
    }


# Of each kind what does not land, and how much of it is counted.
SAID: dict[str, tuple[Tables, dict[str, object], set[str]]] = {
    "segment": (
        {
            "tracks": [
                {"id": one, "event": "Other", "anonymous_id": one, "timestamp": TIME}
                for one in ("1", "2", "")
            ]
            + [{"id": one, "event": "Sent", "timestamp": TIME} for one in ("3", "4")],
            "own_events": [{"id": "3", "form_id": "f"}],
            "identifies": [
                {"anonymous_id": one, "email": "", "timestamp": TIME} for one in ("a", "b")
            ],
        },
        {"identify": "email", "events": {"Sent": "form_submission"}},
        {
            "tracks without a row in the table of their event: no form (1 rows)",
            "tracks of other events: not landed (3 rows)",
            "identifies without a visitor or a person: not landed (2 rows)",
        },
    ),
    "snowplow": (
        {
            "events": [
                {"event_id": one, "event": "page_ping", "collector_tstamp": TIME}
                for one in ("1", "2")
            ]
        },
        {},
        {"other events: not landed (2 rows)"},
    ),
    "ga4": (
        {
            "events": [
                hit("events_20240101", "scroll"),
                hit("events_20240101", "click"),
                hit("events_intraday_20240101", "page_view"),
                hit("events_intraday_20240101", "page_view", "w"),
            ]
        },
        {},
        {
            "other events: not landed (2 rows)",
            "intraday of days that have a table of their own: not landed (2 rows)",
        },
    ),
    "fivetran_google_ads": (
        {
            "campaign_stats": [
                {"_fivetran_id": one, "id": campaign, "date": "2024-01-01", **SYNCED}
                for one, campaign in (("1", "c"), ("2", "c"), ("3", ""))
            ]
        },
        {},
        {
            "campaign_history has not the campaigns of 2 rows",
            "campaign_stats rows without a campaign: not landed (1 rows)",
            "currency unknown for 1 campaigns",
        },
    ),
    "fivetran_facebook_ads": (
        {
            "basic_ad": [
                {"ad_id": one, "date": "2024-01-01", "spend": "1", **SYNCED} for one in ("1", "2")
            ]
        },
        {},
        {"basic_ad rows without a campaign: not landed (2 rows)"},
    ),
    "fivetran_linkedin_ads": (
        {
            "ad_analytics_by_campaign": [
                {"campaign_id": "", "day": day, "clicks": "1", **SYNCED}
                for day in ("2024-01-01", "2024-01-02")
            ]
        },
        {},
        {"ad_analytics_by_campaign rows without a campaign: not landed (2 rows)"},
    ),
    "fivetran_hubspot": (
        {
            "email_event": [
                {"id": one, "type": "PRINT", "created": TIME, **SYNCED} for one in ("1", "2")
            ],
            "contact_list": [{"id": "1", "processing_type": "DYNAMIC", **SYNCED}],
            "contact_list_member": [
                {"contact_list_id": "1", "contact_id": one, "added_at": TIME, **SYNCED}
                for one in ("1", "2")
            ],
            "marketing_event_participant": [
                {"marketing_event_id": "1", "contact_id": "1", "created_at": TIME}
            ],
            "email_campaign": [{"id": "1", "content_id": "0", **SYNCED}],
        },
        {},
        {
            "email_event PRINT: not landed (2 rows)",
            "contact_list_member of dynamic lists or of other objects: not landed (2 rows)",
            "marketing_event_participant without a state: not landed (1 rows)",
            "email_campaign without content_id: no e-mail (1 rows)",
            "contact_list dynamic or of other objects: no asset (1 rows)",
        },
    ),
    "airbyte_hubspot": (
        {
            "email_events": [
                {"id": one, "type": "PRINT", "created": TIME, **AIRBYTE} for one in ("1", "2")
            ],
            "contact_lists": [{"listId": "1", "processingType": "DYNAMIC", **AIRBYTE}],
            "contacts_list_memberships": [
                {"static-list-id": "1", "canonical-vid": "1", "timestamp": TIME, **AIRBYTE}
            ],
            "contacts_form_submissions": [
                {"form-id": "f", "canonical-vid": "1", "timestamp": TIME, **AIRBYTE}
            ],
            "form_submissions": [{"formId": "f", "submittedAt": TIME, **AIRBYTE}],
            "campaigns": [{"id": "1", "contentId": "0", **AIRBYTE}],
        },
        {},
        {
            "email_events PRINT: not landed (2 rows)",
            "contacts_list_memberships of dynamic lists or of other objects: not landed (1 rows)",
            "form_submissions that contacts_form_submissions has, too: landed once (1 rows)",
            "campaigns without contentId: no e-mail (1 rows)",
            "contact_lists dynamic or of other objects: no asset (1 rows)",
        },
    ),
    "hubspot_export": (
        {
            "email_recipients": [
                {"email": one, "email_id": "1", "opened": "yes"} for one in ("a@x", "b@x")
            ],
            "campaign_reports": [{"campaign_name": "Spring", "sessions": "1"}],
        },
        {"timezone": "UTC"},
        {
            "email_open without a time in the export: not landed (2 rows)",
            "no Campaign ID, and no export of campaigns has just one of that name: not landed (1 "
            "rows)",
        },
    ),
}


@pytest.mark.parametrize("kind", SAID)
def test_what_did_not_land_is_counted_once(kind: str) -> None:
    tables, options, reasons = SAID[kind]
    for pulls in (1, 3):
        landed = translated(kind, *[tables] * pulls, **options)
        counted = {gap["reason"] for gap in landed["gaps"] if "(" in str(gap["reason"])}
        counted |= {gap["reason"] for gap in landed["gaps"] if "campaigns" in str(gap["reason"])}
        assert counted == reasons, pulls


def test_what_a_later_pull_says_otherwise_is_no_gap() -> None:
    def said(kind: str, content: str) -> Tables:
        return {
            "contact_list": [{"id": "1", "processing_type": kind, **SYNCED}],
            "contact_list_member": [
                {"contact_list_id": "1", "contact_id": "1", "added_at": TIME, **SYNCED}
            ],
            "email_campaign": [{"id": "1", "content_id": content, **SYNCED}],
        }

    pulls = said("DYNAMIC", "0"), said("MANUAL", "7")
    assert translated("fivetran_hubspot", *pulls)["gaps"] == []


def test_properties_that_nested_ones_lack_are_named() -> None:
    nested = {"email": None, "hs_merged_object_ids": None}
    raw = json.dumps({"id": "1", "properties": {"dealname": "D", "amount": None}})
    flat = {"id": "1", "properties_email": None, **AIRBYTE}
    told = translated(
        "airbyte_hubspot",
        {
            "contacts": [{"id": "1", "properties": json.dumps(nested), **AIRBYTE}],
            "deals": [{"_airbyte_data": raw, **AIRBYTE}],
        },
    )
    said = {(gap["raw_table"], gap["reason"]) for gap in told["gaps"]}
    assert ("contacts", "contacts.properties.lifecyclestage: no such column") in said
    assert ("contact_merges", "contacts.properties.hs_calculated_merged_vids: no such column") in (
        said
    )
    assert ("deals", "deals.properties.closedate: no such column") in said
    assert not any("email:" in str(one) or "amount" in str(one) for _, one in said)
    assert "properties" not in str(translated("airbyte_hubspot", {"contacts": [flat]})["gaps"])


@pytest.mark.parametrize("kind_name", ["segment", "snowplow", "ga4"])
def test_of_identifications_what_is_not_asked_is_said_and_no_columns_of_events(
    kind_name: str,
) -> None:
    for identify, empty in (("email", "visitor_identities"), ("user_id", "visitor_emails")):
        gaps = translated(kind_name, {}, identify=identify)["gaps"]
        assert [(gap["raw_table"], str(gap["reason"])[:9]) for gap in gaps] == [
            (empty, "not asked")
        ]
    for table in kind(kind_name).tables.values():
        fed = {column: table.feeds_of(column) for column in table.lacking(set())}
        urls = [tables for column, tables in fed.items() if "page_url" in column]
        assert all(tables == ("events",) for tables in urls)
        people = [tables for column, tables in fed.items() if column == "user_id"]
        assert all(tables == table.feeds for tables in people)
        addresses = [tables for column, tables in fed.items() if column.startswith("email")]
        assert all(tables == table.feeds[-1:] for tables in addresses)
