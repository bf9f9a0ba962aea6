"""One record out of its landed versions: the newest wins, a deletion keeps what it does not say."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from .contract import RAW
from .rules import Row, Rules, World


def canonical(value: object) -> tuple[bool, str]:
    """A typed value as text that sorts by code points, null first."""
    if value is None:
        return (False, "")
    if isinstance(value, bool):
        return (True, "true" if value else "false")
    if isinstance(value, Decimal):
        text = format(value, "f")
        return (True, text.rstrip("0").rstrip(".") if "." in text else text)
    if isinstance(value, datetime):
        return (True, value.isoformat(sep=" ", timespec="microseconds"))
    return (True, str(value))


def version_order(table: str, row: Row) -> tuple:
    """`_loaded_at`, then the columns in the contract's order as canonical text."""
    return (row["_loaded_at"], [canonical(row.get(column)) for column in RAW[table].columns])


def current(table: str, rows: list[Row]) -> list[Row]:
    """One row per record; a deletion of an unknown key is one where it has all that is required."""
    contract = RAW[table]
    versions: dict[tuple, list[Row]] = defaultdict(list)
    for row in rows:
        versions[tuple(row.get(column) for column in contract.key)].append(row)
    records = []
    for group in versions.values():
        group.sort(key=lambda row: version_order(table, row))
        record = _record(table, group)
        if record is not None:
            records.append(record)
    return records


def _record(table: str, versions: list[Row]) -> Row | None:
    contract = RAW[table]
    beside_key = [
        column for column in contract.columns if column not in (*contract.key, "_deleted")
    ]
    known: Row = {}
    exists = False
    for row in versions:
        values = {column: row.get(column) for column in contract.columns}
        if not values.get("_deleted"):
            known, exists = values, True
            continue
        known = {
            column: known.get(column) if value is None else value
            for column, value in values.items()
        }
        is_complete = all(known[column] is not None for column in contract.required)
        says_something = any(known[column] is not None for column in beside_key)
        exists = exists or (is_complete and says_something)
    if not exists:
        return None
    flags = {flag: bool(known[flag]) for flag in {"_deleted", "is_filtered"} & known.keys()}
    return known | flags | {"_loaded_at": versions[-1]["_loaded_at"]}


def listed(rows: list[Row], rules: Rules) -> list[Row]:
    """Rows whose types the seeds list; all others are rejected."""
    return [
        row
        for row in rows
        if (row.get("asset_type") is None or row["asset_type"] in rules.asset_types)
        and (row.get("event_type") is None or row["event_type"] in rules.interactions)
    ]


def current_world(world: World, rules: Rules) -> World:
    """The current records of every raw table."""
    return {table: current(table, listed(world.get(table, []), rules)) for table in RAW}
