"""Trying one command on one place in one condition, and what must hold whatever it says."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ground.cache import cache_folder
from tests.conftest import AS_OF, ROOT
from tests.faults.harness import Stage, state_of, whole
from tests.faults.places import CONDITIONS, MADE, WRITING, Site, arguments, copy_tree
from tests.faults.rights import obey_permissions

# What has been read before a fork already, or is asked of the environment once only.
IN_A_PROCESS_OF_ITS_OWN = ("source tree", "cache", "TMPDIR")


@dataclass(frozen=True)
class Seen:
    """How a command ended, and all that it said."""

    status: int
    said: str


def person_of(faults: Stage) -> str:
    """A contact that is published."""
    with duckdb.connect(str(faults.base / "published/touchledger.duckdb"), read_only=True) as made:
        return made.execute("select min(contact_id) from core.dim_contacts").fetchall()[0][0]


def make_site(faults: Stage, scratch: Path, place: str) -> Site:
    """Folders of a cell's own; the program's own tree is copied only where it is the place."""
    home, landing, tree = faults.home("home"), scratch / "landing", scratch / "tree"
    subprocess.run(["cp", "-a", str(faults.both), str(landing)], check=True)
    config = scratch / "configured" / "touchledger.yml"  # not where commands are given
    config.parent.mkdir()
    shutil.copy(faults.config, config)
    temporary, cache = scratch / "tmp", scratch / "cache"
    temporary.mkdir()
    cache.mkdir()
    if place == "source tree":
        copy_tree(ROOT, tree)
    elif cache_folder().is_dir():
        shutil.copytree(cache_folder(), cache / "touchledger" / cache_folder().name)
    return Site(home, landing, faults.web, config, cache, temporary, tree)


def _environment(site: Site, place: str) -> dict[str, str]:
    """Of a process that stands on the places of a site."""
    tree = site.tree if place == "source tree" else ROOT
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TOUCHLEDGER_", "DAGSTER_"))
    }
    places = {"PYTHONPATH": str(tree), "XDG_CACHE_HOME": str(site.cache)}
    if place == "TMPDIR":
        places["TMPDIR"] = str(site.temporary)
    return {**clean, **places}


def _apart(site: Site, place: str, given: list[str], scratch: Path) -> Seen:
    """In a process that has read nothing yet."""
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *given],
        cwd=scratch, env=_environment(site, place), capture_output=True, text=True, check=False,
        preexec_fn=obey_permissions, timeout=600,
    )  # fmt: skip
    return Seen(done.returncode, done.stderr + done.stdout)


def _as_on_a_terminal() -> None:
    """Dagster ends what it started by interrupts, which whatever runs in the background ignores."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    obey_permissions()


def _made(site: Site, place: str, command: str, scratch: Path) -> Seen:
    """What `make` starts, in its own working folder: Dagster's page is ended once it is shown."""
    own = {
        "TOUCHLEDGER_HOME": str(site.home),
        "TOUCHLEDGER_LANDING": str(site.landing),
        "TOUCHLEDGER_AS_OF": AS_OF,
    }
    port = _free_port()
    is_page = command == "make dev"
    tree = site.tree if place == "source tree" else ROOT
    more = ["--port", str(port), "--working-directory", str(tree)] if is_page else []
    if is_page:
        more += ["--module-name", "orchestration.definitions"]
    output = scratch / "made"
    with output.open("wb") as stream:
        made = subprocess.Popen(
            [sys.executable, "-m", *MADE[command], *more],
            cwd=scratch, env={**_environment(site, place), **own}, stdin=subprocess.DEVNULL,
            stdout=stream, stderr=subprocess.STDOUT, preexec_fn=_as_on_a_terminal,
            start_new_session=True,
        )  # fmt: skip
        try:
            shown = _loaded(port, made) if is_page else None
            if shown is not None:
                made.terminate()
            status = made.wait(timeout=300)
        finally:
            with suppress(ProcessLookupError):  # with all that it started
                os.killpg(made.pid, signal.SIGKILL)
            made.wait()
    said = output.read_text(encoding="utf-8", errors="replace")
    return Seen(status if shown is None else 0, said if shown is None else shown)


_ASKED = """{ workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError {
    __typename ... on PythonError { message errorChain { error { message } } } } } } } }"""


def _loaded(port: int, made: subprocess.Popen[bytes]) -> str | None:
    """What Dagster's page says of the program that it loads; None where it ended before."""
    until = time.monotonic() + 180
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        json.dumps({"query": _ASKED}).encode(),
        {"Content-Type": "application/json"},
    )
    while made.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                entries = json.load(answer)["data"]["workspaceOrError"]["locationEntries"]
                if entries and entries[0]["locationOrLoadError"]:
                    return json.dumps(entries)
        except OSError:
            pass
        time.sleep(0.3)
    return None


def _free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


def _served(faults: Stage, given: list[str]) -> Seen:
    """The page: asked for, then ended; 0 where it was shown."""
    port = _free_port()
    run = faults.nursery.begin(*given, "--port", str(port), obeying=True)
    if not run.wait_for("Ctrl-C ends it", 60):
        return Seen(faults.nursery.wait(run), run.said() + run.printed())
    until, shown = time.monotonic() + 30, 0
    while shown != 200 and run.is_alive() and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
                shown = answer.status
        except OSError:
            time.sleep(0.1)
    run.kill(2)
    status = faults.nursery.wait(run)
    return Seen(status if shown == 200 else 99, run.said() + run.printed())


def _asked(faults: Stage, site: Site, place: str, command: str, scratch: Path) -> Seen:
    given = [] if command in MADE else arguments(command, site, AS_OF, person_of(faults))
    if command == "run" and place == "a source's folder":
        given += ["--config", str(site.config)]
    if command in MADE:
        return _made(site, place, command, scratch)
    if command == "serve":
        return _served(faults, given)
    if place in IN_A_PROCESS_OF_ITS_OWN or (command == "run" and place == "a source's folder"):
        return _apart(site, place, given, scratch)
    run = faults.nursery.begin(*given, obeying=True)
    return Seen(faults.nursery.wait(run), run.said() + run.printed())


def attempt(faults: Stage, scratch: Path, place: str, condition: str, command: str) -> Seen:
    """What a command says of a cell. Fails where what is published is not whole, or not that of
    before where the command published nothing.
    """
    site = make_site(faults, scratch, place)
    with CONDITIONS[condition](site, place):
        seen = _asked(faults, site, place, command, scratch)
        has_published = seen.status == 0 and command in ("run", "forget")
        if has_published and command == "run" and place != "a source's folder":
            assert state_of(site.home, faults.states) == "new", seen.said
        elif has_published:
            assert whole(site.home)
    if not has_published and (place, condition) != ("published", "damaged"):
        assert state_of(site.home, faults.states) == "old", seen.said
    assert "Traceback" not in seen.said, seen.said
    if command not in WRITING:
        return seen
    leftovers = [path.name for path in site.temporary.glob("touchledger*")]
    assert not leftovers, leftovers
    return seen
