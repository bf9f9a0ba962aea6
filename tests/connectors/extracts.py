"""Extracts made of rows, without a pull, and what a kind's SQL makes of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from orchestration.connectors.kind import Source
from orchestration.connectors.kinds import kind
from orchestration.connectors.rows import begin_tallies, make_rows, prepare_sql
from orchestration.connectors.tables import NEW, WHOLE, LoaderTable, match_columns

FIRST_PULL = datetime(2024, 6, 1)
ISO = "%Y-%m-%dT%H:%M:%S.%fZ"

Row = Mapping[str, object]
Tables = Mapping[str, Sequence[Row]]
Landed = dict[str, list[dict[str, str | None]]]


def pull_time(number: int) -> datetime:
    """The start of a pull; one a day."""
    return FIRST_PULL + timedelta(days=number - 1)


def at(number: int) -> str:
    """The start of a pull as it lands."""
    return pull_time(number).strftime(ISO)


def translated(
    kind_name: str,
    *pulls: Tables,
    incomplete: Collection[tuple[int, str]] = (),
    partial: Collection[tuple[int, str]] = (),
    name: str = "crm",
    home_currency: str = "EUR",
    done: int = 0,
    bounds: Mapping[int, datetime] | None = None,
    **options: object,
) -> Landed:
    """The rows that the pulls of a source land, by raw table.

    A table that a pull does not name was read whole and is empty, unless (pull, table) is in
    `incomplete`, or in `partial`: only new rows were read. `options` are the source's. Tables that
    go on behind the pull `done` have later rows alone. `bounds`: from when on pulls were to bring
    events, by their number.
    """
    read = {one: option.read for one, option in kind(kind_name).options.items()}
    values = {one: read[one](value) if one in read else value for one, value in options.items()}
    source = Source(name, kind(kind_name), values)
    landed: Landed = {}
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        _variables(connection, source, home_currency)
        _ledger(connection, source, len(pulls), set(incomplete), set(partial))
        _bounds(connection, len(pulls), bounds or {})
        for table_name, table in source.kind.tables.items():
            _extract(connection, table_name, table, pulls, done)
        connection.execute(f"set variable done = {done}::bigint")
        begin_tallies(connection, [])
        prepare_sql(connection, source)
        for raw_table in source.kind.brings:
            columns = make_rows(connection, source, raw_table)
            found = connection.execute("select * exclude (_basis) from translated").fetchall()
            landed[raw_table] = sorted(
                (dict(zip(columns, row, strict=True)) for row in found),
                key=lambda row: str(list(row.values())),
            )
        gaps = connection.execute(
            "select count(*) from duckdb_tables() where table_name = 'gaps'"
        ).fetchone()
        if gaps and gaps[0]:
            found = connection.execute("select raw_table, reason from gaps").fetchall()
            landed["gaps"] = [{"raw_table": one, "reason": reason} for one, reason in found]
    return landed


def _variables(connection: duckdb.DuckDBPyConnection, source: Source, home: str) -> None:
    values: dict[str, object] = {one: None for one in source.kind.options}
    values |= {"portal": None, "first_associations": source.first_associations}
    values |= {**source.options, "source": source.name, "home_currency": home}
    for one, value in values.items():
        text = "null::varchar" if value is None else "'" + str(value).replace("'", "''") + "'"
        connection.execute(f"set variable {one} = {text}")


def _ledger(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    pulls: int,
    incomplete: set[tuple[int, str]],
    partial: set[tuple[int, str]],
) -> None:
    rows = []
    for number in range(1, pulls + 1):
        for name in source.kind.tables:
            is_complete = (number, name) not in incomplete
            status = NEW if (number, name) in partial else WHOLE
            rows.append((number, name, None, None, pull_time(number), is_complete, status, None))
    connection.execute(
        "create table pulls (_pull bigint, table_name varchar, parent_id varchar, asset_type "
        "varchar, started_at timestamp, "
        "is_complete boolean, status varchar, reason varchar)"
    )
    connection.executemany("insert into pulls values (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _bounds(
    connection: duckdb.DuckDBPyConnection, pulls: int, bounds: Mapping[int, datetime]
) -> None:
    connection.execute("create table _pulls (_pull bigint, since timestamp, is_finished boolean)")
    rows = [(number, bounds.get(number), True) for number in range(1, pulls + 1)]
    connection.executemany("insert into _pulls values (?, ?, ?)", rows)


def _extract(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    table: LoaderTable,
    pulls: Sequence[Tables],
    done: int,
) -> None:
    rows = [(number, row) for number, pull in enumerate(pulls, 1) for row in pull.get(name, ())]
    there = list(dict.fromkeys(column for _, row in rows for column in row))
    own = match_columns(table.columns, there)
    arrays: dict[str, pa.Array] = {}
    for column in table.columns:
        values = [row.get(own.get(column, column)) for _, row in rows]
        arrays[column] = pa.array(
            [None if one is None else str(one) for one in values], pa.string()
        )
    arrays["_pull"] = pa.array([number for number, _ in rows], pa.int64())
    arrays["_pulled_at"] = pa.array([pull_time(number) for number, _ in rows], pa.timestamp("us"))
    arrays["_load"] = pa.array([number for number, _ in rows], pa.int32())
    arrays["_row"] = pa.array(range(len(rows)), pa.int64())
    connection.register("rows_given", pa.table(arrays))
    connection.execute(f'create table "{name}" as select * from rows_given')
    connection.unregister("rows_given")
    for part, pulled in (("earlier", "<="), ("fresh", ">")):
        connection.execute(
            f'create view "{part}_{name}" as select * from "{name}" where _pull {pulled} {done}'
        )
