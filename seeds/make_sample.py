"""Makes the sample landing `seeds/sample`: one year of marketing at Brightmoor, a fictional maker
of cold-chain loggers.

    python seeds/make_sample.py [--out DIR]

About 3,000 contacts, 350 deals and 50,000 events from 2025-07-01 to 2026-06-30, landed as the raw
contract asks: events as one Parquet file a month, the CRM's tables as CSV and JSON lines with every
accepted spelling of a time. It is dirty on purpose, as real landings are: merges, deletions, late
and re-delivered events, bots, moved assets, a few rows that must be rejected. Two campaigns of 2022
are the examples of HubSpot's FAQ (rules R92 and R93) as rows.

Everything comes from one seeded generator and no clock: the same script and DuckDB version give the
same bytes. Company, people and addresses are made up; every domain ends in `.example`.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from random import Random

import duckdb

SEED = 20250701
SAMPLE = Path(__file__).resolve().parent / "sample"
START = datetime(2025, 7, 1)
END = datetime(2026, 7, 1)
LAST_LOAD = datetime(2026, 7, 1, 0, 10)
SNAPSHOT = datetime(2026, 1, 1, 2, 0)

SITE = "https://www.brightmoor.example"
GOOGLE = "https://www.google.com/"
REFERRERS = {
    "organic": (GOOGLE, GOOGLE, GOOGLE, "https://www.bing.com/"),
    "social": ("https://www.linkedin.com/",),
    "ad": ("https://www.linkedin.com/",),
    "search": (GOOGLE,),
    "partner": ("https://www.coldlogistics-news.example/",),
}

TABLES = (
    "ad_metrics", "assets", "budget_items", "campaign_asset_log", "campaign_utms", "campaigns",
    "contact_merges", "contacts", "deal_contact_log", "deals", "events", "exchange_rates",
    "salesforce_campaign_members", "spend_items", "visitor_identities",
)  # fmt: skip
EVENT_COLUMNS = (
    "event_id", "event_type", "occurred_at", "visitor_id", "contact_id", "email", "asset_type",
    "asset_id", "url", "referrer", "is_filtered", "_loaded_at",
)  # fmt: skip


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# --- The company: what its marketing team made ----------------------------------------------------


@dataclass(frozen=True)
class Campaign:
    """A campaign and the traffic it drew.

    `visits`: sessions of strangers; `contacts`: people who converted on its form.
    """

    key: str
    campaign_id: str
    name: str
    created: str
    start: str
    end: str
    status: str
    owner: str
    currency: str = ""
    visits: int = 0
    contacts: int = 0
    pull: float = 0.0
    channels: tuple[tuple[str, int], ...] = ()

    @property
    def created_at(self) -> datetime:
        return datetime.fromisoformat(self.created)

    @property
    def first_day(self) -> datetime:
        return datetime.fromisoformat(self.start or self.created[:10])

    @property
    def last_day(self) -> datetime:
        return datetime.fromisoformat(self.end) if self.end else END - timedelta(days=1)


CAMPAIGNS = (
    Campaign(
        "audit",
        "CMP-101",
        "Audit Season 2025",
        "2025-06-16T08:20:00",
        "2025-06-20",
        "2025-10-15",
        "completed",
        "Mara Lindqvist",
        "",
        380,
        205,
        0.7,
        (("organic", 3), ("direct", 1), ("social", 3), ("ad", 3), ("partner", 1)),
    ),
    Campaign(
        "paper",
        "CMP-102",
        "Switch from Paper Logs",
        "2025-08-04T09:00:00",
        "2025-08-11",
        "",
        "in_progress",
        "Tomasz Wolski",
        "EUR",
        620,
        245,
        0.9,
        (("search", 8), ("organic", 3), ("direct", 1), ("social", 1)),
    ),
    Campaign(
        "report",
        "CMP-103",
        "Cold Chain Report 2025",
        "2025-08-18T07:45:00",
        "2025-09-01",
        "2025-12-19",
        "completed",
        "Mara Lindqvist",
        "",
        540,
        320,
        1.1,
        (("organic", 3), ("direct", 1), ("social", 4), ("ad", 4), ("partner", 3)),
    ),
    Campaign(
        "webinars",
        "CMP-104",
        "GDP Compliance Webinars",
        "2025-09-08T10:10:00",
        "2025-09-15",
        "2026-05-31",
        "completed",
        "Aisha Rahman",
        "",
        370,
        225,
        1.5,
        (("organic", 2), ("direct", 1), ("social", 4), ("ad", 2), ("partner", 2)),
    ),
    Campaign(
        "winter",
        "CMP-105",
        "Winter Campaign 2025",
        "2025-09-29T08:00:00",
        "2025-10-06",
        "2026-02-28",
        "in_progress",
        "Jonas Ekholm",
        "",
        440,
        235,
        1.0,
        (("organic", 3), ("direct", 1), ("social", 3), ("ad", 3), ("search", 2)),
    ),
    Campaign(
        "podcast",
        "CMP-106",
        "Podcast Pilot",
        "2025-10-20T13:30:00",
        "2025-11-03",
        "2026-02-27",
        "cancelled",
        "Jonas Ekholm",
        "",
        70,
        14,
        0.1,
        (("organic", 1), ("social", 3), ("direct", 1)),
    ),
    Campaign(
        "growth",
        "CMP-107",
        "Customer Growth 2026",
        "2025-12-08T09:40:00",
        "2026-01-07",
        "2026-06-30",
        "in_progress",
        "Aisha Rahman",
        "",
        260,
        60,
        1.7,
        (("direct", 3), ("organic", 1), ("social", 1)),
    ),
    Campaign(
        "x2",
        "CMP-108",
        "Beacon X2 Launch",
        "2026-01-12T08:15:00",
        "2026-02-03",
        "2026-06-30",
        "in_progress",
        "Tomasz Wolski",
        "",
        620,
        280,
        2.4,
        (("organic", 3), ("direct", 2), ("social", 4), ("ad", 4), ("search", 3), ("partner", 1)),
    ),
    Campaign(
        "fair",
        "CMP-109",
        "LogiTemp Berlin 2026",
        "2026-02-16T11:00:00",
        "2026-02-23",
        "2026-05-15",
        "completed",
        "Mara Lindqvist",
        "EUR",
        250,
        125,
        1.5,
        (("qr", 5), ("social", 3), ("direct", 1), ("partner", 2)),
    ),
    Campaign(
        "partner",
        "CMP-110",
        "Partner Programme 2026",
        "2026-05-18T14:05:00",
        "2026-07-01",
        "",
        "planned",
        "Aisha Rahman",
    ),
    Campaign(
        "openday",
        "CMP-092",
        "Open Day 2022",
        "2022-06-12T00:00:00",
        "",
        "",
        "completed",
        "Mara Lindqvist",
    ),
    Campaign(
        "guide",
        "CMP-093",
        "Shipping Guide 2022",
        "2022-05-30T09:00:00",
        "",
        "",
        "completed",
        "Mara Lindqvist",
    ),
)
RENAMED_AT = datetime(2025, 11, 24, 9, 30)
WINTER_NAME = "Winterproof Your Cold Chain"

# campaign | alias as the team typed it | added
ALIASES = """
audit    | audit-season-2025      | 2025-06-16T08:25:00
paper    | switch-from-paper      | 2025-08-04T09:05:00
report   | Cold Chain Report 2025 | 2025-08-18T07:50:00
webinars | gdp-webinars           | 2025-09-08T10:15:00
winter   | winter-2025            | 2025-09-29T08:05:00
winter   | winterproof            | 2025-11-24T09:30:00
podcast  | podcast-pilot          | 2025-10-20T13:35:00
growth   | customer-growth        | 2025-12-08T09:45:00
x2       | Beacon X2              | 2026-01-12T08:20:00
x2       | spring-2026            | 2026-03-02T09:00:00
fair     | logitemp-berlin        | 2026-02-16T11:05:00
fair     | spring-2026            | 2026-03-09T10:00:00
fair     | trade-fairs-2025       | 2026-02-16T11:06:00
partner  | partner-2026           | 2026-05-18T14:10:00
openday  | open-day-2022          | 2022-06-12T00:00:00
"""

# One row per asset. campaign: `-` for none, `past` for none and no traffic; published: empty for
# never; extra: path, network, audience size, or `form` for a CTA that has one.
ASSETS = Path(__file__).parent / "sample_assets.csv"

# tracking URL | utm_source | utm_medium | utm_campaign as typed
LINKS = """
tu-audit-news   | coldlogistics               | newsletter | audit-season-2025
tu-audit-flyer  | flyer                       | print      | audit-season-2025
tu-report-news  | coldlogistics               | newsletter | Cold+Chain+Report+2025
tu-report-assoc | pharma-logistics-association | newsletter | cold%20chain%20report%202025
tu-web-assoc    | pharma-logistics-association | newsletter | gdp-webinars
tu-web-poster   | poster                      | print      | gdp-webinars
tu-x2-news      | coldlogistics               | newsletter | beacon%20x2
tu-fair-booth   | booth                       | qr         | logitemp-berlin
tu-fair-card    | card                        | qr         | logitemp-berlin
tu-fair-orga    | logitemp                    | referral   | logitemp-berlin
tu-openday-1    | poster                      | print      | open-day-2022
tu-openday-2    | invitation                  | letter     | open-day-2022
"""

UNUSED_LINKS = ("tu-audit-flyer", "tu-web-poster", "tu-fair-card")

# campaign | type | id | associated or removed | instant: on top of each asset's first association
# with its own campaign
MOVES = """
report   | blog_post     | bp-calibration  | associated | 2025-09-15T08:30:00
winter   | blog_post     | bp-calibration  | associated | 2025-11-17T10:30:00
winter   | blog_post     | bp-calibration  | removed    | 2026-01-19T16:00:00
x2       | blog_post     | bp-calibration  | associated | 2026-02-02T09:00:00
report   | cta           | cta-specialist  | associated | 2025-10-06T09:15:00
winter   | cta           | cta-specialist  | associated | 2025-11-24T14:00:00
x2       | cta           | cta-specialist  | associated | 2026-02-09T10:45:00
fair     | cta           | cta-specialist  | associated | 2026-04-13T08:00:00
winter   | landing_page  | lp-calculator   | associated | 2025-12-01T09:00:00
paper    | landing_page  | lp-calculator   | associated | 2026-01-12T11:00:00
paper    | form          | fm-demo         | associated | 2025-09-01T07:30:00
x2       | form          | fm-demo         | associated | 2026-02-03T08:00:00
paper    | form          | fm-demo         | associated | 2026-06-01T08:00:00
report   | workflow      | wf-quality      | associated | 2025-09-01T09:00:00
winter   | workflow      | wf-quality      | associated | 2025-10-06T09:00:00
webinars | workflow      | wf-quality      | associated | 2025-10-20T09:00:00
audit    | workflow      | wf-quality      | removed    | 2025-12-01T09:00:00
growth   | website_page  | wp-customers    | associated | 2026-01-08T10:00:00
audit    | social_post   | sp-audit-4      | removed    | 2025-09-30T12:00:00
x2       | marketing_email | em-growth-2   | associated | 2026-03-10T09:20:00
growth   | marketing_email | em-growth-2   | associated | 2026-03-17T09:00:00
audit    | blog_post     | bp-haccp        | associated | 2025-08-12T09:00:00
webinars | blog_post     | bp-vaccines     | associated | 2025-10-01T09:00:00
"""

# campaign | item | amount | currency | date: budget
BUDGET = """
audit    | Content and design            | 14000 |     | 2025-06-17
audit    | LinkedIn                      | 16000 |     | 2025-06-17
audit    | Audit rehearsals              | 12000 |     |
paper    | Google Ads                    | 30000 | EUR | 2025-08-05
paper    | Calculator                    | 9000  | EUR | 2025-08-05
report   | Survey panel                  | 22000 |     | 2025-08-19
report   | Editing and print             | 14500 |     | 2025-08-19
report   | Promotion                     | 26000 |     | 2025-08-19
webinars | Platform licence              | 8400  |     | 2025-09-09
webinars | Speakers                      | 12000 | GBP | 2025-09-09
webinars | Promotion                     | 15000 |     |
winter   | Winter kits                   | 24000 |     | 2025-09-30
winter   | Media                         | 22000 |     | 2025-09-30
podcast  | Studio                        | 9000  |     | 2025-10-21
growth   | Customer Day                  | 26000 |     | 2025-12-09
growth   | Content                       | 9000  |     | 2025-12-09
x2       | Launch film                   | 34000 |     | 2026-01-13
x2       | Media                         | 45000 |     | 2026-01-13
x2       | Demo units                    | 18000 |     | 2026-01-13
fair     | Booth and floor space         | 58000 | EUR | 2026-02-17
fair     | Travel                        | 16000 | EUR | 2026-02-17
fair     | Reserve                       | 5000  |     | 2026-02-17
partner  | Partner portal                | 20000 |     | 2026-05-19
partner  | Launch event                  | 15000 | GBP | 2026-05-19
"""
SPEND = """
audit    | Checklist design              | 9840.00  |     | 2025-06-30
audit    | LinkedIn invoice, July        | 5890.50  |     | 2025-07-31
audit    | LinkedIn invoice, August      | 5410.25  |     | 2025-08-31
audit    | Rehearsals, travel            | 12985.00 |     | 2025-09-12
audit    | LinkedIn invoice, September   | 3120.75  |     | 2025-09-30
paper    | Calculator development        | 8600.00  | EUR | 2025-08-29
paper    | Google Ads, Q3                | 5240.10  | EUR | 2025-09-30
paper    | Google Ads, Q4                | 9310.45  | EUR | 2025-12-31
paper    | Google Ads, Q1                | 8875.00  | EUR | 2026-03-31
paper    | Google Ads, Q2                | 6120.90  | EUR | 2026-06-30
report   | Survey panel                  | 21450.00 |     | 2025-08-28
report   | Editing                       | 7800.00  |     | 2025-09-05
report   | Print run                     | 5315.40  |     | 2025-09-19
report   | Media, autumn                 | 18240.00 |     | 2025-10-31
report   | Media, year end               | 6900.00  |     | 2025-12-12
webinars | Platform licence              | 8400.00  |     | 2025-09-15
webinars | Speaker fees, autumn          | 4200.00  | GBP | 2025-12-15
webinars | Speaker fees, spring          | 4650.00  | GBP | 2026-05-11
webinars | Promotion                     | 9870.00  |     | 2025-11-28
webinars | Promotion, spring             | 5140.00  |     | 2026-04-24
winter   | Winter kits, first batch      | 13200.00 |     | 2025-10-03
winter   | Winter kits, second batch     | 8800.00  |     | 2025-12-05
winter   | Media, Q4                     | 14350.00 |     | 2025-12-31
winter   | Media, Q1                     | 7420.00  |     | 2026-02-27
podcast  | Studio and editor             | 6400.00  |     | 2025-12-10
growth   | Customer Day venue            | 21800.00 |     | 2026-04-17
growth   | Customer Day catering         | 6140.00  |     | 2026-04-20
growth   | Guides and videos             | 5900.00  |     | 2026-02-10
x2       | Launch film                   | 36500.00 |     | 2026-01-30
x2       | Demo units                    | 17640.00 |     | 2026-02-06
x2       | Media, Q1                     | 24980.00 |     | 2026-03-31
x2       | Media, Q2                     | 16350.00 |     | 2026-05-31
fair     | Floor space                   | 31400.00 | EUR | 2026-03-02
fair     | Booth construction            | 21400.00 | EUR | 2026-04-10
fair     | Travel and hotels             | 14250.00 | EUR | 2026-04-30
fair     | Giveaways                     | 3980.00  |     | 2026-04-14
"""

FIRST_NAMES = words(
    "Anna Ben Carla David Elena Felix Greta Hugo Ines Jan Karin Lars Maria Nils Olga Paul Rita "
    "Stefan Tanja Viktor Amelie Bruno Clara "
    "Daniel Emma Frank Hanna Ivan Julia Kevin Laura Marco Nadia Oscar Petra Robin Sara Tom Ulrike "
    "Vera William Yara Adam Beata Chiara "
    "Diego Esther Fiona George Helen Igor Joanna Kasper Lucia Martin Nora Owen Priya Rohan Sofia"
)
LAST_NAMES = words(
    "Weber Novak Rossi Janssen Meyer Kowalski Larsen Dubois Silva Horvat Schmidt Moreau Bakker "
    "Olsen Costa Fischer Nowak Bianchi Visser "
    "Hansen Laurent Pereira Kovac Wagner Garcia Smit Berg Martin Santos Becker Lopez Mulder Dahl "
    "Bernard Ferreira Hoffmann Romano Bos "
    "Lund Petit Walsh Murphy Clarke Hughes Patel Singh Evans Wright Baker Turner Koch Richter "
    "Klein Wolf Schroeder Neumann Zimmermann "
    "Braun Krause Hartmann Lange Werner Krueger Lehmann Maier Huber Fuchs Vogel Keller Frank"
)
COMPANY_STARTS = words(
    "alpen nord hansa rhein tann polar arctic delta vita medi bio fresh green ocean baltic iber "
    "terra nova frost silva"
)
COMPANY_ENDS = words(
    "frost cargo foods pharma logistik trans dairy labs fisch cold frucht med express lager trade"
)

CAMPAIGN = {campaign.key: campaign for campaign in CAMPAIGNS}
YEAR_CAMPAIGNS = tuple(campaign for campaign in CAMPAIGNS if campaign.visits)


def table(text: str) -> list[list[str]]:
    """The rows of a table written with bars, as trimmed fields."""
    return [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]


@dataclass(frozen=True)
class Asset:
    """An asset and the campaign it was made for; `extra` is its path, network, audience or
    `form`.
    """

    campaign: str
    kind: str
    asset_id: str
    name: str
    published: str
    extra: str

    @property
    def published_at(self) -> datetime | None:
        """Published in the morning; marketing events begin in the afternoon."""
        if not self.published:
            return None
        hour = 13 if self.kind == "marketing_event" else 7
        return datetime.fromisoformat(self.published) + timedelta(hours=hour)

    @property
    def shown_published_at(self) -> datetime | None:
        """The publication that the tool reports: none for lists, workflows, forms and CTAs, which
        are not published.
        """
        return (
            None if self.kind in ("static_list", "workflow", "form", "cta") else self.published_at
        )

    @property
    def url(self) -> str:
        """The address, tags and all; empty for what has none."""
        if self.kind == "tracking_url":
            source, medium, campaign = next(
                row[1:] for row in table(LINKS) if row[0] == self.asset_id
            )
            tags = f"utm_source={source}&utm_medium={medium}&utm_campaign={campaign}"
            return f"{SITE}{self.extra}?{tags}"
        return SITE + self.extra if self.extra.startswith("/") else ""


# --- People, deals, events ------------------------------------------------------------------------


@dataclass
class Person:
    """A contact record. `campaign`: where it converted; `origin`: existing, web, fair or sales."""

    origin: str
    created: datetime
    company: str
    email: str
    campaign: str = ""
    contact_id: str = ""
    visitor: str = ""
    interest: float = 0.0
    converted: datetime | None = None
    stage: str = "lead"
    later_stage: str = ""
    additional: list[str] = field(default_factory=list)
    salesforce: list[str] = field(default_factory=list)
    winner: Person | None = None
    merged_at: datetime | None = None
    deleted_at: datetime | None = None
    is_buyer: bool = False


@dataclass
class Deal:
    """A deal and its people; `closed` is the close or, for an open deal, what sales expects."""

    deal_id: str
    people: list[Person]
    created: datetime
    closed: datetime
    outcome: str
    amount: str
    currency: str
    name: str
    pipeline: str


@dataclass(frozen=True)
class Event:
    """A landed event without its id, which is given in the order of landing."""

    kind: str
    at: datetime
    visitor: str = ""
    contact: Person | None = None
    email: str = ""
    asset_type: str = ""
    asset_id: str = ""
    url: str = ""
    referrer: str = ""
    is_filtered: bool = False
    loaded: datetime = START
    event_id: str = ""


@dataclass(frozen=True)
class Arrival:
    """How a session begins: the page, its address, where from, and the click that led there, if it
    was tracked.
    """

    page: Asset
    url: str
    referrer: str
    click: tuple[str, Asset] | None = None


class World:
    """The year as it happens: every function below adds to it and draws from its one generator."""

    def __init__(self, seed: int = SEED) -> None:
        self.rng = Random(seed)
        with ASSETS.open(encoding="utf-8", newline="") as rows:
            self.assets = [Asset(**row) for row in csv.DictReader(rows)]
        self.people: list[Person] = []
        self.deals: list[Deal] = []
        self.events: list[Event] = []
        self.identities: list[tuple[str, Person, datetime]] = []
        self.deal_log: list[tuple[str, Person, str, datetime]] = []
        self.visitors = 0

    @cached_property
    def by_campaign(self) -> dict[tuple[str, str], list[Asset]]:
        """Assets per campaign they were made for and type."""
        found: dict[tuple[str, str], list[Asset]] = defaultdict(list)
        for asset in self.assets:
            found[asset.campaign, asset.kind].append(asset)
        return found

    @cached_property
    def by_id(self) -> dict[str, Asset]:
        return {asset.asset_id: asset for asset in self.assets}

    def published(self, campaign: str, kind: str, at: datetime) -> list[Asset]:
        """What a campaign (`-`: none) had published by then."""
        return [
            a
            for a in self.by_campaign.get((campaign, kind), ())
            if a.published_at is not None and a.published_at <= at
        ]

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def new_visitor(self) -> str:
        self.visitors += 1
        return f"v{self.visitors:05d}"

    def add(self, kind: str, at: datetime, **values: object) -> None:
        """Adds an event, if it lies in the year."""
        if START <= at < END:
            self.events.append(Event(kind, at, **values))

    def on_asset(self, kind: str, at: datetime, asset: Asset, **values: object) -> None:
        self.add(kind, at, asset_type=asset.kind, asset_id=asset.asset_id, **values)


def skewed(rng: Random, low: float, high: float) -> float:
    """A number between, nearer to `low`."""
    return low + (high - low) * rng.random() * rng.random()


def office_time(rng: Random, day: datetime) -> datetime:
    """An instant of that day, mostly in office hours; weekends mostly pass to Monday."""
    if day.weekday() >= 5 and rng.random() < 0.8:
        day += timedelta(days=7 - day.weekday())
    hour = rng.choices(
        range(5, 22), weights=(2, 4, 9, 14, 15, 14, 9, 10, 14, 14, 12, 8, 5, 4, 3, 2, 1)
    )[0]
    midnight = datetime(day.year, day.month, day.day)
    return midnight + timedelta(hours=hour, minutes=rng.randrange(60), seconds=rng.randrange(60))


def campaign_time(rng: Random, campaign: Campaign) -> datetime:
    """An instant of the campaign, nearer to its start, within the year."""
    first = max(campaign.first_day, START)
    length = (campaign.last_day - first).days
    days = skewed(rng, 0, length) if rng.random() < 0.6 else rng.random() * length
    return office_time(rng, first + timedelta(days=int(days)))


def any_time(rng: Random, first: datetime, last: datetime) -> datetime:
    days = max((last - first).days, 1)
    return office_time(rng, first + timedelta(days=rng.randrange(days)))


# --- People ---------------------------------------------------------------------------------------


def companies() -> list[str]:
    return [f"{start}{end}" for start in COMPANY_STARTS for end in COMPANY_ENDS if start != end]


class Addresses:
    """Hands out addresses, each once."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.taken: set[str] = set()

    def new(self, company: str) -> str:
        while True:
            first, last = self.rng.choice(FIRST_NAMES).lower(), self.rng.choice(LAST_NAMES).lower()
            address = f"{first}.{last}@{company}.example"
            if address not in self.taken:
                self.taken.add(address)
                return address


