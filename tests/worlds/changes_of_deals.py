"""Deals, their contacts and rates that turn out to be otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.money import currency_code

from .changing import RATES, Change, Item
from .vocabulary import (
    AMOUNTS,
    LABELS,
)


class OfDeals(Change):
    """Deals, their contacts and rates that turn out to be otherwise."""

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
        """A rate, back-dated to a day at or before one on which it is needed; new or another value
        for a day that has one."""
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
        wanted = [(currency_code(currency), day) for currency, day in wanted]
        wanted = [(code, day) for code, day in wanted if code in ("EUR", "GBP", "XXX")]
        if wanted:
            code, day = self.rng.choice(wanted)
            # As the currency's rates are spelt: another spelling would be another record (R65).
            spelt = {currency_code(text): text for text in self.pool("currency", "exchange_rates")}
            currency = spelt.get(code, code)
            rate_date = day - timedelta(days=self.rng.choice((0, 1, 3, 100)))
            yield self.new(
                "exchange_rates",
                currency=currency,
                rate_date=rate_date,
                rate_to_home=Decimal(self.rng.choice(RATES)),
            )

    def do_label(self) -> Iterator[Item]:
        """R61: a contact gets or loses one more label on a deal."""
        log = self.one(self.records("deal_contact_log"))
        if log is not None:
            yield self.again(
                "deal_contact_log",
                log,
                log_id=self.fresh("x"),
                label=self.rng.choice(LABELS),
                action=self.rng.choice(("associated", "removed")),
                occurred_at=self.near(log["occurred_at"]),
            )

    def do_deal_merge(self) -> Iterator[Item]:
        """R66: a deal goes into another; chains, cycles and deals without a record come of it."""
        merged = self.one(self.records("deal_merges"))
        loser = merged["winner_deal_id"] if merged and self.chance(0.5) else None
        loser = loser or self.some_id("deal_id", "deal_contact_log")
        winner = self.some_id("deal_id", "deals")
        if merged and self.chance(0.3):
            winner = merged["loser_deal_id"]
        if self.chance(0.1):
            winner = self.fresh("d")
        if loser is not None and winner is not None and loser != winner:
            yield self.new("deal_merges", loser_deal_id=loser, winner_deal_id=winner)

    def do_deal_merge_again(self) -> Iterator[Item]:
        """A merge of deals that goes to another winner than before."""
        yield from self.column("deal_merges", "winner_deal_id")

    def do_lost(self) -> Iterator[Item]:
        """R78, R102: a deal turns out to be lost, won, or still open."""
        deal = self.one(self.records("deals", lambda row: not row["_deleted"]))
        if deal is not None:
            closed_at = deal["closed_at"] or self.instant()
            yield self.again(
                "deals",
                deal,
                is_closed_won=not deal["is_closed_won"],
                closed_at=closed_at if self.chance(0.8) else None,
            )
