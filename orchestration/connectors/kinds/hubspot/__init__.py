"""HubSpot by its own API."""

from __future__ import annotations

from pathlib import Path

from orchestration.connectors.kind import Kind, Option, Source, Table
from orchestration.connectors.kinds.hubspot.activity import (
    read_email_events,
    read_members,
    read_occurrences,
    read_participations,
    read_submissions,
)
from orchestration.connectors.kinds.hubspot.assets import (
    read_content,
    read_flows,
    read_forms,
    read_lists,
    read_marketing_events,
)
from orchestration.connectors.kinds.hubspot.associations import read_associations
from orchestration.connectors.kinds.hubspot.campaigns import (
    read_account,
    read_assets,
    read_budgets,
    read_campaigns,
    read_reports,
)
from orchestration.connectors.kinds.hubspot.check import check
from orchestration.connectors.kinds.hubspot.client import DEFAULT_URL, Api
from orchestration.connectors.kinds.hubspot.reading import Reader
from orchestration.connectors.kinds.hubspot.records import (
    CONTACTS,
    DEALS,
    read_objects,
)
from orchestration.connectors.options import one_of, whole
from orchestration.connectors.pull import Pull
from orchestration.terminal import progress

ROW = ("id", "parent_id", "kind", "payload")


def _table(*feeds: str) -> Table:
    return Table(ROW, feeds=feeds)


def pull(source: Source, pull: Pull) -> None:
    """Everything that the source may read: what the rest refers to first, so that a pull that stops
    early makes sense as far as it came.
    """
    api = Api(source, memory=pull.settings.private / "pace" / f"{source.name}.json")
    try:
        _read(Reader(api, pull))
    finally:
        api.close()
    progress.item(f"  {api.sent:,} requests")


def _read(reader: Reader) -> None:
    pull = reader.pull
    if pull.resumed:
        progress.item(f"  goes on with the pull begun at {pull.started_at:%Y-%m-%d %H:%M:%S} UTC")
    read_account(reader)
    campaigns = read_campaigns(reader)
    read_assets(reader, campaigns)
    read_budgets(reader, campaigns)
    read_content(reader)
    read_forms(reader)
    read_lists(reader)
    read_flows(reader)
    read_marketing_events(reader)
    for objects in (CONTACTS, DEALS):
        read_objects(reader, objects)
        reader.report(objects.table)
    read_associations(reader)
    reader.report("deal_contacts")
    read_email_events(reader)
    read_submissions(reader)
    read_members(reader)
    read_participations(reader)
    read_occurrences(reader)
    read_reports(reader, campaigns)


KIND = Kind(
    name="hubspot",
    summary="HubSpot by its API, with a service key",
    folder=Path(__file__).parent,
    tables={
        "account": _table("deals", "exchange_rates"),
        "exchange_rates": _table("exchange_rates"),
        "campaigns": _table("campaigns", "campaign_utms"),
        "asset_types": _table("campaign_asset_log"),
        "campaign_assets": _table("campaign_asset_log", "assets"),
        "budget_totals": _table("budget_items", "spend_items"),
        "landing_pages": _table("assets"),
        "site_pages": _table("assets"),
        "blog_posts": _table("assets"),
        "marketing_emails": _table("assets", "events"),
        "revisions": _table("campaign_asset_log"),
        "forms": _table("assets", "events"),
        "lists": _table("assets", "events"),
        "flows": _table("assets"),
        "marketing_events": _table("assets", "events"),
        "contacts": _table("contacts", "contact_merges"),
        "deals": _table("deals", "deal_merges"),
        "deal_contacts": _table("deal_contact_log"),
        "email_events": _table("events"),
        "form_submissions": _table("events"),
        "list_members": _table("events"),
        "event_participations": _table("events"),
        "event_occurrences": _table("events"),
        "report_metrics": _table("reported_metrics"),
        "report_contacts": _table("reported_contacts"),
        "report_revenue": _table("reported_metrics"),
    },
    pull=pull,
    check=check,
    options={
        "url": Option("the API's base (default: HubSpot's)", url_like=DEFAULT_URL),
        "version": Option("HubSpot's date-based version of its paths (default: 2026-03)"),
        "plan": Option(
            "what the account has; found out where it is not stated",
            one_of("free", "starter", "professional", "enterprise"),
        ),
        "max_requests": Option("requests after which a pull stops; the next goes on", whole),
    },
    lacks={
        "visitor_identities": "HubSpot names no cookie; sessions are per contact",
        "visitor_emails": "HubSpot names no cookie",
        "ad_metrics": "no API: take a source of the ad network",
        "salesforce_campaign_members": "no API: take a source of Salesforce",
    },
    needs=("campaigns",),
    asks=True,
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
        "page_view",
        "ad_click",
    ),
    secrets=("token",),
)
