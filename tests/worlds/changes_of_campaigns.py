"""Assets that move, aliases, forms and costs that turn out to be otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from tests.oracle import urls
from tests.oracle.contract import RAW
from tests.oracle.rules import Row

from .changing import Change, Item
from .vocabulary import (
    NETWORKS,
    PAGE_TYPES,
)


class OfCampaigns(Change):
    """Assets that move, aliases, forms and costs that turn out to be otherwise."""

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
        """The asset goes to another campaign, or into a first one, before an event that has
        landed."""
        event, campaign_id = self.on_asset(), self.some_id("campaign_id", "campaigns")
        if event is not None and campaign_id is not None:
            yield self.log(event, campaign_id, "associated", self.before(event["occurred_at"]))

    def do_log_column(self) -> Iterator[Item]:
        """An entry of the log says otherwise than before: another campaign, asset, action or
        time."""
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
        """Social posts enter and leave a campaign out of order: attempts that were accepted are
        rejected, and the other way."""
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
        """A social post or another asset with another publication, a tracking URL with another
        URL."""
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

    def do_page_url(self) -> Iterator[Item]:
        """R36: a page turns out to have the URL of page views, or another one."""
        page = self.one(self.records("assets", lambda row: row["asset_type"] in PAGE_TYPES))
        view = self.one(
            self.records(
                "events",
                lambda row: (
                    row["event_type"] == "page_view"
                    and row["asset_id"] is None
                    and row["url"] is not None
                ),
            )
        )
        if page is not None:
            url = view["url"] if view is not None else self.value("assets", "url", page["url"])
            yield self.again("assets", page, url=url, _deleted=self.chance(0.2) or None)

    def do_network(self) -> Iterator[Item]:
        """R111: an ad turns out to be of another network."""
        ad = self.one(
            self.records(
                "assets", lambda row: row["asset_type"] in ("ad_campaign", "paid_search_campaign")
            )
        )
        if ad is not None:
            yield self.again("assets", ad, network=self.rng.choice((None, *NETWORKS)))

    def do_time_basis(self) -> Iterator[Item]:
        """R96: how the time of an association is known."""
        table = self.rng.choice(("campaign_asset_log", "deal_contact_log"))
        yield from self.column(table, "time_basis")

    def do_reported(self) -> Iterator[Item]:
        """R120: a new list of contacts or a new number of another system."""
        campaign_id = self.some_id("campaign_id", "campaigns")
        if campaign_id is None:
            return
        known = self.one(self.records("reported_contacts"))
        named = known or {"source": "hubspot", "campaign_id": campaign_id, "metric": "influenced"}
        listed = {name: named[name] for name in ("source", "campaign_id", "metric")}
        reported_at = known["reported_at"] if known and self.chance(0.5) else self.instant()
        for contact_id in {self.some_id("contact_id", "contacts") for _ in range(3)} - {None}:
            yield self.new(
                "reported_contacts", contact_id=contact_id, reported_at=reported_at, **listed
            )
        metric = self.rng.choice(("sessions", "deals", "revenue", "influenced_contacts"))
        yield self.new(
            "reported_metrics",
            source="hubspot",
            campaign_id=campaign_id,
            metric=metric,
            value=Decimal(5),
            reported_at=reported_at,
        )
