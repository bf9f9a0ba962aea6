"""Columns, filters and joins that lists share."""

from __future__ import annotations

from typing import Any

from orchestration.reading.page.cells import Column
from orchestration.reading.page.listing import Filter
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
NAMES = """
    left join @core.dim_campaigns as campaigns on page.campaign_id = campaigns.campaign_id
    left join @core.dim_contacts as contacts on page.contact_id = contacts.contact_id
"""
# The event is looked for by its instant, too, by which interactions are in order; a campaign's by the campaign's.
COUNTED = """
    left join @core.fct_campaign_interactions as counted
        on page.campaign_id = counted.campaign_id and page.event_id = counted.event_id
"""
EVENT_ASSET = """
    left join @core.dim_assets as assets
        on events.asset_type = assets.asset_type and events.asset_id = assets.asset_id
"""
EVENT_COLUMNS = "events.event_type, events.occurred_at, events.asset_type, events.asset_id, assets.asset_name, events.url, events.channel"
BY_CHANNEL = "{event} in (select event_id from @core.fct_interactions where channel = $channel)"


def credit_link(selection: Selection, row: dict[str, Any]) -> str:
    """To the credits that a number is the sum of."""
    return selection.link(
        "/list/credits",
        campaign=row.get("campaign_id"),
        contact=row.get("contact_id"),
        deal=row.get("deal_id"),
    )
