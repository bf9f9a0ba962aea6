"""Events that land late, between others, or for a contact that nobody knew."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tests.oracle.rules import Row

from .changing import MINUTE, NEVER, Change, Item
from .vocabulary import (
    CLICK_IDS,
    MEDIUMS,
    OFFSETS,
    PAGE_TYPES,
    PAGES,
    REFERRERS,
    SOURCES,
    VISITORS,
)


class OfActivity(Change):
    """Events that land late, between others, or for a contact that nobody knew."""

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
            if 30 * MINUTE < pair[1]["occurred_at"] - pair[0]["occurred_at"] <= 60 * MINUTE
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
        """A form submission by a contact that has landed, at its creation, in a session with a page
        view."""
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
        viewed_at = at - self.rng.choice((1, 10, 30)) * MINUTE
        yield self.again(
            "events",
            self.asset_at(viewed_at),
            event_id=self.fresh("p"),
            event_type="page_view",
            occurred_at=viewed_at,
            **who,
        )

    def do_session_of_conversion(self) -> Iterator[Item]:
        """Someone else's page view on a campaign's asset, before a form submission in its session;
        or it was later, or filtered."""
        created = {row["contact_id"]: row["created_at"] for row in self.records("contacts")}
        submissions = self.records(
            "events",
            lambda row: row["event_type"] == "form_submission" and row["visitor_id"] is not None,
        )
        submission = self.one(
            [
                row
                for row in submissions
                if abs(created.get(row["contact_id"], NEVER) - row["occurred_at"]) <= 5 * MINUTE
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
                if abs(row["occurred_at"] - submission["occurred_at"]) <= 30 * MINUTE
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
        at = submission["occurred_at"] - self.rng.choice((0, 1, 1, 2, 29)) * MINUTE
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
        """A late visit of a tracking URL or of a paid search campaign, around the creation of
        campaigns."""
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

    def do_channel(self) -> Iterator[Item]:
        """R110: a page view turns out to have come from elsewhere: referrer, click id, source or
        medium."""
        view = self.one(self.records("events", lambda row: row["event_type"] == "page_view"))
        if view is not None:
            address = (view["url"] or PAGES[0]).partition("?")[0].partition("#")[0]
            tag = self.rng.choice(
                (
                    "",
                    f"?{self.rng.choice(CLICK_IDS)}",
                    f"?utm_source={self.rng.choice(SOURCES)}",
                    f"?utm_medium={self.rng.choice(MEDIUMS)}",
                )
            )
            referrer = self.rng.choice((None, *REFERRERS))
            yield self.again("events", view, url=address + tag, referrer=referrer)

    def do_view_by_url(self) -> Iterator[Item]:
        """R36: a page view without an asset, on a page that has its URL."""
        page = self.one(
            self.records("assets", lambda row: row["asset_type"] in PAGE_TYPES and row["url"])
        )
        view = self.one(self.records("events", lambda row: row["event_type"] == "page_view"))
        if page is not None and view is not None:
            url = f"{page['url'].partition('?')[0]}?utm_campaign=launch"
            yield self.again(
                "events",
                view,
                event_id=self.fresh("p"),
                asset_type=None,
                asset_id=None,
                url=url,
            )
