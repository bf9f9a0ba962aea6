"""A run's variables, and the rules that are data (`seeds/rules`)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

Row = dict[str, object]
World = dict[str, list[Row]]

RULES_FOLDER = Path(__file__).resolve().parents[2] / "seeds" / "rules"


@dataclass(frozen=True)
class Parameters:
    """The variables of a run, with the defaults of the contract."""

    as_of: datetime
    home_currency: str = "USD"
    portal_timezone: str = "UTC"
    naive_timezone: str = "UTC"
    session_gap_minutes: int = 30
    conversion_tolerance_minutes: int = 5
    social_post_cap: int = 10_000
    attribution_lookback_days: int | None = None

    def day(self, instant: datetime) -> date:
        """The portal's day of a naive UTC instant (R84)."""
        return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(self.portal_timezone)).date()

    def midnight(self, day: date) -> datetime:
        """The naive UTC instant at which a day of the portal begins."""
        local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.portal_timezone))
        return local.astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class AttributionModel:
    """A row of `attribution_models.csv`: a method, and the shares of R72 as exact numbers."""

    name: str
    method: str
    shares: dict[str, Fraction]
    half_life_days: float | None


@dataclass(frozen=True)
class TrafficSource:
    """A row of `traffic_sources.csv` (R110)."""

    kind: str
    match: str
    value: str
    name: str


@dataclass(frozen=True)
class Rules:
    """What `seeds/rules` says: types of assets and interactions, models and traffic sources."""

    shared_types: frozenset[str]
    social_types: frozenset[str]
    page_types: frozenset[str]
    visit_match: dict[str, str]
    asset_types: frozenset[str]
    interactions: dict[str, dict[str, bool]]
    channels: dict[str, str]
    models: tuple[AttributionModel, ...]
    traffic_sources: tuple[TrafficSource, ...]


FLAGS = (
    "is_web_activity",
    "influences",
    "earns_revenue",
    "moves_with_asset",
    "needs_asset_without_form",
    "needs_primary_address",
)
POSITIONS = ("first", "lead_creation", "deal_creation", "last", "last_non_direct")
DATA_DRIVEN = ("markov", "shapley")


def _seed(folder: Path, name: str) -> list[dict[str, str]]:
    file = folder / f"{name}.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _model(row: dict[str, str]) -> AttributionModel:
    """R72, R77-R79, R112. A position that the file has no column for has no share."""
    names = (*POSITIONS, "others")
    shares = {name: Fraction(row.get(f"{name}_weight") or 0) for name in names}
    half_life = float(row["half_life_days"]) if row["half_life_days"] else None
    method = row["method"] if row["method"] in DATA_DRIVEN else "positions"
    return AttributionModel(row["model"], method, shares, half_life)


def read_rules(folder: Path = RULES_FOLDER) -> Rules:
    """The rules of a project, without more said as it ships them."""
    assets = _seed(folder, "asset_types")
    interactions = _seed(folder, "interaction_types")
    return Rules(
        shared_types=frozenset(row["asset_type"] for row in assets if row["is_shared"] == "true"),
        social_types=frozenset(
            row["asset_type"] for row in assets if row["is_social_post"] == "true"
        ),
        page_types=frozenset(row["asset_type"] for row in assets if row["is_page"] == "true"),
        visit_match={row["asset_type"]: row["visit_match"] for row in assets if row["visit_match"]},
        asset_types=frozenset(row["asset_type"] for row in assets),
        interactions={
            row["event_type"]: {flag: row[flag] == "true" for flag in FLAGS} for row in interactions
        },
        channels={row["event_type"]: row["channel"] for row in interactions},
        models=tuple(_model(row) for row in _seed(folder, "attribution_models")),
        traffic_sources=tuple(
            TrafficSource(row["kind"], row["match"], row["value"], row["name"])
            for row in _seed(folder, "traffic_sources")
        ),
    )
