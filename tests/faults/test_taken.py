"""What somebody takes away while a run works: what is published is whole, the next run is well."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.ground.settings import make_settings
from orchestration.terminal.advice import next_step
from tests.faults.harness import PHASES, Stage, state_of

# In which phase, and what is done to (landing, HOME).
TAKEN: dict[str, tuple[str, Callable[[Path, Path], object]]] = {
    "the landing, once it has been read": ("build", lambda landing, home: shutil.rmtree(landing)),
    "HOME": ("build", lambda landing, home: shutil.rmtree(home, ignore_errors=True)),
    "HOME, moved": ("check", lambda landing, home: home.rename(home.with_name("moved"))),
    "the program's own folder": ("build", lambda landing, home: shutil.rmtree(
        home / ".touchledger", ignore_errors=True)),
    "the link to what is published": ("check", lambda landing, home: (home / "published").unlink()),
    "what is published": ("build", lambda landing, home: shutil.rmtree(
        (home / "published").resolve())),
    "the lock": ("build", lambda landing, home: (home / ".touchledger" / "lock").unlink()),
    "the warehouse": ("build", lambda landing, home: (home / "warehouse.duckdb").unlink()),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("what", TAKEN)
def test_what_is_taken_away_during_a_run(faults: Stage, tmp_path: Path, what: str) -> None:
    phase, take = TAKEN[what]
    home, landing = faults.home("taken"), tmp_path / "landing"
    shutil.rmtree(home.with_name("moved"), ignore_errors=True)
    shutil.copytree(faults.both, landing)
    run = faults.nursery.start(landing, home)
    assert run.wait_for(PHASES[phase])
    take(landing, home)
    status = faults.nursery.wait(run)
    assert status in (0, 1, 2) and "Traceback" not in run.said() + run.printed(), run.said()
    if status == 0:
        assert state_of(home, faults.states) == "new"
    elif (home / "published").exists():
        assert state_of(home, faults.states) == "old"
    status, run = faults.nursery.run(faults.both, home)
    assert status == 0, run.said()
    assert state_of(home, faults.states) == "new"


def test_a_limit_of_threads_is_named() -> None:
    advice = next_step(RuntimeError("can't start new thread"), make_settings())
    assert advice is not None and "ulimit -u" in advice and "threads=1" in advice
