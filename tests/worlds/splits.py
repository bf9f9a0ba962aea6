"""Ways to deal a world out to several landings."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime

from tests.oracle.contract import RAW
from tests.oracle.rules import Row, World

_CAUSE_FIRST = (
    "contacts",
    "contact_merges",
    "visitor_identities",
    "campaigns",
    "campaign_utms",
    "assets",
    "campaign_asset_log",
)


def joined(parts: Iterator[World] | list[World]) -> World:
    """The rows of several landings as one."""
    world: World = {}
    for part in parts:
        for table, rows in part.items():
            world.setdefault(table, []).extend(rows)
    return world


Placed = list[tuple[str, Row]]


def _placed(world: World) -> Placed:
    return [(table, row) for table, rows in world.items() for row in rows]


def _runs_of(ordered: Placed, parts: int, rng: random.Random) -> list[Placed]:
    """`ordered` cut at random places."""
    cuts = sorted(rng.randrange(len(ordered) + 1) for _ in range(parts - 1))
    return [
        ordered[start:end] for start, end in zip([0, *cuts], [*cuts, len(ordered)], strict=True)
    ]


def _dealt(rows: Placed, parts: int, place: Callable[[str, Row], int]) -> list[Placed]:
    found: list[Placed] = [[] for _ in range(parts)]
    for table, row in rows:
        found[min(max(place(table, row), 0), parts - 1)].append((table, row))
    return found


def _happened(row: Row) -> datetime:
    """When what a row says happened."""
    names = (
        "occurred_at",
        "created_at",
        "added_at",
        "identified_at",
        "merged_at",
        "rate_date",
        "metric_date",
        "spent_on",
        "budgeted_on",
    )
    values = [row[name] for name in names if row.get(name) is not None]
    value = values[0] if values else row["_loaded_at"]
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)


def _by_loaded(rows: Placed, parts: int, rng: random.Random) -> list[Placed]:
    """As a loader would: in the order of `_loaded_at`."""
    return _runs_of(sorted(rows, key=lambda item: item[1]["_loaded_at"]), parts, rng)


def _newest_first(rows: Placed, parts: int, rng: random.Random) -> list[Placed]:
    """Old versions land after new ones."""
    return _runs_of(sorted(rows, key=lambda item: item[1]["_loaded_at"], reverse=True), parts, rng)


def _at_random(rows: Placed, parts: int, rng: random.Random) -> list[Placed]:
    return _dealt(rows, parts, lambda table, row: rng.randrange(parts))


def _by_time(rows: Placed, parts: int, rng: random.Random) -> list[Placed]:
    """In the order in which it happened, but for one row in eight, which is late."""
    ordered = _runs_of(sorted(rows, key=lambda item: _happened(item[1])), parts, rng)
    late = {
        id(row): rng.randrange(number, parts)
        for number, part in enumerate(ordered)
        for _, row in part
        if rng.random() < 0.125
    }
    first = {id(row): number for number, part in enumerate(ordered) for _, row in part}
    return _dealt(rows, parts, lambda table, row: late.get(id(row), first[id(row)]))


def _by_record(rows: Placed, parts: int, rng: random.Random) -> list[Placed]:
    """All versions of a record together."""
    places: dict[tuple, int] = {}
    return _dealt(
        rows,
        parts,
        lambda table, row: places.setdefault(
            (table, *(row[column] for column in RAW[table].key)), rng.randrange(parts)
        ),
    )


def _by_table(rows: Placed, parts: int, rng: random.Random) -> list[Placed]:
    """Whole tables, one after another."""
    places = {table: rng.randrange(parts) for table in RAW}
    return _dealt(rows, parts, lambda table, row: places[table])


def _events_first(rows: Placed, parts: int, rng: random.Random) -> list[Placed]:
    """Events and deals before the contacts, campaigns and associations that they concern."""
    return _dealt(
        rows,
        parts,
        lambda table, row: (
            rng.randrange(1, parts)
            if table in _CAUSE_FIRST
            else rng.randrange(2) * rng.randrange(2)
        ),
    )


def _events_last(rows: Placed, parts: int, rng: random.Random) -> list[Placed]:
    return _dealt(
        rows, parts, lambda table, row: 0 if table in _CAUSE_FIRST else rng.randrange(1, parts)
    )


def _trickle(rows: Placed, parts: int, rng: random.Random) -> list[Placed]:
    """Nearly everything at once, then a few rows at a time: most keys are left alone."""
    share = rng.choice((0.005, 0.02, 0.06))
    return _dealt(
        rows,
        parts,
        lambda table, row: rng.randrange(1, parts) if rng.random() < share * (parts - 1) else 0,
    )


SPLITS: dict[str, Callable[[Placed, int, random.Random], list[Placed]]] = {
    "loaded": _by_loaded,
    "newest first": _newest_first,
    "random": _at_random,
    "time": _by_time,
    "record": _by_record,
    "table": _by_table,
    "events first": _events_first,
    "events last": _events_last,
    "trickle": _trickle,
}


def split(world: World, how: str, parts: int, rng: random.Random) -> list[World]:
    """The rows of a world dealt out to `parts` landings; together they are the world."""
    if parts == 1:
        return [world]
    return [
        joined([{table: [row]} for table, row in part])
        for part in SPLITS[how](_placed(world), parts, rng)
    ]
