"""The private warehouse, its own file and that of the tables to publish: opening them, starting
anew for a full refresh, moving a damaged one aside.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from orchestration.ground.clock import now
from orchestration.ground.errors import DamagedWarehouse, SettingsError
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_text
from orchestration.home import tables_to_publish
from orchestration.home.forget import forget_landing
from orchestration.home.migrations import migrate
from orchestration.terminal import progress


def _not_opened(file: Path, error: duckdb.Error) -> SettingsError:
    """What cannot be opened, why, and what to do, by what DuckDB says."""
    said = str(error).splitlines()[0]
    if "Could not set lock" in said or "Conflicting lock" in said:
        cure = "another program has it open; close it and run again"
    elif "ermission denied" in said or "read-only" in said:
        cure = "give yourself the right to write there, or choose another with --home DIR"
    elif "o space left" in said:
        cure = "free some space there and run again"
    else:
        cure = (
            "run with --full-refresh: the broken file is moved aside and the whole landing is "
            "read anew"
        )
    return SettingsError(
        f"{file} cannot be opened ({said}); {cure}. Readers keep what was last published."
    )


def _is_broken(error: duckdb.Error) -> bool:
    """Whether DuckDB says that the file itself is damaged, not that it is held, forbidden or out of
    room.
    """
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
        f"{settings.warehouse} is damaged ({str(error).splitlines()[0]}); it is now "
        f"{settings.warehouse.name}.broken-{stamp}, "
        "and a new one is made. Delete the broken one when you no longer need it"
    )


def restart_warehouse(settings: Settings) -> None:
    """For a full refresh: forgets what has landed and keeps the record of runs.

    A damaged file is moved aside. Raises SettingsError.
    """
    try:
        with warehouse(settings) as connection:
            # What was built is forgotten first, with all that is not of the landing: a run killed
            # in between builds everything.
            migrate(connection, start_anew=True)
            forget_landing(connection)
    except (duckdb.Error, DamagedWarehouse) as error:
        cause = error.__cause__ if isinstance(error, DamagedWarehouse) else error
        if not isinstance(cause, duckdb.Error) or not _is_broken(cause):
            raise
        _move_aside(settings, cause)
        with warehouse(settings) as connection:
            migrate(connection)
            _remember_runs(connection, settings)


def _remember_runs(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Takes the record of runs over from what is published, where there is something."""
    file = settings.published_file
    with suppress(duckdb.Error):
        connection.execute(f"attach {quote_text(str(file))} as readers (read_only)")
        connection.execute("insert into raw.runs by name select * from readers.diagnostics.run_log")
    with suppress(duckdb.Error):
        connection.execute("detach readers")


@contextmanager
def warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the private warehouse file, in UTC, with the run's memory and threads.

    Raises SettingsError.
    """
    settings.private.mkdir(mode=0o711, parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(settings.warehouse))
    except duckdb.Error as error:
        kind = DamagedWarehouse if _is_broken(error) else SettingsError
        raise kind(str(_not_opened(settings.warehouse, error))) from error
    try:
        try:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"set memory_limit = '{settings.variables['memory_limit']}'")
            connection.execute(f"set threads = {thread_count(settings)}")
        except duckdb.Error as error:
            raise SettingsError(
                f"memory_limit or threads cannot be used ({str(error).splitlines()[0]}); choose "
                f"other values"
            ) from None
        _show_tables(connection, settings.to_publish)
        yield connection
    finally:
        connection.close()


def _show_tables(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Attaches the file of the tables to publish. A damaged one is made anew: that its tables are
    missing makes the next build a full one.
    """
    try:
        tables_to_publish.attach(connection, file)
    except duckdb.Error as error:
        if not _is_broken(error) or not file.is_file():
            raise _not_opened(file, error) from error
        progress.note(f"{file} is damaged ({str(error).splitlines()[0]}); it is built anew")
        tables_to_publish.remove(file)
        tables_to_publish.attach(connection, file)


def thread_count(settings: Settings) -> int:
    """Threads that DuckDB may use; 0 in the settings is one per core."""
    return int(str(settings.variables["threads"])) or os.cpu_count() or 1
