"""Names, texts and paths as SQL, whatever characters are in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import duckdb


def quote_name(name: str) -> str:
    """An SQL identifier for any text."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """An SQL string literal for any text."""
    return "'" + text.replace("'", "''") + "'"


def exact_path(path: str) -> str:
    """A path as a literal for DuckDB's readers, which take `*`, `?` and `[` as patterns."""
    return quote_text(escaped_path(path))


def escaped_path(path: str) -> str:
    """A path in which nothing is a pattern, to put one behind."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in path)


def one_row(
    connection: duckdb.DuckDBPyConnection, sql: str, values: object = None
) -> tuple[Any, ...]:
    """The first row of a query that always has one."""
    row = connection.execute(sql, values).fetchone()
    assert row is not None, sql
    return row


def sql_beside(module: str, file: str, /, **values: object) -> str:
    """The query `<file>.sql` beside a module (`__file__`), with each `${name}` of `values` filled
    in.
    """
    return Template(_text(Path(module).with_name(f"{file}.sql"))).safe_substitute(values)


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
