"""Landed Parquet that the cluster reads where it lies, instead of a copy of its rows.

That is a file whose columns have the very types of the contract and whose every value is read as it
stands: nothing is rejected, no empty text and no instant of 1970 becomes null. It gets a second
name in the lake (a hard link), so that a file which leaves the landing later changes nothing, as
`in_place/TABLE/_file_id=N/RUN.parquet`: the cluster takes `_file_id` from the path. What is
otherwise goes through the copy.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import duckdb

from orchestration.engines.spark.lake import is_shared, lake, make_folder
from orchestration.ground.contract import RawColumn, RawTable, folded
from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings
from orchestration.ground.sql import exact_path, quote_name

# Bytes below which a copy together with others costs the cluster less than a file of its own.
SMALL = 1_000_000
_COMPRESSIONS = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD"}
_FILE = "_file_id="


def smallest() -> int:
    """Bytes from which a file is read where it lies (TOUCHLEDGER_SPARK_IN_PLACE_BYTES).

    Raises SettingsError.
    """
    given = os.environ.get("TOUCHLEDGER_SPARK_IN_PLACE_BYTES", str(SMALL))
    if not given.isdecimal():
        raise SettingsError(
            f"TOUCHLEDGER_SPARK_IN_PLACE_BYTES is {given!r}; give a number of bytes, such as "
            f"{SMALL} (0: every file that can be)"
        )
    return int(given)


def _folder(settings: Settings) -> Path:
    return lake(settings) / "in_place"


def tables_in_place(settings: Settings) -> list[str]:
    """Tables of which some file is read where it lies."""
    folder = _folder(settings)
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def files_in_place(settings: Settings, table: str) -> set[int]:
    """Numbers of the files of a table that are read where they lie."""
    folder = _folder(settings) / table
    return (
        {int(path.name.removeprefix(_FILE)) for path in folder.iterdir()}
        if folder.is_dir()
        else set()
    )


def rows_in_place(
    connection: duckdb.DuckDBPyConnection, settings: Settings, table: str, run_id: str
) -> int:
    """Rows of a run that are in files which are read where they lie."""
    files = files_in_place(settings, table)
    rows = connection.execute(
        "select file_id, rows_accepted from raw.files where table_name = ? and run_id = ?",
        [table, run_id],
    ).fetchall()
    return sum(accepted for file_id, accepted in rows if file_id in files)


def forget_others(connection: duckdb.DuckDBPyConnection, settings: Settings, table: str) -> None:
    """Removes the names of files that the ledger does not know: of a landing that was read anew, or
    half made.
    """
    folder = _folder(settings) / table
    if not folder.is_dir():
        return
    runs = dict(
        connection.execute(
            "select file_id, run_id from raw.files where table_name = ?", [table]
        ).fetchall()
    )
    for path in folder.iterdir():
        run_id = runs.get(int(path.name.removeprefix(_FILE)))
        if run_id is None or not (path / f"{run_id}.parquet").exists():
            shutil.rmtree(path)
    _remove_if_empty(folder)


def link_landed(
    connection: duckdb.DuckDBPyConnection, settings: Settings, table: RawTable, run_id: str
) -> int:
    """Gives the files of a run that can be read where they lie their name in the lake; returns how
    many rows those hold that had none.
    """
    files = connection.execute(
        "select file_id, file_name, size, modified_ns, rows_accepted from raw.files "
        "where table_name = ? and run_id = ? and rows_rejected = 0 and rows_accepted > 0 and size "
        ">= ? and lower(file_name) like '%.parquet'",
        [table.name, run_id, smallest()],
    ).fetchall()
    there = files_in_place(settings, table.name)
    linked = 0
    for file_id, name, size, modified_ns, accepted in files:
        if file_id in there:
            continue
        file = (settings.landing / name).resolve()
        try:
            found = file.stat()
            is_as_landed = (found.st_size, found.st_mtime_ns) == (size, modified_ns)
            if (
                is_as_landed
                and _can_be_read(settings, found)
                and _reads_as_it_stands(connection, table, file_id, file)
            ):
                _link(file, _folder(settings) / table.name / f"{_FILE}{file_id}", run_id)
                linked += accepted
        except (
            OSError,
            duckdb.Error,
        ):  # it has gone, or lies on another file system: its rows are copied
            continue
    return linked


def _can_be_read(settings: Settings, found: os.stat_result) -> bool:
    """Whether the server may read a landed file as it is; where it shares HOME's user it may."""
    if not is_shared():
        return True
    folder = lake(settings)
    make_folder(folder)
    return bool(found.st_mode & stat.S_IROTH) or (
        bool(found.st_mode & stat.S_IRGRP) and found.st_gid == folder.stat().st_gid
    )


def _link(file: Path, folder: Path, run_id: str) -> None:
    make_folder(folder)
    try:
        os.link(file, folder / f"{run_id}.parquet")
    except OSError:
        folder.rmdir()
        _remove_if_empty(folder.parent)
        raise


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


def _reads_as_it_stands(
    connection: duckdb.DuckDBPyConnection, table: RawTable, file_id: int, file: Path
) -> bool:
    """Whether a file has the contract's types and lost no value in landing.

    Values of these types are never changed in landing, only emptied; so it is enough that no column
    has fewer values than it had. What the absence of a value means, the cluster knows itself.
    """
    names = _typed_columns(connection, table, file)
    if not names:
        return False
    filled = {column.name for column in table.columns if column.absent_means}
    counts = ", ".join(
        ["count(*)", *(f"count({quote_name(name)})" for name in names if name not in filled)]
    )
    landed = connection.execute(
        f"select {counts} from raw.{table.name} where _file_id = ?", [file_id]
    ).fetchone()
    return (
        landed
        == connection.execute(
            f"select {counts} from read_parquet({exact_path(str(file))}, hive_partitioning = false)"
        ).fetchone()
    )


def _typed_columns(connection: duckdb.DuckDBPyConnection, table: RawTable, file: Path) -> list[str]:
    """The contract's columns that a file has, where the cluster reads all of them as DuckDB does;
    else none.
    """
    path = exact_path(str(file))
    compressions = connection.execute(
        f"select distinct compression from parquet_metadata({path})"
    ).fetchall()
    if not {name for (name,) in compressions} <= _COMPRESSIONS:
        return []
    fields = connection.execute(
        f"select name, lower(duckdb_type), concat_ws(' ', type, converted_type, logical_type), "
        f"coalesce(num_children, 0), repetition_type "
        f"from parquet_schema({path})"
    ).fetchall()[1:]
    if len({name.casefold() for name, *_ in fields}) < len(
        fields
    ):  # the cluster does not tell them apart
        return []
    columns = {column.name: column for column in table.columns}
    found = []
    for name, kind, spelled, children, repetition in fields:
        if (
            children
            or repetition == "REPEATED"
            or (name not in columns and folded(name) in columns)
        ):
            return []
        if name in columns:
            if not _is_of_the_contract(kind, spelled, columns[name]):
                return []
            found.append(name)
    return found


def _is_of_the_contract(kind: str | None, spelled: str, column: RawColumn) -> bool:
    """Whether both engines read a Parquet column as the contract's type:

    `kind` is DuckDB's type of it, `spelled` Parquet's own words.
    """
    if (
        column.data_type == "timestamp"
    ):  # of microseconds; others are read in other ways or other types
        return (
            kind in ("timestamp", "timestamp with time zone")
            and spelled.startswith("INT64")
            and "MICROS=" in spelled
        )
    return kind == column.data_type
