"""How a history is built: in this process, in a worker that may be killed, or by the command."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, build_tables, command, copied_project
from tests.worlds.histories import Step

MOST_EVENTS = 110
VIA = ("process", "worker", "command")


@dataclass(frozen=True)
class Place:
    """Where a history is built: the project at `root`, in this process, in a worker process, or by
    the command itself."""

    landing: Path
    root: Path = ROOT
    via: str = "process"


def _variables(step: Step) -> list[str]:
    return [
        f"{name}={'none' if value is None else value}" for name, value in step.variables.items()
    ]


def run_once(
    place: Place, home: Path, step: Step, *, full_refresh: bool = False, status: str = "published"
) -> Path:
    """THE ONE PLACE that knows how tables are built: lands what is new, builds as of the step,
    returns the file with the tables."""
    as_of = step.as_of.isoformat()
    if place.via == "process":
        return build_tables(
            place.landing, home, as_of, _variables(step), full_refresh=full_refresh, status=status
        )
    if place.via == "worker":
        done = subprocess.run(
            _worker(place, home, step, full_refresh=full_refresh, status=status),
            **_quiet(place),
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the build failed:\n{done.stdout}{done.stderr}")
        return home / "warehouse.duckdb"
    arguments = _command(place, home, step) + (["--full-refresh"] if full_refresh else [])
    done = command(*arguments, root=place.root, timeout=600)
    if done.returncode:
        raise RuntimeError(
            f"touchledger {' '.join(arguments)}\n"
            f"ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return home / "published" / "touchledger.duckdb"


def kill_run(place: Place, home: Path, step: Step, rng: random.Random) -> None:
    """Begins a run in another process and kills it at a random moment, while it builds; it may have
    ended before."""
    if place.via == "command":
        arguments = [sys.executable, "-u", "-m", "orchestration.cli", *_command(place, home, step)]
        with subprocess.Popen(
            arguments,
            cwd=place.root,
            env=_environment(place),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as run:
            lines = rng.randrange(5, 60)
            for number, _ in enumerate(run.stdout):
                if number >= lines:
                    break
            time.sleep(rng.random() * 0.3)
            run.kill()
        return
    kill = {"kill_after": rng.randrange(MOST_EVENTS), "kill_delay": rng.random() * 0.3}
    done = subprocess.run(_worker(place, home, step, **kill), **_quiet(place), check=False)
    if done.returncode not in (0, -signal.SIGKILL):
        raise RuntimeError(f"the build that was to be killed failed:\n{done.stdout}{done.stderr}")


def _environment(place: Place) -> dict[str, str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TOUCHLEDGER_", "DAGSTER_"))
    }
    return {**clean, "PYTHONPATH": str(place.root)}


def _quiet(place: Place) -> dict[str, Any]:
    return {
        "cwd": place.root,
        "env": _environment(place),
        "capture_output": True,
        "text": True,
        "timeout": 600,
    }


def _command(place: Place, home: Path, step: Step) -> list[str]:
    variables = [
        text for one in [*_variables(step), "reject_rate_limit=1"] for text in ("--var", one)
    ]
    return [
        "run",
        "--landing",
        str(place.landing),
        "--home",
        str(home),
        "--as-of",
        step.as_of.isoformat(),
        *variables,
    ]


def _worker(place: Place, home: Path, step: Step, **options: Any) -> list[str]:
    build = {
        "landing": str(place.landing),
        "home": str(home),
        "as_of": step.as_of.isoformat(),
        "variables": _variables(step),
        **options,
    }
    return [sys.executable, "-m", "tests.golden.builds", json.dumps(build)]


def _work(
    landing: str,
    home: str,
    as_of: str,
    variables: list[str],
    kill_after: int | None = None,
    kill_delay: float = 0,
    **options: Any,
) -> None:
    """One build in this process; with `kill_after` it kills itself that many of dbt's events
    later."""
    heard = 0

    def on_event() -> None:
        nonlocal heard
        if heard == kill_after:
            time.sleep(kill_delay)
            os.kill(os.getpid(), signal.SIGKILL)
        heard += 1

    build_tables(Path(landing), Path(home), as_of, variables, on_event=on_event, **options)


def copy_project(root: Path) -> Path:
    """A copy of the project with its tests, to change rules in."""
    return copied_project(root, "tests")


if __name__ == "__main__":
    _work(**json.loads(sys.argv[1]))
