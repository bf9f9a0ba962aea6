"""The way there: what has landed, as Parquet that the cluster reads.

`raw/TABLE/RUN.parquet` are the rows that a run landed, written once and never changed, without
those of files that the cluster reads where they lie (`in_place`); the tables that tell of runs are
small and written anew by every run. What is there is what `raw.files` says: a file of no run that
it knows goes, one that is missing or does not hold the run's rows is written, so an export that was
interrupted is done again, and a landing that was read anew is written anew.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb

from orchestration.engines.spark import in_place
from orchestration.engines.spark.lake import lake, make_folder, share
from orchestration.ground.contract import RawTable, raw_tables
from orchestration.ground.paths import PARQUET
from orchestration.ground.settings import Settings
from orchestration.ground.sql import exact_path, one_row, quote_text
from orchestration.terminal import progress

# What models read of the runs, besides the raw tables.
BOOKS = (
    "files",
    "rejected_rows",
    "unread_values",
    "runs",
    "check_results",
    "run_context",
    "build_plan",
    "unseen_files",
    "coverage",
)
# Of a table of which nothing has landed, so that its columns are known.
NOTHING = "none"
# Rows in a group of a file: what one task of Spark reads.
ROW_GROUP = 500_000


def export(connection: duckdb.DuckDBPyConnection, settings: Settings) -> int:
    """Brings the lake up to what has landed; returns the number of rows written.

    The build must be planned already. Raises SettingsError.
    """
    folder = lake(settings) / "raw"
    written = linked = 0
    for table in raw_tables().values():
        rows, rows_in_place = _export_landed(connection, settings, table, folder / table.name)
        written, linked = written + rows, linked + rows_in_place
    (run_id,) = one_row(connection, "select run_id from raw.run_context")
    for book in BOOKS:
        make_folder(folder / book)
        _write(connection, f"select * from raw.{book}", folder / book / f"{run_id}.parquet")
        _keep(folder / book, {run_id})
    if linked:
        progress.item(f"{linked:,} newly landed rows are read by the cluster where they lie")
    if written:
        progress.item(f"{written:,} newly landed rows are written for the cluster: {folder}")
    return written


def _export_landed(
    connection: duckdb.DuckDBPyConnection, settings: Settings, table: RawTable, folder: Path
) -> tuple[int, int]:
    """One file per run that landed rows of the table, and none of any other; returns the rows
    written, and those newly read where they lie.
    """
    make_folder(folder)
    accepted = dict(
        connection.execute(
            "select run_id, sum(rows_accepted) from raw.files where table_name = ? group by all",
            [table.name],
        ).fetchall()
    )
    runs = accepted or {NOTHING: 0}
    _keep(folder, set(runs))
    in_place.forget_others(connection, settings, table.name)
    written = linked = 0
    for run_id in sorted(runs):
        file = folder / f"{run_id}.parquet"
        if (
            not file.exists()
            or _rows(connection, file)
            + in_place.rows_in_place(connection, settings, table.name, run_id)
            != runs[run_id]
        ):
            linked += in_place.link_landed(connection, settings, table, run_id)
            of_run = f"select file_id from raw.files where run_id = {quote_text(run_id)}"
            elsewhere = ", ".join(
                str(file_id) for file_id in [0, *in_place.files_in_place(settings, table.name)]
            )
            written += _write(
                connection,
                (
                    f"select * from raw.{table.name} "
                    f"where _file_id in ({of_run}) and _file_id not in "
                    f"({elsewhere})"
                ),
                file,
            )
    return written, linked


def _rows(connection: duckdb.DuckDBPyConnection, file: Path) -> int:
    return connection.execute(
        f"select num_rows from parquet_file_metadata({exact_path(str(file))})"
    ).fetchone()[0]


def _keep(folder: Path, names: set[str]) -> None:
    """Removes what is not one of the named files: of other landings, and what an interrupted export
    left.
    """
    for path in folder.iterdir():
        if path.suffix != ".parquet" or path.stem not in names:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _write(connection: duckdb.DuckDBPyConnection, sql: str, file: Path) -> int:
    """Writes a file apart and gives it its name when it is whole; returns its rows.

    Spark passes over names that begin with a dot.
    """
    partial = file.with_name(f".{file.name}.partial")
    (rows,) = one_row(
        connection,
        f"copy ({sql}) to {quote_text(str(partial))} ({PARQUET}, row_group_size {ROW_GROUP})",
    )
    share(partial)
    with partial.open("rb") as stream:
        os.fsync(stream.fileno())
    os.replace(partial, file)
    return rows
