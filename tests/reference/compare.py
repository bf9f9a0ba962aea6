"""Compares a published DuckDB file with the tables that `publish` expects, row by row."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb

from .contract import PUBLISHED
from .records import CENT, Row, World

TOLERANCE = 1e-9
EXAMPLES = 3


def differences(published_duckdb_path: Path | str, expected: World) -> list[str]:
    """What differs, one line each; an empty list means equal.

    Exact, but for weight and roi (1e-9) and what a whole cent may depend on in floating point: credits and revenue of time decay.
    Sessions are compared as groups of events: a session is named after its smallest event id.
    """
    with duckdb.connect(str(published_duckdb_path), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        published = {name: _read(connection, name) for name in PUBLISHED if name in expected}
    _name_sessions(published)
    found = []
    for name in published:
        found += [f"{name}: {line}" for line in _compare(name, expected[name], published[name])]
    return found


def _read(connection: duckdb.DuckDBPyConnection, name: str) -> list[Row]:
    columns = list(PUBLISHED[name].columns)
    selected = ", ".join(f'"{column}"' for column in columns)
    records = connection.execute(
        f'select {selected} from "{PUBLISHED[name].schema}"."{name}"'
    ).fetchall()
    return [dict(zip(columns, record, strict=True)) for record in records]


def _name_sessions(published: World) -> None:
    members = defaultdict(list)
    for row in published["fct_interactions"]:
        if row["session_id"] is not None:
            members[row["session_id"]].append(row["event_id"])
    for table in ("fct_interactions", "fct_campaign_interactions", "fct_sessions"):
        for row in published[table]:
            session_id = row["session_id"]
            if session_id is not None:
                row["session_id"] = (
                    min(members[session_id])
                    if session_id in members
                    else f"without events: {session_id}"
                )


def _compare(name: str, expected_rows: list[Row], published_rows: list[Row]) -> list[str]:
    grain = PUBLISHED[name].grain

    def key(row: Row) -> tuple:
        return tuple(row[column] for column in grain)

    expected = {key(row): row for row in expected_rows}
    published = {key(row): row for row in published_rows}
    if len(expected) != len(expected_rows):
        raise ValueError(f"the expected rows of {name} repeat a key")
    repeated = [
        repeated_key
        for repeated_key, count in Counter(map(key, published_rows)).items()
        if count > 1
    ]
    lines = _some("repeated", [str(one) for one in repeated])
    lines += _some("missing", [str(row) for one, row in expected.items() if one not in published])
    lines += _some("extra", [str(row) for one, row in published.items() if one not in expected])
    different = []
    for one in expected.keys() & published.keys():
        changes = [
            f"{column} expected {expected[one][column]!r}, published {published[one][column]!r}"
            for column, kind in PUBLISHED[name].columns.items()
            if not _same(kind, expected[one], published[one], column)
        ]
        if changes:
            different.append(f"{dict(zip(grain, one, strict=True))}: {'; '.join(changes)}")
    lines += _some("different", sorted(different))
    if name == "attribution_credits":
        lines += _some("sum", _sums(expected_rows, published_rows))
    return lines


def _some(what: str, examples: list[str]) -> list[str]:
    shown = [f"{what} {example}" for example in examples[:EXAMPLES]]
    return shown + (
        [f"{what}: {len(examples) - EXAMPLES} more"] if len(examples) > EXAMPLES else []
    )


def _same(kind: str, expected: Row, published: Row, column: str) -> bool:
    left, right = expected[column], published[column]
    if kind in ("set", "list"):
        left, right = list(left or []), list(right or [])
        return sorted(left) == sorted(right) if kind == "set" else left == right
    if kind == "flag":
        return bool(left) == bool(right)
    if left is None or right is None:
        return left is right
    if kind == "near":
        return abs(float(left) - float(right)) <= TOLERANCE * max(1.0, abs(float(left)))
    if kind == "credit" and expected["model"] == "time_decay":
        return abs(left - right) <= CENT
    if kind == "revenue" and expected["model"] == "time_decay":
        return abs(left - right) <= CENT * expected["deals"]
    return left == right


def _sums(expected_rows: list[Row], published_rows: list[Row]) -> list[str]:
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for side, rows in enumerate((expected_rows, published_rows)):
        for row in rows:
            sums[row["deal_id"], row["model"]][side] += row["credit"]
    return [
        f"of {one}: expected {left}, published {right}"
        for one, (left, right) in sums.items()
        if left != right
    ]
