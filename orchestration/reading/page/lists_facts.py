"""Lists of what happened: deals, contacts, sessions, interactions."""

from __future__ import annotations

from orchestration.reading.page.cells import Column
from orchestration.reading.page.columns import (
    ASSET_COLUMN,
    CAMPAIGN,
    CAMPAIGN_COLUMN,
    CHANNEL_COLUMN,
    CONTACT,
    CONTACT_COLUMN,
    DEAL_COLUMN,
    EVENTS,
    NAMES,
    PEOPLE,
    YES_NO,
    event_column,
    events_by,
)
from orchestration.reading.page.listing import Facet, Filter, Listing

EVENT_LINK = event_column("What")
DEALS = Listing(
    name="deals",
    title="Deals",
    help=(
        "Every deal with the reason why it counts or does not. The amounts of all won deals are "
        "those counted plus those left out, reason by reason; a deal whose amount is not known in "
        "the home currency has none here and is counted beside the sums."
    ),
    columns=(
        DEAL_COLUMN,
        Column("status", "Does it count?", "reason", subject="deal"),
        Column(
            "campaigns",
            "Campaigns",
            "count",
            link=lambda s, row: s.link("/deal", id=row["deal_id"]),
        ),
        Column("closed_at", "Closed", "instant"),
        Column("stage", "Stage"),
        Column("is_closed_won", "Won", "yes"),
        Column("amount_home", "Amount", "money"),
        Column(
            "not_converted",
            "Not converted",
            "count",
            help=(
                "Deals whose amount is not known in the home currency, as there is no rate on or "
                "before the close or no close time: no sum can have them."
            ),
        ),
    ),
    base="""select deals.deal_id, status.status, status.campaigns, deals.closed_at, deals.stage,
        deals.is_closed_won, deals.amount_home, deals.deal_name,
            deals.currency, deals.amount,
                (deals.amount is not null and deals.amount_home is null)::int as not_converted
        from @core.fct_deals as deals left join @diagnostics.deal_status as status on deals.deal_id
            = status.deal_id where {where}""",
    order="closed_at desc nulls last, deal_id",
    filters=(
        Filter("status", "Reason", "status.status is not distinct from $status", "facet"),
        Filter("won", "Won", "deals.is_closed_won = ($won = 'yes')", "choice", YES_NO),
        Filter("name", "Name contains", "contains(lower(deals.deal_name), lower($name))"),
    ),
    period="deals.closed_at",
    period_says="by the close",
    facet=Facet("status", "status", "Reason", "reason", "deal"),
    sums=("amount_home", "not_converted"),
    empty="No deal.",
)
PLAIN_DEALS = Listing(
    name="all-deals",
    title="Deals",
    help="Every deal.",
    columns=(
        DEAL_COLUMN,
        Column("closed_at", "Closed", "instant"),
        Column("stage", "Stage"),
        Column("is_closed_won", "Won", "yes"),
        Column("amount_home", "Amount", "money"),
    ),
    base=(
        "select deal_id, deal_name, closed_at, stage, is_closed_won, amount_home from "
        "@core.fct_deals where {where}"
    ),
    order="closed_at desc nulls last, deal_id",
    filters=(Filter("name", "Name contains", "contains(lower(deal_name), lower($name))"),),
    period="closed_at",
    period_says="by the close",
    sums=("amount_home",),
)
CONTACTS = Listing(
    name="contacts",
    title="Contacts",
    help="Every contact that was not merged into another one.",
    columns=(
        CONTACT_COLUMN,
        Column("created_at", "Created", "instant"),
        Column("lifecycle_stage", "Lifecycle stage", "code"),
        Column("merged_contact_ids", "Merged", "list"),
        Column("salesforce_campaign_ids", "Salesforce campaigns", "list"),
        Column("is_deleted", "Deleted", "yes"),
    ),
    base=(
        "select contact_id, email, created_at, lifecycle_stage, merged_contact_ids, "
        "salesforce_campaign_ids, is_deleted from @core.dim_contacts where {where}"
    ),
    order="created_at desc nulls last, contact_id",
    filters=(
        Filter("email", "E-mail contains", "contains(lower(email), lower($email))"),
        Filter("stage", "Lifecycle stage", "lifecycle_stage = $stage"),
        Filter(
            "salesforce",
            "Salesforce campaign ID",
            "list_contains(salesforce_campaign_ids, $salesforce)",
        ),
    ),
    period="created_at",
    period_says="by the creation",
    empty="No contact.",
)
SESSIONS = Listing(
    name="sessions",
    title="Sessions",
    help=(
        "Visits. Those of a campaign have a page view that counts for it: on one of its assets, "
        "or through a link with its utm_campaign."
    ),
    columns=(
        Column("session_id", "Session", "session"),
        Column("started_at", "Started", "instant"),
        CONTACT_COLUMN,
        Column(
            "page_views",
            "Page views",
            "count",
            link=lambda s, row: s.link("/session", id=row["session_id"]),
        ),
        CHANNEL_COLUMN,
        Column("source", "Source"),
        Column("utm_campaign", "utm_campaign"),
    ),
    base=(
        "select session_id, visitor_id, contact_id, started_at, ended_at, page_views, channel, "
        "source, utm_campaign from @core.fct_sessions where {where}"
    ),
    order="started_at desc, session_id",
    filters=(
        Filter(
            "campaign",
            "Campaign",
            (
                "session_id in (select session_id from @core.fct_campaign_interactions where "
                "campaign_id = $campaign and event_type = 'page_view')"
            ),
            is_hidden=True,
        ),
        CONTACT,
        Filter("utm", "utm_campaign", "utm_campaign = $utm"),
    ),
    lookups=(PEOPLE,),
    joins="left join contacts on page.contact_id = contacts.contact_id",
    extra="contacts.email",
    period="started_at",
    period_says="by the start",
    channel="channel = $channel",
    empty="No session.",
)
INTERACTIONS = Listing(
    name="interactions",
    title="Interactions",
    help=(
        "Everything that happened, filtered interactions (bots and internal traffic) included; "
        "those count nowhere."
    ),
    columns=(
        Column("occurred_at", "When", "instant"),
        EVENT_LINK,
        CONTACT_COLUMN,
        ASSET_COLUMN,
        Column("url", "URL"),
        CHANNEL_COLUMN,
        Column("is_filtered", "Filtered", "yes"),
        Column("event_id", "Event", only_csv=True),
    ),
    base=(
        "select event_id, event_type, occurred_at, contact_id, visitor_id, session_id, "
        "asset_type, asset_id, url, channel, is_filtered from @core.fct_interactions where {where}"
    ),
    order="occurred_at desc, event_id",
    filters=(
        CONTACT,
        Filter("session", "Session", "session_id = $session", is_hidden=True),
        Filter("type", "Kind", "event_type = $type", "event_type"),
        Filter("asset_type", "Kind of asset", "asset_type = $asset_type", "asset_type"),
        Filter("asset", "Asset ID", "asset_id = $asset"),
        Filter("utm", "utm_campaign", "utm_campaign = $utm"),
        Filter("filtered", "Filtered", "is_filtered = ($filtered = 'yes')", "choice", YES_NO),
    ),
    lookups=(PEOPLE,),
    joins="""left join contacts on page.contact_id = contacts.contact_id
        left join @core.dim_assets as assets
            on page.asset_type = assets.asset_type and page.asset_id = assets.asset_id""",
    extra="contacts.email, assets.asset_name",
    period="occurred_at",
    period_says="by the interaction",
    channel="channel = $channel",
    empty="No interaction.",
)
CAMPAIGN_INTERACTIONS = Listing(
    name="campaign-interactions",
    title="Interactions that count for a campaign",
    help=(
        "Interactions on an asset while it was in the campaign, or page views through a link with "
        "its utm_campaign, anonymous visitors included."
    ),
    columns=(
        CAMPAIGN_COLUMN,
        Column("occurred_at", "When", "instant"),
        EVENT_LINK,
        CONTACT_COLUMN,
        ASSET_COLUMN,
        Column("basis", "Counts by", "basis"),
        Column("influences", "Influences", "yes"),
        Column("earns_revenue", "Earns revenue", "yes"),
        Column("event_id", "Event", only_csv=True),
    ),
    base=(
        "select event_id, campaign_id, contact_id, session_id, event_type, occurred_at, basis, "
        "influences, earns_revenue from @core.fct_campaign_interactions where {where}"
    ),
    order="occurred_at desc, event_id, campaign_id",
    filters=(
        CAMPAIGN,
        CONTACT,
        Filter("type", "Kind", "event_type = $type", "event_type"),
        Filter("influences", "Influences", "influences = ($influences = 'yes')", "choice", YES_NO),
        Filter("earns", "Earns revenue", "earns_revenue = ($earns = 'yes')", "choice", YES_NO),
    ),
    joins=NAMES + EVENTS,
    lookups=(PEOPLE, events_by("page", "found.occurred_at = page.occurred_at")),
    extra=(
        "campaigns.campaign_name, contacts.email, events.asset_type, events.asset_id, "
        "assets.asset_name, events.url, events.channel"
    ),
    period="occurred_at",
    period_says="by the interaction",
    required=("campaign",),
    empty="No interaction.",
)
FACT_LISTS = (
    DEALS,
    PLAIN_DEALS,
    CONTACTS,
    SESSIONS,
    INTERACTIONS,
    CAMPAIGN_INTERACTIONS,
)
