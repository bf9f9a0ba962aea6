"""Draws of ids, instants, texts and URLs, and rows of raw tables in several versions."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote, quote_plus

from tests.oracle.contract import RAW
from tests.oracle.rules import Row, World, read_rules

from .vocabulary import (
    ADDRESSES,
    ALIASES,
    AMOUNTS,
    AS_OF,
    CAMPAIGNS,
    CLICK_IDS,
    CONTACTS,
    GHOST_CAMPAIGNS,
    GHOST_CONTACTS,
    MEDIUMS,
    NAMES,
    NEAR_ALIASES,
    ODD_QUERIES,
    OFFSETS,
    PAGES,
    REFERRERS,
    SOURCES,
    START,
)


class Draw:
    """Draws the tables of one world; what is drawn goes to `tables`."""

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

    def referrer(self) -> str | None:
        return self.maybe(self.rng.choice(REFERRERS), 0.5)

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
        pieces = [
            f"utm_campaign={self.spelling(self.rng.choice((*ALIASES, *ALIASES, *NEAR_ALIASES)))}"
        ]
        if self.chance(0.1):
            pieces = []
        if self.chance(0.4):
            pieces.append(f"utm_source={self.rng.choice(SOURCES)}")
        if self.chance(0.4):
            pieces.append(f"utm_medium={self.rng.choice(MEDIUMS)}")
        if self.chance(0.1):
            pieces.append(self.rng.choice(CLICK_IDS))
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
            if table == "contacts" and self.chance(0.5):
                changed[self.rng.choice(("email", "additional_emails"))] = self.address()
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
