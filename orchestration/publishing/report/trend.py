"""The figures at the head of the page, and the trend below them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from orchestration.publishing.report import charts, timeline
from orchestration.publishing.report.numbers import Formats

SERIES_TITLES = {
    "sessions": ("Sessions", "sessions that counted for a campaign"),
    "first_touch": (
        "New contacts, first touch",
        "new contacts whose first page view was a campaign's",
    ),
    "last_touch": ("New contacts, last touch", "new contacts who converted through a campaign"),
    "influenced": ("Influenced contacts", "contacts on the day a campaign first influenced them"),
    "revenue": ("Revenue", "revenue of campaigns on the day the deal closed"),
    "spend": ("Spend", "spend on the day of the item"),
}


MONEY = ("revenue", "spend")


def relative(now: Any, before: Any) -> float | None:
    """Relative change; None where there is nothing to compare with."""
    return None if now is None or not before else float(now) / float(before) - 1


def kpis_part(
    totals: dict[str, Any], recent: tuple[timeline.Period, timeline.Period] | None, formats: Formats
) -> list[dict[str, Any]]:
    def card(
        title: str, value: str, help_text: str, kind: str | None = None, exact: str = ""
    ) -> dict[str, Any]:
        shown_card: dict[str, Any] = {
            "title": title,
            "value": value,
            "help": help_text,
            "exact": exact,
        }
        if kind and recent:
            now, before = (period.numbers[kind] for period in recent)
            change = relative(now, before)
            shown_card["recent"] = formats.short_money(now) if kind in MONEY else formats.count(now)
            shown_card["change"] = formats.change(change) if change is not None else ""
            shown_card["direction"] = (
                "" if not change or not round(change, 2) else "up" if change > 0 else "down"
            )
        return shown_card

    revenue, spend = (
        None if totals[kind] is None else formats.money(totals[kind]) for kind in MONEY
    )
    gain = None if totals["spend"] is None else totals["revenue"] - totals["spend"]
    return [
        card(
            "Sessions",
            formats.count(totals["sessions"]),
            "with a campaign's page or link",
            "sessions",
        ),
        card(
            "New contacts, first touch",
            formats.count(totals["first_touch"]),
            "came first through a campaign",
            "first_touch",
        ),
        card(
            "New contacts, last touch",
            formats.count(totals["last_touch"]),
            "converted through a campaign",
            "last_touch",
        ),
        card(
            "Influenced contacts", formats.count(totals["influenced"]), "new or known", "influenced"
        ),
        card(
            "Deals",
            formats.count(totals["deals"]),
            f"won with {formats.count(totals['contacts_with_revenue'])} contacts' help",
        ),
        card(
            "Revenue",
            formats.short_money(totals["revenue"]),
            "campaigns' share of won deals",
            "revenue",
            revenue or "",
        ),
        card(
            "Spend", formats.short_money(totals["spend"]), "of all campaigns", "spend", spend or ""
        ),
        card(
            "ROI",
            formats.change(totals["roi"]),
            "(revenue − spend) ÷ spend",
            None,
            f"gain {formats.money(gain)}" if gain is not None else "",
        ),
    ]


def _axis_marks(
    periods: list[timeline.Period], formats: Formats
) -> tuple[list[int], dict[int, str]]:
    """Places of the x axis that get a label, and the labels: starts of months where there are
    several, else a few of the days.
    """
    first, last = periods[0].last, periods[-1].last
    firsts = [
        day
        for day in (first + timedelta(n) for n in range((last - first).days + 1))
        if day.day == 1
    ]
    if len(firsts) >= 3:
        step = -(-len(firsts) // 5)
        # A January tells the year: the labels are placed so that it is one of them.
        offset = next((n for n, day in enumerate(firsts) if day.month == 1), 0) % step
        chosen = {day: formats.month(day) for day in firsts[offset::step]}
    else:
        days = [period.last for period in periods]
        step = max(1, -(-len(days) // 4))
        chosen = {day: formats.day_of_month(day) for day in days[::-1][::step][::-1]}
    return [day.toordinal() for day in chosen], {
        day.toordinal(): label for day, label in chosen.items()
    }


def trend_part(periods: list[timeline.Period], formats: Formats) -> dict[str, Any] | None:
    if not periods:
        return None
    places = [period.last.toordinal() for period in periods]
    marks, labels = _axis_marks(periods, formats)
    by_week = (periods[0].last - periods[0].first).days > 0
    shown_charts = []
    for kind in timeline.SERIES:
        is_money = kind in MONEY
        values = [
            None if period.numbers[kind] is None else float(period.numbers[kind])
            for period in periods
        ]
        spec = charts.trend_spec(places, values, marks, labels.__getitem__, formats.tick)
        known = [value for value in values if value is not None]
        write = formats.money if is_money else formats.count
        exact = [period.numbers[kind] for period in periods]
        highest = max(range(len(periods)), key=lambda n: -1 if exact[n] is None else exact[n])
        whole = None if None in exact else sum(exact)
        peak = (
            f"; highest {write(exact[highest])} in the {'week' if by_week else 'day'} to "
            f"{formats.day(periods[highest].last)}"
            if known
            else ""
        )
        shown_charts.append(
            {
                "title": SERIES_TITLES[kind][0],
                "total": formats.short_money(whole) if is_money else formats.count(whole),
                "svg": charts.svg(spec),
                "label": (
                    f"{SERIES_TITLES[kind][0]}: {SERIES_TITLES[kind][1]}. In all "
                    f"{write(whole)}{peak}; newest {write(exact[-1])}."
                ),
            }
        )
    return {
        "charts": shown_charts,
        "by_week": by_week,
        "first": formats.day(periods[0].first),
        "last": formats.day(periods[-1].last),
        "titles": [SERIES_TITLES[kind][0] for kind in timeline.SERIES],
        "rows": [
            (
                formats.day(period.last),
                [
                    formats.amount(period.numbers[kind])
                    if kind in MONEY
                    else formats.count(period.numbers[kind])
                    for kind in timeline.SERIES
                ],
            )
            for period in reversed(periods)
        ],
    }
