"""The lake: what has landed, as Parquet that the cluster reads where it lies.

`raw/TABLE/RUN.parquet` are the rows that a run landed, written once and never changed; the tables that tell of runs are small and written
anew by every run. What is there is what `raw.files` says: a file of no run that it knows goes, a missing one is written, so an export that was
interrupted is done again, and a landing that was read anew is written anew.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb

from orchestration import progress
from orchestration.landing.contract import raw_tables
from orchestration.landing.parsing import quote_text
from orchestration.settings import Settings

# What models read of the runs, besides the raw tables.
BOOKS = ("files", "rejected_rows", "runs", "check_results", "run_context", "build_plan")
# Of a table of which nothing has landed, so that its columns are known.
NOTHING = "none"
# Rows in a group of a file: what one task of Spark reads.
ROW_GROUP = 500_000


def lake(settings: Settings) -> Path:
    """The folder that client and cluster share: below TOUCHLEDGER_SPARK_LAKE where that is set, else in HOME."""
    given = os.environ.get("TOUCHLEDGER_SPARK_LAKE")
    if not given:
        return settings.private / "lake"
    from orchestration.spark.server import prefix

    return Path(os.path.abspath(Path(given).expanduser())) / prefix(settings)


def make_folder(folder: Path) -> None:
    """Makes a folder of the lake and those above it; where the lake lies outside HOME, its group may write there."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        share(folder)


def share(path: Path) -> None:
    """Gives a file or folder of a lake outside HOME to the group of the folder that it lies in: client and server may be two users."""
    if os.environ.get("TOUCHLEDGER_SPARK_LAKE"):
        path.chmod(0o2770 if path.is_dir() else 0o660)


def export(connection: duckdb.DuckDBPyConnection, settings: Settings) -> int:
    """Brings the lake up to what has landed; returns the number of rows written. The build must be planned already."""
    folder = lake(settings) / "raw"
    rows = sum(_export_landed(connection, folder / table, table) for table in raw_tables())
    (run_id,) = connection.execute("select run_id from raw.run_context").fetchone()
    for table in BOOKS:
        make_folder(folder / table)
        _write(connection, f"select * from raw.{table}", folder / table / f"{run_id}.parquet")
        _keep(folder / table, {run_id})
    if rows:
        progress.item(f"{rows:,} newly landed rows are written for the cluster: {folder}")
    return rows


def _export_landed(connection: duckdb.DuckDBPyConnection, folder: Path, table: str) -> int:
    """One file per run that landed rows of the table, and none of any other."""
    make_folder(folder)
    runs = {run_id for (run_id,) in connection.execute("select distinct run_id from raw.files where table_name = ?", [table]).fetchall()} or {NOTHING}
    _keep(folder, runs)
    return sum(
        _write(
            connection,
            f"select * from raw.{table} where _file_id in (select file_id from raw.files where run_id = {quote_text(run_id)})",
            folder / f"{run_id}.parquet",
        )
        for run_id in sorted(runs)
        if not (folder / f"{run_id}.parquet").exists()
    )


def _keep(folder: Path, names: set[str]) -> None:
    """Removes what is not one of the named files: of other landings, and what an interrupted export left."""
    for path in folder.iterdir():
        if path.suffix != ".parquet" or path.stem not in names:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _write(connection: duckdb.DuckDBPyConnection, sql: str, file: Path) -> int:
    """Writes a file apart and gives it its name when it is whole; returns its rows. Spark passes over names that begin with a dot."""
    partial = file.with_name(f".{file.name}.partial")
    (rows,) = connection.execute(
        f"copy ({sql}) to {quote_text(str(partial))} (format parquet, compression zstd, row_group_size {ROW_GROUP})"
    ).fetchone()
    share(partial)
    with partial.open("rb") as stream:
        os.fsync(stream.fileno())
    os.replace(partial, file)
    return rows
