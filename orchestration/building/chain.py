"""R78's one step outside SQL: the removal effects of the chain of campaigns, by linear algebra.

The chain of order 1 that paths make has a closed form. With Q the probabilities of a step from
state to state, r those of converting next, and F = (I - Q)^-1, whose entry (i, j) says how often j
is visited from i: F r is the probability of conversion from each state, a state is ever visited
with the probability (visits per path) / F[s, s], and what converts only because the state is there
is that times its probability of conversion. One matrix is inverted for all states together: memory
is about three matrices of states x states doubles, 100 MB for 2,000 campaigns, and time grows with
the cube.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

START, CONVERSION, LOST = "start", "conversion", "null"
# Effects are whole billionths: rounded to nine decimals, half up.
BILLION = 1_000_000_000
# What is a half but for the last bits of a double is one, on every machine.
_ALMOST = 1e-4
# States whose matrices still fit into some 5 GB.
MOST_STATES = 15_000


@dataclass(frozen=True)
class Chain:
    """A chain of paths: how many there are, how many convert, and every state's removal effect in
    billionths, 0 to 1,000,000,000.
    """

    paths: int
    conversions: int
    effects: dict[str, int]


class TooManyStates(Exception):
    """The chain has more states than can be computed; the text says what to do."""


def removal_effects(steps: Iterable[tuple[str, str, int]]) -> Chain:
    """The chain of counted steps (from, to, how many) between START, states, and CONVERSION or
    LOST. Raises TooManyStates.

    The order of the steps does not matter. Without a conversion every effect is 0.
    """
    import numpy as np

    counts: dict[tuple[str, str], int] = defaultdict(int)
    for before, after, number in steps:
        counts[before, after] += int(number)
    paths = sum(number for (before, _), number in counts.items() if before == START)
    conversions = sum(number for (_, after), number in counts.items() if after == CONVERSION)
    states = sorted({before for before, _ in counts} - {START})
    if len(states) > MOST_STATES:
        raise TooManyStates(
            f"Markov's chain has {len(states):,} campaigns, more than the {MOST_STATES:,} that "
            f"fit into memory; "
            "remove the models of method markov from seeds/rules/attribution_models.csv"
        )
    if not conversions:
        return Chain(paths, 0, dict.fromkeys(states, 0))
    place = {state: number for number, state in enumerate(states)}
    stay = np.zeros((len(states), len(states)))
    convert = np.zeros(len(states))
    visits = np.zeros(len(states))
    for (before, after), number in counts.items():
        if before == START:
            continue
        visits[place[before]] += number
        if after == CONVERSION:
            convert[place[before]] = number
        elif after != LOST:
            stay[place[before], place[after]] = number
    lost = visits / paths * _converting(stay, convert, visits) / (conversions / paths)
    return Chain(paths, conversions, {state: _billionths(lost[place[state]]) for state in states})


def _converting(stay: np.ndarray, convert: np.ndarray, visits: np.ndarray) -> np.ndarray:
    """By state: the probability of conversion from it, divided by how often it is visited once it
    is reached. `stay` is overwritten.
    """
    import numpy as np

    stay /= -visits[:, None]
    stay[np.diag_indices_from(stay)] += 1
    visited = np.linalg.inv(stay)
    return visited @ (convert / visits) / np.diagonal(visited)


def _billionths(effect: float) -> int:
    return min(max(int(effect * BILLION + 0.5 + _ALMOST), 0), BILLION)


def teach(adapter: type) -> None:
    """Gives a dbt adapter's class the method `removal_effects(sql)`, which macros call:

    SQL gives the steps, the answer is plain values.
    """

    def solved(self: Any, sql: str) -> dict[str, Any]:
        from dbt_common.exceptions import DbtRuntimeError

        _, cursor = self.connections.add_query(sql, auto_begin=False)
        try:
            chain = removal_effects(cursor.fetchall())
        except TooManyStates as error:
            raise DbtRuntimeError(str(error)) from error
        return {
            "paths": chain.paths,
            "conversions": chain.conversions,
            "effects": list(chain.effects.items()),
        }

    adapter.removal_effects = solved  # type: ignore[attr-defined]
    adapter._available_ = adapter._available_ | {"removal_effects"}  # type: ignore[attr-defined]
