"""Compares a published DuckDB file with the tables that the oracle expects, row by row."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.ground.paths import PUBLISHED_SCHEMAS
from tests.warehouses import COLUMNS, opened

from .money import CENT, MILLIONTH
from .published import PUBLISHED
from .rules import Row, World

TOLERANCE = 1e-9
EFFECT_TOLERANCE = 2e-9
# Models whose weights go through floating point: how near a weight must be. Their shares may be a
# cent or millionth apart.
SOFT_MODELS = {"time_decay": TOLERANCE, "markov": 1e-7}
UNITS = {"cents": CENT, "millionths": MILLIONTH}
# What rows of a table share exactly: the columns that name the whole, and the shares.
WHOLES = {
    "attribution_credits": (("deal_id", "model"), ("credit",)),
    "conversion_credits": (("conversion", "subject_id", "model"), ("credit", "amount")),
}
# Of what a sum of shares is made, to know how far it may be off: the column that counts it, else
# ten.
COUNTED = {"attributed_revenue": "deals", "attributed_conversions": "subjects"}
PER_FILE = ("table_name", "file_name")
SESSION_TABLES = ("fct_interactions", "fct_campaign_interactions", "fct_sessions")
EXAMPLES = 3


def differences(published_duckdb_path: Path | str, expected: World) -> list[str]:
    """What differs, one line each; an empty list means equal.

    Every published table that is expected is compared, in the columns that it has; `missing_from`
    says what is not there at all. Exact, but for DOUBLEs and what SOFT_MODELS give. Sessions are
    compared as groups of events: a session is named after its smallest event id.
    """
    with opened(Path(published_duckdb_path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        columns = _columns(connection)
        published = {
            name: _read(connection, name, columns[name]) for name in columns if name in expected
        }
    _name_sessions(published)
    found = []
    for name, rows in published.items():
        found += [f"{name}: {line}" for line in _compare(name, expected[name], rows)]
    return found


def missing_from(published_duckdb_path: Path | str) -> list[str]:
    """The tables and columns of the published contract that a file does not have."""
    with opened(Path(published_duckdb_path)) as connection:
        columns = _columns(connection)
    return [
        f"{contract.schema}.{name}.{column}"
        for name, contract in PUBLISHED.items()
        for column in contract.columns
        if column not in columns.get(name, ()) and name != "rejected_records"
    ]


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Published table -> its columns."""
    found: dict[str, list[str]] = defaultdict(list)
    for schema, table, column, _ in connection.execute(COLUMNS).fetchall():
        if schema in PUBLISHED_SCHEMAS:
            found[table].append(column)
    return found


def _read(connection: duckdb.DuckDBPyConnection, name: str, there: list[str]) -> list[Row]:
    columns = [column for column in PUBLISHED[name].columns if column in there]
    selected = ", ".join(f'"{column}"' for column in columns)
    schema = PUBLISHED[name].schema
    records = connection.execute(f'select {selected} from "{schema}"."{name}"').fetchall()
    rows = [dict(zip(columns, record, strict=True)) for record in records]
    if "file_name" in columns:
        rows = [row | {"file_name": Path(row["file_name"]).name} for row in rows]
    if name != "rejected_records":
        return rows
    counts = Counter(tuple(row[column] for column in PER_FILE) for row in rows)
    return [{**dict(zip(PER_FILE, key, strict=True)), "rows": n} for key, n in counts.items()]


def _name_sessions(published: World) -> None:
    members = defaultdict(list)
    for row in published["fct_interactions"]:
        if row["session_id"] is not None:
            members[row["session_id"]].append(row["event_id"])
    for table in SESSION_TABLES:
        for row in published[table]:
            session_id = row["session_id"]
            if session_id is not None:
                named = members.get(session_id)
                row["session_id"] = min(named) if named else f"without events: {session_id}"


def _compare(name: str, expected_rows: list[Row], published_rows: list[Row]) -> list[str]:
    grain = PUBLISHED[name].grain

    def key(row: Row) -> tuple:
        return tuple(row[column] for column in grain)

    expected = {key(row): row for row in expected_rows}
    published = {key(row): row for row in published_rows}
    if len(expected) != len(expected_rows):
        raise ValueError(f"the expected rows of {name} repeat a key")
    repeated = [one for one, count in Counter(map(key, published_rows)).items() if count > 1]
    lines = _some("repeated", [str(one) for one in repeated])
    lines += _some("missing", [str(row) for one, row in expected.items() if one not in published])
    lines += _some("extra", [str(row) for one, row in published.items() if one not in expected])
    different = []
    for one in expected.keys() & published.keys():
        changes = [
            f"{column} expected {expected[one][column]!r}, published {published[one][column]!r}"
            for column in published[one]
            if not _same(name, column, expected[one], published[one])
        ]
        if changes:
            different.append(f"{dict(zip(grain, one, strict=True))}: {'; '.join(changes)}")
    lines += _some("different", sorted(different))
    if name in WHOLES:
        lines += _some("sum", _sums(name, expected_rows, published_rows))
    return lines


def _some(what: str, examples: list[str]) -> list[str]:
    shown = [f"{what} {example}" for example in examples[:EXAMPLES]]
    more = len(examples) - EXAMPLES
    return shown + ([f"{what}: {more} more"] if more > 0 else [])


def _same(name: str, column: str, expected: Row, published: Row) -> bool:
    left, right, kind = expected[column], published[column], PUBLISHED[name].columns[column]
    if kind in ("set", "list"):
        left, right = list(left or []), list(right or [])
        return sorted(left) == sorted(right) if kind == "set" else left == right
    if kind == "flag":
        return bool(left) == bool(right)
    if left is None or right is None:
        return left is right
    near = SOFT_MODELS.get(expected.get("model"))
    if kind == "near":
        return abs(float(left) - float(right)) <= TOLERANCE * max(1.0, abs(float(left)))
    if kind == "effect":
        return abs(float(left) - float(right)) <= EFFECT_TOLERANCE
    if kind == "weight":
        return abs(float(left) - float(right)) <= (near or TOLERANCE)
    if near is not None and kind in UNITS:
        whole = abs(float(left)) / float(expected["weight"])
        return abs(float(left - right)) <= float(UNITS[kind]) + near * whole
    if near is not None and kind == "soft":
        counted = expected.get(COUNTED.get(name), 10)
        unit = MILLIONTH if column in ("contacts_created", "credit") else CENT
        return abs(left - right) <= unit * counted + abs(left) * MILLIONTH
    return left == right


def _sums(name: str, expected_rows: list[Row], published_rows: list[Row]) -> list[str]:
    whole, shares = WHOLES[name]
    sums: dict[tuple, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for side, rows in enumerate((expected_rows, published_rows)):
        for row in rows:
            for share in shares:
                sums[(*(row[column] for column in whole), share)][side] += row[share] or 0
    return [
        f"of {one}: expected {left}, published {right}"
        for one, (left, right) in sums.items()
        if left != right
    ]
