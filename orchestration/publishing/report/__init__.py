"""`published/report.html`: the answers of one run as a page for everyone; one file, no script, no network, drawn from the published file alone."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ground.paths import REPORT_FILE, RULES
from orchestration.ground.sql import quote_name, quote_text
from orchestration.publishing.report import charts, queries
from orchestration.publishing.report.numbers import Formats, shown

TEMPLATE = Path(__file__).with_name("page.html.j2")
# Rows of the campaign table that are open, and rows of any long table at all: a page that anyone can read and send.
OPEN_ROWS, MOST_ROWS = 20, 250
MODEL_ROWS = 12
# The models that have a mark of their own on the band of all models.
MARKED_MODELS = ("first_interaction", "linear", "last_interaction")

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
FUNNEL = (
    ("All contacts", "in the CRM and not deleted"),
    ("Influenced", "at least one interaction with a campaign"),
    ("On a deal", "of those, associated with a deal"),
    ("On a won deal", "of those, with a deal that was won"),
    ("With revenue", "of those, with an interaction that helped to win it"),
)
UTM_STATUSES = {
    "matched": ("Matched", "A campaign collects these visits."),
    "shared": (
        "Shared",
        "Several campaigns have this alias: each counts the same visits. Remove it from all but one.",
    ),
    "before_campaign": (
        "Before the campaign",
        "All visits came before the campaign or its alias began. Perhaps the alias is to start earlier.",
    ),
    "unmatched": (
        "Unmatched",
        "No campaign has this alias: nobody gets these visits. Add the alias to its campaign.",
    ),
    "never_seen": (
        "Never seen",
        "An alias that no visit carries. Compare it with the links in use.",
    ),
}


def _rule_labels(name: str) -> dict[str, dict[str, str]]:
    """Rows of a rule file by their first column; what is not there is shown by its code."""
    with (RULES / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return {next(iter(row.values())): row for row in csv.DictReader(stream)}


def _percent(part: Any, whole: Any) -> float:
    """Percent of `whole`, 0 to 100, for the length of a bar."""
    return (
        0.0 if not part or not whole or part < 0 else min(100.0, float(part) / float(whole) * 100)
    )


def _relative(now: Any, before: Any) -> float | None:
    """Relative change; None where there is nothing to compare with."""
    return None if now is None or not before else float(now) / float(before) - 1


def _kpis(
    totals: dict[str, Any], recent: tuple[queries.Period, queries.Period] | None, formats: Formats
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
            change = _relative(now, before)
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
        card("Sessions", formats.count(totals["sessions"]), "with a campaign's page or link", "sessions"),
        card("New contacts, first touch", formats.count(totals["first_touch"]), "came first through a campaign", "first_touch"),
        card("New contacts, last touch", formats.count(totals["last_touch"]), "converted through a campaign", "last_touch"),
        card("Influenced contacts", formats.count(totals["influenced"]), "new or known", "influenced"),
        card("Deals", formats.count(totals["deals"]), f"won with {formats.count(totals['contacts_with_revenue'])} contacts' help"),
        card("Revenue", formats.short_money(totals["revenue"]), "campaigns' share of won deals", "revenue", revenue or ""),
        card("Spend", formats.short_money(totals["spend"]), "of all campaigns", "spend", spend or ""),
        card("ROI", formats.change(totals["roi"]), "(revenue − spend) ÷ spend", None, f"gain {formats.money(gain)}" if gain is not None else ""),
    ]  # fmt: skip


def _axis_marks(
    periods: list[queries.Period], formats: Formats
) -> tuple[list[int], dict[int, str]]:
    """Places of the x axis that get a label, and the labels: starts of months where there are several, else a few of the days."""
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


def _trend(periods: list[queries.Period], formats: Formats) -> dict[str, Any] | None:
    if not periods:
        return None
    places = [period.last.toordinal() for period in periods]
    marks, labels = _axis_marks(periods, formats)
    by_week = (periods[0].last - periods[0].first).days > 0
    shown_charts = []
    for kind in queries.SERIES:
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
            f"; highest {write(exact[highest])} in the {'week' if by_week else 'day'} to {formats.day(periods[highest].last)}"
            if known
            else ""
        )
        shown_charts.append(
            {
                "title": SERIES_TITLES[kind][0],
                "total": formats.short_money(whole) if is_money else formats.count(whole),
                "svg": charts.svg(spec),
                "label": f"{SERIES_TITLES[kind][0]}: {SERIES_TITLES[kind][1]}. In all {write(whole)}{peak}; newest {write(exact[-1])}.",
            }
        )
    return {
        "charts": shown_charts,
        "by_week": by_week,
        "first": formats.day(periods[0].first),
        "last": formats.day(periods[-1].last),
        "titles": [SERIES_TITLES[kind][0] for kind in queries.SERIES],
        "rows": [
            (
                formats.day(period.last),
                [
                    formats.amount(period.numbers[kind])
                    if kind in MONEY
                    else formats.count(period.numbers[kind])
                    for kind in queries.SERIES
                ],
            )
            for period in reversed(periods)
        ],
    }


def _campaigns(rows: list[dict[str, Any]], formats: Formats) -> dict[str, Any]:
    most = {
        name: max((row[name] or 0 for row in rows), default=0)
        for name in ("sessions", "influenced_contacts", "revenue")
    }
    shown_rows = [
        {
            "name": shown(row["campaign_name"]) or shown(row["campaign_id"]),
            "id": shown(row["campaign_id"], 60),
            "owner": shown(row["owner"], 60),
            "dates": " – ".join(
                formats.day(row[bound]) if row[bound] else "…"
                for bound in ("start_date", "end_date")
            )
            if row["start_date"] or row["end_date"]
            else "",
            "sessions": formats.count(row["sessions"]),
            "sessions_bar": _percent(row["sessions"], most["sessions"]),
            "first_touch": formats.count(row["new_contacts_first_touch"]),
            "last_touch": formats.count(row["new_contacts_last_touch"]),
            "influenced": formats.count(row["influenced_contacts"]),
            "influenced_bar": _percent(row["influenced_contacts"], most["influenced_contacts"]),
            "deals": formats.count(row["deals"]),
            "revenue": formats.amount(row["revenue"]),
            "revenue_bar": _percent(row["revenue"], most["revenue"]),
            "spend": formats.amount(row["spend"]),
            "budget": formats.share(float(row["spend"] / row["budget"]))
            if row["budget"] and row["spend"] is not None
            else "–",
            "over": bool(row["budget"])
            and row["spend"] is not None
            and row["spend"] > row["budget"],
            "roi": formats.change(row["roi"]),
            "loss": row["roi"] is not None and row["roi"] < 0,
        }
        for row in rows[:MOST_ROWS]
    ]
    return {
        "open": shown_rows[:OPEN_ROWS],
        "rest": shown_rows[OPEN_ROWS:],
        "left_out": max(0, len(rows) - MOST_ROWS),
    }


def _models(names: list[str], rows: list[queries.ModelRow], formats: Formats) -> dict[str, Any]:
    labels = {code: row["label"] for code, row in _rule_labels("attribution_models").items()}
    ordered = [name for name in labels if name in names] + [
        name for name in names if name not in labels
    ]
    named = [(model, shown(labels.get(model, model), 40)) for model in ordered]
    title = dict(named)
    campaigns = [row for row in rows if row.campaign_id is not None]
    highest = max((max(row.revenue.values()) for row in rows), default=Decimal(0))
    open_highest = max((max(row.revenue.values()) for row in campaigns), default=Decimal(0))

    def shown_name(row: queries.ModelRow) -> str:
        return (
            "No campaign" if row.campaign_id is None else shown(row.name) or shown(row.campaign_id)
        )

    ranges = [
        {
            "name": shown_name(row),
            "deleted": row.is_deleted,
            "from": _percent(row.revenue[row.low], open_highest),
            "width": _percent(row.spread, open_highest),
            "dots": [
                (model, _percent(row.revenue[model], open_highest))
                for model in ("first_interaction", "linear", "last_interaction")
                if model in title
            ],
            "low": formats.amount(row.revenue[row.low]),
            "low_model": title[row.low],
            "high": formats.amount(row.revenue[row.high]),
            "high_model": title[row.high],
            "spread": formats.amount(row.spread),
        }
        for row in campaigns[:MODEL_ROWS]
    ]
    matrix = [
        {
            "name": shown_name(row),
            "deleted": row.is_deleted,
            "none": row.campaign_id is None,
            "cells": [
                (formats.amount(row.revenue[model]), _percent(row.revenue[model], highest))
                for model in ordered
            ],
        }
        for row in [*campaigns[: MOST_ROWS - 1], *(row for row in rows if row.campaign_id is None)]
    ]
    winners: dict[str | None, tuple[str, list[str]]] = {}
    for model in ordered if campaigns else ():
        best = max(campaigns, key=lambda row: (row.revenue[model], row.campaign_id or ""))
        winners.setdefault(best.campaign_id, (shown_name(best), []))[1].append(title[model])
    return {
        "names": named,
        "ranges": ranges,
        "left_out": max(0, len(campaigns) - MODEL_ROWS),
        "matrix": matrix,
        "winners": sorted(winners.values(), key=lambda one: -len(one[1])),
        "count": len(ordered),
    }


def _money_parts(won: dict[str, Decimal], formats: Formats) -> list[dict[str, Any]]:
    parts = [
        ("campaigns", "Campaigns", "shared evenly over the interactions that count for them"),
        (
            "no_campaign",
            "No campaign",
            "interactions on the way to the deal that were in no campaign",
        ),
        ("deleted", "Deleted campaigns", "what campaigns earned that are deleted now"),
        ("no_interaction", "No interaction", "deals without an interaction that may be credited"),
    ]
    return [
        {
            "kind": kind,
            "title": title,
            "help": help_text,
            "amount": formats.money(won[kind]),
            "share": formats.share(float(won[kind] / won["won"]), 1) if won["won"] else "–",
            "width": _percent(won[kind], won["won"]),
        }
        for kind, title, help_text in parts
        if won[kind] or kind != "deleted"
    ]


def _assets(rows: list[dict[str, Any]], formats: Formats) -> list[dict[str, Any]]:
    labels = _rule_labels("asset_types")
    most = max((row["revenue"] for row in rows), default=0)
    return [
        {
            "name": shown(row["asset_name"]) or shown(row["asset_id"]),
            "type": shown(labels.get(row["asset_type"], {}).get("label", row["asset_type"]), 40),
            "campaign": f"{formats.count(row['campaigns'])} campaigns"
            if row["campaigns"] > 1
            else shown(row["campaign_name"]),
            "interactions": formats.count(row["interactions"]),
            "contacts": formats.count(row["contacts"]),
            "deals": formats.count(row["deals"]),
            "revenue": formats.amount(row["revenue"]),
            "revenue_bar": _percent(row["revenue"], most),
        }
        for row in rows
    ]


def _funnel(steps: list[int], formats: Formats) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "help": help_text,
            "count": formats.count(count),
            "width": _percent(count, steps[0]),
            "of_previous": formats.share(count / steps[n - 1], 1) if n and steps[n - 1] else "",
        }
        for n, ((title, help_text), count) in enumerate(zip(FUNNEL, steps, strict=True))
    ]


def _reasons(connection: duckdb.DuckDBPyConnection, formats: Formats) -> dict[str, Any]:
    labels = _rule_labels("reason_codes")

    def words(reason: str) -> dict[str, str]:
        known = labels.get(reason, {})
        return {
            "label": shown(known.get("label", reason)),
            "cure": shown(known.get("cure", ""), 300),
            "rule": shown(known.get("rule_id", ""), 10),
        }

    deals, assets, utms = (
        queries.deal_reasons(connection),
        queries.asset_reasons(connection),
        queries.utm_statuses(connection),
    )
    asset_labels = _rule_labels("asset_types")
    return {
        "deals": [
            {
                **words(row["reason"]),
                "pairs": formats.count(row["pairs"]),
                "bar": _percent(row["pairs"], deals[0]["pairs"]),
                "deals": formats.count(row["deals"]),
                "none": formats.count(row["deals_in_none"]),
                "amount": formats.amount(row["amount_in_none"]),
            }
            for row in deals
        ],
        "assets": [
            {
                **words(row["reason"]),
                "pairs": formats.count(row["pairs"]),
                "bar": _percent(row["pairs"], assets[0]["pairs"]),
                "example": shown(row["example"]["i"], 60),
                "example_type": shown(
                    asset_labels.get(row["example"]["t"], {}).get("label", row["example"]["t"]), 40
                ),
            }
            for row in assets
        ],
        "utms": [
            {
                "label": UTM_STATUSES.get(row["status"], (shown(row["status"]), ""))[0],
                "help": UTM_STATUSES.get(row["status"], ("", ""))[1],
                "number": formats.count(row["number"]),
                "views": formats.count(int(row["page_views"] or 0)),
                "bar": _percent(row["page_views"], utms[0]["page_views"]),
                "examples": [shown(value, 40) for value in row["examples"]],
            }
            for row in utms
        ],
        "rejects": [
            {
                "table": shown(row["table_name"], 60),
                "reason": shown(row["reason"], 300),
                "number": formats.count(row["number"]),
            }
            for row in queries.rejects(connection)
        ],
        "rejected": formats.count(queries.rejected_rows(connection)),
    }


def _age(instant: datetime | None, as_of: datetime | None) -> tuple[str, float | None]:
    if instant is None or as_of is None:
        return "–", None
    days = (as_of - instant).total_seconds() / 86400
    if days < 0:
        return "after the run's time", days
    return (
        "less than a day" if days < 1 else f"{int(days)} day{'s' if int(days) != 1 else ''}",
        days,
    )


def _freshness(
    connection: duckdb.DuckDBPyConnection, as_of: datetime | None, limit: float, formats: Formats
) -> list[dict[str, Any]]:
    found = []
    for row in queries.freshness(connection):
        words, days = _age(row["instant"], as_of)
        found.append(
            {
                "what": row["what"],
                "count": formats.count(row["number"]),
                "newest": formats.instant(row["instant"]),
                "age": words,
                "stale": row["what"] == "Events" and days is not None and days > limit,
            }
        )
    return found


def _checks(rows: list[dict[str, Any]] | None, formats: Formats) -> dict[str, Any] | None:
    if not rows:
        return None
    shown_rows = [
        {
            "passed": bool(row["passed"]),
            "blocking": row["severity"] == "blocking",
            "table": shown(row["table_name"], 80),
            "name": shown(row["check_name"], 80),
            "rule": shown(row["rule_id"], 20),
            "says": shown(row["says"], 300),
            "rows": formats.count(row["rows_failing"] or 0),
            "sample": shown(row["sample"], 200),
            "cure": shown(row["cure"], 300),
        }
        for row in rows[:MOST_ROWS]
    ]
    passed = sum(bool(row["passed"]) for row in rows)
    return {
        "rows": shown_rows,
        "passed": formats.count(passed),
        "all": formats.count(len(rows)),
        "failed": len(rows) - passed,
    }


def content(
    connection: duckdb.DuckDBPyConnection, variables: Mapping[str, object]
) -> dict[str, Any]:
    """Everything that the page says, formatted; text from data is cleaned but not escaped, which the template does."""
    formats = Formats(
        str(variables["report_locale"]),
        str(variables["home_currency"]).upper(),
        str(variables["portal_timezone"]),
    )
    runs = queries.runs(connection)
    run = runs[0] if runs else {"run_id": "", "as_of": None, "started_at": None}
    days = queries.daily(connection, formats.timezone)
    until: date = queries.newest_day(run["as_of"])
    recent = queries.latest(days, until)
    totals = queries.totals(connection, days)
    won = queries.won_money(connection)
    names, model_rows = queries.models(connection)
    freshness = _freshness(
        connection, run["as_of"], float(str(variables["freshness_warning_days"])), formats
    )
    return {
        "run": {
            "id": shown(run["run_id"]),
            "as_of": formats.instant(run["as_of"]),
            "timezone": formats.timezone,
        },
        "currency": formats.currency,
        "has_campaigns": totals["campaigns"] > 0,
        "campaign_count": formats.count(totals["campaigns"]),
        "headline": {
            "earned": formats.money(totals["revenue"]),
            "won": formats.money(won["won"]),
            "share": formats.share(float(totals["revenue"] / won["won"]), 1) if won["won"] else "",
            "spend": None if totals["spend"] is None else formats.money(totals["spend"]),
        },
        "kpis": _kpis(totals, recent, formats),
        "recent": None
        if recent is None
        else (formats.day(recent[0].first), formats.day(recent[0].last)),
        "trend": _trend(queries.periods(days, until), formats),
        "campaigns": _campaigns(queries.campaigns(connection), formats),
        "money": _money_parts(won, formats),
        "models": _models(names, model_rows, formats),
        "assets": _assets(queries.assets(connection), formats),
        "funnel": _funnel(queries.funnel(connection), formats),
        "reasons": _reasons(connection, formats),
        "freshness": freshness,
        "stale": next((row for row in freshness if row["stale"]), None),
        "checks": _checks(queries.check_results(connection), formats),
        "runs": [
            {
                "started": formats.instant(row["started_at"]),
                "status": shown(row["status"], 20),
                "landed": formats.count(row["rows_landed"]),
                "accepted": formats.count(row["rows_accepted"]),
                "rejected": formats.count(row["rows_rejected"]),
            }
            for row in runs
        ],
    }


def render(connection: duckdb.DuckDBPyConnection, variables: Mapping[str, object]) -> str:
    """The page as text, from a connection on a published file; `variables` are those of dbt_project.yml."""
    from jinja2 import Environment, StrictUndefined

    connection.execute("set TimeZone = 'UTC'")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        content(connection, variables)
    )


def write(
    connection: duckdb.DuckDBPyConnection, file: Path, variables: Mapping[str, object]
) -> Path:
    """Writes the page beside the published `file` and returns its path.

    The file is read through `connection`, a warehouse's, so that one limit of memory holds for both.
    """
    (here,) = connection.execute("select current_database()").fetchone()
    connection.execute(f"attach {quote_text(str(file))} as readers (read_only)")
    try:
        connection.execute("use readers")
        page = render(connection, variables)
    finally:
        connection.execute(f"use {quote_name(here)}")
        connection.execute("detach readers")
    path = file.with_name(REPORT_FILE)
    path.write_text(page, encoding="utf-8")
    return path
