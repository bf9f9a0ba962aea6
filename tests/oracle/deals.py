"""Deals, whether they may count (R60), and their paths (R70)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from .deal_contacts import DealContact, DealContacts
from .interactions import Interaction
from .merges import surviving_deals
from .money import Money
from .people import People
from .rules import Parameters, Row, World


class DealMerges:
    """R66: which deals are merged away, and into which."""

    def __init__(self, records: World) -> None:
        winner = {row["loser_deal_id"]: row["winner_deal_id"] for row in records["deal_merges"]}
        has_record = {row["deal_id"] for row in records["deals"]}
        self._survivors = surviving_deals(winner, has_record)

    def survivor(self, deal_id: str) -> str:
        """The surviving deal of a landed id."""
        return self._survivors.get(deal_id, deal_id)

    def merged_into(self, deal_id: str) -> str | None:
        """The survivor of a merged-away deal; None for all others."""
        survivor = self.survivor(deal_id)
        return None if survivor == deal_id else survivor


def published_deals(
    deals: list[Row], merges: DealMerges, money: Money, parameters: Parameters
) -> list[Row]:
    """The table fct_deals."""
    names = [
        *("deal_id", "deal_name", "pipeline", "stage", "is_closed_won", "amount", "currency"),
        *("created_at", "closed_at"),
    ]
    rows = []
    for deal in deals:
        closed_on = None if deal["closed_at"] is None else parameters.day(deal["closed_at"])
        rows.append(
            {name: deal[name] for name in names}
            | {
                "amount_home": money.home(deal["amount"], deal["currency"], closed_on),
                "is_deleted": deal["_deleted"],
                "merged_into": merges.merged_into(deal["deal_id"]),
            }
        )
    return rows


def failed_gate(deal: Row) -> str | None:
    """The first of R94's reasons that the deal itself gives, None where it may count."""
    gates = (
        ("DEAL_MERGED", deal["merged_into"] is None),
        ("DEAL_DELETED", not deal["is_deleted"]),
        ("NOT_CLOSED_WON", deal["is_closed_won"]),
        ("AMOUNT_NOT_POSITIVE", deal["amount"] is not None and deal["amount"] > 0),
        ("NO_CREATED_TIME", deal["created_at"] is not None),
        ("NO_CLOSE_TIME", deal["closed_at"] is not None),
        ("NO_EXCHANGE_RATE", deal["amount_home"] is not None),
    )
    return next((reason for reason, is_met in gates if not is_met), None)


def is_lost(deal: Row) -> bool:
    """R78: whether a deal gives a lost path, where it has one."""
    is_there = deal["merged_into"] is None and not deal["is_deleted"]
    is_dated = deal["created_at"] is not None and deal["closed_at"] is not None
    return is_there and is_dated and not deal["is_closed_won"]


def in_lookback(event: Interaction, closed_at: datetime, parameters: Parameters) -> bool:
    """R70: neither after the close nor before the look-back window."""
    days = parameters.attribution_lookback_days
    return event.occurred_at <= closed_at and (
        days is None or event.occurred_at >= closed_at - timedelta(hours=24 * days)
    )


def within_lookback(closed_at: datetime, parameters: Parameters) -> Callable[[Interaction], bool]:
    """`in_lookback` for one close."""
    return lambda event: in_lookback(event, closed_at, parameters)


@dataclass
class Deal:
    """A deal with its contacts as of the close (R60) and its eligible interactions in order (R70).

    Both are empty where the deal itself cannot count; of a lost deal they are those of R78.
    """

    row: Row
    contacts: set[str]
    path: list[Interaction]

    @property
    def deal_id(self) -> str:
        """Id of the deal."""
        return self.row["deal_id"]

    @property
    def is_won(self) -> bool:
        """Whether R60's gates let it through."""
        return failed_gate(self.row) is None

    @property
    def closed_at(self) -> datetime:
        """When the deal was closed; known where the deal has contacts."""
        return self.row["closed_at"]

    @property
    def amount_home(self) -> Decimal:
        """Home amount; known where the deal is won."""
        return self.row["amount_home"]

    def campaigns(self) -> set[str]:
        """The campaigns that the deal counts for (R60)."""
        return {campaign_id for event in self.path for campaign_id in event.campaigns}

    def contacts_of(self, campaign_id: str) -> set[str]:
        """The contacts through which it counts for a campaign."""
        return {event.contact_id for event in self.path if campaign_id in event.campaigns}


def contacts_at(intervals: list[DealContact], at: datetime, people: People) -> set[str]:
    """Contacts that count (R12), associated strictly before an instant and still at it (R60)."""
    return {
        one.contact_id for one in intervals if people.counts(one.contact_id) and one.is_over(at)
    }


def path_of(
    contacts: set[str],
    by_contact: dict[str, list[Interaction]],
    is_in: Callable[[Interaction], bool],
) -> list[Interaction]:
    """The events of contacts that earn revenue, pooled, in order (R70)."""
    events = [
        event
        for contact_id in contacts
        for event in by_contact.get(contact_id, [])
        if event.earns_revenue and is_in(event)
    ]
    return sorted(events, key=lambda event: event.order)


def build_deals(
    rows: list[Row],
    deal_contacts: DealContacts,
    by_contact: dict[str, list[Interaction]],
    people: People,
    parameters: Parameters,
) -> list[Deal]:
    """Every deal; those that may count or are lost with contacts and path."""
    deals = []
    for row in rows:
        deal = Deal(row, set(), [])
        if failed_gate(row) is None or is_lost(row):
            intervals = deal_contacts.of_deal.get(deal.deal_id, [])
            deal.contacts = contacts_at(intervals, deal.closed_at, people)
            deal.path = path_of(
                deal.contacts, by_contact, within_lookback(deal.closed_at, parameters)
            )
        deals.append(deal)
    return deals
