"""Shared by all tests: a HOME to build in, and ways to land rows and to run the program as a user
would.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[1]
AS_OF = "2024-07-01T00:00:00Z"
MEMORY_DISK = Path("/dev/shm")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The test that waits for a cluster for minutes comes first, so that of two workers neither is
    left alone with it.
    """
    items.sort(key=lambda item: item.path.parent.name != "spark")


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder, on a memory disk where there is one: DuckDB waits for the disk at every
    commit.
    """
    parent = (
        MEMORY_DISK
        if os.access(MEMORY_DISK, os.W_OK) and shutil.disk_usage(MEMORY_DISK).free > 2**30
        else None
    )
    folder = Path(tempfile.mkdtemp(prefix="touchledger-test-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module", autouse=True)
def own_default_connection() -> None:
    """`duckdb.execute` and the like share one connection per process, which takes nothing new while
    an answer is half read: each file of tests begins with its own.
    """
    duckdb.set_default_connection(duckdb.connect())


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty HOME."""
    with scratch() as folder:
        yield folder


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """An empty landing."""
    folder = tmp_path / "landing"
    folder.mkdir()
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which a command is started."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def _text(value: object) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def land_rows(landing: Path, table: str, *rows: dict[str, Any], name: str = "rows") -> Path:
    """Writes rows as a JSON lines file of a table; `_loaded_at` is the start of 2024 where a row
    has none.
    """
    file = landing / table / f"{name}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    complete = [{"_loaded_at": "2024-01-01T00:00:00Z", **row} for row in rows]
    lines = [
        json.dumps({column: _text(value) for column, value in row.items()}) for row in complete
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


# What a program reads where it is started, not where it is used, or that names the test itself.
PASSED_ON = ("TOUCHLEDGER_", "DAGSTER_", "TZ", "PYTEST_", "PYTHONPATH")


class Nursery:
    """Starts `touchledger` in forks of a process that has everything imported."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        # dbt's parser keeps threads, which would not be in the processes that the nursery forks.
        from orchestration.building.project import ensure_manifest

        ensure_manifest()
        self.folder = Path(tempfile.mkdtemp(prefix="touchledger-nursery-"))
        self.environment = _environment({})
        self.server = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
        )

    def takes(self, environment: dict[str, str]) -> bool:
        """Whether a program with this environment is what a fork would be."""

        def of_the_process(variables: dict[str, str]) -> dict[str, str]:
            return {
                name: value for name, value in variables.items() if not name.startswith(PASSED_ON)
            }

        return of_the_process(environment) == of_the_process(self.environment)

    def _ask(self, request: dict[str, Any]) -> str:
        with self.lock:
            self.server.stdin.write(json.dumps(request) + "\n")
            self.server.stdin.flush()
            return self.server.stdout.readline().strip()

    def run(
        self, arguments: tuple[str, ...], root: Path, environment: dict[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """What `subprocess.run` would return."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        output, errors = folder / "output", folder / "errors"
        given = {**dict.fromkeys(self.environment), **environment}
        request = {"arguments": arguments, "environment": given, "root": str(root)}
        process = int(self._ask({**request, "output": str(output), "errors": str(errors)}))
        until = time.monotonic() + timeout
        while (status := self._ask({"ask": process})) == "running":
            if time.monotonic() > until:
                os.kill(process, signal.SIGKILL)
                self._ask({"wait": process})
                raise subprocess.TimeoutExpired(list(arguments), timeout)
            time.sleep(0.01)
        printed = [file.read_text(encoding="utf-8") for file in (output, errors)]
        shutil.rmtree(folder)
        return subprocess.CompletedProcess(list(arguments), int(status), *printed)

    def close(self) -> None:
        self.server.stdin.close()
        self.server.wait(timeout=60)
        self.server.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def _nursery() -> Nursery:
    """One for all tests of this process, started by the first that runs a command."""
    made = Nursery()
    atexit.register(made.close)
    return made


def copied_project(root: Path, *more: str) -> Path:
    """A copy of the project at `root`, to change rules and models in, parsed as this one is; dbt
    parses anew only what is changed.
    """
    from orchestration.building.project import ensure_manifest
    from orchestration.ground.cache import mark_of

    for folder in ("orchestration", "dbt_project", "expectations", "seeds/rules", *more):
        shutil.copytree(
            ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "logs")
        )
    parsed = ensure_manifest().parent
    mark = mark_of(root.resolve() / "dbt_project")
    shutil.copytree(parsed, parsed.parent.with_name(mark) / parsed.name, dirs_exist_ok=True)
    return root


