"""Merges, identifications, addresses and creations of contacts that turn out to be otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tests.oracle.rules import Row

from .changing import Change, Item
from .vocabulary import (
    ADDRESSES,
    SALESFORCE_IDS,
)


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


class OfPeople(Change):
    """Merges, identifications, addresses and creations of contacts that turn out to be
    otherwise."""

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
        """The address that an event came to becomes its contact's primary one, or another one does
        and it stays an additional one."""
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

    def do_former_address(self) -> Iterator[Item]:
        """R11, R35: the address of events becomes a former one of its contact."""
        named = self.records("events", lambda row: row["email"] is not None)
        event = self.one(named)
        contact = self.one(self.records("contacts", lambda row: not row["_deleted"]))
        if event is not None and contact is not None:
            held = {"email": event["email"], "additional_emails": None}
            if self.chance(0.5):
                held = {"email": contact["email"], "additional_emails": event["email"]}
            earlier = self.loaded - timedelta(seconds=1)
            yield self.again("contacts", contact, **held, _loaded_at=earlier)
            yield self.again("contacts", contact, email=None, additional_emails=None)

    def do_visitor_email(self) -> Iterator[Item]:
        """R11: a visitor gives an address, around events that have landed."""
        event = self.one(self.records("events", lambda row: row["visitor_id"] is not None))
        if event is not None:
            yield self.new(
                "visitor_emails",
                visitor_id=event["visitor_id"],
                email=self.rng.choice(ADDRESSES),
                identified_at=self.near(event["occurred_at"]),
            )

    def do_salesforce_id(self) -> Iterator[Item]:
        """R06: a membership that names a Salesforce id, and a contact that has it."""
        salesforce_id = self.rng.choice(SALESFORCE_IDS)
        contact = self.one(self.records("contacts"))
        yield self.new(
            "salesforce_campaign_members",
            salesforce_campaign_id="SF8",
            member_id=self.fresh("m"),
            salesforce_id=salesforce_id,
        )
        if contact is not None and self.chance(0.7):
            yield self.again("contacts", contact, salesforce_ids=f"{salesforce_id[:15]};x")
