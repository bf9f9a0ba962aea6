"""Worlds that loaders and trackers have in their own shapes come back as they were, as far as those
shapes say it.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime

import pytest

from tests.connectors import shapes
from tests.connectors.extracts import ISO, translated
from tests.oracle.rules import Row, World
from tests.worlds.make import make_world

SEEDS = (3, 8, 21, 34)
CRM = ("fivetran_hubspot", "airbyte_hubspot", "dlt_hubspot")
TRACKERS = ("segment", "snowplow", "ga4")
EVENTS = {
    "segment": {"Form Submitted": "form_submission"},
    "snowplow": {"submit_form": "form_submission"},
    "ga4": {"form_submit": "form_submission"},
}


def world_of(seed: int, size: int) -> World:
    """A world in which each event came once and no currency has outer spaces: kinds trim text."""
    world = make_world(seed, size)
    deals = [row | {"currency": str(row["currency"] or "").strip()} for row in world["deals"]]
    events = list(shapes.newest(world["events"], "event_id").values())
    return {**world, "deals": deals, "events": events}


def said(value: object) -> object:
    """A value as it lands."""
    if isinstance(value, datetime):
        return value.strftime(ISO)
    if isinstance(value, bool):
        return str(value).lower()
    return None if value in (None, "") else str(value)


def same_records(landed: list[dict], rows: list[Row], key: str, columns: tuple[str, ...]) -> None:
    """The newest row of each record says the same of `columns`; where several are equally new, one
    of them.
    """
    by_key: dict[object, list[Row]] = {}
    for row in rows:
        by_key.setdefault(row[key], []).append(row)
    assert {row[key] for row in landed} == set(by_key)
    for record, row in shapes.newest(landed, key).items():
        last = max(one["_loaded_at"] for one in by_key[record[0]])  # type: ignore[type-var]
        allowed = [
            tuple(said(one[name]) for name in columns)
            for one in by_key[record[0]]
            if one["_loaded_at"] == last
        ]
        told = tuple(
            "false" if name == "_deleted" and row[name] is None else row[name] for name in columns
        )
        assert told in [
            tuple(
                "false" if n == "_deleted" and v is None else v
                for n, v in zip(columns, one, strict=True)
            )
            for one in allowed
        ]


def merged(world: World) -> dict[str, str]:
    """Losers by the last record of their chain; those of a circle by the next."""
    told: dict[str, tuple] = {}
    for row in world["contact_merges"]:
        claim = (row["merged_at"] is None, str(row["winner_contact_id"]))
        loser = str(row["loser_contact_id"])
        if loser != claim[1] and (loser not in told or claim < told[loser]):
            told[loser] = claim
    ends = {}
    for loser, (_, winner) in told.items():
        seen = {loser}
        at = winner
        while at in told and at not in seen:
            seen.add(at)
            at = told[at][1]
        if at not in seen:
            ends[loser] = at
    return ends


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", CRM)
def test_records_come_back(kind: str, seed: int):
    world = world_of(seed, 60 + 40 * (seed % 3))
    # A deletion may lack every value; its deal's stage says that it is not won.
    world["deals"] = [
        {**row, "is_closed_won": bool(row["is_closed_won"])} for row in world["deals"]
    ]
    landed = translated(kind, shapes.SHAPES[kind](world, seed))
    same_records(
        landed["contacts"],
        world["contacts"],
        "contact_id",
        (
            "email",
            "additional_emails",
            "created_at",
            "lifecycle_stage",
            "salesforce_campaign_ids",
            "_deleted",
        ),
    )
    same_records(
        landed["deals"],
        world["deals"],
        "deal_id",
        (
            "deal_name",
            "pipeline",
            "stage",
            "is_closed_won",
            "amount",
            "currency",
            "created_at",
            "closed_at",
            "_deleted",
        ),
    )
    if kind != "dlt_hubspot":
        winners = {
            row["loser_contact_id"]: row["winner_contact_id"] for row in landed["contact_merges"]
        }
        expected = merged(world)
        assert {loser: winners[loser] for loser in expected} == expected


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", CRM[:2])
def test_events_of_people_come_back(kind: str, seed: int):
    world = world_of(seed, 200)
    landed = translated(kind, shapes.SHAPES[kind](world, seed))["events"]
    by_id = {row["event_id"].rpartition(":")[2]: row for row in landed}
    for row in shapes.mails(world):
        one = by_id[row["event_id"]]
        assert (one["event_type"], one["email"]) == (row["event_type"], row["email"])
        assert one["asset_id"] == said(shapes.mail_asset(row))
        assert (one["is_filtered"] or "false") == (said(row["is_filtered"]) or "false")
    for row in shapes.submissions(world):
        one = by_id[row["event_id"]]
        assert (one["contact_id"], one["url"]) == (row["contact_id"], said(row["url"]))
        assert one["asset_id"] == said(shapes.form_of(row))
        assert one["visitor_id"] == f"contact:{row['contact_id']}"
    told = Counter(
        (row["contact_id"], row["asset_id"], row["occurred_at"])
        for row in landed
        if row["event_type"] == "list_addition"
    )
    assert set(told) == {
        (row["contact_id"], row["asset_id"], said(row["occurred_at"]))
        for row in shapes.additions(world)
    }
    times = {row["event_id"]: said(row["occurred_at"]) for row in world["events"]}
    assert all(row["occurred_at"] == times[one] for one, row in by_id.items() if one in times)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", TRACKERS)
def test_events_of_trackers_come_back(kind: str, seed: int):
    world = world_of(seed, 200)
    landed = translated(
        kind, shapes.SHAPES[kind](world, seed), identify="user_id", events=EVENTS[kind]
    )
    knows_robots = kind != "segment"

    def essence(row: dict, form: object) -> tuple:
        return (
            row["event_type"],
            said(row["occurred_at"]),
            row["visitor_id"],
            said(row["contact_id"]),
            said(row["url"]),
            said(row["referrer"]),
            said(form),
            knows_robots and said(row["is_filtered"]) == "true",
        )

    assert Counter(essence(row, row["asset_id"]) for row in landed["events"]) == Counter(
        essence(row, shapes.form_of(row) if row["event_type"] == "form_submission" else None)
        for row in shapes.web_events(world)
    )
    identified = {
        (row["visitor_id"], row["contact_id"], row["identified_at"])
        for row in landed["visitor_identities"]
    }
    if kind == "segment":
        assert identified == {
            (row["visitor_id"], row["contact_id"], said(row["identified_at"]))
            for row in world["visitor_identities"]
        }
    else:
        assert identified == {
            (row["visitor_id"], row["contact_id"], said(row["occurred_at"]))
            for row in shapes.web_events(world)
            if row["contact_id"]
        }


def in_pulls(shape: shapes.Shape, seed: int, pulls: int) -> list[shapes.Shape]:
    """The rows of a shape as several pulls bring them: the new ones each, and some again."""
    rng = random.Random(seed)
    parts: list[shapes.Shape] = [{} for _ in range(pulls)]
    for table, rows in shape.items():
        for row in rows:
            first = rng.randrange(pulls)
            for number in range(first, pulls):
                if number == first or rng.random() < 0.2:
                    parts[number].setdefault(table, []).append(row)
    return parts


@pytest.mark.parametrize("kind", (*CRM, *TRACKERS))
def test_a_row_never_depends_on_later_pulls(kind: str):
    seed, pulls = 13, 3
    world = world_of(seed, 120)
    shape = shapes.SHAPES[kind](world, seed)
    if kind == "fivetran_hubspot":
        shape["deal_contact"] = [
            {"deal_id": row["deal_id"], "contact_id": row["contact_id"]}
            for row in world["deal_contact_log"]
        ]
    parts = in_pulls(shape, seed, pulls)
    partial = {(number + 1, table) for number in range(pulls) for table in shape}
    options = {"events": EVENTS[kind], "identify": "user_id"} if kind in TRACKERS else {}

    def rows(number: int) -> dict[str, set]:
        landed = translated(
            kind, *parts[:number], partial=partial - {(2, "contact"), (2, "contacts")}, **options
        )
        landed.pop("gaps", None)
        return {table: {tuple(row.items()) for row in told} for table, told in landed.items()}

    everything = rows(pulls)
    assert any(everything.values())
    for number in range(1, pulls):
        for table, told in rows(number).items():
            assert told <= everything[table], (number, table, sorted(told - everything[table])[:2])
