"""The oracle's weights against R76's golden vectors and cases computed by hand (R78, R79)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.oracle.data_driven import Chain, markov_shares, shapley_shares
from tests.oracle.interactions import Interaction
from tests.oracle.ledger import Piece, pieces_of, split
from tests.oracle.money import CENT, MILLIONTH
from tests.oracle.positions import Held, last_non_direct
from tests.oracle.rules import read_rules

MODELS = {model.name: model for model in read_rules().models}
START = datetime(2024, 1, 1)


def event(
    number: int, day: float = 0, campaigns: str = "", channel: str = "offline"
) -> Interaction:
    """An event of which nothing else matters; `campaigns`: a letter each."""
    values = dict.fromkeys(Interaction.__dataclass_fields__) | {
        "event_id": f"e{number}",
        "occurred_at": START + timedelta(days=day),
        "channel": channel,
        "campaigns": dict.fromkeys(campaigns, "asset"),
    }
    return Interaction(**values)


def held(path: list[Interaction], lead: int | None, deal: int | None) -> Held:
    """R71's positions; `lead` and `deal` are places in the path, from one."""
    return {
        "first": path[0],
        "lead_creation": None if lead is None else path[lead - 1],
        "deal_creation": None if deal is None else path[deal - 1],
        "last": path[-1],
        "last_non_direct": last_non_direct(path),
    }


VECTORS = {
    "A": ((0, 10, 20, 30, 40), 2, 4, {
        "u_shaped": "4800 4800 800 800 800",
        "w_shaped": "3600 3600 600 3600 600",
        "full_path": "2700 2700 1200 2700 2700",
        "j_shaped": "2400 800 800 800 7200",
        "time_decay": "144.68 389.44 1048.30 2821.82 7595.76",
    }),
    "C": ((0, 14), 1, 2, {
        "u_shaped": "9600 2400",
        "w_shaped": "8000 4000",
        "full_path": "6000 6000",
        "j_shaped": "3000 9000",
        "time_decay": "2400 9600",
    }),
    "D": ((0, 7, 14), None, 2, {
        "u_shaped": "8000 2000 2000",
        "w_shaped": "5142.86 5142.86 1714.28",
        "full_path": "4000 4000 4000",
    }),
}  # fmt: skip


@pytest.mark.parametrize(
    ("vector", "model"), [(name, model) for name, one in VECTORS.items() for model in one[3]]
)
def test_golden_vectors(vector: str, model: str) -> None:
    """R76: a deal of 12,000.00."""
    days, lead, deal, expected = VECTORS[vector]
    path = [event(number, day) for number, day in enumerate(days)]
    pieces = pieces_of(MODELS[model], path, held(path, lead, deal), {})
    credits = split(Decimal(12000), pieces, CENT)
    assert credits == [Decimal(text) for text in expected[model].split()]


def test_what_floors_leave_goes_to_the_largest_fractions_in_path_order() -> None:
    """R75, R103."""
    thirds = [Piece(event(number), None, Fraction(1, 3)) for number in range(3)]
    assert split(Decimal("0.05"), thirds, CENT) == [Decimal("0.02"), Decimal("0.02"), CENT]
    assert split(Decimal(1), thirds, MILLIONTH)[0] == Decimal("0.333334")


def test_last_non_direct() -> None:
    """R112: the last that is neither direct nor offline; the last where there is none."""
    path = [event(0), event(1, channel="referrals"), event(2, channel="direct_traffic"), event(3)]
    assert last_non_direct(path) is path[1]
    assert last_non_direct(path[2:]) is path[3]


CHAINS = {
    "a campaign that alone converts": (["A"], ["B"], "1/2", {"A": "1", "B": "0"}),
    "both are needed": (["AB"], ["A"], "1/2", {"A": "1", "B": "1"}),
    # start to A 2/3, to B 1/3; A to B 1/2; B to C 1; C converts 1/2.
    "three in a row": (["ABC"], ["A", "BC"], "1/3", {"A": "1/2", "B": "1", "C": "1"}),
    # Without A only what starts in B converts, 1 of 3; without B only A's own half of 2/3.
    "effects are rounded": (["A", "B", "AB"], [], "1", {"A": "0.666666667", "B": "0.666666667"}),
    # From A: to A, to conversion, to null, a third each.
    "a loop": (["AA"], ["A"], "1/2", {"A": "1"}),
    "an event in no campaign": (["-A"], ["-"], "1/2", {"-": "1", "A": "1"}),
    "no conversion": ([], ["AB"], "0", {"A": "0", "B": "0"}),
}


@pytest.mark.parametrize("case", CHAINS)
def test_removal_effects(case: str) -> None:
    """R78; a letter is a campaign, `-` none."""
    converting, lost, probability, effects = CHAINS[case]
    states = {letter: None if letter == "-" else letter for letter in "ABC-"}
    chain = Chain(
        *([[states[one] for one in path] for path in side] for side in (converting, lost))
    )
    assert (chain.conversions, chain.paths) == (len(converting), len(converting) + len(lost))
    assert chain.probability_of_conversion() == pytest.approx(float(Fraction(probability)))
    assert chain.removal_effects() == {
        states[letter]: Fraction(effect) for letter, effect in effects.items()
    }


def test_markov_shares() -> None:
    """R78: in proportion to effects; evenly, and split as R74, where all are zero."""
    path = [event(0, campaigns="A"), event(1, campaigns="AB"), event(2)]
    effects = {"A": Fraction(1, 2), "B": Fraction(1), None: Fraction(0)}
    assert markov_shares(path, effects) == {
        ("e0", "A"): Fraction(1, 4),
        ("e1", "A"): Fraction(1, 4),
        ("e1", "B"): Fraction(1, 2),
        ("e2", None): 0,
    }
    assert markov_shares(path, {}) == {
        ("e0", "A"): Fraction(1, 3),
        ("e1", "A"): Fraction(1, 6),
        ("e1", "B"): Fraction(1, 6),
        ("e2", None): Fraction(1, 3),
    }


def test_shapley_shares() -> None:
    """R79: 1/n to each campaign, evenly over its events; to none only where there is no
    campaign."""
    path = [event(0, campaigns="A"), event(1, campaigns="AB"), event(2)]
    assert shapley_shares(path) == {
        ("e0", "A"): Fraction(1, 4),
        ("e1", "A"): Fraction(1, 4),
        ("e1", "B"): Fraction(1, 2),
    }
    assert shapley_shares([event(0), event(1)]) == {
        ("e0", None): Fraction(1, 2),
        ("e1", None): Fraction(1, 2),
    }
