"""dbt in this process: parse once, build, and hand every event on.

No second interpreter, no second import of dbt.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.building.chain import teach
from orchestration.engines.registry import engine
from orchestration.ground.cache import cache_folder, manifest_file
from orchestration.ground.errors import BuildFailed, NodeFailure
from orchestration.ground.paths import DBT_PROJECT, ROOT, RULES
from orchestration.ground.settings import Settings

_QUIET = ("--quiet", "--log-level", "none", "--log-level-file", "info")
# What every parse sees of the profile, whatever the run: a parsed project serves every HOME.
_PARSED_WITH = {"warehouse": "warehouse.duckdb"}


def _places(target: Path, logs: Path) -> list[str]:
    folders = {
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": target,
        "--log-path": logs,
    }
    return [text for name, folder in folders.items() for text in (name, str(folder))]


def arguments(command: str, settings: Settings, *extra: str, kind: str = "full") -> list[str]:
    """Arguments of one dbt invocation in this process.

    The run's variables go with them, and what the profile and the macros ask of the engine; `kind`
    is that of orchestration.building.plan.
    """
    works = engine(settings)
    given = {**settings.overrides, **works.profile(), **works.landed(), "build_kind": kind}
    variables = json.dumps(given, sort_keys=True)
    places = _places(settings.compiled, settings.private / "logs")
    return [*_QUIET, command, *extra, *places, "--target", settings.target, "--vars", variables]


def _close_connections() -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def _parse(
    *extra: str,
    target: Path | None = None,
    logs: Path | None = None,
    variables: Iterable[tuple[str, str]] = (),
) -> Any:
    """dbt's parsed project, from what the last parse left in `target`, the user's cache by default,
    where no file changed.

    Raises BuildFailed.
    """
    from dbt.cli.main import dbtRunner

    given = json.dumps({**_PARSED_WITH, **dict(variables)}, sort_keys=True)
    places = _places(target or manifest_file().parent, logs or cache_folder() / "logs")
    outcome = dbtRunner().invoke([*_QUIET, *extra, "parse", *places, "--vars", given])
    if not outcome.success:
        raise BuildFailed(f"The dbt project cannot be parsed: {outcome.exception}")
    return outcome.result


@cache
def _parsed() -> Any:
    """The parsed project, once per process.

    It is parsed with the default variables, so that a run with other ones need not parse anew:
    models ask for variables only when they are compiled, and no dependency hangs on one.
    """
    return _parse("--no-write-json")


@cache
def _parsed_for(
    target: str, compiled: Path, logs: Path, profile: tuple[tuple[str, str], ...]
) -> Any:
    """The project as another target than DuckDB parses it: names of schemas are of the HOME, so it
    is parsed there.
    """
    return _parse(
        "--no-write-json", "--target", target, target=compiled, logs=logs, variables=profile
    )


def parsed(settings: Settings) -> Any:
    """The parsed project of the run's target. Raises BuildFailed."""
    if settings.target == "duckdb":
        return _parsed()
    return _parsed_for(
        settings.target,
        settings.compiled,
        settings.private / "logs",
        tuple(engine(settings).profile().items()),
    )


def build(settings: Settings, *extra: str, kind: str = "full") -> Iterator[dict[str, Any]]:
    """Runs `dbt build` and yields dbt's structured events as dicts, in order.

    Raises BuildFailed after the last one.

    A build of kind `full` makes every table anew; one of kind `increment` recomputes what changed
    since the last build.
    """
    from dbt.adapters.factory import FACTORY
    from dbt.cli.main import dbtRunner
    from google.protobuf.json_format import MessageToDict

    events: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    outcome: list[Any] = []

    def on_event(event: Any) -> None:
        if event.info.name in (
            "LogSeedResult",
            "LogModelResult",
            "LogTestResult",
            "LogStartLine",
            "LogStartResult",
        ):
            events.put(MessageToDict(event, preserving_proto_field_name=True))

    def invoke() -> None:
        try:
            runner = dbtRunner(manifest=parsed(settings), callbacks=[on_event])
            teach(FACTORY.get_adapter_class_by_name(settings.target))
            refresh = ["--full-refresh"] if kind == "full" else []
            given = arguments(
                "build",
                settings,
                "--exclude-resource-type",
                "unit_test",
                *refresh,
                *extra,
                kind=kind,
            )
            outcome.append(runner.invoke(given))
        except BaseException as error:
            outcome.append(error)
        finally:
            events.put(None)

    worker = threading.Thread(target=invoke, name="dbt", daemon=True)
    worker.start()
    while (event := events.get()) is not None:
        yield event
    worker.join()
    _close_connections()
    try:
        _raise_failure(outcome[0])
    except BuildFailed as failed:
        raise _with_samples(engine(settings).explained(failed), settings) from failed


def _with_samples(failed: BuildFailed, settings: Settings) -> BuildFailed:
    """The failure with up to three rows of each failed test, where they can still be had."""

    def sampled(failure: NodeFailure) -> NodeFailure:
        if not failure.compiled_sql:
            return failure
        with contextlib.suppress(Exception):
            names, rows = engine(settings).rows(failure.compiled_sql.strip().rstrip(";"))
            sample = [dict(zip(names, row, strict=True)) for row in rows]
            return replace(failure, sample=sample)
        return failure

    return BuildFailed(str(failed), [sampled(failure) for failure in failed.failures])


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
                    compiled_sql=getattr(node, "compiled_code", None)
                    if str(node.resource_type) == "test"
                    else None,
                    description=getattr(node, "description", "") or "",
                )
            )
    raise BuildFailed(f"{len(failures)} model(s) or test(s) failed", failures)


def project_files() -> list[Path]:
    """Everything that the manifest is made from."""
    folders = [DBT_PROJECT / name for name in ("models", "macros", "tests", "docs")]
    files = [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in (".sql", ".yml", ".md")
    ]
    return [
        *files,
        *RULES.glob("*.csv"),
        DBT_PROJECT / "dbt_project.yml",
        DBT_PROJECT / "profiles.yml",
    ]


def ensure_manifest() -> Path:
    """The manifest that Dagster's assets are made from, parsed anew only where a file of the
    project is not the one that it was made from.
    """
    manifest = manifest_file()
    made_from = manifest.with_name("made_from")
    digest = _project_digest()
    if manifest.exists() and made_from.exists() and made_from.read_text("ascii") == digest:
        return manifest
    made_from.unlink(missing_ok=True)
    _parse()
    made_from.write_text(digest, "ascii")
    return manifest


def _project_digest() -> str:
    """A hash of names and contents of the project's files: an installation may be replaced by one
    whose files are older.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(project_files()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
