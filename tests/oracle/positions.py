"""Positions in a path and the weights of position models (R71-R73, R112)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction

from .channels import DIRECT, OFFLINE
from .interactions import Interaction
from .people import People
from .rules import AttributionModel

DAY = timedelta(days=1)
Held = dict[str, Interaction | None]
# Event id -> share; the shares of a path sum to one.
Shares = dict[str, Fraction]


def last_up_to(events: Iterable[Interaction], at: datetime) -> Interaction | None:
    """The last of events in order that is not after an instant."""
    found = [event for event in events if event.occurred_at <= at]
    return found[-1] if found else None


def last_non_direct(path: list[Interaction]) -> Interaction:
    """R112."""
    found = [event for event in path if event.channel not in (DIRECT, OFFLINE)]
    return found[-1] if found else path[-1]


def lead_creation(
    path: list[Interaction], contacts: set[str], people: People
) -> Interaction | None:
    """R71: the last event of the oldest contact at or before that contact's creation."""
    oldest = min(contacts, key=lambda contact_id: (people.created_at(contact_id), contact_id))
    own = [event for event in path if event.contact_id == oldest]
    return last_up_to(own, people.created_at(oldest))


def deal_positions(
    path: list[Interaction], contacts: set[str], created_at: datetime, people: People
) -> Held:
    """R71: which event holds which position of a deal; None where none does."""
    return {
        "first": path[0],
        "lead_creation": lead_creation(path, contacts, people),
        "deal_creation": last_up_to(path, created_at),
        "last": path[-1],
        "last_non_direct": last_non_direct(path),
    }


def contact_positions(path: list[Interaction]) -> Held:
    """R101: lead creation is the last; there is no deal."""
    return {
        "first": path[0],
        "lead_creation": path[-1],
        "deal_creation": None,
        "last": path[-1],
        "last_non_direct": last_non_direct(path),
    }


def position_shares(model: AttributionModel, path: list[Interaction], held: Held) -> Shares:
    """R72, R73: the share of each event of a path."""
    if model.half_life_days is not None:
        shares = {event.event_id: _decayed(model, path[-1], event) for event in path}
    else:
        shares = {event.event_id: Fraction(0) for event in path}
        holders = set()
        for position, event in held.items():
            if model.shares[position] > 0 and event is not None:
                shares[event.event_id] += model.shares[position]
                holders.add(event.event_id)
        others = [event.event_id for event in path if event.event_id not in holders]
        for event_id in others:
            shares[event_id] += model.shares["others"] / len(others)
    whole = sum(shares.values())
    return {event_id: share / whole for event_id, share in shares.items()} if whole else shares


def _decayed(model: AttributionModel, last: Interaction, event: Interaction) -> Fraction:
    age = (last.occurred_at - event.occurred_at) / DAY
    return Fraction(2.0 ** (-age / model.half_life_days))
