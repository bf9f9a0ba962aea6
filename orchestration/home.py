"""HOME of one warehouse: its lock, its connection, and the record of its runs."""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.landing.land import create_raw_schema
from orchestration.settings import Settings, SettingsError

_held: dict[Path, int] = {}


class HomeBusy(Exception):
    """Another run works on this HOME."""


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Holds HOME for this process; may be nested. Raises HomeBusy at once where another process holds it."""
    home = settings.home
    if home in _held:
        yield
        return
    try:
        settings.private.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(settings.private / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SettingsError(f"HOME {home} cannot be written ({error.strerror}); choose another with --home DIR") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(descriptor, 64, 0).decode("ascii", "replace").strip() or "unknown"
            raise HomeBusy(
                f"Another run (process {holder}) is working on {home}; wait until it ends, or use another --home. Nothing was done."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        _held[home] = descriptor
        try:
            yield
        finally:
            del _held[home]
    finally:
        os.close(descriptor)


@contextmanager
def warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the private warehouse file, in UTC, with the run's memory and threads. Raises SettingsError."""
    settings.private.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(settings.warehouse))
    except duckdb.Error as error:
        raise SettingsError(
            f"{settings.warehouse} cannot be opened ({str(error).splitlines()[0]}); close what has it open, or move it away and run again: "
            "the landing is read anew"
        ) from None
    try:
        try:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"set memory_limit = '{settings.variables['memory_limit']}'")
            connection.execute(f"set threads = {thread_count(settings)}")
        except duckdb.Error as error:
            raise SettingsError(f"memory_limit or threads cannot be used ({str(error).splitlines()[0]}); choose other values") from None
        yield connection
    finally:
        connection.close()


def thread_count(settings: Settings) -> int:
    """Threads that DuckDB may use; 0 in the settings is one per core."""
    return int(settings.variables["threads"]) or os.cpu_count() or 1


def new_run_id(started_at: datetime) -> str:
    """Sortable by time, unique without coordination."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"


def now() -> datetime:
    """Naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def published_run(settings: Settings) -> str | None:
    """Id of the run that readers see, or None."""
    try:
        return Path(os.readlink(settings.published)).name
    except OSError:
        return None


def begin_run(connection: duckdb.DuckDBPyConnection, settings: Settings) -> str:
    """Opens a run in `raw.runs` and makes it the run being built; returns its id. Settles what an interrupted run left open."""
    if settings.published.exists() and not settings.published.is_symlink():
        raise SettingsError(f"{settings.published} is not the link that this program makes; move it away and run again")
    create_raw_schema(connection)
    visible = published_run(settings)
    connection.execute(
        """
        update raw.runs set status = case when run_id = ? then 'published' else 'failed' end, finished_at = coalesce(finished_at, started_at)
        where status = 'running'
        """,
        [visible],
    )
    connection.execute("update raw.files set published_run_id = ? where run_id = ? and published_run_id is null", [visible, visible])
    started_at = now()
    run_id = new_run_id(started_at)
    connection.execute("insert into raw.runs values (?, ?, ?, null, 'running', 0, 0, 0)", [run_id, settings.as_of, started_at])
    connection.execute("delete from raw.run_context")
    connection.execute("insert into raw.run_context values (?, ?)", [run_id, settings.as_of])
    return run_id


def current_run(connection: duckdb.DuckDBPyConnection) -> str:
    """Id of the run being built. Raises SettingsError where nothing has landed yet."""
    row = connection.execute("select run_id from raw.run_context").fetchone()
    if row is None:
        raise SettingsError("Nothing has landed in this HOME yet; materialize the landing first, or run `touchledger run`")
    return row[0]


def end_run(connection: duckdb.DuckDBPyConnection, run_id: str, status: str) -> None:
    """Closes a run; a published one also settles which files its readers have seen."""
    connection.execute("update raw.runs set status = ?, finished_at = ? where run_id = ?", [status, now(), run_id])
    if status == "published":
        connection.execute("update raw.files set published_run_id = ? where published_run_id is null", [run_id])
