"""The record of runs: which one is being built, and how each ended."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime, timedelta

import duckdb

from orchestration.ground.clock import now
from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings
from orchestration.ground.sql import one_row
from orchestration.home.migrations import migrate
from orchestration.home.publication import published_run

_STAMP = "%Y%m%dT%H%M%S%fZ"


def new_run_id(started_at: datetime, newest: str | None = None) -> str:
    """Sortable by time, to the microsecond, and unique without coordination.

    It sorts after the `newest` one, whatever a clock that was set back says.
    """
    with suppress(ValueError):
        last = datetime.strptime((newest or "").partition("-")[0], _STAMP)
        started_at = max(started_at, last + timedelta(microseconds=1))
    return f"{started_at:{_STAMP}}-{uuid.uuid4().hex[:8]}"


def begin_run(connection: duckdb.DuckDBPyConnection, settings: Settings) -> str:
    """Opens a run in `raw.runs` and makes it the run being built; returns its id.

    Settles what an interrupted run left open.
    """
    if settings.published.exists() and not settings.published.is_symlink():
        raise SettingsError(
            f"{settings.published} is not the link that this program makes; move it away and run "
            f"again"
        )
    migrate(connection)
    visible = published_run(settings)
    connection.execute(
        """
        update raw.runs set status = case when run_id = ? then 'published' else 'failed'
            end, finished_at = coalesce(finished_at, started_at)
        where status = 'running'
        """,
        [visible],
    )
    # Readers of the visible run see all that had landed before it, by runs that failed too; ids
    # sort by time.
    connection.execute(
        "update raw.files set published_run_id = ? where run_id <= ? and published_run_id is null",
        [visible, visible],
    )
    started_at = now()
    (newest,) = one_row(connection, "select max(run_id) from raw.runs")
    run_id = new_run_id(started_at, newest)
    connection.execute(
        "insert into raw.runs values (?, ?, ?, null, 'running', 0, 0, 0)",
        [run_id, settings.as_of, started_at],
    )
    connection.execute("delete from raw.run_context")
    connection.execute("insert into raw.run_context values (?, ?)", [run_id, settings.as_of])
    return run_id


def current_run(connection: duckdb.DuckDBPyConnection) -> str:
    """Id of the run being built. Raises SettingsError where nothing has landed yet."""
    row = connection.execute("select run_id from raw.run_context").fetchone()
    if row is None:
        raise SettingsError(
            "Nothing has landed in this HOME yet; materialize the landing first, or run "
            "`touchledger run`"
        )
    return row[0]


def end_run(connection: duckdb.DuckDBPyConnection, run_id: str, status: str) -> None:
    """Closes a run; a published one also settles which files its readers have seen."""
    connection.execute(
        "update raw.runs set status = ?, finished_at = ? where run_id = ?", [status, now(), run_id]
    )
    if status == "published":
        connection.execute(
            "update raw.files set published_run_id = ? where published_run_id is null", [run_id]
        )
