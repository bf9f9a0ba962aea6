"""The extracts of one source as views for SQL: tables, the ledger, pulls and options."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration.connectors.kind import Source, Table
from orchestration.connectors.loads import (
    INDEX,
    LEDGER_COLUMNS,
    WHOLE_PULL,
    extracts_folder,
    load_of,
    open_index,
    table_files,
)
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name, quote_text

if TYPE_CHECKING:
    import pyarrow as pa

# Files of a table with the positions of their loads.
Files = list[tuple[Path, int]]


@dataclass
class Extracts:
    """Views of a source's extracts in a connection: one per declared table, `ledger`, `pulls` and
    `options`.

    `missing` names the declared columns that a table lacks, by table, as it was last read; `absent`
    are the tables that no load has. `loads` are the positions of the whole loads by id.
    """

    connection: duckdb.DuckDBPyConnection
    missing: Mapping[str, list[str]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    loads: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Pending:
    """What a pull has read and not yet written: rows by table, and its entries of the ledger."""

    tables: Mapping[str, pa.Table]
    ledger: pa.Table


def _make_ledger(
    connection: duckdb.DuckDBPyConnection, pending: Pending | None, waiting: int
) -> None:
    """The ledger's views. `waiting` is the position of the load of the pending entries."""
    columns = ", ".join(quote_name(name) for name in LEDGER_COLUMNS)
    entries = f"select {columns}, _load from {INDEX}.entries"
    if pending is not None:
        connection.register("_pending_ledger", pending.ledger)
        entries += f" union all select {columns}, {waiting} from _pending_ledger"
    connection.execute(
        f"""
        create or replace temp view _entries as {entries};
        create or replace temp table _pulls as
        select
            _pull,
            min(started_at::timestamp) filter (where started_at is not null) as _pulled_at,
            bool_or(status = 'finished') as is_finished,
            max(try_cast(
                nullif(regexp_extract(reason, 'since=([0-9T:.-]+)', 1), '') as timestamp
            )) filter (where status = 'begun') as since
        from _entries
        where table_name = {quote_text(WHOLE_PULL)}
        group by _pull;
        create or replace temp table _pull_of_load as
        select _load, any_value(_pull) as _pull from _entries group by _load;
        create or replace temp view ledger as
        select
            _pull, table_name, parent_id, asset_type, _pulled_at as started_at,
            ended_at::timestamp as ended_at, pages, rows, status, is_complete, reason, cursor,
            is_finished
        from _entries
        inner join _pulls using (_pull)
        where table_name != {quote_text(WHOLE_PULL)}
        qualify row_number() over (
            partition by _pull, table_name, parent_id, asset_type order by _load desc, seq desc
        ) = 1;
        create or replace temp view pulls as
        select
            _pull, table_name, parent_id, asset_type, started_at, is_complete, status, reason,
            rows
        from ledger
        where is_finished
        """
    )


def _list_files(connection: duckdb.DuckDBPyConnection, files: Iterable[tuple[Path, int]]) -> None:
    """The table `_files`: the load of each file."""
    listed = list(files)
    connection.execute("create or replace temp table _files (file varchar, _load integer)")
    if listed:
        import pyarrow as pa

        paths = pa.table(
            {"file": [str(path) for path, _ in listed], "load": [load for _, load in listed]}
        )
        connection.register("_listed", paths)
        connection.execute("insert into _files select file, load from _listed")
        connection.unregister("_listed")


def _scan(files: Files) -> str:
    listed = ", ".join(quote_text(str(file)) for file, _ in files)
    return (
        f"read_parquet([{listed}], union_by_name = true, filename = true, file_row_number = true)"
    )


def _make_view(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    table: Table,
    files: Files,
    pending: tuple[str, int] | None = None,
) -> set[str]:
    """A view of a table with every declared column as text; returns those that the files have.

    `pending` is the name of the table's rows that are yet to be written, and their load's position.
    """
    parts = []
    found: set[str] = set()
    if files:
        scan = _scan(files)
        described = connection.execute(f"describe select * from {scan}").fetchall()
        there = {row[0].lower(): row[0] for row in described}
        found = {column for column in table.columns if column.lower() in there}
        columns = ", ".join(
            f"rows.{quote_name(there[column.lower()])}::varchar as {quote_name(column)}"
            if column in found
            else f"null::varchar as {quote_name(column)}"
            for column in table.columns
        )
        parts.append(
            f"select {columns}, _files._load, rows.file_row_number as _row from {scan} as rows "
            "inner join _files on rows.filename = _files.file"
        )
    if pending is not None:
        columns = ", ".join(map(quote_name, table.columns))
        parts.append(
            f"select {columns}, {pending[1]} as _load, row_number() over () as _row "
            f"from {quote_name(pending[0])}"
        )
    if not parts:
        columns = ", ".join(f"null::varchar as {quote_name(column)}" for column in table.columns)
        parts.append(f"select {columns}, null::integer as _load, null::bigint as _row where false")
    columns = ", ".join(f"rows.{quote_name(column)}" for column in table.columns)
    connection.execute(
        f"create or replace temp view {quote_name(name)} as select {columns}, _pulls._pull, "
        f"_pulls._pulled_at, rows._load, rows._row from ({' union all '.join(parts)}) as rows "
        "inner join _pull_of_load on rows._load = _pull_of_load._load "
        "inner join _pulls on _pull_of_load._pull = _pulls._pull"
    )
    return found


