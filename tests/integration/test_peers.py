"""The models beside the packages that compute them, on the paths of the sample; and Shapley beside
its definition.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from math import factorial
from pathlib import Path

import duckdb
import pytest

from benchmarks.chains import PACKAGES, ask
from tests.conftest import query

NONE = "none"
# What ChannelAttribution simulates is this far off at most on the sample's paths.
SIMULATED = 0.1


def _won_paths(home: Path) -> dict[str, list[str]]:
    """Deal -> the states of its path in order."""
    rows = query(
        home,
        """
        select
            deal_id,
            list(coalesce(campaign_id, 'none') order by occurred_at, event_id, campaign_id)
        from marts.attribution_credits
        where model = 'linear'
        group by deal_id
        order by deal_id
        """,
    )
    return dict(rows)


def _lost_paths(home: Path) -> list[list[str]]:
    """A path of each lost deal that makes its landed steps (an Eulerian trail: any of them makes
    the same chain).
    """
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            """
            select deal_id, from_state, to_state, steps from attribution.chain_steps
            where deal_id in (
                select deal_id from attribution.chain_steps where to_state = 'null'
            )
            order by all
            """
        ).fetchall()
    by_deal: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for deal, before, after, steps in rows:
        by_deal[deal][before] += [after] * steps
    paths = []
    for ahead in by_deal.values():
        stack, trail = ["start"], []
        while stack:
            if ahead[stack[-1]]:
                stack.append(ahead[stack[-1]].pop())
            else:
                trail.append(stack.pop())
        paths.append([state.removeprefix("campaign ") for state in reversed(trail)][1:-1])
    return paths


def _written(file: Path, paths: list[tuple[list[str], int]]) -> Path:
    """Journeys, each its states and whether it was won, as the packages read them."""
    with duckdb.connect() as connection:
        connection.execute("create table journeys (path varchar, won integer)")
        rows = [(" > ".join(states), won) for states, won in paths]
        connection.executemany("insert into journeys values (?, ?)", rows)
        connection.execute(f"copy journeys to '{file}'")
    return file


def _weights(home: Path, condition: str) -> dict[str, dict[str, float]]:
    """Model -> campaign -> sum of weights."""
    by_model: dict[str, dict[str, float]] = defaultdict(dict)
    for model, campaign, weight in query(
        home,
        f"select model, coalesce(campaign_id, 'none'), sum(weight) "
        f"from marts.attribution_credits where {condition} group by all",
    ):
        by_model[model][campaign] = weight
    return by_model


SHARED = (
    "select deal_id from marts.attribution_credits where model = 'linear' "
    "group by deal_id, event_id having count(*) > 1"
)


@pytest.mark.long
@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_on_the_same_paths(
    published_sample: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory, package: str
) -> None:
    """First, last and linear are equal; Markov is where it is computed, near where simulated."""
    home, work = published_sample[0], tmp_path_factory.getbasetemp()
    # No package knows a touch in several campaigns.
    shared = {deal for (deal,) in query(home, SHARED)}
    won = _won_paths(home)
    plain = [(states, 1) for deal, states in won.items() if deal not in shared]
    assert len(plain) > 20
    measured, found = ask(package, work, _written(work / "plain.parquet", plain))
    assert measured.finished, measured.lines[-5:]
    ours = _weights(home, f"deal_id not in ({SHARED})")
    for model in ("first_interaction", "last_interaction", "linear"):
        told = {name: value for name, value in found[model].items() if value}
        assert told == pytest.approx(ours[model], abs=1e-6), model

    whole = [(states, 1) for states in won.values()]
    whole += [(states, 0) for states in _lost_paths(home)]
    measured, found = ask(package, work, _written(work / "whole.parquet", whole))
    assert measured.finished, measured.lines[-5:]
    effects = dict(
        query(
            home,
            "select coalesce(campaign_id, 'none'), effect from marts.removal_effects "
            "where model = 'markov'",
        )
    )
    near = SIMULATED if package == "channel_attribution" else 1e-9
    assert found["effects"] == pytest.approx(effects, abs=near)
    if "markov" in found:
        assert found["markov"] == pytest.approx(_weights(home, "true")["markov"], abs=1e-6)


def _shapley(worth: Counter[frozenset[str]], players: list[str]) -> dict[str, float]:
    """Every player's Shapley value by the definition: what it adds to each coalition."""

    def value(coalition: frozenset[str]) -> int:
        return sum(won for campaigns, won in worth.items() if campaigns <= coalition)

    known = {
        frozenset(chosen): value(frozenset(chosen))
        for size in range(len(players) + 1)
        for chosen in combinations(players, size)
    }
    whole = factorial(len(players))
    return {
        player: sum(
            factorial(len(others))
            * factorial(len(players) - len(others) - 1)
            / whole
            * (known[others | {player}] - worth_of_others)
            for others, worth_of_others in known.items()
            if player not in others
        )
        for player in players
    }


def test_shapley_is_the_definition_over_all_coalitions(
    published_sample: tuple[Path, str],
) -> None:
    """R79: the closed form beside all 2^n coalitions of the sample's campaigns."""
    worth = Counter(
        frozenset(states) - {NONE} for states in _won_paths(published_sample[0]).values()
    )
    alone = worth.pop(frozenset(), 0)
    players = sorted(frozenset().union(*worth))
    assert 5 < len(players) < 13
    ours = dict(
        query(
            published_sample[0],
            "select coalesce(campaign_id, 'none'), sum(weight) from marts.attribution_credits "
            "where model = 'shapley' group by all",
        )
    )
    assert ours.pop(NONE, 0.0) == pytest.approx(alone)
    assert ours == pytest.approx(_shapley(worth, players), abs=1e-9)