def _environment(more: dict[str, str], root: Path = ROOT) -> dict[str, str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TOUCHLEDGER_", "DAGSTER_"))
    }
    return {**clean, "PYTHONPATH": str(root), **more}


def command(
    *arguments: str, root: Path = ROOT, timeout: float = 240, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs `touchledger ARGUMENTS` in a process of its own, from the project at `root`."""
    whole = _environment(environment, root)
    if _nursery().takes(whole):
        return _nursery().run(arguments, root, whole, timeout)
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=root,
        env=whole,
        check=False,
    )


def run_command(
    landing: Path, home: Path, *arguments: str, **options: Any
) -> subprocess.CompletedProcess[str]:
    """`touchledger run` as of AS_OF."""
    return command(
        "run",
        "--landing",
        str(landing),
        "--home",
        str(home),
        "--as-of",
        AS_OF,
        *arguments,
        **options,
    )


def query(home: Path, sql: str) -> list[tuple]:
    """Rows of the published file."""
    with duckdb.connect(
        str(home / "published" / "touchledger.duckdb"), read_only=True
    ) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="session")
def published_sample() -> Iterator[tuple[Path, str]]:
    """HOME with the shipped sample published, and what the run printed.

    To be read only: many tests share it.
    """
    home = Path(
        tempfile.mkdtemp(
            prefix="touchledger-test-", dir=MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) else None
        )
    )
    done = command(
        "run", "--home", str(home), "--as-of", "2026-07-01T00:00:00Z", TZ="Asia/Tokyo", timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    yield home, done.stdout
    shutil.rmtree(home, ignore_errors=True)


Build = Callable[..., Path]


def build_tables(
    landing: Path,
    home: Path,
    as_of: str,
    variables: list[str],
    *,
    full_refresh: bool = False,
    status: str = "published",
    on_event: Callable[[], None] = lambda: None,
) -> Path:
    """Lands a folder and builds the tables in this process, without checks and publishing; returns
    the warehouse file.

    Much faster than a run, for tests that build many worlds. `status` is how the run ends,
    `on_event` hears of every model's start and end.
    """
    from orchestration.building import dbt as dbt_build
    from orchestration.building.plan import (
        FULL,
        NONE,
        begin_build,
        end_build,
        forget_build,
        plan_build,
    )
    from orchestration.engines.registry import engine
    from orchestration.ground.settings import make_settings
    from orchestration.home.forget import forget_landing
    from orchestration.home.runs import begin_run, end_run
    from orchestration.home.warehouse import warehouse
    from orchestration.landing.land import land

    settings = make_settings(
        landing=str(landing),
        home=str(home),
        as_of=as_of,
        variables=variables,
        full_refresh=full_refresh,
    )
    works = engine(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    with warehouse(settings) as connection:
        run_id = begin_run(connection, settings)
        if full_refresh:
            forget_build(connection)
            forget_landing(connection)
        land(
            connection,
            settings.landing,
            run_id,
            naive_timezone=str(settings.variables["naive_timezone"]),
        )
        plan = plan_build(connection, settings)
        begin_build(connection, settings, run_id, plan)
        if plan.kind != NONE:
            works.before_build(connection, anew=plan.kind == FULL)
    if plan.kind != NONE:
        for _ in dbt_build.build(settings, *plan.arguments, kind=plan.kind):
            on_event()
    with warehouse(settings) as connection:
        end_build(connection, settings, run_id)
        works.mark_built(connection, run_id)
        end_run(connection, run_id, status)
    return settings.warehouse


@pytest.fixture
def build(home: Path) -> Build:
    """`build_tables` in a HOME of the test's own, or `into` another."""

    def built(landing: Path, *variables: str, into: Path | None = None, as_of: str = AS_OF) -> Path:
        return build_tables(landing, into or home, as_of, list(variables))

    return built
