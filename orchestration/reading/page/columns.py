"""Columns, filters and joins that lists share."""

from __future__ import annotations

from typing import Any

from orchestration.reading.page.cells import Column
from orchestration.reading.page.listing import NONE_TOKEN, Filter
from orchestration.reading.page.selection import Selection

CAMPAIGN = Filter(
    "campaign",
    "Campaign",
    "campaign_id is not distinct from $campaign",
    is_hidden=True,
)
CONTACT = Filter("contact", "Contact", "contact_id = $contact", is_hidden=True)
DEAL = Filter("deal", "Deal", "deal_id = $deal", is_hidden=True)
CAMPAIGN_COLUMN = Column("campaign_id", "Campaign", "campaign", "campaign_name")
CONTACT_COLUMN = Column("contact_id", "Contact", "contact", "email")
DEAL_COLUMN = Column("deal_id", "Deal", "deal", "deal_name")
ASSET_COLUMN = Column("asset_id", "Asset", "asset", "asset_name")
CHANNEL_COLUMN = Column("channel", "Channel", "code")
CONVERSION_COLUMN = Column("conversion", "Conversion", "conversion")
# Which of the two, where a list has both.
CONVERSION_FILTER = Filter(
    "kind",
    "Conversion",
    "conversion = $kind",
    "choice",
    (("contact_created", "Created contacts"), ("deal_created", "Created deals")),
)


def event_column(head: str) -> Column:
    """The kind of an interaction, which leads to the interaction itself."""
    return Column(
        "event_type",
        head,
        "event_type",
        link=lambda selection, row: selection.link("/event", id=row["event_id"]),
    )


PEOPLE = (
    "contacts",
    (
        "select found.* from @core.dim_contacts as found semi join page on found.contact_id = "
        "page.contact_id"
    ),
)
YES_NO = (("yes", "yes"), ("no", "no"))
NAMES = """
    left join @core.dim_campaigns as campaigns on page.campaign_id = campaigns.campaign_id
    left join contacts on page.contact_id = contacts.contact_id
"""
COUNTED = (
    "counted",
    """
    select found.* from @core.fct_campaign_interactions as found
    semi join page on found.campaign_id = page.campaign_id and found.event_id = page.event_id
    """,
)


def events_by(other: str, condition: str) -> tuple[str, str]:
    """The interactions of a page, looked for by their instant, too: they are written in its
    order.
    """
    return (
        "events",
        f"""
        select found.* from @core.fct_interactions as found
        semi join {other} on found.event_id = {other}.event_id and {condition}
        """,
    )


EVENTS = """
    left join events on page.event_id = events.event_id
    left join @core.dim_assets as assets
        on events.asset_type = assets.asset_type and events.asset_id = assets.asset_id
"""
EVENT_COLUMNS = (
    "events.event_type, events.occurred_at, events.asset_type, events.asset_id, "
    "assets.asset_name, events.url, events.channel"
)
BY_CHANNEL = "{event} in (select event_id from @core.fct_interactions where channel = $channel)"


def credit_link(selection: Selection, row: dict[str, Any]) -> str:
    """To the credits that a number is the sum of."""
    return selection.link(
        "/list/credits",
        campaign=NONE_TOKEN if row["campaign_id"] is None else row["campaign_id"],
        contact=row.get("contact_id"),
        deal=row.get("deal_id"),
    )


CAMPAIGN_NAME = (
    "left join @core.dim_campaigns as campaigns on page.campaign_id = campaigns.campaign_id"
)
