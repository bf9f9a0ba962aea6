"""HOME of one warehouse: its lock, its connection, and the record of its runs."""

from __future__ import annotations

import errno
import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.ground.errors import DamagedWarehouse, HomeBusy, SettingsError
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name, quote_text
from orchestration.home.schema import forget_landing, settle_layout
from orchestration.terminal import progress

_held: dict[Path, int] = {}


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Holds HOME for this process; may be nested. What is written meanwhile is for its owner alone, unless it is published.

    Raises HomeBusy at once where another process holds it.
    """
    home = settings.home
    if home in _held:
        yield
        return
    try:
        make_private(settings)
        descriptor = os.open(settings.private / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SettingsError(
            f"HOME {home} cannot be written ({error.strerror}); {_home_cure(error)}"
        ) from None
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
        before = os.umask(0o077)
        try:
            yield
        finally:
            os.umask(before)
            del _held[home]
    finally:
        os.close(descriptor)


def _home_cure(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "free some space there and run again, or choose another with --home DIR"
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return "it is a file, or lies below one; name a folder with --home DIR"
    return "give yourself the right to write there, or choose another with --home DIR"


def make_private(settings: Settings) -> None:
    """Makes HOME where it is missing, and what is private in it private, whatever the umask or an earlier version left.

    Others pass through `.touchledger` to what is published, and see nothing else of it. Raises OSError.
    """
    settings.home.parent.mkdir(parents=True, exist_ok=True)
    settings.home.mkdir(mode=0o755, exist_ok=True)
    settings.private.mkdir(mode=0o711, exist_ok=True)
    (settings.private / "runs").mkdir(mode=0o711, exist_ok=True)
    passages = {settings.private: 0o711, settings.private / "runs": 0o711}
    private = [
        *settings.private.iterdir(),
        *settings.home.glob(f"{settings.warehouse.name}*"),
        settings.home / "rejected_records.csv",
    ]
    modes = {path: 0o700 if path.is_dir() else 0o600 for path in private} | passages
    for path, mode in modes.items():
        # Whoever may write to a HOME of somebody else works there without owning it.
        with suppress(FileNotFoundError, PermissionError):
            if not path.is_symlink() and path.stat().st_mode & 0o777 != mode:
                path.chmod(mode)


def _not_opened(settings: Settings, error: duckdb.Error) -> SettingsError:
    """What cannot be opened, why, and what to do, by what DuckDB says."""
    said = str(error).splitlines()[0]
    if "Could not set lock" in said or "Conflicting lock" in said:
        cure = "another program has it open; close it and run again"
    elif "ermission denied" in said or "read-only" in said:
        cure = "give yourself the right to write there, or choose another with --home DIR"
    elif "o space left" in said:
        cure = "free some space there and run again"
    else:
        cure = "run with --full-refresh: the broken file is moved aside and the whole landing is read anew"
    return SettingsError(
        f"{settings.warehouse} cannot be opened ({said}); {cure}. Readers keep what was last published."
    )


def _is_broken(error: duckdb.Error) -> bool:
    """Whether DuckDB says that the file itself is damaged, not that it is held, forbidden or out of room."""
    said = str(error)
    return not any(
        text in said
        for text in ("set lock", "ermission denied", "read-only", "o space left", "Out of Memory")
    )


def _move_aside(settings: Settings, error: duckdb.Error) -> None:
    """Renames a damaged warehouse file, so that a new one takes its place. Nothing is deleted."""
    stamp = f"{now():%Y%m%dT%H%M%SZ}"
    for file in (
        settings.warehouse,
        settings.warehouse.with_name(f"{settings.warehouse.name}.wal"),
    ):
        if file.exists():
            file.rename(file.with_name(f"{file.name}.broken-{stamp}"))
    progress.note(
        f"{settings.warehouse} is damaged ({str(error).splitlines()[0]}); it is now {settings.warehouse.name}.broken-{stamp}, "
        "and a new one is made. Delete the broken one when you no longer need it"
    )


def restart_warehouse(settings: Settings) -> None:
    """For a full refresh: forgets what has landed and keeps the record of runs. A damaged file is moved aside. Raises SettingsError."""
    try:
        with warehouse(settings) as connection:
            # What was built is forgotten first, with all that is not of the landing: a run killed in between builds everything.
            settle_layout(connection, start_anew=True)
            forget_landing(connection)
    except (duckdb.Error, DamagedWarehouse) as error:
        cause = error.__cause__ if isinstance(error, DamagedWarehouse) else error
        if not isinstance(cause, duckdb.Error) or not _is_broken(cause):
            raise
        _move_aside(settings, cause)
        with warehouse(settings) as connection:
            settle_layout(connection)
            _remember_runs(connection, settings)


def _remember_runs(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Takes the record of runs over from what is published, where there is something."""
    file = settings.published / "touchledger.duckdb"
    with suppress(duckdb.Error):
        connection.execute(f"attach {quote_text(str(file))} as readers (read_only)")
        connection.execute("insert into raw.runs by name select * from readers.diagnostics.run_log")
    with suppress(duckdb.Error):
        connection.execute("detach readers")


