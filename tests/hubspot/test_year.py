"""A year of daily pulls: the log that comes of them day by day is that of the extracts alone."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from tests.hubspot.moving import Mover
from tests.hubspot.portal import Portal
from tests.hubspot.reference import Reference

LOGS = {
    "campaign_asset_log": ("campaign_id", "asset_type", "asset_id"),
    "deal_contact_log": ("deal_id", "contact_id", "label"),
}


@pytest.mark.long
@pytest.mark.parametrize("days", [40, 365])
def test_a_year_from_the_extracts_alone(small: Portal, days: int) -> None:
    world, rng = small.world, random.Random(7)
    mover, reference = Mover(world, 7), Reference()
    for day in range(days):
        mover.move(rng.randrange(8))
        world.tick(days=1)
        small.pull()
        assert small.outcome is not None and not small.outcome.says
        reference.pull(world)
        if day % 14 == 0:
            small.translate()
    small.translate()
    landed = small.landing()
    for table, names in LOGS.items():
        columns = (*names, "action", "occurred_at", "time_basis")
        told = {tuple(row[name] for name in columns) for row in landed[table]}
        expected = {tuple(row[name] for name in columns) for row in reference.rows[table]}
        assert told == expected and len(told) > 5
    small.forget_landing()
    small.translate()
    assert small.landing() == landed

    # A day more costs what a day costs.
    world.tick(days=1)
    requests = small.pull()
    assert requests < 250 and world.now - reference.world.now < timedelta(days=2)
