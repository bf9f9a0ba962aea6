"""The folder for what is made of the program, where a cache or its lock is not as usual."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from orchestration.building import project
from orchestration.ground import cache
from orchestration.ground.errors import BuildFailed


def test_libraries_are_led_away_from_a_cache_that_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """altair, which Great Expectations imports, resolves its folder and fails at a loop."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop.name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(loop))
    monkeypatch.setenv("TOUCHLEDGER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(cache, "cache_folder", cache.cache_folder.__wrapped__)
    cache.lead_libraries()
    assert Path(os.environ["XDG_CACHE_HOME"]).is_relative_to(tmp_path / "home")


def test_a_cache_that_can_be_used_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.lead_libraries()
    assert os.environ["XDG_CACHE_HOME"] == str(tmp_path)


def test_whoever_holds_the_lock_of_parsing_for_ever_is_named(tmp_path: Path) -> None:
    file = tmp_path / "parsing"
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with (
            pytest.raises(BuildFailed, match=r"Another process has held .*parsing"),
            project._one_at_a_time(file, patience=0.2),
        ):
            pass
    with project._one_at_a_time(file, patience=0.2):
        pass
