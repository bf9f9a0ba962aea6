"""Runs that are killed at random moments of every phase: readers see the old state or the new one,
and the next run just runs.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from itertools import cycle
from pathlib import Path

import pytest

from tests.conftest import AS_OF, ROOT
from tests.faults.conftest import fault_seed
from tests.faults.harness import PHASES, Stage, check_tidy, disturb, restatement_log, state_of

LONG_KILLS = 54


def _chain(
    faults: Stage,
    rng: random.Random,
    phases: list[str],
    numbers: list[int],
    *,
    first_run: bool,
    more: list[str],
) -> Counter[str]:
    """Kills runs on one HOME, one after the other, and lets the last one be; returns how many died
    in which phase.
    """
    home = faults.home("disturbed", empty=first_run)
    known = {"new": faults.states["new"]} if first_run else faults.states
    died: Counter[str] = Counter()
    published = "nothing" if first_run else "old"
    for phase, number in zip(phases, numbers, strict=True):
        was_killed = disturb(faults, home, rng, phase, number, *more)
        died[f"{phase} {signal.Signals(number).name}"] += was_killed
        state = state_of(home, known) if home.exists() else "nothing"
        assert state in (published, "new"), f"{state} after {published}"
        assert was_killed or state == "new"
        published = state
    status, run = faults.nursery.run(faults.both, home)
    assert status == 0, run.said()
    assert state_of(home, known) == "new"
    if not first_run:  # the log is that of a HOME in which nothing was ever killed
        assert restatement_log(home) == faults.restated
    check_tidy(home)
    return died


def test_killed_runs_harm_nobody(faults: Stage, record_property: pytest.RecordProperty) -> None:
    rng = random.Random(fault_seed())
    numbers = [signal.SIGKILL, signal.SIGTERM, signal.SIGKILL]
    died = _chain(faults, rng, ["land", "publish", "build"], numbers, first_run=False, more=[])
    record_property("kills", dict(died))
    assert sum(died.values()) >= 2, "a run may end just before its kill, but not most of them"


@pytest.mark.long
@pytest.mark.parametrize("moment", range(6))
def test_restatements_after_a_kill_in_the_middle_of_publishing(
    faults: Stage, moment: int, record_property: pytest.RecordProperty
) -> None:
    """Killed at six moments of publishing, the log of what was restated is the same as ever."""
    rng = random.Random(fault_seed() * 100 + moment)
    died = _chain(faults, rng, ["publish"], [signal.SIGKILL], first_run=False, more=[])
    record_property("kills", dict(died))


@pytest.mark.long
def test_a_run_whose_output_nobody_reads_goes_on(faults: Stage) -> None:
    """`touchledger run | head -1` ends head, not the run."""
    home = faults.home("unheard")
    arguments = [
        "run",
        "--landing",
        str(faults.both),
        "--home",
        str(home),
        "--as-of",
        AS_OF,
        "--var",
        "reject_rate_limit=1",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline().startswith("touchledger")
    process.stdout.close()
    said = process.stderr.read()
    assert process.wait(timeout=300) == 0, said
    assert said == ""
    assert state_of(home, faults.states) == "new"


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_killed_run_leaves_no_warning_behind(
    faults: Stage, tmp_path: Path, number: signal.Signals
) -> None:
    """Its helpers outlive it for a moment, and have nothing to say of semaphores that it left."""
    home, said = faults.home("warned"), tmp_path / "said"
    with said.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", "run", "--landing", str(faults.both),
             "--home", str(home), "--as-of", AS_OF, "--var", "reject_rate_limit=1"],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=stream, text=True,
        )  # fmt: skip
        for line in process.stdout:
            if "  Check  " in line:  # dbt's helper processes are there by then
                break
        process.send_signal(number)
        process.wait(timeout=60)
    process.stdout.close()
    time.sleep(3)
    text = said.read_text()
    assert "resource_tracker" not in text and "Warning" not in text, text
    if number == signal.SIGKILL:
        assert text == ""


@pytest.mark.long
def test_many_killed_runs_harm_nobody(
    faults: Stage, record_property: pytest.RecordProperty
) -> None:
    """Chains of one to four kills: on a published HOME, on an empty one, and of full refreshes."""
    rng = random.Random(fault_seed())
    phase = cycle(["publish", "land", "build", "publish", "check", "start", "publish", "build"])
    died: Counter[str] = Counter()
    number = 0
    while sum(died.values()) < LONG_KILLS:
        number += 1
        length = rng.randrange(1, 5)
        phases = [next(phase) for _ in range(length)]
        numbers = [rng.choice((signal.SIGKILL, signal.SIGTERM)) for _ in range(length)]
        more = ["--full-refresh"] if number % 5 == 3 else []
        died += _chain(faults, rng, phases, numbers, first_run=number % 5 == 4, more=more)
        print(f"chain {number}: {phases}, {sum(died.values())} kills so far", flush=True)
    record_property("kills", dict(died))
    print(dict(died))
    assert {entry.split()[0] for entry in died} == PHASES.keys()
