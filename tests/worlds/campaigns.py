"""Campaigns, their aliases, assets, associations and costs."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from .drawing import Draw
from .vocabulary import (
    ALIASES,
    AS_OF,
    CAMPAIGNS,
    CURRENCIES,
    NETWORKS,
    OFFSETS,
    PAGE_TYPES,
    PAGES,
    START,
    TIME_BASES,
)


class Campaigns(Draw):
    """What marketing made and paid."""

    def campaigns(self) -> None:
        for campaign_id in CAMPAIGNS:
            created_at = self.instant() if campaign_id == "k-late" else self.early()
            start, end = sorted((self.day(), self.day()))
            self.versions(
                "campaigns",
                0.12,
                campaign_id=campaign_id,
                campaign_name=self.name(),
                created_at=created_at,
                start_date=self.maybe(start, 0.5),
                end_date=self.maybe(end, 0.5),
                status=self.maybe("active"),
                owner=self.maybe("Zoë"),
                currency=self.rng.choice(CURRENCIES),
            )
            for alias in self.rng.sample(ALIASES, self.rng.choice((0, 1, 1, 2, 3))):
                for _ in range(self.rng.choice((1, 1, 2))):
                    text = (
                        alias
                        if self.chance(0.5) and not {"+", "%"} & set(alias)
                        else self.spelling(alias)
                    )
                    added_at = self.rng.choice((created_at, self.early(), self.instant()))
                    self.versions(
                        "campaign_utms",
                        0,
                        campaign_id=campaign_id,
                        utm_campaign=text,
                        added_at=added_at,
                    )
        if self.chance(0.5):
            self.add(
                "campaign_utms", campaign_id="k-ghost", utm_campaign="launch", added_at=self.early()
            )
        if self.chance(0.3):
            self.add("campaign_utms", campaign_id="k1", utm_campaign="%20", added_at=self.early())
        if self.chance(0.5):
            self.deletion("campaigns", {"campaign_id": "k-never"})

    def assets(self) -> None:
        for asset_type, ids in self.asset_ids.items():
            for asset_id in ids:
                if self.chance(0.08):
                    continue
                url = None
                if asset_type in PAGE_TYPES:
                    url = self.maybe(self.respelled(self.rng.choice(PAGES)) or None, 0.7)
                if asset_type == "tracking_url":
                    url = (
                        self.url()
                        if asset_id in "12"
                        else f"https://T.example/{asset_id}?utm_content=only"
                    )
                published_at = self.maybe(self.instant(), 0.8)
                if asset_type == "social_post" and self.chance(0.3):
                    published_at = AS_OF + self.rng.choice((-1, 0, 1)) * self.rng.choice(OFFSETS)
                self.versions(
                    "assets",
                    0.1,
                    asset_type=asset_type,
                    asset_id=asset_id,
                    asset_name=self.maybe(self.name()),
                    url=url,
                    network=self.maybe(self.rng.choice(NETWORKS), 0.5),
                    has_form=self.rng.choice((True, True, False, None))
                    if asset_type == "cta"
                    else None,
                    created_at=self.maybe(self.instant()),
                    published_at=published_at,
                )
                if asset_type == "tracking_url" and url is not None and asset_id in "12":
                    self.tracking_urls.append(url)
        if self.chance(0.5):
            self.deletion("assets", {"asset_type": "cta", "asset_id": "never", "has_form": True})

    def associations(self) -> None:
        weighted = [
            *self.asset_ids,
            *["social_post"] * 5,
            *["landing_page", "cta", "form", "workflow", "marketing_email"] * 2,
        ]
        for _ in range(60 + self.size // 10):
            action = "associated" if self.chance(0.8) else "removed"
            at = self.early() if self.chance(0.5) else self.instant()
            self.log(self.campaign(), self.asset(weighted), action, at)
        for campaign_id in self.rng.sample(CAMPAIGNS, 2):
            at = self.rng.choice((START, self.early()))
            for _ in range(14):
                action = "associated" if self.chance(0.75) else "removed"
                self.log(
                    campaign_id,
                    ("social_post", self.rng.choice(self.asset_ids["social_post"])),
                    action,
                    at,
                )
                at += self.rng.choice(OFFSETS)
        for _ in range(4):
            at = AS_OF + self.rng.choice((-1, 0, 1)) * self.rng.choice(OFFSETS)
            self.log(
                self.rng.choice(CAMPAIGNS),
                self.asset(weighted),
                self.rng.choice(("associated", "removed")),
                at,
            )
        for asset in (
            ("cta", "1"),
            ("cta", "1"),
            ("cta", "2"),
            ("ad_campaign", "1"),
            ("ad_campaign", "2"),
            ("landing_page", "1"),
        ):
            at = START + timedelta(days=self.rng.randrange(40))
            campaign_id = self.rng.choice(CAMPAIGNS)
            for action in self.rng.choice(
                (("associated", "removed", "associated"), ("associated", "associated"))
            ):
                self.log(
                    self.rng.choice((campaign_id, campaign_id, self.campaign())), asset, action, at
                )
                at += timedelta(days=self.rng.randrange(1, 10))

    def log(self, campaign_id: str, asset: tuple[str, str], action: str, at: datetime) -> None:
        self.versions(
            "campaign_asset_log",
            0,
            log_id=self.id("l"),
            campaign_id=campaign_id,
            asset_type=asset[0],
            asset_id=asset[1],
            action=action,
            occurred_at=at,
            time_basis=self.rng.choice(TIME_BASES),
        )

    def costs(self) -> None:
        # Of one currency one spelling: two would be two records of a day (R65).
        for currency in ("EUR", self.rng.choice(("GBP", "gbp "))):
            for _ in range(self.rng.randrange(5)):
                rate = Decimal(self.rng.choice(("1.1", "0.8333333333", "1.0694", "2")))
                self.add(
                    "exchange_rates", currency=currency, rate_date=self.day(), rate_to_home=rate
                )
        for table, column in (("budget_items", "budgeted_on"), ("spend_items", "spent_on")):
            for _ in range(self.rng.randrange(12)):
                on = self.day() if column == "spent_on" else self.maybe(self.day())
                currency = self.rng.choice((None, None, "USD", "EUR", *CURRENCIES))
                self.versions(
                    table,
                    0.15,
                    item_id=self.id("i"),
                    campaign_id=self.campaign(),
                    item_name=self.maybe(self.name()),
                    amount=self.amount(),
                    currency=currency,
                    **{column: on},
                )
        moves = [
            row["occurred_at"].date()
            for row in self.tables["campaign_asset_log"]
            if row["asset_type"] == "ad_campaign"
        ]
        for _ in range(self.rng.randrange(25)):
            asset_type, asset_id = self.asset(
                ("ad_campaign", "ad_campaign", "paid_search_campaign", "social_post")
            )
            near_move = (
                self.rng.choice(moves) - timedelta(days=self.rng.randrange(2))
                if moves
                else self.day()
            )
            self.add(
                "ad_metrics",
                asset_type=asset_type,
                asset_id=asset_id,
                metric_date=self.rng.choice((self.day(), near_move)),
                impressions=self.maybe(self.rng.randrange(1000)),
                clicks=self.maybe(self.rng.randrange(50)),
                spend=self.maybe(self.amount()),
                currency=self.rng.choice(
                    (None, None, None, "EUR", "XXX" if self.chance(0.2) else "USD")
                ),
            )
