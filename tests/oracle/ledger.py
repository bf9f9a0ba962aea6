"""Weights of every model and money to the cent (R72-R79), whatever the conversion."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from .data_driven import State, markov_shares, shapley_shares, states_of
from .interactions import Interaction
from .positions import Held, position_shares
from .rules import AttributionModel


@dataclass(frozen=True)
class Piece:
    """What a model gives to an event in one campaign, or in none."""

    event: Interaction
    campaign_id: str | None
    weight: Fraction

    def row(self) -> dict[str, object]:
        """The columns that all tables of credits have."""
        names = ("event_id", "contact_id", "event_type", "occurred_at", "channel")
        return {name: getattr(self.event, name) for name in names} | {
            "campaign_id": self.campaign_id,
            "weight": self.weight,
        }


def pieces_of(
    model: AttributionModel,
    path: list[Interaction],
    held: Held,
    effects: dict[State, Fraction],
) -> list[Piece]:
    """What a model gives, in path order, then campaign id with null last; nothing of weight
    zero."""
    if model.method == "markov":
        shares = markov_shares(path, effects)
    elif model.method == "shapley":
        shares = shapley_shares(path)
    else:
        of_event = position_shares(model, path, held)
        shares = {
            (event.event_id, state): of_event[event.event_id] / len(states_of(event))
            for event in path
            for state in states_of(event)
        }
    return [
        Piece(event, state, shares[event.event_id, state])
        for event in path
        for state in states_of(event)
        if shares.get((event.event_id, state), 0) > 0
    ]


def split(amount: Decimal, pieces: list[Piece], unit: Decimal) -> list[Decimal]:
    """R75, R103: an amount split into whole units by the weights of pieces, exactly.

    Floor each, then one unit each to the largest fractional parts; ties in the order of the pieces.
    """
    units = int(amount / unit)
    exact = [piece.weight * units for piece in pieces]
    given = [floor(value) for value in exact]
    by_fraction = sorted(range(len(exact)), key=lambda index: (given[index] - exact[index], index))
    for index in by_fraction[: units - sum(given)]:
        given[index] += 1
    return [value * unit for value in given]
