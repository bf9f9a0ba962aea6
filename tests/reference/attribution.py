"""Deals and their credits (R60-R77)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

from .interactions import Interaction, Interactions
from .people import People
from .records import CENT, AttributionModel, Money, Parameters, Row, Rules

DAY = timedelta(days=1)


@dataclass
class Deal:
    """A deal. `contacts` are those of R60, `path` the eligible interactions of R70, both empty where the deal cannot count."""

    row: Row
    contacts: set[str]
    path: list[Interaction]

    @property
    def deal_id(self) -> str:
        """Id of the deal."""
        return self.row["deal_id"]

    @property
    def closed_at(self) -> datetime:
        """When the deal was closed; known where the deal has contacts."""
        return self.row["closed_at"]

    @property
    def amount_home(self) -> Decimal:
        """Home amount; known where the deal has contacts."""
        return self.row["amount_home"]

    def campaigns(self) -> set[str]:
        """The campaigns that the deal counts for (R60)."""
        return {campaign_id for event in self.path for campaign_id in event.campaigns}

    def contacts_of(self, campaign_id: str) -> set[str]:
        """The contacts through which it counts for a campaign."""
        return {event.contact_id for event in self.path if campaign_id in event.campaigns}


def published_deals(deals: list[Row], money: Money, parameters: Parameters) -> list[Row]:
    """The table fct_deals."""
    names = [
        "deal_id",
        "deal_name",
        "pipeline",
        "stage",
        "is_closed_won",
        "amount",
        "currency",
        "created_at",
        "closed_at",
    ]
    rows = []
    for deal in deals:
        closed_on = None if deal["closed_at"] is None else parameters.day(deal["closed_at"])
        amount_home = money.home(deal["amount"], deal["currency"], closed_on)
        rows.append(
            {name: deal[name] for name in names}
            | {"amount_home": amount_home, "is_deleted": deal["_deleted"]}
        )
    return rows


def missing_requirement(deal: Row) -> str | None:
    """The first of R94's reasons that the deal itself gives, None where it may count."""
    checks = (
        ("DEAL_DELETED", not deal["is_deleted"]),
        ("NOT_CLOSED_WON", deal["is_closed_won"]),
        ("AMOUNT_NOT_POSITIVE", deal["amount"] is not None and deal["amount"] > 0),
        ("NO_CREATED_TIME", deal["created_at"] is not None),
        ("NO_CLOSE_TIME", deal["closed_at"] is not None),
        ("NO_EXCHANGE_RATE", deal["amount_home"] is not None),
    )
    return next((reason for reason, is_met in checks if not is_met), None)


def associated_at_close(deal: Row, deal_contacts: list[Row], people: People) -> set[str]:
    """Contacts associated strictly before the close and still at it (R60, R12)."""
    return {
        row["contact_id"]
        for row in deal_contacts
        if row["deal_id"] == deal["deal_id"]
        and people.counts(row["contact_id"])
        and row["valid_from"] < deal["closed_at"]
        and (row["valid_to"] is None or deal["closed_at"] < row["valid_to"])
    }


def in_lookback(event: Interaction, closed_at: datetime, parameters: Parameters) -> bool:
    """R70: neither after the close nor before the look-back window."""
    days = parameters.attribution_lookback_days
    return event.occurred_at <= closed_at and (
        days is None or event.occurred_at >= closed_at - timedelta(hours=24 * days)
    )


def build_deals(
    rows: list[Row],
    deal_contacts: list[Row],
    interactions: Interactions,
    people: People,
    parameters: Parameters,
) -> list[Deal]:
    """Every deal with the contacts and the path that it has."""
    by_contact = interactions.by_contact()
    deals = []
    for row in rows:
        deal = Deal(row, set(), [])
        if missing_requirement(row) is None:
            deal.contacts = associated_at_close(row, deal_contacts, people)
            deal.path = [
                event
                for contact_id in deal.contacts
                for event in by_contact.get(contact_id, [])
                if event.earns_revenue and in_lookback(event, deal.closed_at, parameters)
            ]
            deal.path.sort(key=lambda event: event.order)
        deals.append(deal)
    return deals


def positions(deal: Deal, people: People) -> dict[str, Interaction | None]:
    """R71."""
    oldest = min(deal.contacts, key=lambda contact_id: (people.created_at(contact_id), contact_id))
    at_lead_creation = [
        event
        for event in deal.path
        if event.contact_id == oldest and event.occurred_at <= people.created_at(oldest)
    ]
    at_deal_creation = [event for event in deal.path if event.occurred_at <= deal.row["created_at"]]
    return {
        "first": deal.path[0],
        "lead_creation": at_lead_creation[-1] if at_lead_creation else None,
        "deal_creation": at_deal_creation[-1] if at_deal_creation else None,
        "last": deal.path[-1],
    }