def open_extracts(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    source: Source,
    *,
    pending: Pending | None = None,
    tables: Collection[str] | None = None,
    pull: int | None = None,
) -> Extracts:
    """Makes views of what has come of a source in `connection`, whose time zone becomes UTC.

    Each table's view has the declared columns as text, `_pull` (its number), `_pulled_at` (the
    pull's start, naive UTC), and `_load` and `_row`, which order the rows of one pull. `tables`
    names those that are wanted (None: all); `pending` counts as the newest load. With `pull`, the
    tables have the rows of that pull alone, and no file of another is opened.
    """
    connection.execute("set timezone = 'UTC'")
    loads = open_index(connection, settings, source)
    _make_ledger(connection, pending, len(loads))
    folder = extracts_folder(settings, source)
    wanted = {
        name: table
        for name, table in source.kind.tables.items()
        if tables is None or name in tables
    }
    files = {name: _files(folder, name, loads) for name in wanted}
    if pull is not None:
        own = _loads_of(connection, "_pull = ?", pull)
        files = {name: [one for one in found if one[1] in own] for name, found in files.items()}
    _list_files(connection, (one for found in files.values() for one in found))
    missing, told = {}, _columns_told(connection)
    for name, table in wanted.items():
        rows = None
        if pending is not None and name in pending.tables:
            rows = (f"_pending_{name}", len(loads))
            connection.register(rows[0], pending.tables[name])
        found = _make_view(connection, name, table, files[name], rows)
        # dlt goes on writing columns that a table had once.
        found &= told.get(name, found)
        if files[name] and (lacking := table.lacking(found)):
            missing[name] = lacking
    _make_options(connection, settings, source)
    absent = frozenset(name for name in source.kind.tables if not files.get(name))
    return Extracts(connection, missing, absent, loads)


def _columns_told(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Which columns a loader's tables had when they were last read, where a pull noted it."""
    rows = connection.execute(
        """
        select table_name, arg_max_null(cursor, _pull) from ledger
        where
            parent_id is null and asset_type is null and rows > 0
            and status in ('whole', 'new rows')
        group by table_name
        """
    ).fetchall()
    return {name: set(columns.split(",")) for name, columns in rows if columns}


def _loads_of(connection: duckdb.DuckDBPyConnection, condition: str, pull: int) -> set[int]:
    """The positions of the loads whose pull meets a condition."""
    found = connection.execute(f"select _load from _pull_of_load where {condition}", [pull])
    return {load for (load,) in found.fetchall()}


def _files(folder: Path, table: str, loads: Mapping[str, int]) -> Files:
    return [(file, loads[load_of(file.name)]) for file in table_files(folder, table, loads)]


def part_extracts(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    source: Source,
    loads: Mapping[str, int],
    done: int,
    wanted: Collection[str],
) -> None:
    """Beside each table's view, of opened extracts, one of what pulls after number `done` brought,
    `fresh_<table>`, and for those `wanted` one of the rest, `earlier_<table>`; `done` is a variable
    of SQL.
    """
    folder = extracts_folder(settings, source)
    known = _loads_of(connection, "_pull <= ?", done)
    connection.execute(f"set variable done = {done}::bigint")
    listed: Files = []
    for name, table in source.kind.tables.items():
        files = _files(folder, name, loads)
        listed += files
        parts = {f"fresh_{name}": [one for one in files if one[1] not in known]}
        if name in wanted:
            parts[f"earlier_{name}"] = [one for one in files if one[1] in known]
        for view, part in parts.items():
            _make_view(connection, view, table, part)
    _list_files(connection, listed)


def _make_options(
    connection: duckdb.DuckDBPyConnection, settings: Settings, source: Source
) -> None:
    options = stated_options(settings, source)
    columns = ", ".join(
        f"{'null' if value is None else quote_text(str(value))}::varchar as {quote_name(name)}"
        for name, value in options.items()
    )
    connection.execute(f"create or replace temp view options as select {columns}")
    for name, value in options.items():
        connection.execute(
            f"set variable {name} = {'null::varchar' if value is None else quote_text(str(value))}"
        )


def stated_options(settings: Settings, source: Source) -> dict[str, object]:
    """What SQL may ask of a source, as the view `options` and as variables."""
    return {
        "source": source.name,
        "kind": source.kind.name,
        "first_associations": source.first_associations,
        **{name: source.options.get(name) for name in source.kind.options},
        "portal": source.portal,
        # Codes are compared in upper case (R65).
        "home_currency": str(settings.variables.get("home_currency", "")).strip().upper() or None,
    }
