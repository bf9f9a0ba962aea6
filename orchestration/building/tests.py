"""dbt's tests of what a build built, asked one after the other in one session.

As nodes of a build they would cost ten times their queries: dbt makes contexts, a connection and a
dozen events for each. dbt compiles them, once for each state of the project and its variables.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from orchestration.building.dbt import BUILT, arguments, build, close_connections, variables
from orchestration.building.project import (
    PARSED_WITH,
    parsed,
    project_digest,
    standing_views,
)
from orchestration.engines.base import Ask
from orchestration.engines.registry import engine
from orchestration.ground.cache import cache_folder
from orchestration.ground.errors import BuildFailed, NodeFailure
from orchestration.ground.settings import Settings
from orchestration.home.warehouse import warehouse


@dataclass(frozen=True)
class Tested:
    """How a test came out; a failed one with its failure."""

    unique_id: str
    failure: NodeFailure | None


def build_and_test(
    settings: Settings, *extra: str, kind: str = "full"
) -> Iterator[dict[str, Any] | Tested]:
    """What `build` does and yields, then the tests of all that it built.

    Raises BuildFailed after the last one. Where a model failed, what was built before is tested
    nevertheless: it may be why.
    """
    built: set[str] = set()
    failures: list[NodeFailure] = []
    try:
        for event in build(settings, *extra, kind=kind):
            if event["info"]["name"] in BUILT:
                node = event["data"]["node_info"]
                if node["node_status"] == "success":
                    built.add(node["unique_id"])
            yield event
    except BuildFailed as failed:
        if not failed.failures:
            raise
        failures = failed.failures
    if kind == "increment":  # what they show is new
        built.update(standing_views(parsed(settings)))
    all_tests = [node for node in parsed(settings).nodes.values() if node.resource_type == "test"]
    chosen = [test for test in all_tests if _is_due(test, built, only_whole=bool(failures))]
    try:
        for one in _tested(settings, chosen, kind):
            if one.failure:
                failures.append(one.failure)
            yield one
    except BuildFailed:  # after a model's, it is not what went wrong
        if not failures:
            raise
    if failures:
        broken = BuildFailed(f"{len(failures)} model(s) or test(s) failed", failures)
        raise engine(settings).explained(broken)


def _is_due(test: Any, built: set[str], only_whole: bool) -> bool:
    """Whether a test is to be asked after `built` was: it reads some of it, or landed rows alone.

    With `only_whole`, all that it reads must have been built.
    """
    models = {name for name in test.depends_on.nodes if not name.startswith("source.")}
    return models <= built if only_whole else not models or not models.isdisjoint(built)


def _tested(settings: Settings, tests: list[Any], kind: str) -> Iterator[Tested]:
    if not tests:
        return
    queries = _queries(settings, kind)
    # With the warehouse open, DuckDB need not open it for each.
    with warehouse(settings), engine(settings).asking() as ask:
        for test in tests:
            yield Tested(test.unique_id, _failure(ask, test, queries[test.unique_id]))


def _failure(ask: Ask, test: Any, sql: str) -> NodeFailure | None:
    """What rows fail a test; None where none does."""
    count, sample = None, []
    try:
        names, rows = ask(sql)
        if not rows:
            return None
        sample = [dict(zip(names, row, strict=True)) for row in rows]
        _, [(count,)] = ask(f"select count(*) from ({sql}) as failing")
        said = f"Got {count} result{'s' if count != 1 else ''}, configured to fail if != 0"
    except Exception as error:
        said = str(error).strip()
    return NodeFailure(test.unique_id, test.name, said, count, sql, test.description, sample)


def _queries(settings: Settings, kind: str) -> dict[str, str]:
    """SQL of all tests by unique id: what dbt compiled last, where that is still right."""
    given = variables(settings, kind)
    for name in PARSED_WITH:  # no query names a file
        given.pop(name, None)
    made_from = hashlib.blake2b(
        repr([project_digest(), *sorted(given.items())]).encode()
    ).hexdigest()
    file = cache_folder() / f"tests-{settings.target}-{kind}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):  # it is only what was kept
        kept = json.loads(file.read_bytes())
        if kept["made_from"] == made_from:
            return kept["queries"]
    queries = _compiled(settings, kind)
    partial = file.with_suffix(f".{os.getpid()}")
    kept = json.dumps({"made_from": made_from, "queries": queries})
    with suppress(OSError):  # a full cache costs time, not the run
        partial.write_text(kept, encoding="utf-8")
        partial.replace(file)
    return queries


def _compiled(settings: Settings, kind: str) -> dict[str, str]:
    from dbt.cli.main import dbtRunner

    given = ("--no-write-json", "--select", "resource_type:test")
    outcome: Any = dbtRunner(manifest=parsed(settings)).invoke(
        arguments("compile", settings, *given, kind=kind)
    )
    close_connections()
    if not outcome.success:
        raise BuildFailed(f"The tests cannot be compiled: {outcome.exception}")
    return {one.node.unique_id: one.node.compiled_code for one in outcome.result.results}
