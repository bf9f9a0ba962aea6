"""R78: are the removal effects those of the chain, computed by hand and by counting paths without
each state?
"""

from __future__ import annotations

import random
import resource
import time
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest

from orchestration.building import chain
from orchestration.building.chain import Chain, removal_effects

Path = tuple[list[str], bool]


def steps(paths: list[Path]) -> list[tuple[str, str, int]]:
    """The counted steps of paths, each its states and whether it converts."""
    counted: Counter[tuple[str, str]] = Counter()
    for states, converts in paths:
        whole = ["start", *states, "conversion" if converts else "null"]
        counted.update(pairwise(whole))
    return [(before, after, number) for (before, after), number in counted.items()]


def conversion_without(paths: list[Path], removed: str | None) -> Fraction:
    """P(conversion) of the chain by Gaussian elimination in fractions, every visit of `removed`
    going to null instead.
    """
    counted: dict[str, dict[str, Fraction]] = {}
    for before, after, number in steps(paths):
        counted.setdefault(before, {})[after] = Fraction(number)
    chances = {
        before: {
            after: number / sum(to.values()) for after, number in to.items() if after != removed
        }
        for before, to in counted.items()
        if before != removed
    }
    for state in [name for name in chances if name != "start"]:
        out = chances.pop(state)
        back = 1 / (1 - out.pop(state, Fraction(0)))
        for to in chances.values():
            share = to.pop(state, Fraction(0))
            for after, chance in out.items():
                to[after] = to.get(after, Fraction(0)) + share * back * chance
    return chances["start"].get("conversion", Fraction(0))


def exact(paths: list[Path]) -> dict[str, int]:
    """Removal effects in billionths, from the definition."""
    whole = conversion_without(paths, None)
    states = {state for named, _ in paths for state in named}
    return {
        state: int((1 - conversion_without(paths, state) / whole) * 10**9 + Fraction(1, 2))
        for state in states
    }


# Path sets of others with the removal effects that they print, in billionths, and where.
PUBLISHED: dict[str, tuple[list[Path], dict[str, int]]] = {
    # The textbook set, of which ChannelAttribution's authors and many after them write: P = 1/3;
    # without C1 it is 1/6, without C2 or C3 nothing.
    "C1, C2, C3": (
        [(["C1", "C2", "C3"], True), (["C1"], False), (["C2", "C3"], False)],
        {"C1": 500_000_000, "C2": 1_000_000_000, "C3": 1_000_000_000},
    ),
    # serhiipuzyrov.com/2019/07/markov-chain-attribution-simple-explanation-of-removal-effect:
    # P = 0.8; without Google Ads 0.2, without mailing 0.4.
    "Google Ads and mailing": (
        [
            (["google ads"], True),
            (["google ads"], True),
            (["mailing"], True),
            (["google ads", "mailing"], True),
            (["google ads"], False),
        ],
        {"google ads": 750_000_000, "mailing": 500_000_000},
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_path_sets(name: str) -> None:
    paths, effects = PUBLISHED[name]
    won = sum(converts for _, converts in paths)
    assert removal_effects(steps(paths)) == Chain(len(paths), won, effects)


def test_a_state_that_follows_itself() -> None:
    """By hand.

    A>A>B won, B>A lost, A won: A goes on to A 1/4, to B 1/4, to conversion 1/4, to null 1/4; B to
    conversion or A, 1/2 each.

    Start goes to A 2/3 and to B 1/3. With x at A and y at B: x = x/4 + y/4 + 1/4, y = 1/2 + x/2,
    hence x = 3/5, y = 4/5 and P = 2/3. Without A only start to B to conversion is left, 1/6, and
    without B x = x/4 + 1/4 = 1/3, so 2/9: effects 3/4 and 2/3.
    """
    paths = [(["A", "A", "B"], True), (["B", "A"], False), (["A"], True)]
    assert removal_effects(steps(paths)).effects == {"A": 750_000_000, "B": 666_666_667}


def test_one_campaign_wins_everything_and_a_lost_one_nothing() -> None:
    paths = [(["A"], True), (["B"], False), (["A", "B"], False)]
    assert removal_effects(steps(paths)).effects == {"A": 1_000_000_000, "B": 0}


def test_without_a_conversion_all_are_zero() -> None:
    assert removal_effects(steps([(["A"], False), (["B", "A"], False)])) == Chain(
        2, 0, {"A": 0, "B": 0}
    )
    assert removal_effects([]) == Chain(0, 0, {})


@pytest.mark.parametrize("seed", range(20))
def test_random_paths_against_the_definition(seed: int) -> None:
    """Against elimination in fractions with every state removed in turn; in another order of steps,
    too.
    """
    chance = random.Random(seed)
    names = [f"campaign {number}" for number in range(chance.randint(1, 7))] + ["none"]
    paths: list[Path] = [
        ([chance.choice(names) for _ in range(chance.randint(1, 6))], chance.random() < 0.4)
        for _ in range(chance.randint(1, 25))
    ] + [([names[0]], True)]
    counted = steps(paths)
    assert removal_effects(counted).effects == exact(paths)
    chance.shuffle(counted)
    assert removal_effects(counted).effects == exact(paths)


def test_two_thousand_campaigns_within_a_minute_and_half_a_gigabyte() -> None:
    chance = random.Random(7)
    counted: Counter[tuple[str, str]] = Counter()
    for _ in range(40_000):
        path = [f"campaign {chance.randrange(2000)}" for _ in range(chance.randint(1, 6))]
        whole = ["start", *path, chance.choice(["conversion", "null", "null"])]
        counted.update(pairwise(whole))
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    found = removal_effects((*step, number) for step, number in counted.items())
    assert time.monotonic() - begun < 60
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # kilobytes
    assert len(found.effects) == 2000 and found.paths == 40_000


def test_more_states_than_fit_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MOST_STATES", 1)
    with pytest.raises(chain.TooManyStates, match=r"2 campaigns.*attribution_models\.csv"):
        removal_effects(steps([(["A", "B"], True)]))
