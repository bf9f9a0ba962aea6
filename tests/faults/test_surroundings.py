"""A run amid what nobody thought of publishes what it always does, or says why it cannot."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.conftest import AS_OF
from tests.faults.harness import PHASES, Stage, state_of

# What a run is to find around it: the process (see nursery), and its environment.
WELL: dict[str, tuple[dict, dict[str, str | None]]] = {
    "a user with nothing": (
        {"umask": 0o077},
        {"HOME": None, "XDG_CACHE_HOME": None, "USER": None, "DAGSTER_HOME": "/nonexistent"},
    ),
    "a user with what is not there": (
        {"umask": 0, "open_files": 64},
        {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/dev/null/x", "TZ": "Nowhere/Nothing"},
    ),
    "no standard streams": ({"closed": [0, 1, 2]}, {}),
    "a full disk behind standard output": ({"output": "/dev/full"}, {}),
    "an old terminal, another dbt project": (
        {},
        {
            "LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "TERM": "dumb",
            "DBT_PROJECT_DIR": "/nonexistent", "DBT_PROFILES_DIR": "/nonexistent",
            "DBT_TARGET": "prod", "DBT_TARGET_PATH": "/nonexistent/target", "DBT_PROFILE": "other",
            "DBT_LOG_PATH": "/nonexistent/logs", "DBT_FULL_REFRESH": "true", "DBT_FAIL_FAST": "1",
            "DBT_LOG_LEVEL": "debug", "DBT_WARN_ERROR": "true", "DBT_STATE": "/nonexistent",
            "DBT_DEFER": "true", "DBT_INDIRECT_SELECTION": "empty", "DBT_NO_PARTIAL_PARSE": "1",
        },
    ),
    "a clock that went back a year": ({"clock": -366 * 86400}, {}),
    "a clock that is a year ahead": ({"clock": 366 * 86400}, {}),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", WELL)
def test_it_publishes_what_it_always_does(faults: Stage, name: str) -> None:
    around, environment = WELL[name]
    home = faults.home("home")
    limits = ["--as-of", AS_OF, "--var", "reject_rate_limit=1"]
    places = ["--landing", str(faults.both), "--home", str(home)]
    run = faults.nursery.begin("run", *places, *limits, around=around, **environment)
    assert faults.nursery.wait(run) == 0, run.said()
    assert "Traceback" not in run.said() + run.printed()
    assert state_of(home, faults.states) == "new"
    assert (home / "published/touchledger.duckdb").stat().st_mode & 0o444 == 0o444
    assert (home / "published").resolve().stat().st_mode & 0o005 == 0o005
    assert (home / "warehouse.duckdb").stat().st_mode & 0o077 == 0
    # The clock is right again, and somebody lands nothing new.
    status, again = faults.nursery.run(faults.both, home)
    assert status == 0, again.said()
    assert state_of(home, faults.states) == "new"


NAMES = [
    "two words; and 'quotes\" #1 100%",
    "-new\nline & $HOME = {curly} [b]racket st*r ~",
    "ümläut 🦆 \u202eright-to-left",
]


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_home_and_landing_of_any_name(faults: Stage, tmp_path: Path, name: str) -> None:
    home = faults.home(name)
    landing = tmp_path / name
    landing.symlink_to(faults.both)
    status, run = faults.nursery.run(landing, home)
    assert status == 0, run.said()
    assert "Traceback" not in run.said() + run.printed()
    assert state_of(home, faults.states) == "new"
    for command in (["sql", "select 1"], ["compare", str(home)]):
        given = [*command, *(["--home", str(home)] if command[0] == "sql" else [str(home)])]
        asked = faults.nursery.begin(*given)
        assert faults.nursery.wait(asked) == 0, asked.said()


@pytest.mark.long
@pytest.mark.parametrize("name", ["what?", "back\\slash"])
def test_a_home_that_duckdb_cannot_open_is_named(faults: Stage, name: str) -> None:
    home = faults.folder / name
    status, run = faults.nursery.run(faults.both, home)
    assert status == 2 and "which DuckDB cannot open; choose another" in run.said(), run.said()
    assert not home.exists()


@pytest.mark.long
@pytest.mark.parametrize("where", ["below the landing", "a table's folder", "the landing itself"])
def test_home_and_landing_in_one_another(faults: Stage, tmp_path: Path, where: str) -> None:
    """What is published, as Parquet too, is never landed."""
    import shutil

    landing = tmp_path / "landing"
    shutil.copytree(faults.both, landing)
    home = {
        "below the landing": landing / "home",
        "a table's folder": landing / "contacts",
        "the landing itself": landing,
    }[where]
    for _ in range(2):
        status, run = faults.nursery.run(landing, home)
        if status == 2:
            assert "HOME" in run.said() and "landing" in run.said(), run.said()
            assert not (home / "warehouse.duckdb").exists()
            return
        assert status == 0, run.said()
        assert state_of(home, {"new": faults.states["new"]}) == "new"


@pytest.mark.long
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_signal_in_each_step_stops_in_words(faults: Stage, phase: str, number: int) -> None:
    home = faults.home("home")
    run = faults.nursery.start(faults.both, home)
    assert run.wait_for(PHASES[phase])
    time.sleep(0.05)
    run.kill(number)
    status = faults.nursery.wait(run)
    if status == 0:
        pytest.skip("it had ended before")
    assert status == 128 + number, run.said()
    assert f"Stopped by {signal.Signals(number).name}: readers keep" in run.said()
    assert "Traceback" not in run.said() and "resource_tracker" not in run.said()
    assert state_of(home, faults.states) in ("old", "new")


@pytest.mark.long
def test_a_lock_that_a_dead_process_left_holds_nobody_up(faults: Stage) -> None:
    home = faults.home("home")
    (home / ".touchledger" / "lock").write_text("999999999\n")
    status, run = faults.nursery.run(faults.both, home)
    assert status == 0, run.said()
    assert state_of(home, faults.states) == "new"


@pytest.mark.long
@pytest.mark.parametrize("is_full", [True, False])
def test_a_folder_in_the_place_of_the_link_is_left_alone(faults: Stage, is_full: bool) -> None:
    home = faults.home("home")
    folder = (home / "published").resolve()
    (home / "published").unlink()
    (home / "published").mkdir()
    if is_full:
        (home / "published" / "mine.txt").write_text("keep")
    status, run = faults.nursery.run(faults.both, home)
    assert status == 2, run.said()
    assert "published is not the link that this program makes; move it away" in run.said()
    assert folder.is_dir() and (not is_full or (home / "published" / "mine.txt").exists())


@pytest.mark.long
def test_home_on_a_disk_that_may_only_be_read(faults: Stage) -> None:
    """A remount, as an administrator or a failing disk does it."""
    import subprocess

    home = faults.home("home")
    mount = ["mount", "--bind", str(home), str(home)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(home)], check=True)
        for command in ("run", "forget", "pull"):
            more = {"run": [], "forget": ["contact", "x", "--yes"], "pull": []}[command]
            config = [] if command == "forget" else ["--config", str(faults.config)]
            given = [command, *more, "--home", str(home), "--landing", str(faults.both), *config]
            asked = faults.nursery.begin(*given)
            assert faults.nursery.wait(asked) == 2, asked.said()
            assert "Read-only file system" in asked.said() and str(home) in asked.said()
            assert "Traceback" not in asked.said()
        asked = faults.nursery.begin("sql", "select 1", "--home", str(home))
        assert faults.nursery.wait(asked) == 0, asked.said()
    finally:
        subprocess.run(["umount", "--lazy", str(home)], check=True)
    assert state_of(home, faults.states) == "old"


@pytest.mark.parametrize(
    "given", [["sql", "select 1"], ["explain", "deal", "x"], ["sources"], ["run"], ["pull"]]
)
def test_a_working_folder_that_is_gone_is_said(
    faults: Stage, tmp_path: Path, given: list[str]
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    asked = faults.nursery.begin(
        *given, around={"folder": str(folder), "gone": True}, TOUCHLEDGER_HOME="nowhere"
    )
    assert faults.nursery.wait(asked) == 2, asked.said() + asked.printed()
    assert "Traceback" not in asked.said()
    assert "working folder" in asked.said()


@pytest.mark.parametrize("make", ["folder", "pipe", "loop", "bytes", "closed"])
def test_a_configuration_that_is_none_is_said(faults: Stage, tmp_path: Path, make: str) -> None:
    file = tmp_path / "touchledger.yml"
    if make == "folder":
        file.mkdir()
    elif make == "pipe":
        os.mkfifo(file)
    elif make == "loop":
        file.symlink_to(file.name)
    else:
        file.write_bytes(b"\xff\xfe\x00sources: \x00")
        file.chmod(0 if make == "closed" else 0o644)
    for command in ("sources", "pull", "run"):
        asked = faults.nursery.begin(command, around={"folder": str(tmp_path)}, obeying=True)
        assert faults.nursery.wait(asked) == 2, asked.said() + asked.printed()
        assert "touchledger.yml" in asked.said() and "Traceback" not in asked.said()
