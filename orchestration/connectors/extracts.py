"""The extracts of one source: which loads are whole, which pull each belongs to, and views of them
for SQL.

dlt writes `<table>/<load id>.<file id>.parquet` and, last of all, one line per load to
`_dlt_loads`. A file of a load without that line was left by a pull that was interrupted, and is not
read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.connectors.kind import Source, Table
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name, quote_text

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


def extracts_folder(settings: Settings, source: Source) -> Path:
    """Where the extracts of a source lie."""
    return settings.home / "extracts" / source.name


def _whole_loads(folder: Path) -> list[str]:
    """The ids of the loads that were written to their end, oldest first."""
    found = set()
    decoder = json.JSONDecoder()
    for file in (folder / "_dlt_loads").glob("*.jsonl"):
        text = file.read_text(encoding="utf-8").strip()
        at = 0
        while at < len(text):
            try:
                line, at = decoder.raw_decode(text, at)
            except ValueError:  # cut off while it was written: no load
                break
            at += len(text[at:]) - len(text[at:].lstrip())
            if line.get("status") == 0:
                found.add(str(line["load_id"]))
    return sorted(found, key=float)


def _files(folder: Path, loads: list[str]) -> dict[str, list[tuple[Path, int]]]:
    """The files of whole loads by table, each with the position of its load."""
    position = {load: number for number, load in enumerate(loads)}
    found: dict[str, list[tuple[Path, int]]] = defaultdict(list)
    for file in sorted(folder.glob("[a-z]*/*.parquet")):
        load = file.name.rsplit(".", 2)[0]
        if load in position:
            found[file.parent.name].append((file, position[load]))
    return found


def _list(files: list[tuple[Path, int]]) -> str:
    return "[" + ", ".join(quote_text(str(file)) for file, _ in files) + "]"


@dataclass
class Extracts:
    """Views of a source's extracts in a connection: one per declared table, `ledger`, `pulls` and
    `options`.

    `missing` names the declared columns that a table lacks, by table; `absent` are the tables that
    no load has.
    """

    connection: duckdb.DuckDBPyConnection
    missing: Mapping[str, list[str]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()


def _read_ledger(
    connection: duckdb.DuckDBPyConnection, files: dict[str, list[tuple[Path, int]]]
) -> None:
    columns = ", ".join(f"{quote_name(name)} {kind}" for name, kind in LEDGER_COLUMNS.items())
    connection.execute(f"create or replace temp table _entries ({columns}, _load integer)")
    connection.execute("create or replace temp table _files (file varchar, _load integer)")
    listed = [one for found in files.values() for one in found]
    if listed:
        paths = pa.table(
            {"file": [str(path) for path, _ in listed], "load": [n for _, n in listed]}
        )
        connection.register("_listed", paths)
        connection.execute("insert into _files select file, load from _listed")
        connection.unregister("_listed")
    if files.get(LEDGER):
        selected = ", ".join(quote_name(name) for name in LEDGER_COLUMNS)
        connection.execute(
            f"insert into _entries select {selected}, _files._load from "
            f"read_parquet({_list(files[LEDGER])}, filename = true) as entries "
            "inner join _files on entries.filename = _files.file"
        )


def _make_ledger(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""
        create or replace temp table _pulls as
        select
            _pull,
            min(started_at::timestamp) filter (where started_at is not null) as _pulled_at,
            bool_or(table_name = {quote_text(WHOLE_PULL)} and status = 'finished') as is_finished,
            max(try_cast(nullif(regexp_extract(reason, 'since=([0-9T:.-]+)', 1), '') as timestamp))
                filter (where table_name = {quote_text(WHOLE_PULL)} and status = 'begun') as since
        from _entries
        group by _pull;
        create or replace temp table _pull_of_load as select distinct _load, _pull from _entries;
        create or replace temp view ledger as
        select
            _pull, table_name, parent_id, asset_type, _pulled_at as started_at,
                ended_at::timestamp as ended_at, pages, rows, status,
            is_complete, reason, cursor, is_finished
        from _entries
        inner join _pulls using (_pull)
        where table_name != {quote_text(WHOLE_PULL)}
        qualify row_number() over (partition by _pull, table_name, parent_id, asset_type
            order by _load desc, seq desc) = 1;
        create or replace temp view pulls as
        select _pull, table_name, parent_id, asset_type, started_at, is_complete, status, reason
        from ledger
        where is_finished
        """
    )


