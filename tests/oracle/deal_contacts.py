"""Contacts on deals (R61, R66, R96)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from .associations import EXACT, log_order
from .people import People
from .rules import Row

# From the weakest to the best known.
BASES = ("assumed", "first_seen", EXACT)


@dataclass(frozen=True)
class DealContact:
    """A surviving contact on a deal over [valid_from, valid_to)."""

    deal_id: str
    contact_id: str
    valid_from: datetime
    valid_to: datetime | None
    time_basis: str

    def is_before(self, at: datetime) -> bool:
        """Whether it began strictly before an instant."""
        return self.valid_from < at

    def is_over(self, at: datetime) -> bool:
        """R60: associated strictly before an instant and still at it."""
        return self.is_before(at) and (self.valid_to is None or at < self.valid_to)


class DealContacts:
    """The log of a world, replayed: for landed deals, and united for the surviving ones."""

    def __init__(
        self, log: list[Row], people: People, surviving_deal: Callable[[str], str]
    ) -> None:
        pieces = landed_pieces(log, people)
        self.of_landed_deal = united(pieces, lambda deal_id: deal_id)
        self.of_deal = united(pieces, surviving_deal)

    def published(self) -> list[Row]:
        """The table fct_deal_contacts."""
        return [vars(one) for intervals in self.of_deal.values() for one in intervals]


def landed_pieces(log: list[Row], people: People) -> list[DealContact]:
    """Intervals per landed deal, landed contact and label, in R21's order, of the survivor."""
    opened: dict[tuple, Row] = {}
    pieces = []

    def close(key: tuple, at: datetime | None) -> None:
        row = opened.pop(key, None)
        if row is not None and row["occurred_at"] != at:
            contact_id = people.survivor(row["contact_id"])
            basis = row["time_basis"] or EXACT
            pieces.append(DealContact(row["deal_id"], contact_id, row["occurred_at"], at, basis))

    for row in sorted(log, key=log_order):
        key = (row["deal_id"], row["contact_id"], row["label"])
        if row["action"] == "removed":
            close(key, row["occurred_at"])
        else:
            opened.setdefault(key, row)
    for key in list(opened):
        close(key, None)
    return pieces


def united(
    pieces: list[DealContact], deal_of: Callable[[str], str]
) -> dict[str, list[DealContact]]:
    """Deal -> intervals; those of one deal and contact that touch or overlap are one (R61)."""
    groups: dict[tuple[str, str], list[DealContact]] = defaultdict(list)
    for piece in pieces:
        groups[deal_of(piece.deal_id), piece.contact_id].append(piece)
    found: dict[str, list[DealContact]] = defaultdict(list)
    for (deal_id, contact_id), members in groups.items():
        spans: list[list[datetime]] = []
        for piece in sorted(members, key=lambda piece: piece.valid_from):
            until = piece.valid_to or datetime.max
            if spans and piece.valid_from <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], until)
            else:
                spans.append([piece.valid_from, until])
        for since, until in spans:
            bases = [piece.time_basis for piece in members if piece.valid_from == since]
            valid_to = None if until == datetime.max else until
            basis = min(bases, key=BASES.index)
            found[deal_id].append(DealContact(deal_id, contact_id, since, valid_to, basis))
    return found
