"""Changes that arrive later: rows which land after a world and rewrite its past, one kind at a time.

A kind is a method of `Changes` that gives the rows of one landing, or none where the world has nothing to change that way.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from . import urls
from .contract import RAW
from .records import Row, Rules, World, current
from .worlds import ADDRESSES, AMOUNTS, ODD_QUERIES, OFFSETS, PAGES, VISITORS

UNLISTED = "podcast_listen"
RATES = ("1.1", "0.8333333333", "1.25", "2")
_MINUTE = timedelta(minutes=1)
_NEVER = datetime(1990, 1, 1)

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
    "visitor_id": ("events.visitor_id",),
}

Item = tuple[str, Row]


def kinds() -> list[str]:
    """The names of all kinds of change."""
    return sorted(name.removeprefix("do_") for name in vars(Changes) if name.startswith("do_"))


def columns() -> list[tuple[str, str]]:
    """Every column of every raw table that a new version of a record can change."""
    return [
        (table, column)
        for table, contract in RAW.items()
        for column in contract.columns
        if column not in contract.key
    ]


def _end(into: Row, start: str) -> object:
    """Where a chain of merges ends, or None where it is a cycle."""
    end: object = start
    seen = set()
    while end in into:
        if end in seen:
            return None
        seen.add(end)
        end = into[end]
    return end


class Changes:
    """Draws changes of what has landed so far; what it draws has `loaded` as its `_loaded_at`, later than all before."""

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

    # Draws ----------------------------------------------------------------------------------------------------------

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
        row = self.rng.choice(
            self.landed.get("events")
            or self.landed.get("campaigns")
            or [{"occurred_at": self.loaded - timedelta(days=60)}]
        )
        return self.near(row.get("occurred_at") or row.get("created_at"))

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

    # Rows -----------------------------------------------------------------------------------------------------------

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
        if column == "currency":
            return self.rng.choice(("USD", "EUR", "GBP"))
        if column.endswith("_name") or column in (
            "status",
            "owner",
            "stage",
            "pipeline",
            "lifecycle_stage",
            "network",
            "referrer",
        ):
            return f"renamed {self.rng.randrange(1000)}"
        others = [value for value in self.pool(column, table) if value != old]
        return self.rng.choice(others) if others else old or self.fresh("x")

    def column(self, table: str, column: str) -> Iterator[Item]:
        """A new version of some record with another value in one column."""
        record = self.one(self.records(table))
        if record is not None:
            yield self.again(table, record, **{column: self.value(table, column, record[column])})

    # Any record -----------------------------------------------------------------------------------------------------

    def do_column(self) -> Iterator[Item]:
        """Any column of any table."""
        yield from self.column(
            *self.rng.choice(
                [(table, column) for table, column in columns() if self.landed.get(table)]
            )
        )

    def do_event_column(self) -> Iterator[Item]:
        """An event that lands again: another time, asset, visitor, contact, flag, URL."""
        names = [
            column for column in RAW["events"].columns if column not in ("event_id", "referrer")
        ]
        for _ in range(self.rng.choice((1, 1, 3))):
            yield from self.column("events", self.rng.choice(names))

    def do_deal_column(self) -> Iterator[Item]:
        yield from self.column(
            "deals",
            self.rng.choice(
                ("is_closed_won", "amount", "currency", "created_at", "closed_at", "_deleted")
            ),
        )

    def do_deletion(self) -> Iterator[Item]:
        """A record deleted, or back again."""
        table = self.rng.choice(
            [table for table, contract in RAW.items() if "_deleted" in contract.columns]
        )
        record = self.one(self.records(table))
        if record is None:
            return
        if record["_deleted"]:
            yield self.again(table, record, _deleted=None)
        elif self.chance(0.5):
            yield self.new(
                table, **{column: record[column] for column in RAW[table].key}, _deleted=True
            )
        else:
            yield self.again(table, record, _deleted=True)

    def do_stale(self) -> Iterator[Item]:
        """A version older than all others lands late: it changes nothing but what a deletion did not say."""
        table = self.rng.choice([table for table in RAW if self.landed.get(table)])
        record = self.one(
            self.records(table, lambda row: row.get("_deleted")) or self.records(table)
        )
        if record is not None:
            names = [
                column
                for column in RAW[table].columns
                if column not in (*RAW[table].key, "_deleted") and self.chance(0.5)
            ]
            changed = {column: self.value(table, column, record[column]) for column in names}
            there = {"_deleted": None} if "_deleted" in RAW[table].columns else {}
            yield self.again(table, record, **changed, **there, _loaded_at=datetime(2024, 6, 1))

    def do_tie(self) -> Iterator[Item]:
        """A version as late as the current one: the greater wins."""
        table = self.rng.choice([table for table in RAW if self.landed.get(table)])
        record = self.one(self.records(table))
        names = [
            column for column in RAW[table].columns if column not in (*RAW[table].key, "_deleted")
        ]
        if record is not None and names:
            column = self.rng.choice(names)
            yield self.again(
                table,
                record,
                **{column: self.value(table, column, record[column])},
                _loaded_at=record["_loaded_at"],
            )

    def do_same(self) -> Iterator[Item]:
        """Rows that landed before land again as they were."""
        table = self.rng.choice([table for table in RAW if self.landed.get(table)])
        for row in self.rng.sample(self.landed[table], min(3, len(self.landed[table]))):
            yield table, dict(row)

    def do_unlisted(self) -> Iterator[Item]:
        """Rows that are rejected, until a seed row lists their type."""
        event = self.one(self.records("events"))
        if event is not None:
            yield self.again("events", event, event_id=self.fresh("u"), event_type=UNLISTED)
        log = self.one(self.records("campaign_asset_log"))
        if log is not None:
            yield self.again(
                "campaign_asset_log", log, log_id=self.fresh("u"), asset_type="podcast"
            )

    def do_nobody_known(self) -> Iterator[Item]:
        """The record of something that only others have named so far."""
        contact_ids = set(self.pool("contact_id", "deal_contact_log")) - {
            row["contact_id"] for row in self.records("contacts")
        }
        campaign_ids = set(self.pool("campaign_id", "campaign_utms")) - {
            row["campaign_id"] for row in self.records("campaigns")
        }
        known = {(row["asset_type"], row["asset_id"]) for row in self.records("assets")}
        assets = {
            (row["asset_type"], row["asset_id"])
            for row in self.landed.get("campaign_asset_log", [])
        } - known
        deal_ids = {row["deal_id"] for row in self.records("deal_contact_log")} - {
            row["deal_id"] for row in self.records("deals")
        }
        choices: list[Item] = []
        if contact_ids:
            email = self.rng.choice(ADDRESSES)
            choices.append(
                self.new(
                    "contacts",
                    contact_id=self.rng.choice(sorted(contact_ids)),
                    created_at=self.instant(),
                    email=email,
                )
            )
        if campaign_ids:
            campaign_id = self.rng.choice(sorted(campaign_ids))
            choices.append(
                self.new(
                    "campaigns",
                    campaign_id=campaign_id,
                    campaign_name="late",
                    created_at=self.before(self.instant()),
                )
            )
        if assets:
            asset_type, asset_id = self.rng.choice(sorted(assets))
            choices.append(
                self.new(
                    "assets",
                    asset_type=asset_type,
                    asset_id=asset_id,
                    has_form=self.chance(0.5),
                    published_at=self.instant(),
                )
            )
        if deal_ids:
            deal_id = self.rng.choice(sorted(deal_ids))
            closed_at = self.instant()
            choices.append(
                self.new(
                    "deals",
                    deal_id=deal_id,
                    is_closed_won=True,
                    amount=Decimal("77.77"),
                    created_at=self.before(closed_at),
                    closed_at=closed_at,
                )
            )
        if choices:
            yield self.rng.choice(choices)

    # Associations ---------------------------------------------------------------------------------------------------

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
        """Type and id of an asset that is in a campaign at that time, as far as the log's last word says; of any, or of none."""
        last: dict[tuple, Row] = {}
        for row in self.records("campaign_asset_log", lambda row: row["occurred_at"] <= at):
            key = row["asset_type"], row["asset_id"]
            if key not in last or last[key]["occurred_at"] <= row["occurred_at"]:
                last[key] = row
        there = [row for row in last.values() if row["action"] == "associated"]
        row = self.one(there)
        return {"asset_type": row["asset_type"], "asset_id": row["asset_id"]} if row else {}

    def log(self, event: Row, campaign_id: object, action: str, at: datetime) -> Item:
        asset = {"asset_type": event["asset_type"], "asset_id": event["asset_id"]}
        return self.new(
            "campaign_asset_log",
            log_id=self.fresh("l"),
            campaign_id=campaign_id,
            action=action,
            occurred_at=at,
            **asset,
        )

    def do_removal_before_event(self) -> Iterator[Item]:
        """An asset turns out to have left its campaign before an event on it."""
        event = self.on_asset()
        if event is None:
            return
        entries = [
            row
            for row in self.records("campaign_asset_log", lambda row: row["action"] == "associated")
            if (row["asset_type"], row["asset_id"]) == (event["asset_type"], event["asset_id"])
        ]
        before = [row for row in entries if row["occurred_at"] <= event["occurred_at"]]
        entry = max(before, key=lambda row: row["occurred_at"], default=None) or self.one(entries)
        if entry is not None:
            at = self.rng.choice(
                (
                    event["occurred_at"],
                    self.before(event["occurred_at"]),
                    entry["occurred_at"] + timedelta(microseconds=1),
                )
            )
            yield self.log(event, entry["campaign_id"], "removed", at)

    def do_move_before_event(self) -> Iterator[Item]:
        """The asset goes to another campaign, or into a first one, before an event that has landed."""
        event, campaign_id = self.on_asset(), self.some_id("campaign_id", "campaigns")
        if event is not None and campaign_id is not None:
            yield self.log(event, campaign_id, "associated", self.before(event["occurred_at"]))

    def do_log_column(self) -> Iterator[Item]:
        """An entry of the log says otherwise than before: another campaign, asset, action or time."""
        yield from self.column(
            "campaign_asset_log",
            self.rng.choice(("campaign_id", "asset_type", "asset_id", "action", "occurred_at")),
        )

    def do_ad_move(self) -> Iterator[Item]:
        """An ad goes to another campaign around a day on which it spent."""
        metric = self.one(self.records("ad_metrics"))
        campaign_id = self.some_id("campaign_id", "campaigns")
        if metric is not None and campaign_id is not None:
            day = datetime(
                metric["metric_date"].year, metric["metric_date"].month, metric["metric_date"].day
            )
            at = day + timedelta(hours=self.rng.choice((-1, 0, 23, 24, 30)))
            yield self.log(
                metric, campaign_id, self.rng.choice(("associated", "associated", "removed")), at
            )

    def do_cap(self) -> Iterator[Item]:
        """Social posts enter and leave a campaign out of order: attempts that were accepted are rejected, and the other way."""
        log = self.one(
            self.records("campaign_asset_log", lambda row: row["asset_type"] == "social_post")
        )
        if log is not None:
            for _ in range(self.rng.choice((1, 2, 4))):
                asset = {"asset_type": "social_post", "asset_id": self.rng.choice("123456")}
                yield self.log(
                    asset,
                    log["campaign_id"],
                    self.rng.choice(("associated", "associated", "removed")),
                    self.near(log["occurred_at"]),
                )

    def do_form(self) -> Iterator[Item]:
        """A CTA gets a form or loses it."""
        record = self.one(self.records("assets", lambda row: row["asset_type"] == "cta"))
        if record is not None:
            yield self.again("assets", record, has_form=not record["has_form"], _deleted=None)

    def do_published(self) -> Iterator[Item]:
        """A social post or another asset with another publication, a tracking URL with another URL."""
        record = self.one(
            self.records(
                "assets",
                lambda row: row["asset_type"] in ("social_post", "tracking_url", "landing_page"),
            )
        )
        if record is not None:
            column = "url" if record["asset_type"] == "tracking_url" else "published_at"
            yield self.again(
                "assets", record, **{column: self.value("assets", column, record[column])}
            )

    def do_alias_before_views(self) -> Iterator[Item]:
        """A campaign gets the utm value of page views as an alias from before them."""
        view = self.one(
            self.records(
                "events",
                lambda row: (
                    row["event_type"] == "page_view" and urls.utm(row["url"], "utm_campaign")
                ),
            )
        )
        campaign = self.one(self.records("campaigns"))
        if view is not None and campaign is not None:
            at = (
                min(view["occurred_at"], campaign["created_at"])
                if self.chance(0.3)
                else self.before(view["occurred_at"])
            )
            alias = urls.utm(view["url"], "utm_campaign")
            if "%" not in alias and "+" not in alias and "\0" not in alias:
                spelled = self.rng.choice((alias, alias.upper(), f" {alias}"))
                yield self.new(
                    "campaign_utms",
                    campaign_id=campaign["campaign_id"],
                    utm_campaign=spelled,
                    added_at=at,
                )

    def do_campaign_column(self) -> Iterator[Item]:
        """A campaign renamed, created at another time, with other dates or another currency."""
        yield from self.column(
            "campaigns",
            self.rng.choice(
                ("campaign_name", "created_at", "created_at", "start_date", "end_date", "currency")
            ),
        )

    # People ---------------------------------------------------------------------------------------------------------

    def do_merge(self) -> Iterator[Item]:
        """A contact, often one with events, goes into another."""
        loser, winner = self.some_id("contact_id"), self.some_id("contact_id", "contacts")
        if loser is not None and winner is not None and loser != winner:
            yield self.new(
                "contact_merges",
                loser_contact_id=loser,
                winner_contact_id=winner,
                merged_at=self.instant(),
            )

    def do_merge_chain(self) -> Iterator[Item]:
        """The winner of a merge goes into another contact."""
        merge = self.one(self.records("contact_merges"))
        winner = self.some_id("contact_id", "contacts")
        if merge is not None and winner is not None and winner != merge["winner_contact_id"]:
            yield self.new(
                "contact_merges",
                loser_contact_id=merge["winner_contact_id"],
                winner_contact_id=winner,
            )

    def do_merge_cycle(self) -> Iterator[Item]:
        """The end of a chain of merges goes into its beginning."""
        into = {
            row["loser_contact_id"]: row["winner_contact_id"]
            for row in self.records("contact_merges")
        }
        ends = {start: _end(into, start) for start in into}
        open_chains = sorted(start for start, end in ends.items() if end is not None)
        if open_chains:
            start = self.rng.choice(open_chains)
            yield self.new("contact_merges", loser_contact_id=ends[start], winner_contact_id=start)
        else:
            yield from self.do_merge()

    def do_merge_again(self) -> Iterator[Item]:
        """A merge that goes to another winner than before: the history goes with it."""
        yield from self.column("contact_merges", "winner_contact_id")

    def do_identification(self) -> Iterator[Item]:
        """A visitor is identified, back-dated around events that have landed."""
        event = self.one(self.records("events", lambda row: row["visitor_id"] is not None))
        contact_id = self.some_id("contact_id", "contacts")
        if event is not None and contact_id is not None:
            at = self.rng.choice(
                (self.before(event["occurred_at"]), self.near(event["occurred_at"]))
            )
            yield self.new(
                "visitor_identities",
                visitor_id=event["visitor_id"],
                contact_id=contact_id,
                identified_at=at,
            )

    def do_address(self) -> Iterator[Item]:
        """An address moves to another contact, or from primary to additional."""
        yield from self.column("contacts", self.rng.choice(("email", "email", "additional_emails")))

    def do_primary(self) -> Iterator[Item]:
        """The address that an event came to becomes its contact's primary one, or another one does and it stays an additional one."""
        clicks = [
            kind
            for kind, flags in self.rules.interactions.items()
            if flags["needs_primary_address"]
        ]
        known = {row["contact_id"]: row for row in self.records("contacts")}
        click = self.one(
            self.records(
                "events",
                lambda row: (
                    row["event_type"] in clicks and row["email"] and row["contact_id"] in known
                ),
            )
        )
        if click is None or self.chance(0.2):
            event = (
                self.one(self.records("events", lambda row: row["asset_type"] == "marketing_email"))
                or self.on_asset()
            )
            contact = self.one(self.records("contacts", lambda row: not row["_deleted"]))
            if event is not None and contact is not None:
                who = {
                    "contact_id": contact["contact_id"],
                    "email": contact["email"] or ADDRESSES[0],
                    "is_filtered": None,
                }
                yield self.again(
                    "events",
                    event,
                    event_id=self.fresh("c"),
                    event_type=self.rng.choice(clicks),
                    **who,
                )
            return
        contact, address = known[click["contact_id"]], click["email"]
        others = [other for other in ADDRESSES if other != address.lower()]
        was_primary = (contact["email"] or "").lower() == address.lower()
        email = self.rng.choice(others) if was_primary else address
        yield self.again(
            "contacts",
            contact,
            email=email,
            additional_emails=address if was_primary else contact["email"],
        )

    def do_contact_created(self) -> Iterator[Item]:
        """A contact that was created at another time, often just at one of its events."""
        record = self.one(self.records("contacts"))
        if record is not None:
            events = self.records("events", lambda row: row["contact_id"] == record["contact_id"])
            events = [row for row in events if row["event_type"] == "form_submission"] or events
            at = self.rng.choice(events)["occurred_at"] if events else self.instant()
            yield self.again("contacts", record, created_at=self.near(at))

    def do_salesforce(self) -> Iterator[Item]:
        contact_id = self.some_id("contact_id", "contacts")
        if contact_id is not None:
            member_id = self.rng.choice(("m1", "m2", "m3"))
            yield self.new(
                "salesforce_campaign_members",
                salesforce_campaign_id="SF1",
                member_id=member_id,
                contact_id=contact_id,
            )

    # Events ---------------------------------------------------------------------------------------------------------

    def do_late_event(self) -> Iterator[Item]:
        """Events like one that has landed, around its time."""
        event = self.one(self.records("events"))
        if event is not None:
            for _ in range(self.rng.choice((1, 1, 4))):
                yield self.again(
                    "events",
                    event,
                    event_id=self.fresh("e"),
                    occurred_at=self.near(event["occurred_at"]),
                )

    def do_bridge(self) -> Iterator[Item]:
        """An event between two of a visitor: sessions join; or filtered later: they part."""
        by_visitor: dict[object, list[Row]] = {}
        for event in sorted(
            self.records("events"), key=lambda row: (row["occurred_at"], row["event_id"])
        ):
            if event["visitor_id"] is not None and self.rules.interactions.get(
                event["event_type"], {}
            ).get("is_web_activity"):
                by_visitor.setdefault(event["visitor_id"], []).append(event)
        pairs = [
            (left, right) for events in by_visitor.values() for left, right in pairwise(events)
        ]
        apart = [
            pair
            for pair in pairs
            if 30 * _MINUTE < pair[1]["occurred_at"] - pair[0]["occurred_at"] <= 60 * _MINUTE
        ]
        if apart and self.chance(0.7):
            left, right = self.rng.choice(apart)
            middle = left["occurred_at"] + (right["occurred_at"] - left["occurred_at"]) / 2
            yield self.again("events", left, event_id=self.fresh("b"), occurred_at=middle)
        elif pairs:
            left, _ = self.rng.choice(pairs)
            yield self.again("events", left, is_filtered=not left["is_filtered"])

    def do_newcomer(self) -> Iterator[Item]:
        """A contact with no history but this landing's."""
        event = self.on_asset()
        if event is not None:
            contact_id, visitor_id = self.fresh("n"), self.rng.choice((*VISITORS, self.fresh("v")))
            at = self.near(event["occurred_at"])
            yield self.again(
                "events",
                event,
                event_id=self.fresh("e"),
                contact_id=contact_id,
                visitor_id=visitor_id,
                occurred_at=at,
            )
            yield self.new("contacts", contact_id=contact_id, created_at=self.near(at))

    def do_conversion(self) -> Iterator[Item]:
        """A form submission by a contact that has landed, at its creation, in a session with a page view."""
        contact = self.one(self.records("contacts"))
        if contact is None:
            return
        visitor_id = self.rng.choice((*VISITORS, self.fresh("v")))
        who = {"contact_id": contact["contact_id"], "visitor_id": visitor_id}
        at = contact["created_at"] + self.rng.choice((-1, 0, 0, 1)) * self.rng.choice(OFFSETS[:8])
        asset = {"asset_type": "form", "asset_id": self.rng.choice("12")}
        yield self.new(
            "events",
            event_id=self.fresh("f"),
            event_type="form_submission",
            occurred_at=at,
            **asset,
            **who,
        )
        viewed_at = at - self.rng.choice((1, 10, 30)) * _MINUTE
        yield self.again(
            "events",
            self.asset_at(viewed_at),
            event_id=self.fresh("p"),
            event_type="page_view",
            occurred_at=viewed_at,
            **who,
        )

    def do_session_of_conversion(self) -> Iterator[Item]:
        """Someone else's page view on a campaign's asset, before a form submission in its session; or it was later, or filtered."""
        created = {row["contact_id"]: row["created_at"] for row in self.records("contacts")}
        submissions = self.records(
            "events",
            lambda row: row["event_type"] == "form_submission" and row["visitor_id"] is not None,
        )
        submission = self.one(
            [
                row
                for row in submissions
                if abs(created.get(row["contact_id"], _NEVER) - row["occurred_at"]) <= 5 * _MINUTE
            ]
        )
        if submission is None:
            yield from self.do_conversion()
            return
        views = self.records(
            "events",
            lambda row: (
                row["visitor_id"] == submission["visitor_id"] and row["event_type"] == "page_view"
            ),
        )
        view = self.one(
            [
                row
                for row in views
                if abs(row["occurred_at"] - submission["occurred_at"]) <= 30 * _MINUTE
            ]
        )
        if view is not None and self.chance(0.25):
            yield self.again(
                "events",
                view,
                **self.rng.choice(
                    (
                        {"is_filtered": not view["is_filtered"]},
                        {"asset_id": "2"},
                        {"contact_id": None},
                    )
                ),
            )
            return
        at = submission["occurred_at"] - self.rng.choice((0, 1, 1, 2, 29)) * _MINUTE
        who = {
            "visitor_id": submission["visitor_id"],
            "contact_id": self.some_id("contact_id"),
            "is_filtered": None,
        }
        yield self.again(
            "events",
            self.asset_at(at),
            event_id=self.fresh("p"),
            event_type="page_view",
            occurred_at=at,
            url=None,
            **who,
        )

    def do_visit(self) -> Iterator[Item]:
        """A late visit of a tracking URL or of a paid search campaign, around the creation of campaigns."""
        campaign = self.one(self.records("campaigns"))
        tracking = self.one(
            self.records("assets", lambda row: row["asset_type"] == "tracking_url" and row["url"])
        )
        if campaign is not None:
            url = (
                tracking["url"]
                if tracking is not None and self.chance(0.7)
                else f"{PAGES[0]}?hsa_cam={self.rng.choice('12')}"
            )
            at = self.near(campaign["created_at"])
            yield self.new(
                "events",
                event_id=self.fresh("p"),
                event_type="page_view",
                occurred_at=at,
                visitor_id=self.fresh("v"),
                url=url,
            )

    # Deals and money ------------------------------------------------------------------------------------------------

    def do_deal_contact_removed(self) -> Iterator[Item]:
        """A contact that was on a deal at its close turns out to have left before."""
        closed = {
            row["deal_id"]: row["closed_at"]
            for row in self.records("deals")
            if row["closed_at"] is not None
        }
        log = self.one(
            self.records(
                "deal_contact_log",
                lambda row: row["action"] == "associated" and row["deal_id"] in closed,
            )
        )
        if log is not None:
            yield self.again(
                "deal_contact_log",
                log,
                log_id=self.fresh("x"),
                action="removed",
                occurred_at=self.before(closed[log["deal_id"]]),
            )

    def do_deal_contact_added(self) -> Iterator[Item]:
        """A contact with events turns out to have been on a deal before its close."""
        deal = self.one(self.records("deals", lambda row: row["closed_at"] is not None))
        contact_id = self.some_id("contact_id")
        if deal is not None and contact_id is not None:
            at = self.before(deal["closed_at"]) - timedelta(microseconds=1)
            yield self.new(
                "deal_contact_log",
                log_id=self.fresh("x"),
                deal_id=deal["deal_id"],
                contact_id=contact_id,
                action="associated",
                occurred_at=at,
            )

    def do_deal_log_column(self) -> Iterator[Item]:
        yield from self.column(
            "deal_contact_log", self.rng.choice(("deal_id", "contact_id", "action", "occurred_at"))
        )

    def do_new_deal(self) -> Iterator[Item]:
        event = self.one(self.records("events", lambda row: row["contact_id"] is not None))
        if event is not None:
            deal_id, closed_at = self.fresh("d"), self.near(event["occurred_at"])
            on_deal = {
                "deal_id": deal_id,
                "contact_id": event["contact_id"],
                "action": "associated",
            }
            yield self.new(
                "deal_contact_log",
                log_id=self.fresh("x"),
                occurred_at=self.before(closed_at),
                **on_deal,
            )
            amount = Decimal(self.rng.choice(AMOUNTS))
            currency = self.rng.choice((None, "EUR"))
            yield self.new(
                "deals",
                deal_id=deal_id,
                is_closed_won=True,
                amount=amount,
                currency=currency,
                created_at=self.before(closed_at),
                closed_at=closed_at,
            )

    def do_rate(self) -> Iterator[Item]:
        """A rate, back-dated to a day at or before one on which it is needed; new or another value for a day that has one."""
        rate = self.one(self.records("exchange_rates"))
        if rate is not None and self.chance(0.4):
            yield self.again(
                "exchange_rates",
                rate,
                rate_to_home=self.value("exchange_rates", "rate_to_home", None),
            )
            return
        wanted: list[tuple[object, date]] = [
            (row["currency"], row["closed_at"].date())
            for row in self.records("deals")
            if row["closed_at"] is not None
        ]
        wanted += [(row["currency"], row["spent_on"]) for row in self.records("spend_items")]
        wanted += [(row["currency"], row["metric_date"]) for row in self.records("ad_metrics")]
        wanted = [(currency, day) for currency, day in wanted if currency in ("EUR", "GBP", "XXX")]
        if wanted:
            currency, day = self.rng.choice(wanted)
            rate_date = day - timedelta(days=self.rng.choice((0, 1, 3, 100)))
            yield self.new(
                "exchange_rates",
                currency=currency,
                rate_date=rate_date,
                rate_to_home=Decimal(self.rng.choice(RATES)),
            )

    def do_cost(self) -> Iterator[Item]:
        """A budget item, a spend item or a day of an ad: new or changed."""
        campaign_id, asset = (
            self.some_id("campaign_id", "campaigns"),
            self.one(self.records("ad_metrics")),
        )
        kind = self.rng.choice(("budget_items", "spend_items", "ad_metrics", "column"))
        if kind == "ad_metrics" and asset is not None:
            day = asset["metric_date"] + timedelta(days=self.rng.choice((-1, 1, 2)))
            yield self.again("ad_metrics", asset, metric_date=day, spend=Decimal("12.34"), clicks=5)
        elif kind in ("budget_items", "spend_items") and campaign_id is not None:
            day = {"budgeted_on" if kind == "budget_items" else "spent_on": self.instant().date()}
            currency = self.rng.choice((None, "EUR"))
            yield self.new(
                kind,
                item_id=self.fresh("i"),
                campaign_id=campaign_id,
                amount=Decimal("50.005"),
                currency=currency,
                **day,
            )
        else:
            table = self.rng.choice(("budget_items", "spend_items", "ad_metrics"))
            yield from self.column(
                table,
                self.rng.choice(
                    [column for column in RAW[table].columns if column not in RAW[table].key]
                ),
            )
