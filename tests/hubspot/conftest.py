"""A portal with a little of everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.connectors.kinds.hubspot import pace
from orchestration.ground.settings import Settings, make_settings
from tests.hubspot.portal import Portal, portal
from tests.hubspot.server import TOKEN
from tests.hubspot.world import World


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token, and no long waits between tries."""
    monkeypatch.setenv("TOUCHLEDGER_MAIN_TOKEN", TOKEN)
    monkeypatch.setenv("RUNTIME__REQUEST_BACKOFF_FACTOR", "0.01")
    monkeypatch.setattr(pace, "REQUESTS", 100_000)
    monkeypatch.setattr(pace, "SEARCHES", 100_000)


@pytest.fixture
def settings(home: Path, tmp_path: Path) -> Settings:
    return make_settings(landing=str(tmp_path / "landing"), home=str(home))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def small(world: World, settings: Settings) -> Iterator[Portal]:
    with portal(world, settings) as served:
        served.fake.enforces_limit = False
        yield served
