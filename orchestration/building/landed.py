"""What has landed beside accepted rows, as a text that changes where it does: files that could not
be read, and what sources brought and what not.
"""

from __future__ import annotations

import hashlib
import json

import duckdb


def unreadable_files(connection: duckdb.DuckDBPyConnection) -> str:
    """The files that could not be landed, as one text."""
    rows = connection.execute(
        "select table_name, file_name, reason from raw.rejected_rows where file_id is null order "
        "by all"
    ).fetchall()
    return _digest(rows)


def coverage_rows(connection: duckdb.DuckDBPyConnection) -> str:
    """What sources brought and what not, as one text."""
    return _digest(connection.execute("select * from raw.coverage order by all").fetchall())


def _digest(rows: list[tuple]) -> str:
    return hashlib.blake2b(json.dumps(rows).encode(), digest_size=16).hexdigest() if rows else ""
