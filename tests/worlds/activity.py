"""Events."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.oracle.rules import Row

from .drawing import Draw
from .vocabulary import (
    CONTACTS,
    DEALS,
    ELDER,
    OFFSETS,
    START,
    TYPES_OF_EVENT,
    VISITORS,
)


class Activity(Draw):
    """What people did."""

    def event(self, event_type: str, at: datetime, **values: object) -> None:
        types = TYPES_OF_EVENT.get(event_type)
        if types is None:
            types = ("marketing_email",) if event_type.startswith("email_") else ("social_post",)
        if self.chance(0.02):
            types = tuple(sorted(self.rules.asset_types))
        asset_type = self.rng.choice(types)
        asset_id = None
        if asset_type is not None and self.chance(0.8 if event_type == "page_view" else 0.96):
            asset_type, asset_id = self.asset((asset_type,))
        web = self.rules.interactions[event_type]["is_web_activity"]
        row = {
            "event_id": self.id("e"),
            "event_type": event_type,
            "occurred_at": at,
            "visitor_id": self.maybe(self.rng.choice(VISITORS), 0.9)
            if web
            else self.maybe(self.rng.choice(VISITORS), 0.1),
            "contact_id": self.maybe(self.contact(), 0.3 if web else 0.6),
            "email": self.maybe(self.address(), 0.5 if event_type.startswith("email_") else 0.15),
            "asset_type": asset_type,
            "asset_id": asset_id,
            "url": self.maybe(self.url(), 0.8) if web else self.maybe(self.url(), 0.1),
            "referrer": self.referrer(),
            "is_filtered": self.rng.choice((None, False, False, True))
            if self.chance(0.2)
            else None,
        } | values
        self.add("events", **row)
        while self.chance(0.08):
            again = {
                "occurred_at": self.near(at),
                "url": self.url(),
                "referrer": self.referrer(),
                "contact_id": self.maybe(self.contact()),
            }
            self.add(
                "events", **row | {column: again[column] for column in again if self.chance(0.5)}
            )

    def events(self) -> None:
        while len(self.tables["events"]) < self.size:
            self.rng.choice(
                (
                    self.visit,
                    self.visit,
                    self.conversion,
                    self.close,
                    self.scatter,
                    self.scatter,
                    self.edge,
                    self.solo,
                )
            )()

    def scatter(self) -> None:
        """Events of all kinds, anywhere."""
        kinds = sorted(self.rules.interactions)
        for _ in range(4):
            self.event(self.rng.choice(kinds), self.instant())

    def visit(self) -> None:
        """Web activity of one visitor with gaps around the one that ends a session."""
        at, visitor_id, url = self.instant(), self.rng.choice(VISITORS), self.url()
        if self.chance(0.2):
            for _ in range(2):
                self.add(
                    "visitor_identities",
                    visitor_id=visitor_id,
                    contact_id=self.contact(),
                    identified_at=at,
                )
        for _ in range(self.rng.randrange(1, 6)):
            kind = self.rng.choice(
                ("page_view", "page_view", "page_view", "form_submission", "cta_view", "cta_click")
            )
            values: Row = {"visitor_id": visitor_id}
            if self.chance(0.5):
                values["url"] = url
            self.event(kind, at, **values)
            at += self.rng.choice(OFFSETS[:10])

    def conversion(self) -> None:
        """Pages and a form around the creation of a contact, often one that does nothing else."""
        contact_id, visitor_id = (
            self.rng.choice(CONTACTS),
            self.maybe(self.rng.choice(VISITORS), 0.85),
        )
        created_at = self.created.get(contact_id, self.instant())
        if self.chance(0.6):
            contact_id, visitor_id, created_at = (
                self.id("n"),
                self.rng.choice((None, self.id("v"))),
                self.instant(),
            )
            self.add("contacts", contact_id=contact_id, created_at=created_at)
        who = {"contact_id": contact_id, "visitor_id": visitor_id}
        for minutes in sorted(self.rng.sample((-30, -20, -10, -5, -1, 0), 2)):
            self.event("page_view", created_at + timedelta(minutes=minutes), **who)
            if self.chance(0.3):
                self.event(
                    self.rng.choice(("cta_view", "cta_click")),
                    created_at + timedelta(minutes=minutes),
                    **who,
                )
        offset = self.rng.choice(OFFSETS[:8])
        for sign in self.rng.choice(((-1,), (1,), (-1, 1), (1, 1))):
            self.event("form_submission", created_at + sign * offset, **who)

    def edge(self) -> None:
        """Events at the very instants at which something begins to count."""
        at, asset_type, asset_id = self.log_entry()
        on_asset = {"asset_type": asset_type, "asset_id": asset_id}
        self.event(self.rng.choice(self.kinds_on(asset_type)), self.near(at), **on_asset)
        clicked = [
            row
            for row in self.tables["campaign_asset_log"]
            if row["asset_type"] == "cta" and row["action"] == "associated"
        ]
        if clicked:
            row = self.rng.choice(clicked)
            self.event(
                "cta_click",
                self.near(row["occurred_at"]),
                asset_type="cta",
                asset_id=row["asset_id"],
            )
        if self.chance(0.3):
            created_at = self.rng.choice(self.tables["campaigns"])["created_at"] or self.instant()
            url = self.respelled(f"https://T.example/{self.rng.choice('34')}?utm_content=only")
            self.event("page_view", self.near(created_at), url=url)
        alias = self.rng.choice(self.tables["campaign_utms"] or [None])
        if alias is not None:
            campaigns = [
                row
                for row in self.tables["campaigns"]
                if row["campaign_id"] == alias["campaign_id"]
            ]
            starts = [
                alias["added_at"],
                *(row["created_at"] for row in campaigns if row["created_at"] is not None),
            ]
            url = f"https://www.example.com/?utm_campaign={alias['utm_campaign'].replace(' ', '+')}"
            self.event(
                "page_view",
                self.near(self.rng.choice(starts)),
                url=url,
                visitor_id=self.rng.choice(VISITORS),
            )

    def log_entry(self) -> tuple[datetime, str, str]:
        row = self.rng.choice(
            [row for row in self.tables["campaign_asset_log"] if row["action"] == "associated"]
        )
        return row["occurred_at"], row["asset_type"], row["asset_id"]

    def kinds_on(self, asset_type: str) -> list[str]:
        """The types of events that a type of asset can have."""
        named = [kind for kind, types in TYPES_OF_EVENT.items() if asset_type in types]
        prefix = {"marketing_email": "email_", "social_post": "social_"}.get(asset_type)
        if prefix is not None:
            named = [kind for kind in sorted(self.rules.interactions) if kind.startswith(prefix)]
        return named or ["page_view"]

    def solo(self) -> None:
        """A deal and a contact of their own, with one or two events: whatever goes wrong is the
        only thing wrong."""
        contact_id, deal_id = self.id("n"), self.id("s")
        created_at = self.instant()
        self.add(
            "contacts",
            contact_id=contact_id,
            created_at=created_at,
            email=self.maybe(self.address(), 0.2),
        )
        at = created_at
        for _ in range(self.rng.choice((1, 1, 2, 4))):
            started_at, asset_type, asset_id = self.log_entry()
            at = self.near(self.rng.choice((started_at, started_at + timedelta(days=1), at)))
            kind = self.rng.choice(self.kinds_on(asset_type))
            self.event(
                kind,
                at,
                contact_id=contact_id,
                asset_type=asset_type,
                asset_id=asset_id,
                visitor_id=None,
            )
        closed_at = self.rng.choice(
            (at, at + self.rng.choice(OFFSETS), self.near(at), at + timedelta(days=7))
        )
        self.add(
            "deals",
            deal_id=deal_id,
            is_closed_won=self.chance(0.85),
            amount=self.amount(0.05),
            created_at=self.near(self.rng.choice((at, created_at))),
            closed_at=closed_at,
        )
        steps = [("associated", closed_at - timedelta(days=self.rng.randrange(3)))]
        if self.chance(0.4):
            removed_at = self.rng.choice((closed_at, self.near(closed_at)))
            steps += [("removed", removed_at), ("associated", removed_at)][
                : self.rng.choice((1, 2))
            ]
        for number, (action, changed_at) in enumerate(steps):
            self.add(
                "deal_contact_log",
                log_id=self.id(f"x{number}"),
                deal_id=deal_id,
                contact_id=contact_id,
                action=action,
                occurred_at=changed_at,
                _loaded_at=datetime(2024, 6, 20, number),
            )
        if self.chance(0.3):
            self.add(
                "deal_contact_log",
                log_id=self.id("x"),
                deal_id=deal_id,
                contact_id=ELDER,
                action="associated",
                occurred_at=START,
            )

    def close(self) -> None:
        """Events around the close of a deal and the creation of its contacts."""
        deal_id = self.rng.choice(DEALS)
        kinds = [
            kind for kind, flags in sorted(self.rules.interactions.items()) if flags["influences"]
        ]
        contacts = [
            row["contact_id"]
            for row in self.tables["deal_contact_log"]
            if row["deal_id"] == deal_id
        ]
        for _ in range(3):
            contact_id = self.rng.choice([one for one in contacts if one != ELDER] or CONTACTS)
            at = self.closed[deal_id] - timedelta(days=self.rng.choice((0, 0, 1, 7, 14, 30)))
            if self.chance(0.3):
                at = self.created.get(contact_id, at)
            self.event(self.rng.choice(kinds), self.near(at), contact_id=contact_id)
