"""Portals that move, pulled a few times: what is published equals the reference, table by table."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.ground.settings import make_settings
from tests.conftest import land_rows
from tests.hubspot.moving import Mover, a_day_later
from tests.hubspot.portal import portal
from tests.hubspot.reference import Reference, late
from tests.hubspot.world import World
from tests.oracle.compare import differences
from tests.oracle.publish import expected_tables
from tests.oracle.rules import Parameters

VARIABLES = ("home_currency=EUR", "portal_timezone=Europe/Berlin")
# Whose rows are named after files.
PER_FILE = ("rejected_records", "unread_values")


def check(
    build: Callable[..., Path], tmp_path: Path, seed: int, pulls: int, *, each: bool = False
) -> dict[str, list]:
    """A portal in that many pulls; built after the last, or after `each`. Returns the expected
    tables.
    """
    known: dict[str, list] = {}
    rng = random.Random(seed)
    world = World()
    mover, reference = Mover(world, seed), Reference()
    landing, expected = tmp_path / "landing", tmp_path / "expected"
    settings = make_settings(landing=str(landing), home=str(tmp_path / "pulled"))
    with portal(world, settings) as served:
        served.fake.enforces_limit = False
        for number in range(pulls):
            mover.move(60)
            a_day_later(world, rng)
            served.fake.page = rng.choice((None, 2, 7))
            served.pull()
            assert served.outcome is not None and not served.outcome.says
            served.translate()
            reference.pull(world)
            if not each and number < pulls - 1:
                continue
            for table, rows in reference.rows.items():
                land_rows(expected, table, *rows)
            as_of = late(world.now)
            built = build(landing, *VARIABLES, as_of=as_of.isoformat())
            parameters = Parameters(
                as_of=as_of, home_currency="EUR", portal_timezone="Europe/Berlin"
            )
            tables = expected_tables(expected, parameters)
            known = {name: rows for name, rows in tables.items() if name not in PER_FILE}
            assert differences(built, known) == []
        landed = served.landing()
        served.forget_landing()
        served.translate()
        assert served.landing() == landed
    return known


def test_a_portal_of_three_pulls(build: Callable[..., Path], tmp_path: Path) -> None:
    tables = check(build, tmp_path, 1, 3)
    assert len(tables["attribution_credits"]) > 20


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 14))
def test_many_portals(build: Callable[..., Path], tmp_path: Path, seed: int) -> None:
    check(build, tmp_path, seed, 1 + seed % 6, each=True)
