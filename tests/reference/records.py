"""Parameters, the rules that are data, current versions of raw records, days and money."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from .contract import RAW

Row = dict[str, object]
World = dict[str, list[Row]]

RULES_FOLDER = Path(__file__).resolve().parents[2] / "seeds" / "rules"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Parameters:
    """The variables of a run, with the defaults of the contract."""

    as_of: datetime
    home_currency: str = "USD"
    portal_timezone: str = "UTC"
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
    """R72 as exact shares; `half_life_days` makes a model one of time decay."""

    name: str
    first: Fraction
    lead_creation: Fraction
    deal_creation: Fraction
    last: Fraction
    others: Fraction
    half_life_days: float | None


@dataclass(frozen=True)
class Rules:
    """What `seeds/rules` says: types of assets and interactions, and models."""

    shared_types: frozenset[str]
    social_types: frozenset[str]
    visit_match: dict[str, str]
    asset_types: frozenset[str]
    interactions: dict[str, dict[str, bool]]
    models: tuple[AttributionModel, ...]


def _seed(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_rules(folder: Path = RULES_FOLDER) -> Rules:
    """The rules of a project, without more said as it ships them."""
    assets = _seed(folder, "asset_types")
    flags = [
        "is_web_activity",
        "influences",
        "earns_revenue",
        "moves_with_asset",
        "needs_asset_without_form",
        "needs_primary_address",
    ]
    models = [
        AttributionModel(
            row["model"],
            Fraction(row["first_weight"]),
            Fraction(row["lead_creation_weight"]),
            Fraction(row["deal_creation_weight"]),
            Fraction(row["last_weight"]),
            Fraction(row["others_weight"]),
            float(row["half_life_days"]) if row["half_life_days"] else None,
        )
        for row in _seed(folder, "attribution_models")
    ]
    return Rules(
        shared_types=frozenset(row["asset_type"] for row in assets if row["is_shared"] == "true"),
        social_types=frozenset(
            row["asset_type"] for row in assets if row["is_social_post"] == "true"
        ),
        visit_match={row["asset_type"]: row["visit_match"] for row in assets if row["visit_match"]},
        asset_types=frozenset(row["asset_type"] for row in assets),
        interactions={
            row["event_type"]: {flag: row[flag] == "true" for flag in flags}
            for row in _seed(folder, "interaction_types")
        },
        models=tuple(models),
    )


def canonical(value: object) -> tuple[bool, str]:
    """A typed value as text that sorts by code points, null first."""
    if value is None:
        return (False, "")
    if isinstance(value, bool):
        return (True, "true" if value else "false")
    if isinstance(value, Decimal):
        text = format(value, "f")
        return (True, text.rstrip("0").rstrip(".") if "." in text else text)
    if isinstance(value, datetime):
        return (True, value.isoformat(sep=" ", timespec="microseconds"))
    return (True, str(value))


def current(table: str, rows: list[Row]) -> list[Row]:
    """One row per record: the newest version; a deletion keeps the last known values of what it does not say."""
    contract = RAW[table]
    versions: dict[tuple, list[Row]] = defaultdict(list)
    for row in rows:
        versions[tuple(row[column] for column in contract.key)].append(row)
    records = []
    for group in versions.values():
        group.sort(
            key=lambda row: (
                row["_loaded_at"],
                [canonical(row.get(column)) for column in contract.columns],
            )
        )
        known: Row = {}
        exists = False
        for row in group:
            values = {column: row.get(column) for column in contract.columns}
            if values.get("_deleted"):
                known = {
                    column: known.get(column) if value is None else value
                    for column, value in values.items()
                }
                beside_key = [
                    column
                    for column in contract.columns
                    if column not in (*contract.key, "_deleted")
                ]
                exists = exists or (
                    all(known[column] is not None for column in contract.required)
                    and any(known[column] is not None for column in beside_key)
                )
            else:
                known = values
                exists = True
        if exists:
            for flag in {"_deleted", "is_filtered"} & known.keys():
                known[flag] = bool(known[flag])
            records.append(known | {"_loaded_at": group[-1]["_loaded_at"]})
    return records


def current_world(world: World, rules: Rules) -> World:
    """The current records of every raw table; rows of unlisted types are no records."""

    def is_listed(row: Row) -> bool:
        asset_type, event_type = row.get("asset_type"), row.get("event_type")
        return (asset_type is None or asset_type in rules.asset_types) and (
            event_type is None or event_type in rules.interactions
        )

    return {
        table: current(table, [row for row in world.get(table, []) if is_listed(row)])
        for table in RAW
    }


class Money:
    """Amounts in the home currency (R65, R83)."""

    def __init__(self, rates: list[Row], home_currency: str) -> None:
        self.home_currency = home_currency
        self.rates: dict[object, list[tuple[date, Decimal]]] = defaultdict(list)
        for row in rates:
            self.rates[row["currency"]].append((row["rate_date"], row["rate_to_home"]))

    def home(self, amount: Decimal | None, currency: object, on: date | None) -> Decimal | None:
        """`amount` at the latest rate on or before `on`, half-up to cents; None where amount or rate is unknown."""
        if amount is None:
            return None
        if currency is None or currency == self.home_currency:
            return amount.quantize(CENT, ROUND_HALF_UP)
        known = [rate for rate in self.rates[currency] if on is not None and rate[0] <= on]
        if not known:
            return None
        return (amount * max(known)[1]).quantize(CENT, ROUND_HALF_UP)


def total(amounts: list[Decimal | None]) -> Decimal | None:
    """The sum, or None where an amount is unknown: never smaller than it is (R83)."""
    if any(amount is None for amount in amounts):
        return None
    return sum(amounts, Decimal("0.00"))
