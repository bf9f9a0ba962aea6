"""Small charts of a page as SVG, drawn on the server: the browser runs no script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from orchestration.publishing.report import charts
from orchestration.publishing.report.numbers import Formats

MOST_POINTS = 60


@dataclass(frozen=True)
class Series:
    """A number per day to draw: its title, and whether it is money."""

    name: str
    title: str
    is_money: bool = False


def _buckets(first: date, last: date) -> tuple[list[date], int]:
    """Ends of equal spans of days from `first` to `last`, and how many days each has: days, weeks,
    or several weeks.
    """
    days = (last - first).days + 1
    size = 1 if days <= MOST_POINTS else 7 * -(-days // (7 * MOST_POINTS))
    count = -(-days // size)
    return [last - timedelta(size * n) for n in range(count)][::-1], size


def trends(
    rows: list[dict[str, Any]], series: Sequence[Series], formats: Formats
) -> list[dict[str, Any]]:
    """A chart for each series from rows with a `day`; none where fewer than two days are known."""
    if len(rows) < 2:
        return []
    days = [row["day"] for row in rows]
    ends, size = _buckets(min(days), max(days))
    marks = ends[:: max(1, -(-len(ends) // 5))]
    places = [end.toordinal() for end in ends]
    span = "day" if size == 1 else "week" if size == 7 else f"{size // 7} weeks"
    made = []
    for one in series:
        sums: list[Any] = [0] * len(ends)
        for row in rows:
            value = row[one.name]
            at = len(ends) - 1 - (ends[-1] - row["day"]).days // size
            sums[at] = None if value is None or sums[at] is None else sums[at] + value
        write: Callable[[Any], str] = formats.short_money if one.is_money else formats.count
        known = [value for value in sums if value is not None]
        whole = sum(known) if len(known) == len(sums) else None
        label = formats.month if (ends[-1] - ends[0]).days > 150 else formats.day_of_month
        spec = charts.trend_spec(
            places,
            [None if value is None else float(value) for value in sums],
            [mark.toordinal() for mark in marks],
            lambda place, label=label: label(date.fromordinal(place)),
            formats.tick,
        )
        most = max(known, default=0)
        made.append(
            {
                "title": one.title,
                "total": write(whole),
                "svg": charts.svg(spec),
                "label": (
                    f"{one.title} per {span}: {write(whole)} in all, at most {write(most)} in one "
                    f"{span}."
                ),
                "span": span,
            }
        )
    return made
