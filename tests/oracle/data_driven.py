"""Data-driven models: Markov's removal effects (R78) and Shapley values in closed form (R79)."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import pairwise

from .interactions import Interaction

# A campaign, or None: an event in no campaign.
State = str | None
START, CONVERSION, NULL = "start", "conversion", "null"
Pair = tuple[str, State]


def states_of(event: Interaction) -> list[State]:
    """The campaigns of an event in id order, or `none` (R78)."""
    return sorted(event.campaigns) or [None]


def states_of_path(path: list[Interaction]) -> list[State]:
    """The states of a path, in order."""
    return [state for event in path for state in states_of(event)]


class Chain:
    """R78's chain of order 1 over converting and lost paths, each counted once."""

    def __init__(self, converting: list[list[State]], lost: list[list[State]]) -> None:
        self.conversions, self.paths = len(converting), len(converting) + len(lost)
        # Places are START, ("state", campaign or None), CONVERSION and NULL.
        steps: dict[object, Counter] = defaultdict(Counter)
        for paths, end in ((converting, CONVERSION), (lost, NULL)):
            for path in paths:
                places = [START, *(("state", state) for state in path), end]
                for here, there in pairwise(places):
                    steps[here][there] += 1
        self._steps = steps
        self.states = [place[1] for place in steps if place != START]

    def probability_of_conversion(self, removed: State = START) -> float:
        """P(conversion), where every visit of the removed state goes to null instead."""
        places = [place for place in self._steps if place != ("state", removed)]
        number = {place: index for index, place in enumerate(places)}
        if START not in number:
            return 0.0
        # x = A x + b: from each place, the chance to convert is that of where it goes.
        equations = []
        for place in places:
            row = [0.0] * (len(places) + 1)
            row[number[place]] = 1.0
            whole = sum(self._steps[place].values())
            for there, count in self._steps[place].items():
                if there == CONVERSION:
                    row[-1] += count / whole
                elif there in number:
                    row[number[there]] -= count / whole
            equations.append(row)
        return solved(equations)[number[START]]

    def removal_effects(self) -> dict[State, Fraction]:
        """State -> removal effect, rounded to nine decimals."""
        whole = self.probability_of_conversion()
        if not self.conversions:
            return dict.fromkeys(self.states, Fraction(0))
        return {
            state: Fraction(round((1 - self.probability_of_conversion(state) / whole) * 10**9))
            / 10**9
            for state in self.states
        }


def solved(equations: list[list[float]]) -> list[float]:
    """The solution of linear equations, each its coefficients and its right side (Gauss-Jordan)."""
    rows = [list(row) for row in equations]
    size = len(rows)
    for column in range(size):
        pivot = max(range(column, size), key=lambda index: abs(rows[index][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column]
        rows[column] = [value / head for value in rows[column]]
        for index, row in enumerate(rows):
            factor = row[column]
            if index != column and factor:
                rows[index] = [
                    value - factor * other for value, other in zip(row, rows[column], strict=True)
                ]
    return [row[-1] for row in rows]


def markov_shares(path: list[Interaction], effects: dict[State, Fraction]) -> dict[Pair, Fraction]:
    """(Event id, state) -> share: in proportion to the state's removal effect (R78)."""
    weights = {
        (event.event_id, state): effects.get(state, Fraction(0))
        for event in path
        for state in states_of(event)
    }
    whole = sum(weights.values())
    if not whole:
        return even_shares(path)
    return {pair: weight / whole for pair, weight in weights.items()}


def shapley_shares(path: list[Interaction]) -> dict[Pair, Fraction]:
    """(Event id, state) -> share: 1/n to each campaign, evenly over its events (R79)."""
    events_of: dict[str, list[str]] = defaultdict(list)
    for event in path:
        for campaign_id in event.campaigns:
            events_of[campaign_id].append(event.event_id)
    if not events_of:
        return even_shares(path)
    return {
        (event_id, campaign_id): Fraction(1, len(events_of) * len(event_ids))
        for campaign_id, event_ids in events_of.items()
        for event_id in event_ids
    }


def even_shares(path: list[Interaction]) -> dict[Pair, Fraction]:
    """Evenly over the events, each event split among its campaigns (R74)."""
    return {
        (event.event_id, state): Fraction(1, len(path) * len(states_of(event)))
        for event in path
        for state in states_of(event)
    }