def forget_layers(connection: duckdb.DuckDBPyConnection) -> None:
    """Drops every layer of the warehouse but what has landed: what one engine built is in the way of another."""
    layers = connection.execute(
        "select schema_name from duckdb_schemas() where database_name = current_database() and not internal and schema_name <> 'raw'"
    ).fetchall()
    for (layer,) in layers:
        if layer != "main":
            connection.execute(f"drop schema {quote_name(layer)} cascade")


@contextmanager
def warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the private warehouse file, in UTC, with the run's memory and threads. Raises SettingsError."""
    settings.private.mkdir(mode=0o711, parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(settings.warehouse))
    except duckdb.Error as error:
        kind = DamagedWarehouse if _is_broken(error) else SettingsError
        raise kind(str(_not_opened(settings, error))) from error
    try:
        try:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"set memory_limit = '{settings.variables['memory_limit']}'")
            connection.execute(f"set threads = {thread_count(settings)}")
        except duckdb.Error as error:
            raise SettingsError(
                f"memory_limit or threads cannot be used ({str(error).splitlines()[0]}); choose other values"
            ) from None
        yield connection
    finally:
        connection.close()


def thread_count(settings: Settings) -> int:
    """Threads that DuckDB may use; 0 in the settings is one per core."""
    return int(settings.variables["threads"]) or os.cpu_count() or 1


def new_run_id(started_at: datetime) -> str:
    """Sortable by time, to the microsecond, and unique without coordination."""
    return f"{started_at:%Y%m%dT%H%M%S%fZ}-{uuid.uuid4().hex[:8]}"


def now() -> datetime:
    """Naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def published_run(settings: Settings) -> str | None:
    """Id of the run that readers see, or None."""
    folder = published_folder(settings)
    return folder.split(".")[0] if folder else None


def published_folder(settings: Settings) -> str | None:
    """Name of the folder that readers see, or None: the run's id, with a number where a run was published again."""
    try:
        return Path(os.readlink(settings.published)).name
    except OSError:
        return None


def begin_run(connection: duckdb.DuckDBPyConnection, settings: Settings) -> str:
    """Opens a run in `raw.runs` and makes it the run being built; returns its id. Settles what an interrupted run left open."""
    if settings.published.exists() and not settings.published.is_symlink():
        raise SettingsError(
            f"{settings.published} is not the link that this program makes; move it away and run again"
        )
    settle_layout(connection)
    visible = published_run(settings)
    connection.execute(
        """
        update raw.runs set status = case when run_id = ? then 'published' else 'failed' end, finished_at = coalesce(finished_at, started_at)
        where status = 'running'
        """,
        [visible],
    )
    # Readers of the visible run see all that had landed before it, by runs that failed too; ids sort by time.
    connection.execute(
        "update raw.files set published_run_id = ? where run_id <= ? and published_run_id is null",
        [visible, visible],
    )
    started_at = now()
    run_id = new_run_id(started_at)
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
            "Nothing has landed in this HOME yet; materialize the landing first, or run `touchledger run`"
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
