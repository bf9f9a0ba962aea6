"""dbt in this process: build, and hand every event on.

No second interpreter, no second import of dbt.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any

from orchestration.building.chain import teach
from orchestration.building.project import (
    QUIET,
    ignore_other_projects,
    parsed,
    places,
    spelled,
    standing_views,
)
from orchestration.engines.registry import engine
from orchestration.ground.errors import BuildFailed, NodeFailure
from orchestration.ground.settings import Settings

# dbt's events that say what became of a table.
BUILT = ("LogSeedResult", "LogModelResult")


def variables(settings: Settings, kind: str = "full") -> dict[str, object]:
    """What dbt is given as `--vars`: the run's variables, and what the profile and the macros ask
    of the engine; `kind` is that of orchestration.building.plan.
    """
    works = engine(settings)
    return {**settings.overrides, **works.profile(), **works.landed(), "build_kind": kind}


def arguments(command: str, settings: Settings, *extra: str, kind: str = "full") -> list[str]:
    """Arguments of one dbt invocation in this process."""
    given = spelled(variables(settings, kind))
    found = places(settings.compiled, settings.private / "logs")
    return [*QUIET, command, *extra, *found, "--target", settings.target, "--vars", given]


def close_connections() -> None:
    """Closes what dbt left open: it keeps the warehouse file from everybody else."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def build(settings: Settings, *extra: str, kind: str = "full") -> Iterator[dict[str, Any]]:
    """Runs `dbt build`, without tests, and yields dbt's structured events as dicts, in order.

    Raises BuildFailed after the last one.

    A build of kind `full` makes every table anew; one of kind `increment` recomputes what changed
    since the last build, and leaves views that it would make as they are.
    """
    ignore_other_projects()
    from dbt.adapters.factory import FACTORY
    from dbt.cli.main import dbtRunner
    from google.protobuf.json_format import MessageToDict

    events: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    outcome: list[Any] = []

    def on_event(event: Any) -> None:
        if event.info.name in BUILT:
            events.put(MessageToDict(event, preserving_proto_field_name=True))

    def invoke() -> None:
        try:
            runner = dbtRunner(manifest=parsed(settings), callbacks=[on_event])
            FACTORY.load_plugin(settings.target)
            teach(FACTORY.get_adapter_class_by_name(settings.target))
            how = (
                ["--full-refresh"]
                if kind == "full"
                else ["--exclude", *standing_views(parsed(settings)).values()]
            )
            given = arguments(
                "build",
                settings,
                # Nobody asks for the manifest of a run, nor for its results: they come as events.
                "--no-write-json",
                "--exclude-resource-type",
                "test",
                "--exclude-resource-type",
                "unit_test",
                *how,
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
    close_connections()
    try:
        _raise_failure(outcome[0])
    except BuildFailed as failed:
        raise engine(settings).explained(failed) from failed


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
                    description=getattr(node, "description", "") or "",
                )
            )
    raise BuildFailed(f"{len(failures)} model(s) or test(s) failed", failures)
