"""Contacts, visitors, deals and their merges."""

from __future__ import annotations

from datetime import datetime

from .drawing import Draw
from .vocabulary import (
    ADDRESSES,
    CONTACTS,
    CURRENCIES,
    DEALS,
    ELDER,
    GHOST_CONTACTS,
    GHOST_DEALS,
    LABELS,
    SALESFORCE_IDS,
    START,
    TIME_BASES,
    VISITORS,
)


class Crm(Draw):
    """Whom sales knows and sold to."""

    def contacts(self) -> None:
        for contact_id in CONTACTS:
            if self.chance(0.05):
                continue
            self.created[contact_id] = self.instant()
            addresses = [self.address() for _ in range(self.rng.randrange(3))]
            self.versions(
                "contacts",
                0.12,
                contact_id=contact_id,
                email=self.maybe(self.address(), 0.85),
                additional_emails=self.rng.choice((";", "; ")).join(addresses) or None,
                created_at=self.created[contact_id],
                lifecycle_stage=self.name(),
                salesforce_campaign_ids=self.rng.choice((None, "SF1", "SF2;SF1", "SF3;")),
                salesforce_ids=self.maybe("; ".join(self.rng.sample(SALESFORCE_IDS, 2)), 0.4),
            )
        for loser in self.rng.sample((*CONTACTS, *GHOST_CONTACTS), self.rng.randrange(6)):
            self.versions(
                "contact_merges",
                0,
                loser_contact_id=loser,
                winner_contact_id=self.contact(),
                merged_at=self.instant(),
            )
        if self.chance(0.3):
            ring = self.rng.sample(CONTACTS, 3)
            for loser, winner in zip(ring, ring[1:] + ring[:1], strict=True):
                self.add(
                    "contact_merges",
                    loser_contact_id=loser,
                    winner_contact_id=winner,
                    _loaded_at=datetime(2024, 6, 21),
                )
        for visitor_id in VISITORS[:-1]:
            for _ in range(self.rng.randrange(3)):
                self.add(
                    "visitor_identities",
                    visitor_id=visitor_id,
                    contact_id=self.contact(),
                    identified_at=self.instant(),
                )
            for _ in range(self.rng.randrange(3)):
                self.add(
                    "visitor_emails",
                    visitor_id=visitor_id,
                    email=self.address(),
                    identified_at=self.instant(),
                )
        for _ in range(self.rng.randrange(6)):
            self.versions(
                "salesforce_campaign_members",
                0.3,
                salesforce_campaign_id=self.rng.choice(("SF1", "SF7", "SF8")),
                member_id=self.rng.choice(("m1", "m2")),
                contact_id=self.maybe(self.contact(), 0.6),
                salesforce_id=self.maybe(self.rng.choice(SALESFORCE_IDS), 0.7),
                added_via=self.maybe(self.rng.choice(("sync", "form", "workflow"))),
                added_at=self.maybe(self.instant()),
            )
        self.add("contacts", contact_id=ELDER, created_at=START)
        if self.chance(0.5):
            self.deletion(
                "contacts", {"contact_id": "c11", "email": ADDRESSES[0], "created_at": self.early()}
            )

    def deals(self) -> None:
        for deal_id in DEALS:
            created_at, closed_at = sorted((self.instant(), max(self.instant(), self.instant())))
            self.closed[deal_id] = closed_at
            self.versions(
                "deals",
                0.06,
                deal_id=deal_id,
                deal_name=self.name(),
                pipeline=self.maybe("default"),
                stage=self.maybe("closedwon"),
                is_closed_won=self.chance(0.75),
                amount=self.maybe(self.amount(0.1), 0.95),
                currency=self.rng.choice((None, None, None, "USD", "EUR", *CURRENCIES)),
                created_at=self.maybe(created_at, 0.95),
                closed_at=self.maybe(closed_at, 0.9),
            )
        self.deal_merges()
        for deal_id in (*DEALS, *DEALS, *GHOST_DEALS):
            for _ in range(self.rng.randrange(1, 4)):
                contact_id = self.rng.choice(
                    (ELDER, self.contact(), self.contact(), self.contact())
                )
                for action in self.rng.choice(
                    (
                        ("associated",),
                        ("associated",),
                        ("associated", "removed", "associated"),
                        ("removed",),
                    )
                ):
                    at = self.closed.get(deal_id, self.instant())
                    self.versions(
                        "deal_contact_log",
                        0,
                        log_id=self.id("x"),
                        deal_id=deal_id,
                        contact_id=contact_id,
                        action=action,
                        label=self.rng.choice(LABELS),
                        time_basis=self.rng.choice(TIME_BASES),
                        occurred_at=self.rng.choice(
                            (self.near(at), self.instant(), self.early(), self.early())
                        ),
                    )

    def deal_merges(self) -> None:
        """Chains, a cycle at times, and ends and beginnings that have no record (R66)."""
        for loser in self.rng.sample((*DEALS, *GHOST_DEALS), self.rng.randrange(5)):
            self.versions(
                "deal_merges",
                0,
                loser_deal_id=loser,
                winner_deal_id=self.rng.choice((*DEALS, *GHOST_DEALS)),
                merged_at=self.maybe(self.instant()),
            )
        if self.chance(0.3):
            ring = self.rng.sample((*DEALS, *GHOST_DEALS), 3)
            for loser, winner in zip(ring, ring[1:] + ring[:1], strict=True):
                self.add(
                    "deal_merges",
                    loser_deal_id=loser,
                    winner_deal_id=winner,
                    _loaded_at=datetime(2024, 6, 21),
                )