def add_people(world: World) -> None:
    """About 3,000 contacts in order of creation: customers and prospects of old, conversions, the
    fair's badge scans, sales' own.
    """
    rng, addresses, names = world.rng, Addresses(world.rng), companies()

    def person(origin: str, created: datetime, **values: object) -> None:
        company = names[int(skewed(rng, 0, len(names)))]
        interest = rng.random() * rng.random()
        world.people.append(
            Person(origin, created, company, addresses.new(company), interest=interest, **values)
        )

    for _ in range(830):
        stage = rng.choices(
            ("customer", "lead", "marketingqualifiedlead", "subscriber"), weights=(5, 3, 2, 1)
        )[0]
        person("existing", any_time(rng, datetime(2022, 3, 1), START), stage=stage)
    for campaign in YEAR_CAMPAIGNS:
        for _ in range(campaign.contacts):
            converted = campaign_time(rng, campaign)
            person(
                "web",
                converted + timedelta(seconds=rng.randint(-8, 45)),
                campaign=campaign.key,
                converted=converted,
            )
    for _ in range(150):
        converted = any_time(rng, START, END)
        person("web", converted + timedelta(seconds=rng.randint(-8, 45)), converted=converted)
    for _ in range(110):
        person(
            "fair",
            datetime(2026, 4, 21 + rng.randrange(3), 16, rng.randrange(60), rng.randrange(60)),
            campaign="fair",
        )
    for _ in range(95):
        person("sales", any_time(rng, START, END), stage="opportunity")
    world.people.sort(key=lambda someone: (someone.created, someone.email))