def _make_view(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    table: Table,
    files: list[tuple[Path, int]],
    waiting: int | None,
) -> list[str]:
    """A view of a table with every declared column as text; returns the columns that it lacks.

    `waiting` is the position of the load that the table's pending rows will be, None where there
    are none.
    """
    parts = []
    lacking: list[str] = []
    if files:
        scan = (
            f"read_parquet({_list(files)}, union_by_name = true, filename = true, file_row_number "
            f"= true)"
        )
        described = connection.execute(f"describe select * from {scan}").fetchall()
        there = {row[0].lower(): row[0] for row in described}
        lacking = table.lacking({column for column in table.columns if column.lower() in there})
        columns = ", ".join(
            f"rows.{quote_name(there[column.lower()])}::varchar as {quote_name(column)}"
            if column.lower() in there
            else f"null::varchar as {quote_name(column)}"
            for column in table.columns
        )
        parts.append(
            f"select {columns}, _files._load, rows.file_row_number as _row from {scan} as rows "
            f"inner join _files on rows.filename = _files.file"
        )
    if waiting is not None:
        columns = ", ".join(map(quote_name, table.columns))
        parts.append(
            f"select {columns}, {waiting} as _load, row_number() over () as _row from "
            f"{quote_name(f'_pending_{name}')}"
        )
    if not parts:
        columns = ", ".join(f"null::varchar as {quote_name(column)}" for column in table.columns)
        parts.append(f"select {columns}, null::integer as _load, null::bigint as _row where false")
    columns = ", ".join(f"rows.{quote_name(column)}" for column in table.columns)
    connection.execute(
        f"create or replace temp view {quote_name(name)} as select {columns}, _pulls._pull, "
        f"_pulls._pulled_at, rows._load, rows._row "
        f"from ({' union all '.join(parts)}) as rows inner join _pull_of_load on rows._load = "
        f"_pull_of_load._load "
        "inner join _pulls on _pull_of_load._pull = _pulls._pull"
    )
    return lacking


@dataclass(frozen=True)
class Pending:
    """What a pull has read and not yet written: rows by table, and its entries of the ledger."""

    tables: Mapping[str, pa.Table]
    ledger: pa.Table


def _add_pending(connection: duckdb.DuckDBPyConnection, pending: Pending, load: int) -> None:
    """The entries of the ledger that are not yet written."""
    connection.register("_pending_ledger", pending.ledger)
    selected = ", ".join(quote_name(name) for name in LEDGER_COLUMNS)
    connection.execute(f"insert into _entries select {selected}, {load} from _pending_ledger")
    for name, table in pending.tables.items():
        connection.register(f"_pending_{name}", table)


def open_extracts(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    source: Source,
    *,
    pending: Pending | None = None,
    tables: Collection[str] | None = None,
) -> Extracts:
    """Makes views of what has come of a source in `connection`, whose time zone becomes UTC.

    Each table's view has the declared columns as text, `_pull` (its number), `_pulled_at` (the
    pull's start, naive UTC), and `_load` and `_row`, which order the rows of one pull. `tables`
    names those that are wanted (None: all); `pending` counts as the newest load.
    """
    folder = extracts_folder(settings, source)
    loads = _whole_loads(folder)
    files = _files(folder, loads)
    if tables is not None:
        files = {name: files[name] for name in (*tables, LEDGER) if name in files}
    connection.execute("set timezone = 'UTC'")
    _read_ledger(connection, files)
    if pending is not None:
        _add_pending(connection, pending, len(loads))
    _make_ledger(connection)
    missing = {}
    for name, table in source.kind.tables.items():
        if tables is not None and name not in tables:
            continue
        waiting = len(loads) if pending is not None and name in pending.tables else None
        lacking = _make_view(connection, name, table, files.get(name, []), waiting)
        if lacking:
            missing[name] = lacking
    options = {
        "source": source.name,
        "kind": source.kind.name,
        "first_associations": source.first_associations,
        **{name: source.options.get(name) for name in source.kind.options},
        "portal": source.portal,
        "home_currency": settings.variables.get("home_currency"),
    }
    columns = ", ".join(
        f"{'null' if value is None else quote_text(str(value))}::varchar as {quote_name(name)}"
        for name, value in options.items()
    )
    connection.execute(f"create or replace temp view options as select {columns}")
    for name, value in options.items():
        connection.execute(
            f"set variable {name} = {'null::varchar' if value is None else quote_text(str(value))}"
        )
    return Extracts(
        connection, missing, frozenset(name for name in source.kind.tables if name not in files)
    )
