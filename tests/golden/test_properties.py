"""What must not change a number: the order of rows, a contact split into merged duplicates, an
unrelated campaign, the unit of money."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracle.published import PUBLISHED
from tests.warehouses import opened
from tests.worlds.landings import write_landing
from tests.worlds.make import make_world

# Every example builds two worlds, so `make test` tries one and `make test-long` five; none is
# shrunk: a seed is as small as it gets.
FEW = settings(
    max_examples=5 if os.environ.get("TOUCHLEDGER_TEST_LONG") else 1,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
seeds = st.integers(min_value=1000, max_value=9999)
Rows = list[tuple]
World = dict[str, list[dict]]


@pytest.fixture
def published(build: Callable[..., Path]) -> Callable[..., Callable[[str], Rows]]:
    """Lands and builds a world in a HOME of its own; returns a function that answers SQL."""

    def of(world: World, seed: int, *variables: str) -> Callable[[str], Rows]:
        with tempfile.TemporaryDirectory() as folder:
            write_landing(world, Path(folder) / "landing", seed)
            file = build(
                Path(folder) / "landing",
                "social_post_cap=3",
                *variables,
                into=Path(folder) / "home",
            )
            with opened(file, read_only=False) as connection:
                tables = {
                    name: connection.execute(
                        f"select * from {schema}.{name} order by all"
                    ).fetchall()
                    for schema, name in connection.execute(
                        "select distinct table_schema, table_name from information_schema.tables "
                        "where table_schema in ('core', 'marts', 'diagnostics')"
                    ).fetchall()
                }
        return lambda name: tables.get(name, [])

    return of


# All that the contract publishes, but what tells of files.
TABLES = [name for name in PUBLISHED if name not in ("unread_values", "rejected_records")]


@FEW
@given(seed=seeds)
def test_order_files_and_threads_change_nothing(published, seed: int) -> None:
    world = make_world(seed, 150)
    shuffled = {table: random.Random(seed).sample(rows, len(rows)) for table, rows in world.items()}
    one, other = published(world, seed), published(shuffled, seed + 1, "threads=1")
    for table in TABLES:
        assert one(table) == other(table), table


@FEW
@given(seed=seeds)
def test_a_contact_split_into_merged_duplicates_is_the_same_contact(published, seed: int) -> None:
    """R10: events and deals that name a merged duplicate count as if they named the survivor."""
    world = make_world(seed, 120)
    plain = {row["contact_id"] for row in world["contacts"]} - {
        row[name]
        for row in world["contact_merges"]
        for name in ("loser_contact_id", "winner_contact_id")
    }
    chosen = sorted(plain)[0]
    rng = random.Random(seed)
    loaded = datetime(2024, 1, 1)
    split = {table: [dict(row) for row in rows] for table, rows in world.items()}
    for row in split["events"]:
        if row.get("contact_id") == chosen and rng.random() < 0.5:
            row["contact_id"] = "~duplicate"
    split["contact_merges"].append(
        {
            "loser_contact_id": "~duplicate",
            "winner_contact_id": chosen,
            "merged_at": loaded,
            "_loaded_at": loaded,
        }
    )
    one, other = published(world, seed), published(split, seed)
    for table in TABLES:
        if table != "dim_contacts":
            assert one(table) == other(table), table


@FEW
@given(seed=seeds)
def test_an_unrelated_campaign_changes_no_other(published, seed: int) -> None:
    world = make_world(seed, 120)
    loaded = datetime(2024, 1, 1)
    more = {table: list(rows) for table, rows in world.items()}
    empty = dict.fromkeys(more["campaigns"][0])
    more["campaigns"].append(
        {
            **empty,
            "campaign_id": "~other",
            "campaign_name": "Other",
            "created_at": loaded,
            "_loaded_at": loaded,
        }
    )
    more["campaign_utms"].append(
        {
            "campaign_id": "~other",
            "utm_campaign": "nobody uses this",
            "added_at": loaded,
            "_loaded_at": loaded,
        }
    )
    one, other = published(world, seed), published(more, seed)
    for table in TABLES:
        assert one(table) == [row for row in other(table) if "~other" not in row], table


@FEW
@given(seed=seeds)
def test_ten_times_the_money_is_ten_times_the_credit(published, seed: int) -> None:
    """Weights stay; credits and revenue scale, to the cent that rounding moves; nobody enters or
    leaves."""
    world = make_world(seed, 150)
    scaled = {
        table: [
            {**row, "amount": row["amount"] * 10}
            if table == "deals" and row.get("amount") is not None
            else row
            for row in rows
        ]
        for table, rows in world.items()
    }
    one, other = published(world, seed), published(scaled, seed)
    mine, theirs = (
        sorted(of("attribution_credits"), key=lambda row: [str(part) for part in row[:8]])
        for of in (one, other)
    )
    assert [row[:9] for row in mine] == [row[:9] for row in theirs]
    assert all(
        abs(left[9] * 10 - right[9]) <= Decimal("0.15")
        for left, right in zip(mine, theirs, strict=True)
    )
    for table in ("influenced_contacts", "first_touch_contacts"):
        assert one(table) == other(table)
