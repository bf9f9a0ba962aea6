"""First touch, last touch and influence of contacts (R50-R53)."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from .associations import Associations
from .interactions import Aliases, Interaction, Interactions, basis
from .people import People
from .records import Parameters, Row

PAGE_VIEW, FORM_SUBMISSION = "page_view", "form_submission"


def primary_campaign(bases: dict[str, str]) -> str | None:
    """R50: utm or both before asset, then the lowest campaign id."""
    return min(
        bases, key=lambda campaign_id: (bases[campaign_id] == "asset", campaign_id), default=None
    )


def first_touches(interactions: Interactions, people: People) -> list[Row]:
    """The table first_touch_contacts (R50)."""
    rows = []
    for contact_id, events in interactions.by_contact().items():
        views = [event for event in events if event.event_type == PAGE_VIEW]
        created_at = people.created_at(contact_id)
        if not views or views[0].occurred_at > created_at:
            continue
        for campaign_id, why in views[0].campaigns.items():
            rows.append(
                {
                    "campaign_id": campaign_id,
                    "contact_id": contact_id,
                    "contact_created_at": created_at,
                    "event_id": views[0].event_id,
                    "basis": why,
                    "is_primary": campaign_id == primary_campaign(views[0].campaigns),
                }
            )
    return rows


def conversion(
    events: list[Interaction], people: People, parameters: Parameters
) -> Interaction | None:
    """The form submission nearest to the creation of the contact whose events these are."""
    tolerance = timedelta(minutes=parameters.conversion_tolerance_minutes)
    candidates = []
    for event in events:
        distance = abs(event.occurred_at - people.created_at(event.contact_id))
        if event.event_type == FORM_SUBMISSION and distance <= tolerance:
            candidates.append((distance, event.occurred_at, event.event_id, event))
    return min(candidates)[-1] if candidates else None


def last_touches(
    interactions: Interactions,
    people: People,
    associations: Associations,
    aliases: Aliases,
    parameters: Parameters,
) -> list[Row]:
    """The table last_touch_contacts (R51)."""
    sessions = {session.events[0].session_id: session.events for session in interactions.sessions}
    rows = []
    for contact_id, events in interactions.by_contact().items():
        converting = conversion(events, people, parameters)
        if converting is None:
            continue
        in_session = sessions.get(converting.session_id, [converting])
        by_asset = set()
        for event in in_session:
            if event.event_type in (PAGE_VIEW, FORM_SUBMISSION) and event.order <= converting.order:
                by_asset |= associations.campaigns_at(event.asset, event.occurred_at)
        by_utm = aliases.campaigns_at(converting.utm_campaign, converting.occurred_at)
        bases = {
            campaign_id: basis(campaign_id, by_asset, by_utm) for campaign_id in by_asset | by_utm
        }
        for campaign_id, why in bases.items():
            rows.append(
                {
                    "campaign_id": campaign_id,
                    "contact_id": contact_id,
                    "contact_created_at": people.created_at(contact_id),
                    "conversion_event_id": converting.event_id,
                    "basis": why,
                    "is_primary": campaign_id == primary_campaign(bases),
                }
            )
    return rows


def influenced(interactions: Interactions, new_contacts: set[tuple[str, str]]) -> list[Row]:
    """The table influenced_contacts (R53). `new_contacts` are the (campaign, contact) pairs of both touches."""
    evidence: dict[tuple[str, str], list[Interaction]] = defaultdict(list)
    for contact_id, events in interactions.by_contact().items():
        for event in events:
            if event.influences:
                for campaign_id in event.campaigns:
                    evidence[campaign_id, contact_id].append(event)
    return [
        {
            "campaign_id": campaign_id,
            "contact_id": contact_id,
            "influenced_at": events[0].occurred_at,
            "event_id": events[0].event_id,
            "event_type": events[0].event_type,
            "is_new_contact": (campaign_id, contact_id) in new_contacts,
            "interactions": len(events),
        }
        for (campaign_id, contact_id), events in evidence.items()
    ]
