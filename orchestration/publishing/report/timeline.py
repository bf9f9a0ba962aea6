"""Numbers by day, and the periods that the trend and the figures show."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from orchestration.ground.sql import sql_beside
from orchestration.publishing.report.queries import LIVE, day_of, rows

# The series of the trend, in the order they are shown: column of `daily`, and whether it is money.
SERIES = ("sessions", "first_touch", "last_touch", "influenced", "revenue", "spend")
PERIODS = 52
DAYS_SHOWN_BY_DAY = 60


def daily(connection: duckdb.DuckDBPyConnection, timezone: str) -> dict[date, dict[str, Any]]:
    """Per portal day the numbers of SERIES; a contact counts as influenced on its first day, a
    spend of unknown size makes the day's unknown.
    """
    found = rows(
        connection,
        sql_beside(
            __file__,
            "daily",
            live=LIVE,
            session_day=day_of("started_at", timezone),
            created_day=day_of("contact_created_at", timezone),
            influenced_day=day_of("influenced_at", timezone),
        ),
    )
    days: dict[date, dict[str, Any]] = defaultdict(dict)
    for row in found:
        if row["day"] is not None:
            days[row["day"]][row["kind"]] = None if row["is_unknown"] else row["number"]
    return dict(days)


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included, with the sum of each of SERIES (None =
    unknown).
    """

    first: date
    last: date
    numbers: dict[str, Any]


def _total(days: dict[date, dict[str, Any]], first: date, last: date) -> Period:
    inside = [numbers for day, numbers in days.items() if first <= day <= last]
    sums: dict[str, Any] = {}
    for kind in SERIES:
        values = [numbers[kind] for numbers in inside if kind in numbers]
        sums[kind] = None if None in values else sum(values, 0)
    return Period(first, last, sums)


def periods(days: dict[date, dict[str, Any]], until: date) -> list[Period]:
    """The trend up to the newest day not after `until`: single days where all fit, else up to 52
    weeks of seven whole days ending there.
    """
    known = [day for day in days if day <= until]
    if not known:
        return []
    oldest, newest = min(known), max(known)
    if (newest - oldest).days < DAYS_SHOWN_BY_DAY:
        return [
            _total(days, day, day)
            for day in (oldest + timedelta(n) for n in range((newest - oldest).days + 1))
        ]
    weeks = min(PERIODS, (newest - oldest).days // 7 + 1)
    recent = {
        day: numbers
        for day, numbers in days.items()
        if newest - timedelta(weeks * 7) < day <= newest
    }
    ends = [newest - timedelta(7 * n) for n in reversed(range(weeks))]
    return [_total(recent, end - timedelta(6), end) for end in ends]


def latest(
    days: dict[date, dict[str, Any]], until: date, length: int = 30
) -> tuple[Period, Period] | None:
    """The newest `length` days and the `length` days before them; None where nothing happened."""
    known = [day for day in days if day <= until]
    if not known:
        return None
    newest = max(known)
    return _total(days, newest - timedelta(length - 1), newest), _total(
        days, newest - timedelta(2 * length - 1), newest - timedelta(length)
    )


def newest_day(as_of: datetime | None) -> date:
    """The last day that the trend may show: nothing after the run's as-of time."""
    return as_of.date() if as_of else date.max - timedelta(1)
