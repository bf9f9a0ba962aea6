"""Any record otherwise than before: a column, a deletion, a late version, an unlisted type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from tests.oracle.contract import RAW

from .changing import UNLISTED, Change, Item, columns
from .vocabulary import (
    ADDRESSES,
)


class OfRecords(Change):
    """Any record otherwise than before: a column, a deletion, a late version, an unlisted type."""

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
        """A version older than all others lands late: it changes nothing but what a deletion did
        not say."""
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
