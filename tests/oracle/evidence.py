"""What ties a contact to a campaign whatever the time, and the events that count (R94, R98,
R120)."""

from __future__ import annotations

from collections.abc import Iterable

from .aliases import Aliases
from .associations import Associations
from .interactions import PAGE_VIEW, Interaction, basis
from .rules import Row


def campaigns_ever(
    event: Interaction,
    associations: Associations,
    aliases: Aliases,
    utm_types: Iterable[str] = (PAGE_VIEW,),
) -> set[str]:
    """Campaigns whose asset the event's asset ever was, or whose alias its utm is."""
    by_utm = aliases.campaigns(event.utm_campaign) if event.event_type in utm_types else set()
    return associations.campaigns_ever(event.asset) | by_utm


def conversion_campaigns(
    converting: Interaction,
    in_session: list[Interaction],
    associations: Associations,
    aliases: Aliases,
) -> dict[str, str]:
    """R51: campaign -> basis of a conversion; `in_session` are its session's events, or itself."""
    by_asset: set[str] = set()
    for event in touching(converting, in_session):
        by_asset |= associations.campaigns_at(event.asset, event.occurred_at)
    by_utm = aliases.campaigns_at(converting.utm_campaign, converting.occurred_at)
    return {campaign_id: basis(campaign_id, by_asset, by_utm) for campaign_id in by_asset | by_utm}


def touching(converting: Interaction, in_session: list[Interaction]) -> list[Interaction]:
    """R51: page views and form submissions of the session, not after the conversion."""
    return [
        event
        for event in in_session
        if event.event_type in (PAGE_VIEW, "form_submission") and event.order <= converting.order
    ]


def rows_of(table: list[Row], campaign_id: str | None) -> list[Row]:
    """The rows of one campaign."""
    return [row for row in table if row["campaign_id"] == campaign_id]
