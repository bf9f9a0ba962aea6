"""dbt in this process: parse once, build, and hand every event on. No second interpreter, no second import of dbt."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.home import thread_count
from orchestration.project import DBT_PROJECT, MANIFEST, RULES
from orchestration.settings import Settings


@dataclass(frozen=True)
class NodeFailure:
    """A model or test that failed: its dbt unique id, what dbt says, and, for a test, how many rows and the SQL that finds them."""

    unique_id: str
    name: str
    message: str
    failures: int | None = None
    compiled_sql: str | None = None
    description: str = ""


class BuildFailed(Exception):
    """dbt could not build. `failures` say what and why."""

    def __init__(self, message: str, failures: list[NodeFailure] | None = None) -> None:
        super().__init__(message)
        self.failures = failures or []


def environment(settings: Settings) -> dict[str, str]:
    """What profiles.yml reads. The path is relative to HOME, so that a parsed project serves every HOME."""
    return {
        "TOUCHLEDGER_WAREHOUSE": settings.warehouse.name,
        "TOUCHLEDGER_MEMORY_LIMIT": str(settings.variables["memory_limit"]),
        "TOUCHLEDGER_THREADS": str(thread_count(settings)),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def arguments(command: str, settings: Settings, *extra: str) -> list[str]:
    """Arguments of one dbt invocation in this process."""
    return [
        "--quiet",
        "--log-format",
        "json",
        "--log-level",
        "none",
        command,
        *extra,
        "--project-dir",
        str(DBT_PROJECT),
        "--profiles-dir",
        str(DBT_PROJECT),
        "--target-path",
        str(settings.private / "target"),
        "--log-path",
        str(settings.private / "logs"),
        "--vars",
        json.dumps(settings.overrides, sort_keys=True),
    ]


@contextlib.contextmanager
def inside_home(settings: Settings) -> Iterator[None]:
    """The working directory and environment that dbt's profile expects, restored afterwards."""
    before = {name: os.environ.get(name) for name in environment(settings)}
    os.environ.update(environment(settings))
    try:
        with contextlib.chdir(settings.home):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _borrow_parsed_project(settings: Settings) -> None:
    """A new HOME starts from what the last parse of this project left behind."""
    cache = settings.private / "target" / "partial_parse.msgpack"
    shared = MANIFEST.parent / "partial_parse.msgpack"
    if shared.exists() and (not cache.exists() or cache.stat().st_mtime < shared.stat().st_mtime):
        cache.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            shutil.copyfile(shared, cache)


def _close_connections() -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


# What a process has parsed, by variables: a second build in the same process does not parse again.
_parsed: dict[str, Any] = {}


def _manifest(settings: Settings) -> Any:
    from dbt.cli.main import dbtRunner

    key = json.dumps(settings.overrides, sort_keys=True)
    if key not in _parsed:
        outcome = dbtRunner().invoke(arguments("parse", settings))
        if not outcome.success:
            raise BuildFailed(f"The dbt project cannot be parsed: {outcome.exception}")
        _parsed[key] = outcome.result
    return _parsed[key]


def build(settings: Settings, *extra: str) -> Iterator[dict[str, Any]]:
    """Runs `dbt build` and yields dbt's structured events as dicts, in order. Raises BuildFailed after the last one."""
    from dbt.cli.main import dbtRunner
    from google.protobuf.json_format import MessageToDict

    _borrow_parsed_project(settings)
    events: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    outcome: list[Any] = []

    def on_event(event: Any) -> None:
        if event.info.name in ("LogSeedResult", "LogModelResult", "LogTestResult", "LogStartLine", "LogStartResult"):
            events.put(MessageToDict(event, preserving_proto_field_name=True))

    def invoke() -> None:
        try:
            runner = dbtRunner(manifest=_manifest(settings), callbacks=[on_event])
            outcome.append(runner.invoke(arguments("build", settings, "--exclude-resource-type", "unit_test", *extra)))
        except BaseException as error:
            outcome.append(error)
        finally:
            events.put(None)

    with inside_home(settings):
        worker = threading.Thread(target=invoke, name="dbt", daemon=True)
        worker.start()
        while (event := events.get()) is not None:
            yield event
        worker.join()
        _close_connections()
    _raise_failure(outcome[0])


def _raise_failure(outcome: Any) -> None:
    if isinstance(outcome, BaseException):
        raise BuildFailed(f"dbt stopped: {outcome}") from outcome
    if outcome.success:
        return
    if outcome.exception is not None or outcome.result is None:
        raise BuildFailed(f"dbt stopped: {outcome.exception}")
    failures = []
    for result in outcome.result.results:
        if str(result.status) in ("error", "fail", "runtime error"):
            node = result.node
            failures.append(
                NodeFailure(
                    unique_id=node.unique_id,
                    name=node.name,
                    message=(result.message or "").strip(),
                    failures=result.failures,
                    compiled_sql=getattr(node, "compiled_code", None) if str(node.resource_type) == "test" else None,
                    description=getattr(node, "description", "") or "",
                )
            )
    raise BuildFailed(f"{len(failures)} model(s) or test(s) failed", failures)


def project_files() -> list[Path]:
    """Everything that the manifest is made from."""
    folders = [DBT_PROJECT / name for name in ("models", "macros", "tests", "docs")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".sql", ".yml", ".md")]
    return [*files, *RULES.glob("*.csv"), DBT_PROJECT / "dbt_project.yml", DBT_PROJECT / "profiles.yml"]


def ensure_manifest() -> Path:
    """The manifest that Dagster's assets are made from, parsed anew only where a file of the project is newer."""
    if MANIFEST.exists() and max(path.stat().st_mtime for path in project_files()) <= MANIFEST.stat().st_mtime:
        return MANIFEST
    from dbt.cli.main import dbtRunner

    arguments_ = ["--quiet", "parse", "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    arguments_ += ["--target-path", str(MANIFEST.parent), "--log-path", str(MANIFEST.parent / "logs"), "--vars", "{}"]
    before = os.environ.get("TOUCHLEDGER_WAREHOUSE")
    os.environ["TOUCHLEDGER_WAREHOUSE"] = "warehouse.duckdb"
    try:
        outcome = dbtRunner().invoke(arguments_)
    finally:
        if before is None:
            os.environ.pop("TOUCHLEDGER_WAREHOUSE")
        else:
            os.environ["TOUCHLEDGER_WAREHOUSE"] = before
    if not outcome.success:
        raise BuildFailed(f"The dbt project cannot be parsed: {outcome.exception}")
    os.utime(MANIFEST)
    return MANIFEST
