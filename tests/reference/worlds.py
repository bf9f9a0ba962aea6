"""Small nasty worlds: few ids and few instants, so that everything collides with everything."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote, quote_plus

from hypothesis import strategies

from .contract import RAW
from .records import Row, World, read_rules

AS_OF = datetime(2024, 7, 1)
START = datetime(2024, 2, 20)

CONTACTS = ("c1", "c2", "C3", "004", "5", "c6", "c7", "c10", "ü-8", "9007199254740993")
ELDER = "elder"
GHOST_CONTACTS = ("ghost", "0", "c11")
VISITORS = ("v1", "v2", "v3", "v4", "007")
CAMPAIGNS = ("k1", "k10", "k2", "K3", "04", "k-late")
GHOST_CAMPAIGNS = ("k-ghost", "k0")
DEALS = tuple(f"d{number}" for number in range(1, 13))
GHOST_DEALS = ("d-ghost",)
ADDRESSES = ("ann@x.example", "bob@x.example", "cy@x.example", "dee@x.example", "nobody@x.example")
CURRENCIES = (None, "USD", "EUR", "GBP", "XXX")
ALIASES = (
    "spring sale",
    "été 2024",
    "back to school",
    "100% off",
    "a+b",
    "launch",
    "k1",
    "webinar",
)
NAMES = ("plain", "with, comma", 'with "quotes"', "été", "two\nlines", "it's;")
AMOUNTS = ("0.01", "0.05", "10", "100.005", "333.335", "1234.56", "12000", "99999.99", "0.004")
OFFSETS = (
    timedelta(0),
    timedelta(0),
    timedelta(0),
    timedelta(microseconds=1),
    timedelta(milliseconds=1),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=5, microseconds=1),
    timedelta(minutes=30),
    timedelta(minutes=30, microseconds=1),
    timedelta(hours=12),
    timedelta(days=1),
    timedelta(days=7),
)
ODD_QUERIES = (
    "?utm_campaign",
    "?utm_campaign=",
    "?utm_campaign=&utm_campaign=launch",
    "?utm_campaign=launch&utm_campaign=spring+sale",
    "?UTM_CAMPAIGN=launch",
    "?utm_campaign=%zz+launch",
    "?utm_campaign=launch%",
    "?utm_campaign=launch%2",
    "?utm_campaign=caf%E9+%41",
    "?utm_campaign=%C3%28",
    "?utm_campaign=%ED%A0%80",
    "?utm_campaign=%F0%9F%98%80%00x",
    "?utm_campaign=%2Blaunch",
    "?utm_campaign=a%2Bb",
    "?utm_campaign=a=b",
    "?utm_campaign=%09launch",
    "?utm_campaign=%20%20&utm_source=x",
    "?utm_campaign=+&utm_source=+",
    "?x?utm_campaign=launch",
    "?x=1;utm_campaign=launch",
    "?&&utm_campaign=launch&&",
    "?utm%5Fcampaign=launch",
    "?xutm_campaign=launch",
    "?utm_campaign =launch",
    "#?utm_campaign=launch",
    "?utm_source=s#&utm_campaign=launch",
    "?utm_campaign=launch#?utm_campaign=spring+sale",
    "?utm_source=%C3%89t%C3%A9&utm_medium=%e9",
    "?utm_term=t&utm_content=c",
    "?hsa_cam=2&hsa_cam=1",
    "?hsa_cam=%31",
)
PAGES = (
    "https://www.example.com/landing",
    "https://www.example.com/Landing",
    "http://WWW.EXAMPLE.COM/landing/",
    "www.example.com/landing",
    "//www.example.com/landing",
    "https://www.example.com",
    "https://www.example.com/",
    "https://blog.example.com:8443/a%20b/",
    "https://t.example/x",
    "",
    "not a url",
    "/relative",
)
PAGE_TYPES = ("landing_page", "website_page", "blog_post")
TYPES_OF_EVENT = {
    "page_view": (*PAGE_TYPES, "landing_page", "tracking_url", None),
    "form_submission": ("form", "form", None),
    "cta_view": ("cta",),
    "cta_click": ("cta",),
    "cta_form_submission": ("cta",),
    "ad_impression": ("ad_campaign", "paid_search_campaign"),
    "ad_click": ("ad_campaign", "paid_search_campaign"),
    "workflow_enrollment": ("workflow",),
    "list_addition": ("static_list",),
    "marketing_event_registration": ("marketing_event",),
    "marketing_event_attendance": ("marketing_event",),
}


def make_world(seed: int, size: int) -> World:
    """A world of about `size` events: raw table -> typed rows, the same for the same arguments."""
    return _Maker(seed, size).world()


def worlds(min_size: int = 20, max_size: int = 400) -> strategies.SearchStrategy[World]:
    """Worlds for hypothesis."""
    return strategies.builds(
        make_world,
        seed=strategies.integers(0, 2**32 - 1),
        size=strategies.integers(min_size, max_size),
    )


def split_into_landings(world: World, seed: int, parts: int) -> list[World]:
    """The rows of a world dealt out at random to `parts` landings; together they are the world."""
    rng = random.Random(seed)
    landings: list[World] = [{} for _ in range(parts)]
    for table, rows in world.items():
        for row in rows:
            rng.choice(landings).setdefault(table, []).append(row)
    return landings


class _Maker:
    """Draws the tables of one world."""

    def __init__(self, seed: int, size: int) -> None:
        self.rng = random.Random(seed)
        self.size = size
        self.rules = read_rules()
        self.tables: World = {table: [] for table in RAW}
        self.serial = 0
        self.instants = [self._fresh_instant() for _ in range(30)]
        self.created: dict[str, datetime] = {}
        self.closed: dict[str, datetime] = {}
        self.asset_ids = dict.fromkeys(sorted(self.rules.asset_types), ("1", "2"))
        self.asset_ids["landing_page"] = ("1", "2", "03")
        self.asset_ids["social_post"] = ("1", "2", "3", "4", "5", "6")
        self.asset_ids["tracking_url"] = ("1", "2", "3", "4")
        self.tracking_urls: list[str] = []

    # Draws ----------------------------------------------------------------------------------------------------------

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def maybe(self, value: object, share: float = 0.7) -> object:
        return value if self.chance(share) else None

    def _fresh_instant(self) -> datetime:
        minutes = self.rng.choice((0, 0, 0, 1, 29, 30, 59, 23 * 60 + 59))
        instant = START + timedelta(
            days=self.rng.randrange(120),
            hours=self.rng.choice((0, 0, 9, 23, 4, 22)),
            minutes=minutes,
        )
        return instant + timedelta(microseconds=self.rng.choice((0, 0, 0, 123_000, 456_789)))

    def instant(self) -> datetime:
        """One of a few instants, or one that is just before or after it."""
        if self.chance(0.03):
            return AS_OF + self.rng.choice((-1, 0, 1)) * self.rng.choice(OFFSETS)
        return self.near(self.rng.choice(self.instants))

    def near(self, instant: datetime) -> datetime:
        return instant + self.rng.choice((-1, 1)) * self.rng.choice(OFFSETS)

    def early(self) -> datetime:
        return min(self.instant() for _ in range(3))

    def loaded(self) -> datetime:
        return datetime(2024, 6, 20, self.rng.randrange(4))

    def name(self) -> str:
        self.serial += 1
        return f"{self.rng.choice(NAMES)} {self.serial}"

    def id(self, prefix: str) -> str:
        """Ids whose order as text is not the order in which they were made."""
        self.serial += 1
        return f"{prefix}{self.rng.randrange(1000)}-{self.serial}"

    def contact(self) -> str:
        return self.rng.choice(GHOST_CONTACTS if self.chance(0.06) else CONTACTS)

    def campaign(self) -> str:
        return self.rng.choice(GHOST_CAMPAIGNS if self.chance(0.06) else CAMPAIGNS)

    def asset(self, types: Iterable[str]) -> tuple[str, str]:
        asset_type = self.rng.choice(tuple(types))
        return asset_type, "ghost" if self.chance(0.05) else self.rng.choice(
            self.asset_ids[asset_type]
        )

    def amount(self, odd: float = 0.1) -> Decimal:
        if self.chance(odd):
            return Decimal(self.rng.choice(("0", "0", "-5", "-0.005")))
        return Decimal(self.rng.choice(AMOUNTS))

    def day(self) -> date:
        return self.instant().date()

    def address(self) -> str:
        address = self.rng.choice(ADDRESSES)
        return self.rng.choice((address, address, address.upper(), address.title()))

    def spelling(self, value: str) -> str:
        """A way to write a utm value in a URL."""
        value = self.rng.choice((value, value, value.upper(), value.title(), f" {value} "))
        octets = "".join(f"%{octet:02X}" for octet in value.encode())
        return self.rng.choice((quote(value), quote_plus(value), quote(value).lower(), octets))

    def url(self) -> str | None:
        if self.tracking_urls and self.chance(0.15):
            return self.respelled(self.rng.choice(self.tracking_urls)) + self.rng.choice(
                ("", "", "#top", "&utm_content=c")
            )
        page = self.rng.choice(PAGES)
        if self.chance(0.3):
            return page or None
        if self.chance(0.3):
            return page + self.rng.choice(ODD_QUERIES)
        pieces = [f"utm_campaign={self.spelling(self.rng.choice((*ALIASES, 'nobody')))}"]
        if self.chance(0.4):
            pieces.append(f"utm_source={self.rng.choice(('google', 'Google', 'news'))}")
        if self.chance(0.3):
            pieces.append(f"utm_medium={self.rng.choice(('cpc', 'CPC', ''))}")
        if self.chance(0.2):
            pieces.append(f"hsa_cam={self.rng.choice('123')}")
        self.rng.shuffle(pieces)
        return (
            f"{page}?{'&'.join(pieces)}{self.rng.choice(('', '', '#top', '#?utm_campaign=launch'))}"
        )

    def respelled(self, url: str) -> str:
        """The same page written otherwise, or nearly the same."""
        page, question, query = url.partition("?")
        scheme, _, address = page.rpartition("://")
        host, slash, path = address.partition("/")
        page = self.rng.choice(
            (
                page,
                f"{scheme.upper()}://{host.upper()}{slash}{path}",
                f"http://{host.title()}{slash}{path}",
                page.rstrip("/"),
                page if page.endswith("/") else page + "/",
                address,
                page.swapcase(),
            )
        )
        return page + question + query

    # Rows -----------------------------------------------------------------------------------------------------------

    def add(self, table: str, **values: object) -> None:
        row = dict.fromkeys(RAW[table].columns) | {"_loaded_at": self.loaded()} | values
        self.tables[table].append(row)

    def versions(self, table: str, deleted: float, **values: object) -> None:
        """A record in one to three versions, some sparse, some deletions."""
        contract = RAW[table]
        self.add(table, **values)
        while self.chance(0.25):
            changed = {
                column: None if column not in contract.required and self.chance(0.2) else value
                for column, value in values.items()
            }
            for column in (
                "campaign_name",
                "deal_name",
                "asset_name",
                "item_name",
                "lifecycle_stage",
            ):
                if column in values:
                    changed[column] = self.name()
            self.add(table, **changed)
        if "_deleted" in contract.columns and self.chance(deleted):
            self.deletion(table, values)
        if "_deleted" in contract.columns and self.chance(0.1):
            self.add(table, **values, _deleted=False)

    def deletion(self, table: str, values: Row) -> None:
        """A deletion row: its key and any part of the rest."""
        share = self.rng.choice((0, 0, 0.5, 1))
        kept = {
            column: value
            for column, value in values.items()
            if column in RAW[table].key or (column in RAW[table].columns and self.chance(share))
        }
        self.add(table, **kept, _deleted=True)

    def world(self) -> World:
        self.campaigns()
        self.assets()
        self.associations()
        self.contacts()
        self.deals()
        self.costs()
        self.events()
        for rows in self.tables.values():
            self.rng.shuffle(rows)
        return self.tables

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
                    network=self.maybe("linkedin", 0.3),
                    has_form=self.rng.choice((True, True, False, None))
                    if asset_type == "cta"
                    else None,
                    created_at=self.maybe(self.instant()),
                    published_at=published_at,
                )
                if url is not None and asset_id in "12":
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
        )

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
        for _ in range(self.rng.randrange(6)):
            self.versions(
                "salesforce_campaign_members",
                0.3,
                salesforce_campaign_id=self.rng.choice(("SF1", "SF7", "SF8")),
                member_id=self.rng.choice(("m1", "m2")),
                contact_id=self.maybe(self.contact(), 0.9),
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
                is_closed_won=self.chance(0.9),
                amount=self.maybe(self.amount(0.1), 0.95),
                currency=self.rng.choice((None, None, None, "USD", "EUR", *CURRENCIES)),
                created_at=self.maybe(created_at, 0.95),
                closed_at=self.maybe(closed_at, 0.95),
            )
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
                        occurred_at=self.rng.choice(
                            (self.near(at), self.instant(), self.early(), self.early())
                        ),
                    )

    def costs(self) -> None:
        for currency in ("EUR", "GBP"):
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

    # Events ---------------------------------------------------------------------------------------------------------

    def event(self, event_type: str, at: datetime, **values: object) -> None:
        types = TYPES_OF_EVENT.get(event_type)
        if types is None:
            types = ("marketing_email",) if event_type.startswith("email_") else ("social_post",)
        if self.chance(0.02):
            types = tuple(sorted(self.rules.asset_types))
        asset_type = self.rng.choice(types)
        asset_id = None
        if asset_type is not None and self.chance(0.96):
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
            "referrer": self.maybe("https://search.example/?utm_campaign=launch", 0.2),
            "is_filtered": self.rng.choice((None, False, False, True))
            if self.chance(0.2)
            else None,
        } | values
        self.add("events", **row)
        while self.chance(0.08):
            again = {
                "occurred_at": self.near(at),
                "url": self.url(),
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
        """A deal and a contact of their own, with one or two events: whatever goes wrong is the only thing wrong."""
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
            is_closed_won=True,
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
