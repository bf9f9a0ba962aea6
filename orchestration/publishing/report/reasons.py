"""Why something is not there, how fresh the data is, and how the checks came out."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.publishing.report import quality, words
from orchestration.publishing.report.numbers import MOST_ROWS, NONE, Formats, percent, shown
from orchestration.publishing.words import UTM_STATUSES

METRICS = ("first_touch", "last_touch", "influenced")


def deals_part(
    connection: duckdb.DuckDBPyConnection, reasons: words.Reasons, formats: Formats
) -> dict[str, Any]:
    """Every deal, counted or with its reason (R97). The rows add up to all won deals."""
    found = quality.deal_statuses(connection)
    sums = {name: sum(row[name] or 0 for row in found) for name in ("deals", "won", "amount")}
    not_converted = sum(row["not_converted"] for row in found)
    counted = next((row for row in found if row["status"] == "COUNTED"), None)
    return {
        "rows": [
            {
                **reasons.words(row["status"], "deal"),
                "deals": formats.count(row["deals"]),
                "won": formats.count(row["won"]),
                "amount": NONE if row["amount"] is None else formats.amount(row["amount"]),
                "not_converted": _not_converted(row["not_converted"], formats),
            }
            for row in found
        ],
        "deals": formats.count(sums["deals"]),
        "won": formats.count(sums["won"]),
        "amount": formats.amount(Decimal(sums["amount"])),
        "not_converted": _not_converted(not_converted, formats),
        "counted": formats.count(counted["won"] if counted else 0),
        "pairs": [
            {
                **reasons.words(row["reason"], "deal"),
                "pairs": formats.count(row["pairs"]),
                "deals": formats.count(row["deals"]),
            }
            for row in quality.deal_reasons(connection)
        ],
    }


def _not_converted(deals: int, formats: Formats) -> str:
    return f"{formats.counted(deals, 'deal')} not converted" if deals else ""


def contacts_part(
    connection: duckdb.DuckDBPyConnection, reasons: words.Reasons, formats: Formats
) -> dict[str, Any]:
    """Every contact under each metric, counted or with its reason (R98)."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in quality.contact_statuses(connection):
        found[row["status"]][row["metric"]] = row["number"]
    ordered = sorted(found, key=lambda status: reasons.place(status, "contact"))
    return {
        "rows": [
            {
                **reasons.words(status, "contact"),
                "numbers": [
                    formats.count(found[status][metric]) if metric in found[status] else NONE
                    for metric in METRICS
                ],
            }
            for status in ordered
        ],
        "titles": [words.metric(metric) for metric in METRICS],
        "all": [
            formats.count(sum(numbers.get(metric, 0) for numbers in found.values()))
            for metric in METRICS
        ],
    }


def _utm_status(status: str) -> dict[str, str]:
    label, meaning, cure = UTM_STATUSES.get(status, (shown(status), "", ""))
    return {"label": label, "help": f"{meaning} {cure}".strip()}


def utms_part(connection: duckdb.DuckDBPyConnection, formats: Formats) -> dict[str, Any]:
    """Tagged visits by status, and values that are nearly an alias."""
    found = quality.utm_statuses(connection)
    return {
        "rows": [
            {
                **_utm_status(row["status"]),
                "number": formats.count(row["number"]),
                "views": formats.count(int(row["page_views"] or 0)),
                "bar": percent(row["page_views"], found[0]["page_views"]),
                "examples": [shown(value, 40) for value in row["examples"]],
            }
            for row in found
        ],
        "near": [
            {
                "says": formats.counted(row["sessions"], "visit says", "visits say")
                if row["sessions"]
                else formats.counted(row["page_views"], "page view says", "page views say"),
                "value": shown(row["utm_campaign"], 60),
                "alias": shown(row["similar_alias"], 60),
            }
            for row in quality.near_misses(connection)
        ],
    }


def unread_part(connection: duckdb.DuckDBPyConnection, formats: Formats) -> dict[str, Any]:
    """Rows that were rejected, and values that were left empty."""
    rejects = quality.rejects(connection)
    values = quality.unread_values(connection)
    return {
        "rows": [
            {
                "table": shown(row["table_name"], 60),
                "reason": shown(row["reason"], 300),
                "number": formats.count(row["number"]),
            }
            for row in rejects[:MOST_ROWS]
        ],
        "all": formats.counted(sum(row["number"] for row in rejects), "row"),
        "rest": formats.counted(sum(row["number"] for row in rejects[MOST_ROWS:]), "more row")
        if len(rejects) > MOST_ROWS
        else "",
        "left_empty": [
            {
                "column": shown(f"{row['table_name']}.{row['column_name']}", 80),
                "number": formats.count(int(row["number"])),
                "examples": [shown(value, 60) for value in row["examples"] or []],
            }
            for row in values[:MOST_ROWS]
        ],
        "all_left_empty": formats.counted(int(sum(row["number"] for row in values)), "value"),
    }


def reasons_part(
    connection: duckdb.DuckDBPyConnection, formats: Formats, lookback: object = None
) -> dict[str, Any]:
    reasons = words.Reasons(lookback)
    assets = quality.asset_reasons(connection)
    types = words.rule_labels("asset_types")
    return {
        "deals": deals_part(connection, reasons, formats),
        "contacts": contacts_part(connection, reasons, formats),
        "assets": [
            {
                **reasons.words(row["reason"], "asset"),
                "pairs": formats.count(row["pairs"]),
                "bar": percent(row["pairs"], assets[0]["pairs"]),
                "example": shown(row["example"]["i"], 60),
                "example_type": shown(
                    types.get(row["example"]["t"], {}).get("label", row["example"]["t"]), 40
                ),
            }
            for row in assets
        ],
        "hidden": formats.count(sum(row["pairs"] for row in assets)),
        "utms": utms_part(connection, formats),
        "unread": unread_part(connection, formats),
    }


def age(instant: datetime | None, as_of: datetime | None) -> tuple[str, float | None]:
    if instant is None or as_of is None:
        return "–", None
    days = (as_of - instant).total_seconds() / 86400
    if days < 0:
        return "after the run's time", days
    return (
        "less than a day" if days < 1 else f"{int(days)} day{'s' if int(days) != 1 else ''}",
        days,
    )


def freshness_part(
    connection: duckdb.DuckDBPyConnection, as_of: datetime | None, limit: float, formats: Formats
) -> list[dict[str, Any]]:
    found = []
    for row in quality.freshness(connection):
        words, days = age(row["instant"], as_of)
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


def _sample_in_words(sample: str | None) -> str:
    """The first row of a check's sample, as words."""
    try:
        first, *_ = json.loads(sample or "")
        told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in first.items())
    except (ValueError, AttributeError, TypeError):
        told = sample or ""
    return shown(told, 200)


def checks_part(rows: list[dict[str, Any]] | None, formats: Formats) -> dict[str, Any] | None:
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
            "rows": formats.counted(row["rows_failing"] or 0, "row"),
            "sample": _sample_in_words(row["sample"]),
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


def coverage_part(rows: list[dict[str, Any]], formats: Formats) -> list[dict[str, Any]]:
    return [
        {
            "source": shown(row["source"], 40),
            "table": shown(row["raw_table"], 40),
            "count": formats.count(row["rows"]),
            "oldest": shown((row["oldest"] or "")[:10], 10),
            "newest": shown((row["newest"] or "")[:10], 10),
            "not_exact": "" if row["not_exact"] is None else formats.share(row["not_exact"]),
            "reason": shown(row["reason"] or "", 400),
        }
        for row in rows
    ]
