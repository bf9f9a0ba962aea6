"""JSON lines as one DuckDB relation of readings."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from orchestration.ground.contract import RawColumn, RawTable, folded
from orchestration.ground.sql import quote_text
from orchestration.landing.files import LandedFile
from orchestration.landing.parsing import (
    Reading,
    absent,
    read_text,
)
from orchestration.landing.readers import FILE_COLUMN, Reader, clip, compression, kept_text
from orchestration.landing.shapes import (
    MAXIMUM_ROW_BYTES,
    path_list,
)


def _read_json(files: list[LandedFile], filename: str = "") -> str:
    """DuckDB's reader of lines as objects; null where a line is no JSON."""
    return (
        f"read_json_objects({path_list([str(file.path) for file in files])}, format = "
        f"'newline_delimited', ignore_errors = true, "
        f"compression = '{compression(files)}', hive_partitioning = false, maximum_object_size = "
        f"{MAXIMUM_ROW_BYTES}{filename})"
    )


def _key_spellings(connection: duckdb.DuckDBPyConnection, table: RawTable) -> dict[str, list[str]]:
    """The keys of the lines read that mean a column, the column's own name first."""
    keys = [
        key
        for (key,) in connection.execute(
            "select distinct unnest(json_keys(json)) from temp.landing_text where is_row"
        ).fetchall()
    ]
    known = {column.name for column in table.columns}
    found: dict[str, list[str]] = {}
    for key in sorted(keys, key=lambda key: (key != folded(key), key)):
        if folded(key) in known:
            found.setdefault(folded(key), []).append(key)
    return found


def _of_first(what: str, places: list[int]) -> str:
    """`what`, `texts` or `kinds`, of the first of some places in which a line has a value."""
    if len(places) == 1:
        return f"{what}[{places[0]}]"
    cases = " ".join(
        f"when coalesce(kinds[{place}], 'NULL') <> 'NULL' then {what}[{place}]" for place in places
    )
    return f"(case {cases} end)"


def _json_reading(column: RawColumn, text: str, kind: str, zone: str) -> Reading:
    """How a column is read from its text.

    A nested value is no text: it is read as what nothing can parse.
    """
    if column.data_type != "varchar" or (column.accepted and not column.required):
        source = (
            f"(case when {kind} in ('OBJECT', 'ARRAY') then 'nested' else nullif({text}, '') end)"
        )
        return read_text(source, column, zone)
    source = f"case when {kind} in ('OBJECT', 'ARRAY') then '' else nullif({text}, '') end"
    return Reading(source, "nullif({s}, '')", "{p}", "({s} = '')")


def open_json_lines(
    connection: duckdb.DuckDBPyConnection, table: RawTable, files: list[LandedFile], zone: str
) -> Reader:
    """Reads the lines once into a temporary table.

    Raises duckdb.Error where DuckDB's reader gives up on a file.
    """
    connection.execute("drop table if exists temp.landing_text")
    connection.execute(
        f"""
        create temporary table landing_text as
        select json, {FILE_COLUMN}, json is not null and json_type(json) = 'OBJECT' as is_row
        from {_read_json(files, f", filename = '{FILE_COLUMN}'")}
        """
    )
    spellings = _key_spellings(connection, table)
    pointers: list[str] = []
    readings, shown = {}, {}
    for column in table.columns:
        keys = spellings.get(column.name, [])
        if not keys:
            readings[column.name] = absent(column.data_type)
            continue
        own = [quote_text(f'$."{key}"') for key in keys]
        pointers += own
        there = list(range(len(pointers) - len(keys) + 1, len(pointers) + 1))
        readings[column.name] = _json_reading(
            column, _of_first("texts", there), _of_first("kinds", there), zone
        )
        texts = ", ".join(f"json_extract_string(json, {pointer})" for pointer in own)
        shown[column.name] = f"coalesce({texts})"
    wanted = f"[{', '.join(pointers)}]"
    texts = f"case when is_row then json_extract_string(json, {wanted}) end" if pointers else "null"
    kinds = f"case when is_row then json_type(json, {wanted}) end" if pointers else "null"
    relation = (
        f"(select json, {FILE_COLUMN}, is_row, {texts} as texts, {kinds} as kinds "
        "from temp.landing_text)"
    )
    table_name = kept_text(connection, readings, relation, [FILE_COLUMN, "json", "is_row"])
    return Reader(
        table_name,
        "cast(json as varchar)",
        readings,
        shown,
        is_json=True,
        temporary_tables=("landing_text", "landing_rows"),
    )


def json_keys(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Names of all keys of the lines that `open_json_lines` read, and in how many files each
    comes.
    """
    return dict(
        connection.execute(
            f"""
            select key, count(distinct {FILE_COLUMN})
            from (select {FILE_COLUMN}, unnest(json_keys(json)) as key from temp.landing_text
                where is_row)
            group by key
            """
        ).fetchall()
    )


def lines_that_are_no_json(
    connection: duckdb.DuckDBPyConnection, file: LandedFile
) -> Iterator[str]:
    """The text of the lines of a file that DuckDB could not read as JSON, in order."""
    unread = {
        number
        for (number,) in connection.execute(
            f"""
            select number from (
                select row_number() over () as number, json is null as is_unread
                    from {_read_json([file])}
            ) where is_unread
            """
        ).fetchall()
    }
    number = 0
    with file.open() as stream:
        for line in stream:
            if line.strip(b" \t\r\n"):
                number += 1
                if number in unread:
                    yield clip(line.decode("utf-8", "replace").rstrip("\r\n"))
