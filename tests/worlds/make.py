"""Small nasty worlds: few ids and few instants, so that everything collides with everything."""

from __future__ import annotations

import random

from hypothesis import strategies

from tests.oracle.rules import World

from .activity import Activity
from .campaigns import Campaigns
from .crm import Crm
from .reported import Reported


def make_world(seed: int, size: int) -> World:
    """A world of about `size` events: raw table -> typed rows, the same for the same arguments."""
    return _Maker(seed, size).world()


def worlds(min_size: int = 20, max_size: int = 400) -> strategies.SearchStrategy[World]:
    """Worlds for hypothesis."""
    return strategies.builds(
        make_world,
        seed=strategies.integers(0, 2**32 - 1),
        size=strategies.integers(min_size, max_size),
    )


def split_into_landings(world: World, seed: int, parts: int) -> list[World]:
    """The rows of a world dealt out at random to `parts` landings; together they are the world."""
    rng = random.Random(seed)
    landings: list[World] = [{} for _ in range(parts)]
    for table, rows in world.items():
        for row in rows:
            rng.choice(landings).setdefault(table, []).append(row)
    return landings


class _Maker(Campaigns, Crm, Activity, Reported):
    """Draws the tables of one world."""

    def world(self) -> World:
        self.campaigns()
        self.assets()
        self.associations()
        self.contacts()
        self.deals()
        self.costs()
        self.events()
        self.reported_metrics()
        self.reported_contacts()
        for rows in self.tables.values():
            self.rng.shuffle(rows)
        return self.tables
