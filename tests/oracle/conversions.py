"""More than won deals: contacts and deals created (R100-R103), and what channels brought."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from .attribution import Effects
from .deal_contacts import DealContacts
from .deals import contacts_at, path_of
from .interactions import Interaction, Interactions
from .ledger import pieces_of, split
from .money import CENT, MILLIONTH, Money
from .people import People
from .positions import Held, contact_positions, deal_positions
from .rules import Parameters, Row, Rules
from .touches import Touches


@dataclass(frozen=True)
class Conversion:
    """A contact or a deal that was created, the events that brought it and their positions."""

    kind: str
    subject_id: str
    at: datetime
    path: list[Interaction]
    held: Held
    amount: Decimal | None


def up_to(at: datetime) -> Callable[[Interaction], bool]:
    """Whether an event is not after an instant."""
    return lambda event: event.occurred_at <= at


def contacts_created(
    by_contact: dict[str, list[Interaction]], people: People, parameters: Parameters
) -> Iterator[Conversion]:
    """R101: every surviving, not deleted contact that has a path."""
    tolerance = timedelta(minutes=parameters.conversion_tolerance_minutes)
    for contact_id in by_contact:
        created_at = people.created_at(contact_id)
        path = path_of({contact_id}, by_contact, up_to(created_at + tolerance))
        if path:
            held = contact_positions(path)
            yield Conversion("contact_created", contact_id, created_at, path, held, None)


def deals_created(
    deals: list[Row],
    deal_contacts: DealContacts,
    by_contact: dict[str, list[Interaction]],
    people: People,
    money: Money,
    parameters: Parameters,
) -> Iterator[Conversion]:
    """R102: every deal not deleted and not merged away, with a created time and a path."""
    for deal in deals:
        created_at = deal["created_at"]
        if deal["is_deleted"] or deal["merged_into"] is not None or created_at is None:
            continue
        intervals = deal_contacts.of_deal.get(deal["deal_id"], [])
        as_of = deal["closed_at"] or parameters.as_of
        contacts = contacts_at(intervals, as_of, people)
        path = path_of(contacts, by_contact, up_to(created_at))
        if path:
            held = deal_positions(path, contacts, created_at, people)
            amount = None
            if deal["amount"] is not None and deal["amount"] > 0:
                amount = money.home(deal["amount"], deal["currency"], parameters.day(created_at))
            yield Conversion("deal_created", deal["deal_id"], created_at, path, held, amount)


def conversion_credits(conversions: list[Conversion], rules: Rules, effects: Effects) -> list[Row]:
    """The table conversion_credits: per conversion and model one credit and the amount (R103)."""
    rows = []
    for conversion in conversions:
        for model in rules.models:
            pieces = pieces_of(model, conversion.path, conversion.held, effects)
            credits = split(Decimal(1), pieces, MILLIONTH)
            amounts: list[Decimal | None] = [None] * len(pieces)
            if conversion.amount is not None:
                amounts = split(conversion.amount, pieces, CENT)
            for piece, credit, amount in zip(pieces, credits, amounts, strict=True):
                rows.append(
                    piece.row()
                    | {
                        "conversion": conversion.kind,
                        "subject_id": conversion.subject_id,
                        "converted_at": conversion.at,
                        "model": model.name,
                        "credit": credit,
                        "amount": amount,
                    }
                )
    return rows


def attributed_conversions(credits: list[Row]) -> list[Row]:
    """The table attributed_conversions."""
    groups: dict[tuple, list[Row]] = defaultdict(list)
    for row in credits:
        groups[row["conversion"], row["campaign_id"], row["model"]].append(row)
    rows = []
    for (kind, campaign_id, model), members in groups.items():
        amounts = [row["amount"] for row in members if row["amount"] is not None]
        rows.append(
            {
                "conversion": kind,
                "campaign_id": campaign_id,
                "model": model,
                "subjects": len({row["subject_id"] for row in members}),
                "credit": sum(row["credit"] for row in members),
                "amount": sum(amounts) if amounts else None,
            }
        )
    return rows


def channel_performance(
    interactions: Interactions,
    touches: Touches,
    revenue: list[Row],
    conversions: list[Row],
    rules: Rules,
) -> list[Row]:
    """The table channel_performance: a row per channel and model that has anything."""
    sessions = Counter(session.channel for session in interactions.sessions)
    new_contacts = Counter(
        touches.first_view(contact_id).channel
        for contact_id in touches.events
        if touches.is_new(contact_id)
    )
    keys = {(channel, model.name) for channel in sessions | new_contacts for model in rules.models}
    keys |= {(row["channel"], row["model"]) for row in revenue + conversions}
    rows = []
    for channel, model in keys:
        won, created = (
            [row for row in credits if (row["channel"], row["model"]) == (channel, model)]
            for credits in (revenue, conversions)
        )
        contacts = [row["credit"] for row in created if row["conversion"] == "contact_created"]
        pipeline = [row["amount"] or 0 for row in created if row["conversion"] == "deal_created"]
        rows.append(
            {
                "channel": channel,
                "model": model,
                "sessions": sessions[channel],
                "new_contacts": new_contacts[channel],
                "contacts_created": sum(contacts, Decimal(0)),
                "deals": len({row["deal_id"] for row in won}),
                "revenue": sum((row["credit"] for row in won), Decimal(0)),
                "pipeline": sum(pipeline, Decimal(0)),
            }
        )
    return rows