def add_duplicates(world: World) -> None:
    """Records merged away, three people's in a chain; the survivor keeps their addresses as
    additional ones.
    """
    rng = world.rng
    able = [
        p
        for p in world.people
        if p.origin in ("web", "existing") and p.created < END - timedelta(days=60)
    ]
    for index, winner in enumerate(rng.sample(able, 56)):
        follower = winner
        for number in range(1 + (index % 20 == 7) + (index == 7)):
            follower = duplicate_of(rng, winner, follower, f"{index + 1}{'abc'[number]}")
            world.people.append(follower)
    world.people.sort(key=lambda someone: (someone.created, someone.email))


def duplicate_of(rng: Random, person: Person, winner: Person, mark: str) -> Person:
    """A second record of a person, who converts once more with another address, merged into
    `winner` some weeks later.
    """
    first, rest = person.email.split(".", 1)
    created = any_time(
        rng,
        max(winner.created, START) + timedelta(days=2),
        max(winner.created, START) + timedelta(days=25),
    )
    duplicate = Person(
        "web",
        created,
        person.company,
        f"{first[0]}.{rest.split('@')[0]}{mark}@{person.company}.example",
        campaign=person.campaign,
        interest=0.2,
        converted=created - timedelta(seconds=20),
        winner=winner,
    )
    duplicate.merged_at = min(
        created + timedelta(days=rng.randint(3, 80), hours=3), END - timedelta(hours=9)
    )
    person.additional.append(duplicate.email)
    return duplicate


def add_details(world: World) -> None:
    """Ids in order of creation, more addresses, Salesforce campaigns, deletions."""
    rng = world.rng
    for index, person in enumerate(world.people):
        person.contact_id = str(10001 + index)
        if world.chance(0.03):
            person.additional.append(f"{person.email.split('@')[0]}@mail.example")
        if world.chance(0.09):
            person.salesforce = rng.sample(SALESFORCE_CAMPAIGNS, 2 if world.chance(0.2) else 1)
        person.later_stage = rng.choices(
            ("", "marketingqualifiedlead", "salesqualifiedlead"), weights=(8, 2, 1)
        )[0]
    for person in rng.sample([p for p in world.people if not p.winner], 48):
        person.deleted_at = any_time(rng, max(person.created, START) + timedelta(days=5), END)
        if person.deleted_at >= END - timedelta(hours=8):
            person.deleted_at = None


SALESFORCE_CAMPAIGNS = ["7015g000000Qa1X", "7015g000000Qb7K", "7015g000000RcPz"]


# --- Deals ----------------------------------------------------------------------------------------


def colleagues(world: World, person: Person, at: datetime) -> list[Person]:
    return [
        p
        for p in world.people
        if p.company == person.company and p is not person and p.created < at and not p.winner
    ][:6]


def deal_amount(rng: Random, pipeline: str) -> str:
    loggers = int(skewed(rng, 8, 190))
    price = 189 if pipeline == "Expansion" else 229
    return f"{loggers * price + 12 * int(skewed(rng, 80, 900))}.00"


def add_deals(world: World) -> None:
    """About 350 deals, most with one to four people of a company."""
    rng = world.rng
    candidates = [p for p in world.people if not p.winner and p.created < END - timedelta(days=30)]
    weights = [
        {"existing": 1.3, "web": 1.1, "fair": 0.7, "sales": 2.5}[p.origin] for p in candidates
    ]
    chosen: list[Person] = []
    while len(chosen) < 350:
        person = rng.choices(candidates, weights=weights)[0]
        if person not in chosen:
            chosen.append(person)
    for index, person in enumerate(sorted(chosen, key=lambda p: p.contact_id)):
        world.deals.append(plan_deal(world, f"D-{2001 + index}", person))


def plan_deal(world: World, deal_id: str, person: Person) -> Deal:
    """One deal: when, how it went, how much, with whom."""
    rng = world.rng
    earliest = max(person.created + timedelta(days=2), START - timedelta(days=40))
    if person.origin == "existing":
        created = max(any_time(rng, earliest, END - timedelta(days=12)) for _ in range(2))
    else:
        created = office_time(
            rng, min(earliest + timedelta(days=int(skewed(rng, 1, 110))), END - timedelta(days=6))
        )
    closed = office_time(rng, max(created, START) + timedelta(days=int(skewed(rng, 12, 130)) + 6))
    outcome = (
        rng.choices(("won", "lost"), weights=(53, 47))[0]
        if closed < END - timedelta(days=1)
        else "open"
    )
    pipeline = "Expansion" if person.stage == "customer" else "New business"
    currency = rng.choices(("", "USD", "EUR", "GBP", "PLN"), weights=(52, 8, 24, 13, 2))[0]
    product = rng.choice(("Beacon X1", "Beacon X1", "platform seats", "gateway refresh"))
    if created > datetime(2026, 2, 3) and world.chance(0.6):
        product = "Beacon X2"
    people = [person]
    others = colleagues(world, person, created)
    if others and world.chance(0.55):
        people += rng.sample(others, min(len(others), rng.choice((1, 1, 2, 3))))
    for someone in people:
        someone.is_buyer = True
        someone.interest = max(someone.interest, 0.5)
    name = f"{person.company.capitalize()}: {product}"
    return Deal(
        deal_id,
        people,
        created,
        closed,
        outcome,
        deal_amount(rng, pipeline),
        currency,
        name,
        pipeline,
    )


