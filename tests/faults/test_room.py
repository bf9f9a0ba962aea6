"""No room, no rights, two at once: a run that cannot go on says why and what to do, and the next
one that can just runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import AS_OF, ROOT
from tests.faults.harness import Stage, check_tidy, difference, snapshot, state_of, whole
from tests.faults.rights import obey_permissions

KIB, MIB = 1024, 1024 * 1024


# --- Disk -----------------------------------------------------------------------------------------


def _used(folder: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if not path.is_symlink())


@contextmanager
def _small_disk(place: Path, size: int) -> Iterator[None]:
    """A disk of `size` bytes at `place`; skips the test where none can be mounted."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _enlarge(place: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=1g", str(place)], check=True)


def _fill_up(faults: Stage, place: Path, room: int) -> bool:
    """A run with `room` bytes left beside a published HOME, and one after there is room again;
    returns whether the first failed.
    """
    with _small_disk(place, _used(faults.base) + room):
        home = place / "home"
        subprocess.run(["cp", "-a", str(faults.base), str(home)], check=True)
        status, run = faults.nursery.run(faults.both, home)
        assert status in (0, 1, 2), run.said()
        assert state_of(home, faults.states) == ("new" if status == 0 else "old")
        if status != 0:
            assert (
                "The disk is full: free some space" in run.said()
                or "free some space there" in run.said()
            ), run.said()
            assert "Traceback" not in run.said() and "cannot be landed" not in run.said(), (
                run.said()
            )
            assert state_of(home, faults.states) == "old"
            _enlarge(place)
            again, run = faults.nursery.run(faults.both, home)
            assert again == 0, run.said()
            assert state_of(home, faults.states) == "new"
            check_tidy(home)
        return status != 0


def test_a_full_disk_is_named_and_harms_nothing(faults: Stage, tmp_path: Path) -> None:
    assert _fill_up(faults, tmp_path / "disk", 1 * MIB)


@pytest.mark.long
@pytest.mark.parametrize(
    "room", [0, 16 * KIB, 300 * KIB, 3 * MIB, 6 * MIB, 9 * MIB, 12 * MIB, 16 * MIB]
)
def test_disks_that_fill_up_in_every_phase(faults: Stage, tmp_path: Path, room: int) -> None:
    """Sixteen megabytes may be enough; nothing must fail."""
    failed = _fill_up(faults, tmp_path / "disk", room)
    assert failed or room > 3 * MIB


@pytest.mark.long
@pytest.mark.parametrize("share", [0.1, 0.9])
def test_files_that_may_not_grow(faults: Stage, share: float) -> None:
    """A limit on the size of files, where no disk can be mounted: the same as a full disk."""
    home = faults.home("limited")
    status, run = faults.nursery.run(
        faults.both, home, file_limit=int((home / "warehouse.duckdb").stat().st_size * share)
    )
    assert status in (0, 1, 2), run.said()
    assert state_of(home, faults.states) == ("new" if status == 0 else "old")
    if status != 0:
        assert "free some space" in run.said(), run.said()
    again, run = faults.nursery.run(faults.both, home)
    assert again == 0, run.said()
    assert state_of(home, faults.states) == "new"


# --- Rights ---------------------------------------------------------------------------------------


def _run_obeying(landing: Path, home: Path) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TOUCHLEDGER_", "DAGSTER_"))
    }
    arguments = [
        "run",
        "--landing",
        str(landing),
        "--home",
        str(home),
        "--as-of",
        AS_OF,
        "--var",
        "reject_rate_limit=1",
    ]
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments],
        cwd=ROOT,
        env={**clean, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        preexec_fn=obey_permissions,
    )


@pytest.fixture
def obeying(tmp_path: Path) -> None:
    """Skips where a process that obeys permissions cannot be had."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    probe = [sys.executable, "-c", f"open({str(closed / 'x')!r}, 'w')"]
    try:
        done = subprocess.run(probe, preexec_fn=obey_permissions, capture_output=True, check=False)
    except subprocess.SubprocessError as error:
        pytest.skip(f"root cannot lay its rights down here: {error}")
    if done.returncode == 0:
        pytest.skip("permissions stop nobody on this disk")


def test_without_the_right_to_write(faults: Stage, obeying: None) -> None:
    """HOME closed to writing: nothing starts, nothing changes, the message says what to do."""
    home = faults.home("closed")
    (home / ".touchledger" / "lock").unlink(missing_ok=True)
    for folder in (home, home / ".touchledger"):
        folder.chmod(0o500)
    (home / ".touchledger").chmod(0o500)
    home.chmod(0o500)
    done = _run_obeying(faults.both, home)
    home.chmod(0o755)
    assert done.returncode in (1, 2), done.stdout
    assert (
        str(home) in done.stderr
        and "rights" in done.stderr.lower().replace("the right ", "rights ")
        and "Traceback" not in done.stderr
    ), done.stderr
    assert state_of(home, faults.states) == "old"


@pytest.mark.long
def test_without_the_right_to_read_a_landed_file(
    faults: Stage, obeying: None, tmp_path: Path
) -> None:
    home = faults.home("unread")
    landing = tmp_path / "landing"
    subprocess.run(["cp", "-a", str(faults.both), str(landing)], check=True)
    secret = landing / "events" / "secret.csv"
    secret.write_text("event_id\n", encoding="utf-8")
    secret.chmod(0)
    done = _run_obeying(landing, home)
    assert (
        done.returncode == 2
        and "events/secret.csv may not be read (Permission denied); give the user of this run"
        in done.stderr
    ), done.stderr
    assert state_of(home, faults.states) == "old"
    secret.unlink()
    status, run = faults.nursery.run(landing, home)
    assert status == 0, run.said()
    assert state_of(home, faults.states) == "new"


# --- Two at once ----------------------------------------------------------------------------------


@pytest.mark.long
def test_of_two_runs_at_once_one_says_so_and_ends(faults: Stage) -> None:
    home = faults.home("twice")
    runs = [faults.nursery.start(faults.both, home) for _ in range(2)]
    statuses = [faults.nursery.wait(run) for run in runs]
    assert sorted(statuses) == [0, 2], [run.said() for run in runs]
    loser = runs[statuses.index(2)]
    winner = runs[statuses.index(0)]
    assert (
        f"Another run (process {winner.process}) is working on" in loser.said()
        and "Nothing was done" in loser.said()
    )
    assert difference(snapshot(whole(home)), faults.states["new"]) is None
    check_tidy(home)
