"""The lock of HOME: one holder at a time, who hands it down to the steps of the work."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.ground.errors import HomeBusy
from orchestration.ground.settings import make_settings
from orchestration.home.lock import HomeLock, locked


def test_steps_share_the_lock_that_is_handed_to_them(tmp_path: Path) -> None:
    settings = make_settings(home=str(tmp_path / "home"))
    lock = HomeLock()
    with lock.held(settings):
        with lock.held(settings):
            pass
        with pytest.raises(HomeBusy, match="is working on"), locked(settings):
            pass
    with locked(settings):
        pass


def test_another_holder_in_the_same_process_waits_its_turn(tmp_path: Path) -> None:
    settings = make_settings(home=str(tmp_path / "home"))
    with HomeLock().held(settings), pytest.raises(HomeBusy), HomeLock().held(settings):
        pass


def test_a_step_that_fails_leaves_the_lock_free(tmp_path: Path) -> None:
    settings = make_settings(home=str(tmp_path / "home"))
    lock = HomeLock()
    with pytest.raises(ValueError, match="no room"), lock.held(settings):
        raise ValueError("no room")
    with lock.held(settings):
        pass
