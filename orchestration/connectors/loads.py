"""The loads of a source's extracts: which are whole, which pull each belongs to, and the ledger.

dlt writes `<table>/<load id>.<file id>.parquet` and, last of all, one line per load to
`_dlt_loads`. A file of a load without that line was left by a pull that was interrupted, and is
not read.

What is read of them once is kept in a DuckDB file of HOME, so that a pull opens no file of the
years before. It is derived: where it does not fit the extracts, it is made anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration.connectors.kind import Source
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name, quote_text

if TYPE_CHECKING:
    import pyarrow as pa

LEDGER = "ledger"
# The ledger's entry about a pull itself.
WHOLE_PULL = "_pull"
LEDGER_COLUMNS = {
    "_pull": "bigint",
    "seq": "bigint",
    "table_name": "varchar",
    "parent_id": "varchar",
    "asset_type": "varchar",
    "started_at": "varchar",
    "ended_at": "varchar",
    "pages": "bigint",
    "rows": "bigint",
    "status": "varchar",
    "is_complete": "boolean",
    "reason": "varchar",
    "cursor": "varchar",
}
_LOAD = r"([^/\\]+)\.[^.]+\.parquet$"
# The index as connections know it.
INDEX = "loads_index"

# A file of `_dlt_loads`, and its loads: none where it was cut off while it was written.
Told = tuple[str, int, list[str]]


def extracts_folder(settings: Settings, source: Source) -> Path:
    """Where the extracts of a source lie."""
    return settings.home / "extracts" / source.name


def index_file(settings: Settings, source: Source) -> Path:
    """Where the index of a source's extracts is kept."""
    return settings.private / "extracts" / f"{source.name}.duckdb"


def _loads_in(file: Path) -> list[str]:
    """The ids of the whole loads that a file of `_dlt_loads` names."""
    text = file.read_text(encoding="utf-8").strip()
    decoder = json.JSONDecoder()
    found, at = [], 0
    while at < len(text):
        try:
            line, at = decoder.raw_decode(text, at)
        except ValueError:
            break
        at += len(text[at:]) - len(text[at:].lstrip())
        if line.get("status") == 0:
            found.append(str(line["load_id"]))
    return found


def _sizes(folder: Path) -> dict[str, int]:
    if not folder.is_dir():
        return {}
    with os.scandir(folder) as there:
        return {one.name: one.stat().st_size for one in there if one.name.endswith(".jsonl")}


def load_of(file: str) -> str:
    """The load that a file of extracts belongs to, by its name."""
    return file.rsplit(".", 2)[0]


def table_files(folder: Path, table: str, loads: Collection[str]) -> list[Path]:
    """The files of a table that belong to these loads."""
    place = folder / table
    if not place.is_dir():
        return []
    names = sorted(name for name in os.listdir(place) if name.endswith(".parquet"))
    return [place / name for name in names if load_of(name) in loads]


def open_index(
    connection: duckdb.DuckDBPyConnection, settings: Settings, source: Source
) -> dict[str, int]:
    """Attaches the index, brought up to date; returns the position of each whole load by its id."""
    folder, file = extracts_folder(settings, source), index_file(settings, source)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        _attach(connection, str(file))
        return _bring_up_to_date(connection, folder)
    except duckdb.Error as error:
        connection.execute(f"detach database if exists {INDEX}")
        if "lock" in str(error).lower() or "already attached" in str(error).lower():
            # Another process has it: what it says is read anew.
            _attach(connection, ":memory:")
        else:
            forget_index(file)
            _attach(connection, str(file))
        return _bring_up_to_date(connection, folder)


def forget_index(file: Path) -> None:
    """Removes an index."""
    file.unlink(missing_ok=True)
    file.with_name(f"{file.name}.wal").unlink(missing_ok=True)


def _attach(connection: duckdb.DuckDBPyConnection, file: str) -> None:
    attached = connection.execute(
        "select 1 from duckdb_databases() where database_name = ?", [INDEX]
    ).fetchone()
    if not attached:
        connection.execute(f"attach {quote_text(file)} as {INDEX}")
    columns = ", ".join(f"{quote_name(name)} {kind}" for name, kind in LEDGER_COLUMNS.items())
    connection.execute(
        f"""
        create table if not exists {INDEX}.told (file varchar, size bigint);
        create table if not exists {INDEX}.loads (load varchar, _load integer);
        create table if not exists {INDEX}.entries ({columns}, _load integer);
        """
    )


def _bring_up_to_date(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    there = _sizes(folder / "_dlt_loads")
    known = dict(connection.execute(f"select file, size from {INDEX}.told").fetchall())
    loads = dict(connection.execute(f"select load, _load from {INDEX}.loads").fetchall())
    new: list[Told] = [
        (name, size, _loads_in(folder / "_dlt_loads" / name))
        for name, size in there.items()
        if known.get(name) != size
    ]
    if not new and len(known) == len(there):
        return loads
    ids = sorted({load for _, _, found in new for load in found}, key=float)
    newest = max(loads, key=float, default="0")
    fits = known.items() <= there.items() and all(float(load) > float(newest) for load in ids)
    if fits:
        return loads | _add(connection, folder, new, ids, len(loads))
    if known:
        connection.execute(
            f"delete from {INDEX}.told; delete from {INDEX}.loads; delete from {INDEX}.entries"
        )
        return _bring_up_to_date(connection, folder)
    return loads | _add(connection, folder, new, ids, 0)


def _add(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    told: Iterable[Told],
    ids: list[str],
    first: int,
) -> dict[str, int]:
    """Adds loads, in order, and their part of the ledger, as one transaction."""
    import pyarrow as pa

    positions = {load: first + place for place, load in enumerate(ids)}
    files = table_files(folder, LEDGER, positions)
    connection.execute("begin")
    try:
        names = pa.table(
            {
                "file": pa.array([name for name, _, _ in told], pa.string()),
                "size": pa.array([size for _, size, _ in told], pa.int64()),
            }
        )
        _insert(connection, "told", names)
        loads = pa.table(
            {
                "load": pa.array(list(positions), pa.string()),
                "_load": pa.array(list(positions.values()), pa.int32()),
            }
        )
        _insert(connection, "loads", loads)
        if files:
            listed = ", ".join(quote_text(str(file)) for file in files)
            selected = ", ".join(f"entries.{quote_name(name)}" for name in LEDGER_COLUMNS)
            connection.execute(
                f"insert into {INDEX}.entries select {selected}, loads._load "
                f"from read_parquet([{listed}], filename = true) as entries "
                f"inner join {INDEX}.loads as loads "
                f"on regexp_extract(entries.filename, {quote_text(_LOAD)}, 1) = loads.load "
                "order by loads._load, entries.seq"
            )
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return positions


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    connection.register("_rows_told", rows)
    connection.execute(f"insert into {INDEX}.{table} select * from _rows_told")
    connection.unregister("_rows_told")