def spoil_deals(world: World) -> None:
    """The deals that reports leave out for a reason: deleted, no amount, no dates."""
    won = [deal for deal in world.deals if deal.outcome == "won"]
    for deal in won[7::29]:
        deal.outcome = "deleted"
    for deal, amount in zip(
        won[3::31], ("0.00", "", "EUR 12,400", "-350.00", "on request"), strict=False
    ):
        deal.amount = amount
    won[12].outcome, won[40].outcome = "no_created", "no_closed"


def add_deal_log(world: World) -> None:
    """Who was associated with a deal, and when: at its creation, later, too late, or only for a
    while.
    """
    rng = world.rng
    for index, deal in enumerate(world.deals):
        is_late = deal.outcome == "won" and index % 17 == 5
        for position, person in enumerate(deal.people):
            at = deal.created + timedelta(minutes=rng.randint(1, 45))
            if position:
                at += timedelta(days=int(skewed(rng, 0, 25)))
            at = max(at, person.created + timedelta(minutes=5))
            if is_late or (position and world.chance(0.06)):
                at = deal.closed + timedelta(days=rng.randint(1, 9), minutes=7)
            world.deal_log.append((deal.deal_id, person, "associated", at))
            removed = at + timedelta(days=int(skewed(rng, 1, 30)), hours=2)
            if position and removed < deal.closed and world.chance(0.14):
                world.deal_log.append((deal.deal_id, person, "removed", removed))
            elif world.chance(0.03):
                world.deal_log.append(
                    (deal.deal_id, person, "removed", deal.closed + timedelta(days=12))
                )
    add_deals_of_duplicates(world)
    world.deal_log = sorted(
        (row for row in world.deal_log if row[3] < END),
        key=lambda row: (row[3], row[0], row[1].contact_id),
    )


def add_deals_of_duplicates(world: World) -> None:
    """A duplicate that was on the deal beside its survivor, and taken off again: the survivor stays
    (R61).
    """
    losers = {id(p.winner): p for p in world.people if p.winner}
    for deal in world.deals:
        for person in deal.people:
            duplicate = losers.get(id(person))
            if duplicate and duplicate.created < deal.closed:
                at = max(deal.created, duplicate.created) + timedelta(hours=1)
                world.deal_log.append((deal.deal_id, duplicate, "associated", at))
                world.deal_log.append((deal.deal_id, duplicate, "removed", at + timedelta(days=2)))


# --- Web traffic ----------------------------------------------------------------------------------


def alias_in_use(world: World, campaign: Campaign, at: datetime) -> str:
    """The tag that the team put on links then; after a rename some links keep the old one."""
    if campaign.key == "winter" and at >= RENAMED_AT and world.chance(0.75):
        return "winterproof"
    if campaign.key in ("x2", "fair") and at >= datetime(2026, 3, 20) and world.chance(0.15):
        return "spring-2026"
    return next(alias for key, alias, _ in table(ALIASES) if key == campaign.key)


def spelled(world: World, alias: str) -> str:
    """A tag as somebody typed it into a link: mostly right, now and then in another case or
    encoding.
    """
    plain = alias.lower().replace(" ", "+")
    variants = (
        plain,
        plain.upper(),
        alias.replace(" ", "%20"),
        plain.replace("-", "%2D"),
        plain + "+",
    )
    return world.rng.choices(variants, weights=(84, 4, 7, 3, 2))[0]


def tagged(
    world: World,
    page: Asset,
    source: str,
    medium: str,
    campaign: Campaign,
    at: datetime,
    more: str = "",
) -> str:
    tag = spelled(world, alias_in_use(world, campaign, at))
    return f"{page.url}?utm_source={source}&utm_medium={medium}&utm_campaign={tag}{more}"


def entry_page(world: World, campaign: Campaign, at: datetime, blog_share: float) -> Asset:
    blogs = world.published(campaign.key, "blog_post", at)
    if blogs and world.chance(blog_share):
        return world.rng.choice(blogs)
    return world.rng.choice(
        world.published(campaign.key, "landing_page", at)
        or blogs
        or world.by_campaign["-", "website_page"]
    )


def arrival(world: World, campaign: Campaign, channel: str, at: datetime) -> Arrival:
    """How somebody comes to a campaign through a channel."""
    rng = world.rng
    referrer = rng.choice(REFERRERS.get(channel, ("",)))
    if channel in ("partner", "qr"):
        links = [
            link
            for link in world.published(campaign.key, "tracking_url", at)
            if link.asset_id not in UNUSED_LINKS
        ]
        if links:
            link = rng.choice(links)
            page = next(
                a for a in world.by_campaign[campaign.key, "landing_page"] if a.extra == link.extra
            )
            return Arrival(page, link.url, referrer)
    if channel == "organic":
        page = entry_page(world, campaign, at, 0.75)
        return Arrival(page, page.url, referrer)
    page = entry_page(world, campaign, at, 0.2)
    if channel == "social":
        posts = world.published(campaign.key, "social_post", at)
        post = rng.choice(posts[-2:]) if posts else None
        source = post.extra if post else "linkedin"
        return Arrival(
            page,
            tagged(world, page, source, "social", campaign, at),
            referrer,
            ("social_click", post) if post else None,
        )
    if channel == "ad":
        ads = world.published(campaign.key, "ad_campaign", at)
        if ads:
            ad = rng.choice(ads)
            return Arrival(
                page,
                tagged(world, page, ad.extra, "paid-social", campaign, at),
                referrer,
                ("ad_click", ad),
            )
    if channel == "search":
        ads = [
            ad
            for ad in world.published(campaign.key, "paid_search_campaign", at)
            if not ad.name.endswith("(paused)")
        ]
        if ads:
            ad = rng.choice(ads)
            url = tagged(world, page, "google", "cpc", campaign, at, f"&hsa_cam={ad.asset_id}")
            return Arrival(page, url, referrer, ("ad_click", ad))
    if channel == "email":
        return Arrival(page, tagged(world, page, "newsletter", "email", campaign, at), "")
    return Arrival(page, page.url, referrer)


def site_arrival(world: World, at: datetime) -> Arrival:
    """How somebody comes to the site for no campaign's sake: searches, bookmarks, other people's
    links.
    """
    rng = world.rng
    blogs = [
        asset for key in CAMPAIGN for asset in world.published(key, "blog_post", at)
    ] + world.published("-", "blog_post", at)
    page = (
        rng.choice(blogs)
        if world.chance(0.5)
        else rng.choice(world.by_campaign["-", "website_page"])
    )
    if world.chance(0.13):
        tag = rng.choices(
            ("newsletter", "q3_webinar_promo", "linkedin-bio", "TBD", "trade-fairs-2025"),
            weights=(5, 2, 4, 1, 3),
        )[0]
        if tag == "trade-fairs-2025" and at > datetime(2025, 12, 1):
            tag = "newsletter"
        return Arrival(
            page, f"{page.url}?utm_source=brightmoor&utm_medium=link&utm_campaign={tag}", ""
        )
    return Arrival(page, page.url, rng.choice((GOOGLE, GOOGLE, "https://www.bing.com/", "", "")))


def pick_channel(world: World, campaign: Campaign) -> str:
    names, weights = zip(*campaign.channels, strict=True)
    return world.rng.choices(names, weights=weights)[0]


def browse(
    world: World, visitor: str, start: datetime, way: Arrival, campaign: str, pages: int
) -> datetime:
    """A session: the click before it, its page views, CTAs seen and clicked. Returns its end."""
    rng = world.rng
    if way.click and world.chance(0.8):
        kind, asset = way.click
        world.on_asset(kind, start - timedelta(seconds=rng.randint(1, 4)), asset, visitor=visitor)
    world.on_asset(
        "page_view", start, way.page, visitor=visitor, url=way.url, referrer=way.referrer
    )
    at, page, url = start, way.page, way.url
    for _ in range(pages - 1):
        at = see_cta(world, visitor, at, campaign, url) + timedelta(
            seconds=int(skewed(rng, 8, 420))
        )
        page = next_page(world, campaign, at, page)
        url = page.url
        world.on_asset("page_view", at, page, visitor=visitor, url=url)
    return see_cta(world, visitor, at, campaign, url)


def next_page(world: World, campaign: str, at: datetime, page: Asset) -> Asset:
    choices = [
        *world.by_campaign["-", "website_page"],
        *world.published(campaign, "landing_page", at),
        *world.published(campaign, "blog_post", at),
    ]
    return world.rng.choice([choice for choice in choices if choice is not page])


def see_cta(world: World, visitor: str, at: datetime, campaign: str, url: str) -> datetime:
    """Perhaps a CTA is seen, and perhaps clicked."""
    rng = world.rng
    ctas = world.published(campaign, "cta", at) or world.by_campaign["-", "cta"]
    if not world.chance(0.12):
        return at
    cta = rng.choice(ctas) if world.chance(0.8) else world.by_id["cta-specialist"]
    at += timedelta(seconds=rng.randint(2, 20))
    world.on_asset("cta_view", at, cta, visitor=visitor, url=url)
    if world.chance(0.22):
        at += timedelta(seconds=rng.randint(2, 30))
        world.on_asset("cta_click", at, cta, visitor=visitor, url=url)
        if cta.extra == "form" and world.chance(0.3):
            at += timedelta(seconds=rng.randint(15, 90))
            world.on_asset("cta_form_submission", at, cta, visitor=visitor, url=url)
    return at


def add_strangers(world: World) -> None:
    """Sessions of people who never say who they are; some come back."""
    rng = world.rng
    known: list[str] = []

    def visitor() -> str:
        if known and world.chance(0.25):
            return rng.choice(known[-400:])
        known.append(world.new_visitor())
        return known[-1]

    for campaign in YEAR_CAMPAIGNS:
        for _ in range(campaign.visits):
            at = campaign_time(rng, campaign)
            way = arrival(world, campaign, pick_channel(world, campaign), at)
            browse(
                world,
                visitor(),
                at,
                way,
                campaign.key,
                rng.choices((1, 2, 3, 4, 6), weights=(46, 24, 15, 9, 6))[0],
            )
    for _ in range(1150):
        at = any_time(rng, START, END)
        browse(
            world,
            visitor(),
            at,
            site_arrival(world, at),
            "-",
            rng.choices((1, 2, 3, 5), weights=(50, 25, 15, 10))[0],
        )


