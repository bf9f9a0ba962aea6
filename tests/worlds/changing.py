"""What all kinds of change draw from: what has landed so far, and new versions of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from tests.oracle.contract import CHOICES, RAW
from tests.oracle.rules import Row, Rules, World
from tests.oracle.versions import current

from .vocabulary import (
    ADDRESSES,
    AMOUNTS,
    LABELS,
    NETWORKS,
    ODD_QUERIES,
    OFFSETS,
    PAGES,
    REFERRERS,
    SALESFORCE_IDS,
)

UNLISTED = "podcast_listen"
RATES = ("1.1", "0.8333333333", "1.25", "2")
MINUTE = timedelta(minutes=1)
NEVER = datetime(1990, 1, 1)

# Which ids of which columns name the same kind of thing.
_DOMAINS = {
    "contact_id": ("contacts.contact_id", "events.contact_id", "contact_merges.loser_contact_id"),
    "winner_contact_id": (
        "contacts.contact_id",
        "events.contact_id",
        "contact_merges.loser_contact_id",
    ),
    "campaign_id": ("campaigns.campaign_id", "campaign_asset_log.campaign_id"),
    "deal_id": ("deals.deal_id",),
    "winner_deal_id": ("deals.deal_id", "deal_merges.loser_deal_id"),
    "visitor_id": ("events.visitor_id",),
}

# What some columns may hold.
CHOSEN = {
    "currency": ("USD", "EUR", "GBP", "eur", " Gbp"),
    "referrer": REFERRERS,
    "network": NETWORKS,
    "label": [label for label in LABELS if label is not None],
    "salesforce_id": SALESFORCE_IDS,
    "salesforce_ids": ("; ".join(SALESFORCE_IDS[:2]), SALESFORCE_IDS[3]),
}

Item = tuple[str, Row]


def columns() -> list[tuple[str, str]]:
    """Every column of every raw table that a new version of a record can change."""
    return [
        (table, column)
        for table, contract in RAW.items()
        for column in contract.columns
        if column not in contract.key
    ]


class Change:
    """Draws changes of what has landed so far; what it draws has `loaded` as its `_loaded_at`,
    later than all before."""

    def __init__(self, rng: random.Random, landed: World, loaded: datetime, rules: Rules) -> None:
        self.rng = rng
        self.landed = landed
        self.loaded = loaded
        self.rules = rules
        self._records: dict[str, list[Row]] = {}

    def make(self, kind: str) -> World:
        """The rows of one change of that kind, by table."""
        rows: World = {}
        for table, row in getattr(self, f"do_{kind}")() or ():
            rows.setdefault(table, []).append(row)
        return rows

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def records(self, table: str, where: Callable[[Row], object] = lambda row: True) -> list[Row]:
        """The records of a table as they are now."""
        if table not in self._records:
            self._records[table] = current(table, self.landed.get(table, []))
        return [row for row in self._records[table] if where(row)]

    def one(self, rows: list[Row]) -> Row | None:
        return self.rng.choice(rows) if rows else None

    def near(self, instant: datetime) -> datetime:
        return instant + self.rng.choice((-1, 1)) * self.rng.choice(OFFSETS)

    def before(self, instant: datetime) -> datetime:
        """At the instant or before it."""
        return instant - self.rng.choice((*OFFSETS, timedelta(days=30), timedelta(days=90)))

    def instant(self) -> datetime:
        told = [
            row.get("occurred_at") or row.get("created_at")
            for row in self.landed.get("events") or self.landed.get("campaigns") or ()
        ]
        # A deletion may tell its key alone.
        known = [instant for instant in told if instant is not None]
        return self.near(self.rng.choice(known or [self.loaded - timedelta(days=60)]))

    def fresh(self, prefix: str) -> str:
        return f"{prefix}~{self.rng.randrange(10**6)}"

    def pool(self, column: str, table: str) -> list[object]:
        """Values that the column could have: those of the same kind of thing."""
        places = (f"{table}.{column}", *_DOMAINS.get(column, ()))
        found = {
            row.get(name)
            for place in places
            for source, name in [place.split(".")]
            for row in self.landed.get(source, [])
        }
        return sorted(value for value in found if value is not None)

    def some_id(self, column: str, table: str = "events") -> object:
        values = self.pool(column, table)
        return self.rng.choice(values) if values else None

    def new(self, table: str, **values: object) -> Item:
        return table, dict.fromkeys(RAW[table].columns) | {"_loaded_at": self.loaded} | values

    def again(self, table: str, record: Row, **values: object) -> Item:
        """A new version of a record."""
        return table, {column: record.get(column) for column in RAW[table].columns} | {
            "_loaded_at": self.loaded
        } | values

    def value(self, table: str, column: str, old: object) -> object:
        """Another value for a column."""
        kind = RAW[table].columns[column]
        if column not in RAW[table].required and old is not None and self.chance(0.2):
            return None
        if kind == "bool":
            return not old
        if kind == "choice":
            return self.rng.choice(CHOICES[column])
        if kind == "time":
            return self.near(old) if old is not None and self.chance(0.4) else self.instant()
        if kind == "date":
            return (old or self.instant().date()) + timedelta(
                days=self.rng.choice((-40, -10, -1, 1, 10))
            )
        if kind == "count":
            return (old or 0) + self.rng.randrange(1, 9)
        if kind == "number":
            return Decimal(
                self.rng.choice(RATES if column == "rate_to_home" else (*AMOUNTS, "0", "-5"))
            )
        return self.text(table, column, old)

    def text(self, table: str, column: str, old: object) -> object:
        if column == "action":
            return "removed" if old == "associated" else "associated"
        if column == "event_type":
            return self.rng.choice(sorted(self.rules.interactions))
        if column == "asset_type":
            return self.rng.choice(sorted(self.rules.asset_types))
        if column == "asset_id":
            return self.rng.choice(("1", "2", "3"))
        if column == "url":
            return self.rng.choice(
                [
                    *self.pool("url", table),
                    *self.pool("url", "events"),
                    PAGES[0],
                    PAGES[0] + self.rng.choice(ODD_QUERIES),
                ]
            )
        if column == "email":
            return self.rng.choice(ADDRESSES)
        if column == "additional_emails":
            return ";".join(self.rng.sample(ADDRESSES, 2))
        if column == "salesforce_campaign_ids":
            return self.rng.choice(("SF1", "SF9;SF1"))
        if column in CHOSEN:
            return self.rng.choice(CHOSEN[column])
        if column.endswith("_name") or column in (
            "status",
            "owner",
            "stage",
            "pipeline",
            "lifecycle_stage",
        ):
            return f"renamed {self.rng.randrange(1000)}"
        others = [value for value in self.pool(column, table) if value != old]
        return self.rng.choice(others) if others else old or self.fresh("x")

    def column(self, table: str, column: str) -> Iterator[Item]:
        """A new version of some record with another value in one column."""
        record = self.one(self.records(table))
        if record is not None:
            yield self.again(table, record, **{column: self.value(table, column, record[column])})

    def on_asset(self) -> Row | None:
        """An event on an asset that a campaign has had."""
        had = {
            (row["asset_type"], row["asset_id"])
            for row in self.landed.get("campaign_asset_log", [])
        }
        return self.one(
            self.records("events", lambda row: (row["asset_type"], row["asset_id"]) in had)
        )

    def asset_at(self, at: datetime) -> Row:
        """Type and id of an asset that is in a campaign at that time, as far as the log's last word
        says; of any, or of none."""
        last: dict[tuple, Row] = {}
        for row in self.records("campaign_asset_log", lambda row: row["occurred_at"] <= at):
            key = row["asset_type"], row["asset_id"]
            if key not in last or last[key]["occurred_at"] <= row["occurred_at"]:
                last[key] = row
        there = [row for row in last.values() if row["action"] == "associated"]
        row = self.one(there)
        return {"asset_type": row["asset_type"], "asset_id": row["asset_id"]} if row else {}
