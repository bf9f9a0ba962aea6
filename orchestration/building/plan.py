"""What the tables were built from, and hence what a run has to build: everything, what newly landed
rows touch, or nothing.

The state is one row of `raw.build_state`. It is marked open before a build touches a table and
closed after the last one, so that a build that was interrupted is known as such and the next one
builds everything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from orchestration.building.fingerprint import fingerprint, project_fingerprint
from orchestration.building.landed import coverage_rows, unreadable_files
from orchestration.building.project import project_files
from orchestration.engines.registry import engine
from orchestration.ground.paths import EXPECTATIONS
from orchestration.ground.settings import Settings
from orchestration.ground.sql import one_row
from orchestration.home.origin import note_unseen
from orchestration.home.publication import Publication
from orchestration.home.verification import damage, whole_publications

FULL, INCREMENT, NONE = "full", "increment", "none"
# How DuckDB works; no result depends on it.
_ENGINE_VARIABLES = ("memory_limit", "threads", "slice_events")
# How landed text is read; no model names them.
_READING_VARIABLES = ("naive_timezone",)
# How tables lie on Spark; no row depends on it, but all are written anew where it changes.
_LAYOUT_VARIABLES = ("spark_buckets", "spark_file_format")
# New events from which everything is built: rows, and their share of all that have landed. A full
# build goes slice by slice; an increment looks up all its keys and compares all its rows at once,
# and may need more memory.
MOST_NEW_EVENTS, MOST_NEW_SHARE = 500_000, 0.05
_USED_VARIABLE = re.compile(r"""\bvar\(\s*['"](\w+)['"]""")


@dataclass(frozen=True)
class BuildPlan:
    """What a run builds and why.

    `kind` is `full`, `increment` or `none`; `select` are dbt's selectors of an increment.
    """

    kind: str
    reasons: list[str] = field(default_factory=list)
    select: list[str] = field(default_factory=list)
    after_file_id: int = 0

    @property
    def arguments(self) -> list[str]:
        """dbt's `--select` of this plan, where it is not everything."""
        return ["--select", *self.select] if self.select else []


@dataclass(frozen=True)
class BuildState:
    """What the last build was made from."""

    run_id: str
    file_id: int
    as_of: datetime
    variables: dict[str, str]
    project: str
    unreadable: str
    is_complete: bool
    target: str
    coverage: str


def built_state(connection: duckdb.DuckDBPyConnection) -> BuildState | None:
    """The state of the last build, or None before the first."""
    row = connection.execute(
        "select run_id, file_id, as_of, variables, project, unreadable, is_complete, target, "
        "coverage from raw.build_state"
    ).fetchone()
    return BuildState(row[0], row[1], row[2], json.loads(row[3]), *row[4:]) if row else None


def table_variables(settings: Settings) -> dict[str, str]:
    """The variables that decide what the tables hold, as text: those that a model or macro names,
    and those that landed text is read by.
    """
    code = "".join(
        path.read_text(encoding="utf-8") for path in project_files() if path.suffix == ".sql"
    )
    named = {*_USED_VARIABLE.findall(code), *_READING_VARIABLES} - set(_LAYOUT_VARIABLES)
    return {name: value for name, value in _variables(settings).items() if name in named}


def _variables(settings: Settings) -> dict[str, str]:
    """What a run is under besides landed rows, models and rule files, by name."""
    variables = {
        name: str(value)
        for name, value in sorted(settings.variables.items())
        if name not in _ENGINE_VARIABLES
    }
    # Checks decide, as thresholds do, whether the same tables may be published.
    return {**variables, "expectations": fingerprint(EXPECTATIONS.glob("*.yml"))}


def _newest_file(connection: duckdb.DuckDBPyConnection) -> int:
    return connection.execute("select coalesce(max(file_id), 0) from raw.files").fetchone()[0]


def _crossed(connection: duckdb.DuckDBPyConnection, before: datetime, now: datetime) -> list[str]:
    """What happened between two as-of times that tables about "now" depend on (R84, R90, R102)."""
    span = [min(before, now), max(before, now)]
    # Pipeline is of who is strictly on an open deal: what begins at the earlier time, or ends at
    # the later, changes it.
    on_open_deals = (
        "core.fct_deal_contacts as contacts semi join core.fct_deals as deals "
        "on contacts.deal_id = deals.deal_id and deals.closed_at is null"
    )
    questions = {
        "an association or removal": (
            "associations.association_attempts where occurred_at > ? and occurred_at <= ?"
        ),
        "a publication": "associations.assets where published_at > ? and published_at <= ?",
        "a contact's coming to an open deal": (
            f"{on_open_deals} where valid_from >= ? and valid_from < ?"
        ),
        "a contact's leaving an open deal": f"{on_open_deals} where valid_to > ? and valid_to <= ?",
    }
    return [
        f"{what} lies between the last as-of time and this one"
        for what, where in questions.items()
        if connection.execute(f"select count(*) from {where}", span).fetchone()[0]
    ]


def _too_many_events(connection: duckdb.DuckDBPyConnection, file_id: int) -> str | None:
    """Why so much landed since a file that everything is built anew; None where it did not."""
    new, total = one_row(
        connection,
        """
        select coalesce(sum(rows_accepted) filter (where file_id > ?), 0),
            coalesce(sum(rows_accepted), 0)
        from raw.files where table_name = 'events'
        """,
        [file_id],
    )
    if new <= MOST_NEW_EVENTS or new <= MOST_NEW_SHARE * total:
        return None
    return (
        f"more than {MOST_NEW_SHARE:.0%} of all events are new: everything is built anew, slice "
        f"by slice, in less memory"
    )


def plan_build(connection: duckdb.DuckDBPyConnection, settings: Settings) -> BuildPlan:
    """What this run has to build, from what has landed and what the last build was made from."""
    state = built_state(connection)
    why_full = _why_full(connection, state, settings)
    if why_full or state is None:
        return BuildPlan(FULL, why_full)
    landed = connection.execute(
        (
            "select table_name, count(*), sum(rows_accepted) from raw.files where file_id > ? "
            "group by table_name order by table_name"
        ),
        [state.file_id],
    ).fetchall()
    reasons = [
        f"{table}: {rows:,} new row(s) in {files:,} file(s)" for table, files, rows in landed
    ]
    too_many = _too_many_events(connection, state.file_id)
    if too_many:
        return BuildPlan(FULL, [too_many, *reasons])
    select = [f"source:raw.{table}+" for table, _, rows in landed if rows]
    crossed = _crossed(connection, state.as_of, settings.as_of)
    if crossed:
        reasons += crossed
        select.append("source:raw.run_context+")
    if unreadable_files(connection) != state.unreadable:
        reasons.append("other files than before cannot be read")
    if coverage_rows(connection) != state.coverage:
        reasons.append("sources bring something else than before, or for other reasons not")
    if not reasons:
        return BuildPlan(NONE, after_file_id=state.file_id)
    return BuildPlan(
        INCREMENT,
        reasons,
        ["tag:changes+", "landed_rejects+", "landed_coverage+", *select],
        state.file_id,
    )


def _why_full(
    connection: duckdb.DuckDBPyConnection, state: BuildState | None, settings: Settings
) -> list[str]:
    if state is None:
        return ["nothing has been built in this HOME yet"]
    if settings.full_refresh:
        return ["--full-refresh"]
    if not state.is_complete:
        return ["the last build was interrupted or failed, or a person was forgotten since"]
    if state.target != settings.target:
        return [f"the target is {settings.target}, was {state.target}"]
    reasons = []
    if state.project != project_fingerprint():
        reasons.append("models or rule files changed")
    layout = _LAYOUT_VARIABLES if settings.target == "spark" else ()
    reasons += _changed_variables(state, settings, {*table_variables(settings), *layout})
    if not reasons and not engine(settings).is_as_built(connection, state.run_id):
        return ["the tables are not those that this HOME built last"]
    return reasons


def _changed_variables(state: BuildState, settings: Settings, names: Iterable[str]) -> list[str]:
    variables = _variables(settings)
    return [
        f"{name} is {variables.get(name)}, was {state.variables.get(name)}"
        for name in sorted(names)
        if variables.get(name) != state.variables.get(name)
    ]


def is_built(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the last build went to its end."""
    state = built_state(connection)
    return state is not None and state.is_complete


def is_published(connection: duckdb.DuckDBPyConnection, settings: Settings) -> bool:
    """Whether readers see what was built last, whole, checked by these checks and shown under this
    run's variables.
    """
    state, visible = built_state(connection), Publication.visible(settings)
    if state is None or not state.is_complete or visible is None or state.run_id != visible.run_id:
        return False
    names = _variables(settings).keys() | state.variables.keys()
    return not _changed_variables(state, settings, names) and damage(visible) is None


def begin_build(
    connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str, plan: BuildPlan
) -> None:
    """Opens a build: until it is closed, the tables count as half-built."""
    note_unseen(connection, next(whole_publications(settings), None))
    state = built_state(connection)
    connection.execute("begin")
    connection.execute("delete from raw.build_base")
    if plan.kind == INCREMENT and state:
        connection.execute("insert into raw.build_base values (?, ?)", [run_id, state.run_id])
    connection.execute("delete from raw.build_plan")
    connection.execute(
        "insert into raw.build_plan values (?, ?, ?, ?)",
        [run_id, plan.kind, plan.after_file_id, "; ".join(plan.reasons)],
    )
    if plan.kind != NONE:
        connection.execute("update raw.build_state set is_complete = false")
    connection.execute("commit")


def increment_after(connection: duckdb.DuckDBPyConnection, run_id: str) -> str | None:
    """The run whose tables this run's increment changed into what they are now; None where it made
    no increment.
    """
    row = connection.execute(
        "select after_run_id from raw.build_base where run_id = ?", [run_id]
    ).fetchone()
    return row[0] if row else None


def end_build(connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str) -> None:
    """Closes a build: the tables hold what has landed, under these variables and rules."""
    connection.execute("begin")
    connection.execute("delete from raw.build_state")
    connection.execute(
        "insert into raw.build_state values (?, ?, ?, ?, ?, ?, true, ?, ?)",
        [
            run_id,
            _newest_file(connection),
            settings.as_of,
            json.dumps(_variables(settings)),
            project_fingerprint(),
            unreadable_files(connection),
            settings.target,
            coverage_rows(connection),
        ],
    )
    connection.execute("commit")


def forget_build(connection: duckdb.DuckDBPyConnection) -> None:
    """Marks the tables as half-built, before what they were built from is forgotten."""
    connection.execute("update raw.build_state set is_complete = false")