def submit_form(
    world: World, person: Person, visitor: str, at: datetime, form: Asset, url: str
) -> None:
    """A form submission: by address, by contact id, or by the visitor alone."""
    way = world.rng.random()
    world.on_asset(
        "form_submission", at, form, visitor=visitor, url=url,
        contact=person if way < 0.35 else None, email=person.email if 0.25 < way < 0.8 else "",
    )  # fmt: skip


def add_conversions(world: World) -> None:
    """How the contacts of the web became contacts, and what the tool did with them then."""
    rng = world.rng
    for person in world.people:
        if person.converted is None:
            if person.origin in ("existing", "fair") and world.chance(0.75):
                person.visitor = world.new_visitor()
                seen = max(person.created, START - timedelta(days=rng.randint(5, 500))) + timedelta(
                    days=1, minutes=rng.randrange(600)
                )
                world.identities.append((person.visitor, person, seen))
            continue
        convert(world, person, person.converted)


def convert(world: World, person: Person, at: datetime) -> None:
    """The session in which a person converts, sometimes with an earlier visit for another
    reason.
    """
    rng = world.rng
    person.visitor = world.new_visitor()
    if world.chance(0.34):
        earlier = at - timedelta(days=int(skewed(rng, 1, 50)), minutes=rng.randrange(300))
        wander(world, person.visitor, earlier)
    campaign = CAMPAIGN.get(person.campaign)
    if campaign:
        forms = world.published(campaign.key, "form", at) or world.by_campaign["-", "form"][:1]
        form = rng.choice(forms)
        way = arrival(world, campaign, pick_channel(world, campaign), at)
    else:
        form = rng.choice(world.by_campaign["-", "form"])
        way = site_arrival(world, at)
    path = form.extra
    page = next(
        a for a in world.assets if a.extra == path and a.kind in ("landing_page", "website_page")
    )
    start = at - timedelta(seconds=rng.randint(40, 600))
    if way.page is page:
        browse(world, person.visitor, start, way, person.campaign or "-", 1)
        url = way.url
    else:
        browse(world, person.visitor, start - timedelta(minutes=4), way, person.campaign or "-", 1)
        url = page.url
        world.on_asset("page_view", start, page, visitor=person.visitor, url=url)
    submit_form(world, person, person.visitor, at, form, url)
    world.identities.append((person.visitor, person, at + timedelta(seconds=1)))
    follow_conversion(world, person, at)


def wander(world: World, visitor: str, at: datetime) -> None:
    """One visit for the sake of whatever ran at that time."""
    rng = world.rng
    running = [c for c in YEAR_CAMPAIGNS if c.first_day <= at <= c.last_day + timedelta(days=12)]
    if running and world.chance(min(0.28 + 0.14 * len(running), 0.75)):
        campaign = rng.choices(running, weights=[c.pull for c in running])[0]
        way = arrival(world, campaign, pick_channel(world, campaign), at)
        browse(world, visitor, at, way, campaign.key, rng.choice((1, 2, 2, 3, 4)))
    else:
        browse(world, visitor, at, site_arrival(world, at), "-", rng.choice((1, 2, 3)))


def follow_conversion(world: World, person: Person, at: datetime) -> None:
    """Workflows and lists after a conversion."""
    rng = world.rng
    workflow = {
        "audit": "wf-quality",
        "report": "wf-quality",
        "winter": "wf-quality",
        "webinars": "wf-quality",
        "paper": "wf-trial",
        "x2": "wf-x2",
    }.get(person.campaign)
    if workflow and world.chance(0.85):
        world.on_asset(
            "workflow_enrollment",
            at + timedelta(seconds=rng.randint(60, 240)),
            world.by_id[workflow],
            contact=person,
        )
    lists = world.published(person.campaign, "static_list", at) if person.campaign else []
    chosen = (
        rng.choice(lists)
        if lists and world.chance(0.8)
        else world.by_id["sl-newsletter"]
        if world.chance(0.3)
        else None
    )
    if chosen:
        world.on_asset(
            "list_addition", at + timedelta(seconds=rng.randint(300, 900)), chosen, contact=person
        )


def device(world: World, person: Person, at: datetime) -> str:
    """The visitor that a person is this time: the known one, or a new device that is identified
    then.
    """
    if not person.visitor or world.chance(0.06):
        person.visitor = world.new_visitor()
        world.identities.append((person.visitor, person, at + timedelta(minutes=3)))
    return person.visitor


def add_returns(world: World) -> None:
    """Contacts who come back; buyers do so more often, before and after the deal is made."""
    rng = world.rng
    for person in world.people:
        if person.winner or person.origin == "sales":
            continue
        for _ in range(rng.choices((0, 1, 2, 3), weights=(66, 19, 10, 5))[0]):
            at = any_time(rng, max(person.created, START) + timedelta(days=1), END)
            wander(world, device(world, person, at), at)
    for deal in world.deals:
        for position, person in enumerate(deal.people):
            if person.origin == "sales" and world.chance(0.7):
                continue
            first = max(
                person.created + timedelta(hours=2), deal.created - timedelta(days=75), START
            )
            for _ in range(rng.randint(0, 2) if position else rng.choice((0, 1, 2, 3, 4, 5))):
                at = any_time(rng, first, min(deal.closed, END))
                wander(world, device(world, person, at), at)
                if world.chance(0.12):
                    page = world.by_id["wp-pricing"]
                    world.on_asset(
                        "page_view",
                        at + timedelta(minutes=9),
                        page,
                        visitor=person.visitor,
                        url=page.url,
                    )
                if world.chance(0.07):
                    form, when = world.by_id["fm-demo"], at + timedelta(minutes=12)
                    submit_form(world, person, person.visitor, when, form, SITE + form.extra)


# --- Email, social, ads, events -------------------------------------------------------------------


def audience(world: World, email: Asset, at: datetime, size: int) -> list[Person]:
    """Who gets an email: known by then, customers for the customers' campaign, the interested and
    buyers first.
    """
    able = [
        p
        for p in world.people
        if p.created < at and not p.winner and (p.deleted_at is None or p.deleted_at > at)
    ]
    if email.campaign == "growth":
        able = [p for p in able if p.stage == "customer" or p.is_buyer]
    if email.asset_id == "em-fair-2":
        able = [p for p in able if p.campaign == "fair"] + able[-60:]
    ranked = sorted(
        able,
        key=lambda p: (
            world.rng.random() * (0.5 if p.is_buyer else 1 - p.interest / 3),
            p.contact_id,
        ),
    )
    return list({p.contact_id: p for p in ranked[: size + 20]}.values())[:size]


def add_emails(world: World) -> None:
    for email in world.assets:
        if email.kind == "marketing_email" and email.published_at:
            send_email(world, email, email.published_at + timedelta(hours=1, minutes=30))


