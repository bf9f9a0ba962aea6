"""Lists of contacts that a campaign touched first, last, or at all."""

from __future__ import annotations

from orchestration.reading.page.cells import Column
from orchestration.reading.page.columns import (
    ASSET_COLUMN,
    BY_CHANNEL,
    CAMPAIGN,
    CAMPAIGN_COLUMN,
    CHANNEL_COLUMN,
    CONTACT,
    CONTACT_COLUMN,
    COUNTED,
    EVENT_COLUMNS,
    EVENTS,
    NAMES,
    PEOPLE,
    event_column,
    events_by,
)
from orchestration.reading.page.listing import Filter, Listing


def _touch(
    name: str,
    title: str,
    event: str,
    says: str,
    event_says: str,
    lookups: tuple[tuple[str, str], ...],
    basis: str = "basis",
) -> Listing:
    return Listing(
        name=name,
        title=title,
        help=says,
        columns=(
            CAMPAIGN_COLUMN,
            CONTACT_COLUMN,
            Column("contact_created_at", "Created", "instant"),
            event_column(event_says),
            Column("occurred_at", "When", "instant"),
            ASSET_COLUMN,
            CHANNEL_COLUMN,
            Column("basis", "Counts by", basis),
            Column(
                "is_primary",
                "Primary campaign",
                "yes",
                help="One campaign per contact, so that contacts can be added up.",
            ),
            Column("event_id", "Event", only_csv=True),
        ),
        base=(
            f"select campaign_id, contact_id, contact_created_at, {event} as event_id, basis, "
            f"is_primary from @marts.{name}_contacts where {{where}}"
        ),
        order="contact_created_at desc, contact_id, campaign_id",
        filters=(
            CAMPAIGN,
            CONTACT,
            Filter("event", event_says, f"{event} = $event", is_hidden=True),
        ),
        joins=NAMES + EVENTS,
        lookups=(PEOPLE, *lookups),
        extra=f"campaigns.campaign_name, contacts.email, {EVENT_COLUMNS}",
        period="contact_created_at",
        period_says="by the contact's creation",
        channel=BY_CHANNEL.format(event=event),
        empty="No contact.",
    )


FIRST_TOUCH = _touch(
    "first_touch",
    "New contacts by first touch",
    "event_id",
    "New contacts whose first page view ever counted for the campaign, with that page view.",
    "First page view",
    (COUNTED, events_by("counted", "found.occurred_at = counted.occurred_at")),
)


LAST_TOUCH = _touch(
    "last_touch",
    "New contacts by last touch",
    "conversion_event_id",
    (
        "New contacts whose conversion, the form that created them, came through the campaign, "
        "with that form."
    ),
    "Conversion",
    (
        events_by(
            "page",
            "found.occurred_at between page.contact_created_at - to_minutes($tolerance::bigint) "
            "and page.contact_created_at + to_minutes($tolerance::bigint)",
        ),
    ),
    "last_touch_basis",
)


INFLUENCED = Listing(
    name="influenced",
    title="Influenced contacts",
    help=(
        "Contacts, new or known, with at least one influencing interaction that counted for the "
        "campaign. The "
        "first one is shown: it makes the contact one of these."
    ),
    columns=(
        CAMPAIGN_COLUMN,
        CONTACT_COLUMN,
        Column("influenced_at", "Influenced since", "instant"),
        event_column("By"),
        ASSET_COLUMN,
        Column("basis", "Counts by", "basis"),
        CHANNEL_COLUMN,
        Column(
            "interactions",
            "Interactions",
            "count",
            link=lambda s, row: s.link(
                "/list/campaign-interactions",
                campaign=row["campaign_id"],
                contact=row["contact_id"],
                influences="yes",
                from_=None,
                to_=None,
            ),
        ),
        Column("is_new_contact", "New contact", "yes"),
        Column("event_id", "Event", only_csv=True),
    ),
    base=(
        "select campaign_id, contact_id, influenced_at, event_id, event_type, interactions, "
        "is_new_contact from @marts.influenced_contacts where {where}"
    ),
    order="influenced_at desc, contact_id, campaign_id",
    filters=(CAMPAIGN, CONTACT),
    joins=NAMES
    + EVENTS
    + (
        "left join @core.fct_campaign_interactions as counted "
        "on page.influenced_at = counted.occurred_at and page.campaign_id = counted.campaign_id "
        "and page.event_id = counted.event_id"
    ),
    lookups=(PEOPLE, events_by("page", "found.occurred_at = page.influenced_at")),
    extra=(
        "campaigns.campaign_name, contacts.email, events.asset_type, events.asset_id, "
        "assets.asset_name, events.url, events.channel, counted.basis"
    ),
    period="influenced_at",
    period_says="by the first interaction with the campaign",
    channel=BY_CHANNEL.format(event="event_id"),
    empty="No contact.",
)
TOUCH_LISTS = (FIRST_TOUCH, LAST_TOUCH, INFLUENCED)