def weights(
    model: AttributionModel, path: list[Interaction], held: dict[str, Interaction | None]
) -> dict[str, Fraction]:
    """Event id -> share of the deal; the shares sum to one (R72, R73)."""
    if model.half_life_days is not None:
        shares = {
            event.event_id: Fraction(
                2.0 ** (-((path[-1].occurred_at - event.occurred_at) / DAY) / model.half_life_days)
            )
            for event in path
        }
    else:
        shares = {event.event_id: Fraction(0) for event in path}
        holders = set()
        for position, event in held.items():
            share = getattr(model, position)
            if share > 0 and event is not None:
                shares[event.event_id] += share
                holders.add(event.event_id)
        others = [event.event_id for event in path if event.event_id not in holders]
        for event_id in others:
            shares[event_id] += model.others / len(others)
    whole = sum(shares.values())
    return {event_id: share / whole for event_id, share in shares.items()} if whole else shares


def whole_cents(amount: Decimal, shares: list[Fraction]) -> list[Decimal]:
    """R75: an amount split into whole cents by shares that sum to one, in order of precedence."""
    cents = int(amount / CENT)
    exact = [share * cents for share in shares]
    given = [floor(value) for value in exact]
    by_fraction = sorted(range(len(exact)), key=lambda index: (given[index] - exact[index], index))
    for index in by_fraction[: cents - sum(given)]:
        given[index] += 1
    return [value * CENT for value in given]


def attribution_credits(deals: list[Deal], people: People, rules: Rules) -> list[Row]:
    """The table attribution_credits."""
    rows = []
    for deal in deals:
        if not deal.path:
            continue
        held = positions(deal, people)
        for model in rules.models:
            shares = weights(model, deal.path, held)
            pieces = []
            for event in deal.path:
                campaigns = sorted(event.campaigns) or [None]
                for campaign_id in campaigns:
                    if shares[event.event_id] > 0:
                        pieces.append((event, campaign_id, shares[event.event_id] / len(campaigns)))
            credits = whole_cents(deal.amount_home, [weight for _, _, weight in pieces])
            for (event, campaign_id, weight), credit in zip(pieces, credits, strict=True):
                rows.append(
                    {
                        "deal_id": deal.deal_id,
                        "event_id": event.event_id,
                        "campaign_id": campaign_id,
                        "contact_id": event.contact_id,
                        "event_type": event.event_type,
                        "occurred_at": event.occurred_at,
                        "closed_at": deal.closed_at,
                        "model": model.name,
                        "weight": weight,
                        "credit": credit,
                    }
                )
    return rows


def revenue_contacts(deals: list[Deal], credits: list[Row]) -> list[Row]:
    """The table revenue_contacts (R62)."""
    through: dict[tuple[str, str], set[str]] = defaultdict(set)
    for deal in deals:
        for campaign_id in deal.campaigns():
            for contact_id in deal.contacts_of(campaign_id):
                through[campaign_id, contact_id].add(deal.deal_id)
    revenue: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in credits:
        if row["model"] == "linear":
            revenue[row["campaign_id"], row["contact_id"]] += row["credit"]
    return [
        {
            "campaign_id": pair[0],
            "contact_id": pair[1],
            "deals": len(deal_ids),
            "revenue": revenue[pair],
        }
        for pair, deal_ids in through.items()
    ]


def attributed_revenue(deals: list[Deal], credits: list[Row]) -> list[Row]:
    """The table attributed_revenue (R63)."""
    amounts = {deal.deal_id: deal.row["amount_home"] for deal in deals}
    groups: dict[tuple[str | None, str], list[Row]] = defaultdict(list)
    for row in credits:
        groups[row["campaign_id"], row["model"]].append(row)
    rows = []
    for (campaign_id, model), members in groups.items():
        deal_ids = {row["deal_id"] for row in members}
        rows.append(
            {
                "campaign_id": campaign_id,
                "model": model,
                "contacts": len({row["contact_id"] for row in members}),
                "deals": len(deal_ids),
                "deal_amount": sum(amounts[deal_id] for deal_id in deal_ids),
                "revenue": sum(row["credit"] for row in members),
            }
        )
    return rows