def send_email(world: World, email: Asset, at: datetime) -> None:
    """One email to its audience: sent, delivered or bounced, opened, clicked, and the visit after
    the click.
    """
    rng = world.rng
    for index, person in enumerate(
        sorted(audience(world, email, at, int(email.extra)), key=lambda p: p.contact_id)
    ):
        sent = at + timedelta(seconds=index // 4)
        world.on_asset("email_sent", sent, email, contact=person)
        if world.chance(0.018):
            world.on_asset(
                "email_bounced",
                sent + timedelta(seconds=30),
                email,
                contact=person,
                email=person.email,
            )
            continue
        world.on_asset("email_delivered", sent + timedelta(seconds=20), email, contact=person)
        if world.chance(0.02):
            world.on_asset(
                "email_click",
                sent + timedelta(seconds=24),
                email,
                contact=person,
                email=person.email,
                is_filtered=True,
            )
        if not world.chance(0.14 + 0.34 * person.interest):
            continue
        opened = sent + timedelta(minutes=int(skewed(rng, 3, 2600)), seconds=rng.randrange(60))
        world.on_asset("email_open", opened, email, contact=person)
        if world.chance(0.09 + 0.2 * person.interest):
            click_email(world, email, person, opened + timedelta(seconds=rng.randint(5, 90)))


def click_email(world: World, email: Asset, person: Person, at: datetime) -> None:
    """A click, at the primary or another address, known by contact id or by address alone."""
    address = person.additional[0] if person.additional and world.chance(0.3) else person.email
    by_address = world.chance(0.2)
    world.on_asset("email_click", at, email, contact=None if by_address else person, email=address)
    campaign = CAMPAIGN.get(email.campaign)
    way = arrival(world, campaign, "email", at) if campaign else site_arrival(world, at)
    browse(
        world,
        device(world, person, at),
        at + timedelta(seconds=3),
        way,
        email.campaign,
        world.rng.choice((1, 1, 2, 3)),
    )


def add_social(world: World) -> None:
    """Reactions, comments and shares in the weeks after a post; mostly by people whom nobody
    knows.
    """
    rng = world.rng
    for post in world.assets:
        if post.kind != "social_post" or not post.published_at or post.published_at >= END:
            continue
        for _ in range(rng.randint(9, 38)):
            at = post.published_at + timedelta(minutes=int(skewed(rng, 5, 18000)))
            kind = rng.choices(
                ("social_reaction", "social_comment", "social_share", "social_click"),
                weights=(70, 10, 9, 11),
            )[0]
            known = [p for p in world.people if p.created < at] if world.chance(0.15) else []
            world.on_asset(kind, at, post, contact=rng.choice(known) if known else None)


def add_meetings(world: World) -> None:
    """Registrations and attendances of webinars and of the fair."""
    rng = world.rng
    for meeting in world.assets:
        if meeting.kind != "marketing_event":
            continue
        begin = meeting.published_at
        able = [
            p
            for p in world.people
            if p.created < begin - timedelta(days=1) and not p.winner and p.origin != "fair"
        ]
        able = [
            p for p in able if meeting.campaign != "growth" or p.stage == "customer" or p.is_buyer
        ]
        ranked = sorted(
            able,
            key=lambda p: (
                rng.random() * (0.35 if p.is_buyer else 1 - p.interest / 2),
                p.contact_id,
            ),
        )
        for person in ranked[: int(meeting.extra)]:
            registered = any_time(rng, max(person.created, begin - timedelta(days=24)), begin)
            world.on_asset(
                "marketing_event_registration", min(registered, begin), meeting, contact=person
            )
            if world.chance(0.46):
                world.on_asset(
                    "marketing_event_attendance",
                    begin + timedelta(minutes=rng.randint(-4, 15)),
                    meeting,
                    contact=person,
                )
    scan_badges(world)


def scan_badges(world: World) -> None:
    for person in world.people:
        if person.origin == "fair":
            world.on_asset(
                "marketing_event_attendance",
                person.created - timedelta(minutes=8),
                world.by_id["me-fair"],
                contact=person,
            )
            world.on_asset(
                "list_addition",
                person.created + timedelta(hours=3),
                world.by_id["sl-fair"],
                contact=person,
            )


def enroll_customers(world: World) -> None:
    """The customers' campaign begins with a workflow and a list: influence, but no revenue."""
    rng = world.rng
    customers = [
        p for p in world.people if p.stage == "customer" and p.created < datetime(2026, 1, 7)
    ]
    for index, person in enumerate(rng.sample(customers, 300)):
        at = datetime(2026, 1, 8, 9) + timedelta(seconds=index * 2)
        world.on_asset("workflow_enrollment", at, world.by_id["wf-customers"], contact=person)
        if world.chance(0.6):
            world.on_asset(
                "list_addition", at + timedelta(hours=1), world.by_id["sl-growth"], contact=person
            )


def add_bots(world: World) -> None:
    """Crawlers and the team's own tests, flagged by the tool."""
    rng = world.rng
    pages = [
        a
        for a in world.assets
        if a.kind in ("landing_page", "website_page", "blog_post")
        and a.campaign not in ("guide", "past")
    ]
    for number in range(95):
        visitor, at = f"b{number:03d}", any_time(rng, START, END)
        live = [page for page in pages if page.published_at <= at]
        for page in rng.sample(live, min(rng.randint(6, 16), len(live))):
            at += timedelta(seconds=rng.randint(0, 2))
            world.on_asset("page_view", at, page, visitor=visitor, url=page.url, is_filtered=True)


def add_moments_of_moves(world: World) -> None:
    """Clicks on a CTA and an opened blog post to the second of their move: the new campaign's, one
    second earlier the old one's.
    """
    known = [
        p for p in world.people if p.is_buyer and p.visitor and p.created < datetime(2025, 9, 1)
    ]
    moves = [
        row
        for row in table(MOVES)
        if row[2] in ("cta-specialist", "bp-calibration") and row[3] == "associated"
    ]
    for index, (_, _, asset_id, _, instant) in enumerate(moves):
        asset, at = world.by_id[asset_id], datetime.fromisoformat(instant)
        kind = "cta_click" if asset.kind == "cta" else "page_view"
        url = asset.url or SITE + "/products/beacon"
        for person, moment in ((known[index], at), (known[index + 12], at - timedelta(seconds=1))):
            world.on_asset(kind, moment, asset, visitor=person.visitor, url=url)


# --- Landing the events ---------------------------------------------------------------------------


def next_load(at: datetime) -> datetime:
    """The loader runs every six hours, ten minutes past."""
    slot = datetime(at.year, at.month, at.day, at.hour // 6 * 6) + timedelta(hours=6, minutes=10)
    return min(slot, LAST_LOAD) if at < END else slot


def month_of(loaded: datetime) -> str:
    """The file of a load: the one after midnight closes its month."""
    return (loaded - timedelta(hours=1)).strftime("%Y-%m")


LATE_KINDS = (
    "ad_click",
    "social_reaction",
    "social_comment",
    "marketing_event_attendance",
    "workflow_enrollment",
    "page_view",
)


def land_events(world: World) -> dict[str, list[Event]]:
    """Events by month of their load, with ids in that order; some late, some delivered again."""
    rng = world.rng
    landed = []
    for event in world.events:
        loaded = next_load(event.at)
        if event.kind in LATE_KINDS and rng.random() < 0.017:
            loaded = min(next_load(event.at + timedelta(days=rng.randint(2, 38))), LAST_LOAD)
        landed.append(replace(event, loaded=loaded))
    landed.sort(key=lambda event: (event.loaded, event.at))
    months: dict[str, list[Event]] = defaultdict(list)
    for event in landed:
        month = month_of(event.loaded)
        months[month].append(
            replace(event, event_id=f"{month[2:4]}{month[5:7]}-{len(months[month]) + 1:05d}")
        )
    names = sorted(months)
    first_time = {name: list(months[name]) for name in names}
    for name, following in pairwise(names):
        again = datetime.fromisoformat(following + "-03") + timedelta(hours=4, minutes=10)
        for event in sorted(rng.sample(first_time[name], 24), key=lambda event: event.event_id):
            months[following].append(delivered_again(rng, event, again))
    return {
        name: sorted(rows, key=lambda event: (event.loaded, event.event_id))
        for name, rows in months.items()
    }


def delivered_again(rng: Random, event: Event, loaded: datetime) -> Event:
    """The same event once more, as it was or recognised as a bot's in the meantime."""
    is_bot = event.kind == "page_view" and rng.random() < 0.4
    return replace(event, loaded=loaded, is_filtered=event.is_filtered or is_bot)


def event_row(event: Event) -> list[str]:
    contact = event.contact.contact_id if event.contact else ""
    return [
        event.event_id,
        event.kind,
        str(event.at),
        event.visitor,
        contact,
        event.email,
        event.asset_type,
        event.asset_id,
        event.url,
        event.referrer,
        "true" if event.is_filtered else "",
        str(event.loaded),
    ]


def write_parquet(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[Sequence[str]], target: Path
) -> None:
    """Writes event rows as Parquet with typed times, in the order given."""
    types = {"occurred_at": "TIMESTAMP", "_loaded_at": "TIMESTAMP", "is_filtered": "BOOLEAN"}
    columns = {name: types.get(name, "VARCHAR") for name in EVENT_COLUMNS}
    with tempfile.TemporaryDirectory() as scratch:
        text = Path(scratch) / "rows.csv"
        write_csv(text, EVENT_COLUMNS, rows)
        connection.execute(
            f"""
            copy (select * from read_csv('{text}', columns = {columns}, header = true,
                auto_detect = false, nullstr = ''))
            to '{str(target).replace("'", "''")}' (
                format parquet, compression zstd, compression_level 22, row_group_size 122880
            )
            """
        )


# --- Spelling and writing the CRM's tables --------------------------------------------------------


def iso(at: datetime) -> str:
    return at.isoformat() + "Z"


def spell(at: datetime | None, style: int) -> str:
    """One instant in one of the contract's spellings."""
    if at is None:
        return ""
    later = at + timedelta(hours=2)
    spellings = (
        at.isoformat() + "Z",
        at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        at.strftime("%Y-%m-%dT%H:%M:%S"),
        later.strftime("%Y-%m-%d %H:%M:%S+02:00"),
        f"{at:%Y-%m-%d} {at.hour}:{at:%M:%S}",
        at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        str(int(at.replace(tzinfo=UTC).timestamp()) * 1000),
    )
    return spellings[style % len(spellings)]


def write_csv(target: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_jsonl(target: Path, rows: Iterable[dict[str, object] | str]) -> None:
    """One object a line without its empty values; a text is written as it is, for what is no
    object.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for row in rows:
        if isinstance(row, str):
            lines.append(row)
        else:
            kept = {name: value for name, value in row.items() if value not in ("", None)}
            lines.append(json.dumps(kept, ensure_ascii=False, separators=(",", ":")))
    target.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def write_contacts(world: World, out: Path) -> None:
    """An export at the turn of the year, one at its end for what is new, and the changes between as
    JSON lines.
    """
    header = (
        "contact_id",
        "email",
        "created_at",
        "lifecycle_stage",
        "salesforce_campaign_ids",
        "additional_emails",
        "_loaded_at",
    )

    def row(index: int, person: Person, loaded: datetime) -> list[str]:
        extra = [address for address in person.additional if address.endswith("@mail.example")]
        return [
            person.contact_id,
            person.email,
            spell(person.created, index % 5 if index % 3 else 0),
            person.stage,
            ";".join(person.salesforce),
            ";".join(extra),
            iso(loaded),
        ]

    old = [person for person in world.people if person.created < SNAPSHOT]
    new = [person for person in world.people if person.created >= SNAPSHOT]
    first = [row(index, person, SNAPSHOT) for index, person in enumerate(old)]
    first.insert(
        400, ["10401x", "no.date@mail.example", "14/08/2025 09:30", "lead", "", "", iso(SNAPSHOT)]
    )
    first.insert(900, ["", "no.id@mail.example", iso(START), "lead", "", "", iso(SNAPSHOT)])
    first.insert(1200, ["11199x", "too.few@mail.example"])
    write_csv(out / "contacts" / "export_2026-01-01.csv", header, first)
    write_csv(
        out / "contacts" / "export_2026-07-01.csv",
        header,
        [row(i, p, LAST_LOAD) for i, p in enumerate(new)],
    )
    write_jsonl(out / "contacts" / "changes.jsonl", contact_changes(world))


def contact_changes(world: World) -> list[dict[str, object] | str]:
    """Later stages, addresses taken over in merges, deletions."""
    changes: list[tuple[datetime, dict[str, object] | str]] = []
    won = {id(p) for deal in world.deals if deal.outcome == "won" for p in deal.people}
    for index, person in enumerate(world.people):
        stage = "customer" if id(person) in won else person.later_stage
        if (stage and stage != person.stage and index % 3 == 0) or any(
            "@mail." not in a for a in person.additional
        ):
            at = LAST_LOAD + timedelta(minutes=5)
            changes.append(
                (
                    at,
                    {
                        "contact_id": person.contact_id,
                        "email": person.email,
                        "created_at": spell(person.created, index),
                        "lifecycle_stage": stage or person.stage,
                        "salesforce_campaign_ids": ";".join(person.salesforce),
                        "additional_emails": ";".join(person.additional),
                        "_loaded_at": iso(at),
                    },
                )
            )
        if person.deleted_at:
            at = LAST_LOAD + timedelta(minutes=6)
            changes.append(
                (
                    at,
                    {
                        "contact_id": person.contact_id,
                        "_deleted": [True, "true", 1][index % 3],
                        "_loaded_at": iso(at),
                    },
                )
            )
    rows = [row for _, row in sorted(changes, key=lambda change: change[0])]
    rows.insert(30, '["an export tool wrote this line as a list"]')
    return rows


def write_people(world: World, out: Path) -> None:
    """Merges, identities and Salesforce memberships."""
    merges = sorted(
        (p for p in world.people if p.winner), key=lambda p: (p.merged_at, p.contact_id)
    )
    write_csv(
        out / "contact_merges" / "merges.csv",
        ("loser_contact_id", "winner_contact_id", "merged_at", "_loaded_at"),
        [
            [p.contact_id, p.winner.contact_id, spell(p.merged_at, i), iso(next_load(p.merged_at))]
            for i, p in enumerate(merges)
        ],
    )
    known = sorted(
        (row for row in world.identities if row[2] < END), key=lambda row: (row[2], row[0])
    )
    rows = [
        [visitor, person.contact_id, spell(at, 2), iso(next_load(at))[:16] + "Z"]
        for visitor, person, at in known
    ]
    rows.insert(700, ["v00001", "", "2025-09-01T08:00:00", "2025-09-01T12:10Z"])
    rows.insert(1500, ["v00002", "10400", "last Tuesday", "2026-01-09T12:10Z"])
    write_csv(
        out / "visitor_identities" / "identities.csv",
        ("visitor_id", "contact_id", "identified_at", "_loaded_at"),
        rows,
    )
    write_members(world, out)


def write_members(world: World, out: Path) -> None:
    """Memberships in Salesforce campaigns: by sync as CSV, by form and workflow as JSON lines."""
    rng = world.rng
    synced: list[list[str]] = []
    added: list[dict[str, object] | str] = []
    for index, person in enumerate(rng.sample(world.people, 330)):
        campaign, member = rng.choice(SALESFORCE_CAMPAIGNS), f"00v5g{index:06d}"
        at = any_time(rng, max(person.created, START), END)
        at = min(at, END - timedelta(hours=1))
        if index % 3:
            synced.append(
                [
                    campaign,
                    member,
                    person.contact_id,
                    "sync",
                    spell(at, index),
                    iso(next_load(at)),
                    "true" if index % 50 == 1 else "",
                ]
            )
        else:
            via = "form" if index % 2 else "workflow"
            added.append(
                {
                    "salesforce_campaign_id": campaign,
                    "member_id": member,
                    "contact_id": person.contact_id,
                    "added_via": via,
                    "added_at": int(spell(at, 6)),
                    "_loaded_at": iso(next_load(at)),
                }
            )
    synced.append(["", "00v5g999999", "10021", "sync", iso(START), iso(START), ""])
    header = (
        "salesforce_campaign_id",
        "member_id",
        "contact_id",
        "added_via",
        "added_at",
        "_loaded_at",
        "_deleted",
    )
    write_csv(out / "salesforce_campaign_members" / "synced.csv", header, synced)
    write_jsonl(out / "salesforce_campaign_members" / "added.jsonl", added)


DEAL_COLUMNS = (
    "deal_id", "deal_name", "pipeline", "stage", "is_closed_won", "amount", "currency",
    "created_at", "closed_at", "_loaded_at",
)  # fmt: skip
STAGES = ("Qualified", "Trial", "Quote sent", "Negotiation")


def deal_values(deal: Deal, index: int, seen: datetime) -> list[str]:
    """A deal as it looked at `seen`."""
    is_closed = deal.outcome != "open" and deal.closed < seen
    stage = STAGES[index % 4]
    if is_closed:
        stage = "Closed lost" if deal.outcome == "lost" else "Closed won"
    created = "" if deal.outcome == "no_created" else spell(deal.created, index)
    closed = (
        ""
        if deal.outcome == "no_closed" or (not is_closed and index % 3)
        else spell(deal.closed, index + 2)
    )
    won = ["true", "TRUE", "1"][index % 3] if stage == "Closed won" else "false"
    return [
        deal.deal_id,
        deal.name,
        deal.pipeline,
        stage,
        won,
        deal.amount,
        deal.currency,
        created,
        closed,
        iso(seen),
    ]


def write_deals(world: World, out: Path) -> None:
    """A snapshot at the turn of the year; what changed and what is new since then as JSON lines."""
    old = [deal for deal in world.deals if deal.created < SNAPSHOT]
    write_csv(
        out / "deals" / "snapshot_2026-01-01.csv",
        DEAL_COLUMNS,
        [deal_values(deal, i, SNAPSHOT) for i, deal in enumerate(old)],
    )
    changed: list[dict[str, object] | str] = []
    for index, deal in enumerate(world.deals):
        if deal.created >= SNAPSHOT or (deal.closed >= SNAPSHOT and deal.outcome != "open"):
            changed.append(
                dict(zip(DEAL_COLUMNS, deal_values(deal, index, LAST_LOAD), strict=True))
            )
        if deal.outcome == "deleted":
            changed.append(
                {
                    "deal_id": deal.deal_id,
                    "_deleted": True,
                    "_loaded_at": iso(LAST_LOAD + timedelta(hours=6)),
                }
            )
    changed.insert(
        20,
        {
            "deal_id": "D-1999",
            "is_closed_won": "maybe",
            "amount": "1000",
            "_loaded_at": iso(LAST_LOAD),
        },
    )
    changed.insert(
        60,
        {
            "deal_name": "Without an id",
            "is_closed_won": "true",
            "amount": "900",
            "_loaded_at": iso(LAST_LOAD),
        },
    )
    write_jsonl(out / "deals" / "changes_2026.jsonl", changed)
    rows = [
        [
            f"L{i + 1:04d}",
            deal_id,
            person.contact_id,
            action,
            spell(at, 0 if i % 4 else i),
            iso(next_load(at)),
        ]
        for i, (deal_id, person, action, at) in enumerate(world.deal_log)
    ]
    rows.insert(
        200, ["L9001", "D-2050", "10333", "linked", "2025-11-04T10:00:00Z", "2025-11-04T12:10:00Z"]
    )
    rows.insert(
        300, ["L9002", "", "10334", "associated", "2025-12-04T10:00:00Z", "2025-12-04T12:10:00Z"]
    )
    write_csv(
        out / "deal_contact_log" / "log.csv",
        ("log_id", "deal_id", "contact_id", "action", "occurred_at", "_loaded_at"),
        rows,
    )


def write_campaigns(out: Path) -> None:
    """Campaigns as first landed, then the rename and the deletion; aliases."""
    header = (
        "campaign_id",
        "campaign_name",
        "created_at",
        "start_date",
        "end_date",
        "status",
        "owner",
        "currency",
        "_loaded_at",
    )
    rows = [
        [
            c.campaign_id,
            c.name,
            spell(c.created_at, i),
            c.start,
            c.end,
            c.status,
            c.owner,
            c.currency,
            iso(next_load(c.created_at)),
        ]
        for i, c in enumerate(CAMPAIGNS)
    ]
    write_csv(out / "campaigns" / "campaigns.csv", header, rows)
    winter, podcast = CAMPAIGN["winter"], CAMPAIGN["podcast"]
    write_jsonl(
        out / "campaigns" / "changes.jsonl",
        [
            {
                "campaign_id": winter.campaign_id,
                "campaign_name": WINTER_NAME,
                "created_at": int(spell(winter.created_at, 6)),
                "start_date": winter.start,
                "end_date": winter.end,
                "status": "completed",
                "owner": winter.owner,
                "_loaded_at": iso(next_load(RENAMED_AT)),
            },
            {
                "campaign_id": podcast.campaign_id,
                "_deleted": True,
                "_loaded_at": "2026-03-04T12:10:00Z",
            },
        ],
    )
    aliases = [
        [CAMPAIGN[key].campaign_id, alias, added, iso(next_load(datetime.fromisoformat(added)))]
        for key, alias, added in table(ALIASES)
    ]
    write_csv(
        out / "campaign_utms" / "aliases.csv",
        ("campaign_id", "utm_campaign", "added_at", "_loaded_at"),
        aliases,
    )


def first_association(asset: Asset) -> datetime:
    """An asset joins its campaign on the eve of its publication, not before the campaign exists."""
    campaign = CAMPAIGN[asset.campaign]
    if asset.campaign == "guide":
        return datetime(2022, 6, 10)
    earliest = campaign.created_at + timedelta(minutes=10)
    if asset.published_at is None or asset.published_at > END:
        return datetime(2026, 6, 15, 9)
    return max(earliest, asset.published_at - timedelta(hours=15))


def write_assets(world: World, out: Path) -> None:
    """Assets of the content system as CSV, of other tools as JSON lines, and the association
    log.
    """
    content: list[list[str]] = []
    tools: list[dict[str, object] | str] = []
    for index, asset in enumerate(world.assets):
        created = (asset.published_at or datetime(2026, 6, 12)) - timedelta(days=9)
        created = min(created, datetime(2026, 6, 20))
        loaded = iso(next_load(created))
        has_form = "true" if asset.extra == "form" else ""
        if asset.kind in (
            "blog_post",
            "landing_page",
            "website_page",
            "form",
            "cta",
            "tracking_url",
        ):
            content.append([
                asset.kind, asset.asset_id, asset.name, asset.url, has_form, iso(created),
                spell(asset.shown_published_at, index), loaded,
            ])  # fmt: skip
        else:
            network = asset.extra if asset.extra.isalpha() else ""
            tools.append(
                {
                    "asset_type": asset.kind,
                    "asset_id": asset.asset_id,
                    "asset_name": asset.name,
                    "network": network,
                    "created_at": int(spell(created, 6)),
                    "published_at": spell(asset.shown_published_at, 2),
                    "_loaded_at": loaded,
                }
            )
    tools.append(
        {
            "asset_type": "podcast_episode",
            "asset_id": "pe-1",
            "asset_name": "Episode 1",
            "_loaded_at": "2025-11-05T12:10:00Z",
        }
    )
    tools.append({
        "asset_type": "social_post", "asset_id": "sp-podcast-2", "_deleted": "true", "_loaded_at":
        "2026-03-04T12:10:00Z",
    })  # fmt: skip
    header = (
        "asset_type",
        "asset_id",
        "asset_name",
        "url",
        "has_form",
        "created_at",
        "published_at",
        "_loaded_at",
    )
    write_csv(out / "assets" / "content.csv", header, content)
    write_jsonl(out / "assets" / "tools.jsonl", tools)
    write_association_log(world, out)


def write_association_log(world: World, out: Path) -> None:
    log = [
        (first_association(a), a.campaign, a.kind, a.asset_id, "associated")
        for a in world.assets
        if a.campaign in CAMPAIGN
    ]
    log += [
        (datetime.fromisoformat(at), key, kind, asset_id, action)
        for key, kind, asset_id, action, at in table(MOVES)
    ]
    log.sort()
    rows = [
        [
            f"A{i + 1:03d}",
            CAMPAIGN[key].campaign_id,
            kind,
            asset_id,
            action,
            spell(at, i),
            iso(next_load(at)),
        ]
        for i, (at, key, kind, asset_id, action) in enumerate(log)
    ]
    rows.append(
        [
            "A901",
            "CMP-106",
            "landing_page",
            "lp-podcast",
            "archived",
            "2026-03-04T09:00:00Z",
            "2026-03-04T12:10:00Z",
        ]
    )
    header = (
        "log_id",
        "campaign_id",
        "asset_type",
        "asset_id",
        "action",
        "occurred_at",
        "_loaded_at",
    )
    write_csv(out / "campaign_asset_log" / "log.csv", header, rows)


def write_money(world: World, out: Path) -> None:
    """Budgets, spend, daily rates of a week's first day, and what the ad networks report."""
    budget = [
        [
            f"B{i + 1:03d}",
            CAMPAIGN[key].campaign_id,
            item,
            amount,
            currency,
            day,
            iso(CAMPAIGN[key].created_at + timedelta(days=2)),
        ]
        for i, (key, item, amount, currency, day) in enumerate(table(BUDGET))
    ]
    write_csv(
        out / "budget_items" / "budget.csv",
        ("item_id", "campaign_id", "item_name", "amount", "currency", "budgeted_on", "_loaded_at"),
        budget,
    )
    spend: list[dict[str, object] | str] = []
    for i, (key, item, amount, currency, day) in enumerate(table(SPEND)):
        spend.append(
            {
                "item_id": f"S{i + 1:03d}",
                "campaign_id": CAMPAIGN[key].campaign_id,
                "item_name": item,
                "amount": amount,
                "currency": currency,
                "spent_on": day,
                "_loaded_at": day + "T18:10:00Z",
            }
        )
    write_jsonl(out / "spend_items" / "spend.jsonl", spend)
    write_rates(world.rng, out)
    write_ad_metrics(world, out)


def write_rates(rng: Random, out: Path) -> None:
    rows = []
    for currency, rate in (("EUR", 11420), ("GBP", 13480)):
        day = date(2025, 6, 2)
        while day < END.date():
            rate += rng.randint(-60, 62)
            rows.append([currency, str(day), f"{rate / 10000:.4f}", f"{day}T06:10:00Z"])
            day += timedelta(days=7)
    write_csv(
        out / "exchange_rates" / "weekly.csv",
        ("currency", "rate_date", "rate_to_home", "_loaded_at"),
        rows,
    )


def write_ad_metrics(world: World, out: Path) -> None:
    """Impressions, clicks and spend per ad and working day: the networks' own numbers, which see
    more clicks than the site does.
    """
    rng = world.rng
    clicks: dict[tuple[str, date], int] = defaultdict(int)
    for event in world.events:
        if event.kind == "ad_click":
            clicks[event.asset_id, event.at.date()] += 1
    rows = []
    for asset in world.assets:
        if asset.kind not in ("ad_campaign", "paid_search_campaign") or asset.name.endswith(
            "(paused)"
        ):
            continue
        day = asset.published_at.date()
        while day <= CAMPAIGN[asset.campaign].last_day.date():
            if day.weekday() < 5 or clicks[asset.asset_id, day]:
                rows.append(ad_day(rng, asset, day, clicks[asset.asset_id, day]))
            day += timedelta(days=1)
    rows.insert(
        200, ["ad_campaign", "ad-x2-li", "yesterday", "100", "2", "9.00", "", "2026-03-01T05:10Z"]
    )
    header = (
        "asset_type",
        "asset_id",
        "metric_date",
        "impressions",
        "clicks",
        "spend",
        "currency",
        "_loaded_at",
    )
    write_csv(out / "ad_metrics" / "daily.csv", header, rows)


def ad_day(rng: Random, asset: Asset, day: date, seen: int) -> list[str]:
    """What a network reports of one ad and day, of which the site saw `seen` clicks."""
    clicks = seen * 2 + rng.randint(3, 12)
    price = {"linkedin": 10.2, "google": 4.1, "facebook": 2.2}[asset.extra] * (
        0.8 + rng.random() * 0.4
    )
    currency = "EUR" if asset.campaign == "paper" else ""
    impressions = clicks * rng.randint(45, 120)
    loaded = f"{day + timedelta(days=1)}T05:10Z"
    return [
        asset.kind,
        asset.asset_id,
        str(day),
        str(impressions),
        str(clicks),
        f"{clicks * price:.2f}",
        currency,
        loaded,
    ]


# --- The FAQ's examples and what came late --------------------------------------------------------


def faq_events(world: World) -> list[dict[str, object]]:
    """R92: a tracking URL visited on 10 June, its campaign created on 12 June; a second one visited
    on 13 June too. R93: a page launched on 1 June with 10 views on 5 June, associated on 10 June, 3
    views on 12 June.
    """
    poster, invitation, guide = (
        world.by_id[name] for name in ("tu-openday-1", "tu-openday-2", "lp-guide")
    )
    views = [
        ("92", "2022-06-10T09:00:00Z", "website_page", "wp-openday", poster.url),
        ("92", "2022-06-10 14:30:00 UTC", "website_page", "wp-openday", invitation.url),
        ("92", "2022-06-13 9:15:00", "website_page", "wp-openday", invitation.url),
    ]
    views += [
        ("93", f"2022-06-05T{8 + number:02d}:20:00Z", "landing_page", "lp-guide", guide.url)
        for number in range(10)
    ]
    views += [
        ("93", f"2022-06-12T{9 + number:02d}:40:00Z", "landing_page", "lp-guide", guide.url)
        for number in range(3)
    ]
    return [
        {
            "event_id": f"faq{example}-{number:02d}",
            "event_type": "page_view",
            "occurred_at": at,
            "visitor_id": f"f{example}{number:02d}",
            "asset_type": kind,
            "asset_id": asset_id,
            "url": url,
            "_loaded_at": "2022-06-14T06:10:00Z",
        }
        for number, (example, at, kind, asset_id, url) in enumerate(views, start=1)
    ]


def munich_events(world: World) -> list[dict[str, object] | str]:
    """Badge scans of a roadshow that a partner sent weeks later, with the rows that nobody can
    use.
    """
    known = [p for p in world.people if p.created < datetime(2025, 10, 1) and not p.winner][::29][
        :40
    ]
    times = [
        datetime(2025, 10, 14, 9) + timedelta(minutes=7 * number) for number in range(len(known))
    ]
    rows: list[dict[str, object] | str] = [
        {
            "event_id": f"muc-{number:03d}",
            "event_type": "page_view",
            "occurred_at": spell(times[number], number),
            "email": person.email.title() if number % 2 else person.email.upper(),
            "asset_type": "landing_page",
            "asset_id": "lp-report",
            "url": f"{SITE}/go/cold-chain-report?utm_source=roadshow&utm_medium=tablet"
            "&utm_campaign=Cold%20Chain%20Report%202025",
            "is_filtered": "false",
            "_loaded_at": "2025-11-20T06:10:00Z",
        }
        for number, person in enumerate(known)
    ]
    late = "2025-11-20T06:10:00Z"
    rows += [
        {
            "event_id": "muc-901",
            "event_type": "video_play",
            "occurred_at": "2025-10-14T09:00:00Z",
            "_loaded_at": late,
        },
        {
            "event_id": "muc-902",
            "event_type": "page_view",
            "occurred_at": "14.10.2025 09:10",
            "_loaded_at": late,
        },
        {
            "event_id": "muc-903",
            "event_type": "page_view",
            "occurred_at": "2025-10-32T09:00:00Z",
            "_loaded_at": late,
        },
        {"event_type": "page_view", "occurred_at": "2025-10-14T09:30:00Z", "_loaded_at": late},
        {"event_id": "muc-905", "occurred_at": "2025-10-14T09:40:00Z", "_loaded_at": late},
        "# end of export",
    ]
    return rows


def write_events(world: World, out: Path) -> None:
    """One Parquet file a month, and two small files of JSON lines, one with a name that is not
    ASCII.
    """
    folder = out / "events"
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            "set threads = 1; set preserve_insertion_order = true; set TimeZone = 'UTC'"
        )
        for month, events in land_events(world).items():
            write_parquet(
                connection, [event_row(event) for event in events], folder / f"{month}.parquet"
            )
    write_jsonl(folder / "faq-examples.jsonl", faq_events(world))
    write_jsonl(folder / "nachgeliefert-münchen.jsonl", munich_events(world))


def live_a_year(seed: int = SEED) -> World:
    """The whole year, in memory."""
    world = World(seed)
    for step in (
        add_people,
        add_duplicates,
        add_details,
        add_deals,
        spoil_deals,
        add_deal_log,
        add_strangers,
        add_conversions,
        add_returns,
        add_emails,
        add_social,
        add_meetings,
        enroll_customers,
        add_bots,
        add_moments_of_moves,
    ):
        step(world)
    return world


def make_sample(out: Path) -> None:
    """Writes the sample landing into `out`; the tables' folders that lie there are replaced."""
    for name in TABLES:
        shutil.rmtree(out / name, ignore_errors=True)
    world = live_a_year()
    write_events(world, out)
    write_contacts(world, out)
    write_people(world, out)
    write_deals(world, out)
    write_campaigns(out)
    write_assets(world, out)
    write_money(world, out)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--out",
        type=Path,
        default=SAMPLE,
        help="folder to write the landing to; its tables are replaced",
    )
    make_sample(parser.parse_args().out)


if __name__ == "__main__":
    main()
