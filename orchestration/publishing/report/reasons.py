"""Why something is not there, how fresh the data is, and how the checks came out."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import Any

import duckdb

from orchestration.ground.paths import RULES
from orchestration.publishing.report import quality
from orchestration.publishing.report.numbers import MOST_ROWS, Formats, percent, shown

UTM_STATUSES = {
    "matched": ("Matched", "A campaign collects these visits."),
    "shared": (
        "Shared",
        (
            "Several campaigns have this alias: each counts the same visits. "
            "Remove it from all but one."
        ),
    ),
    "before_campaign": (
        "Before the campaign",
        (
            "All visits came before the campaign or its alias began. Perhaps the alias is to start "
            "earlier."
        ),
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


def rule_labels(name: str) -> dict[str, dict[str, str]]:
    """Rows of a rule file by their first column; what is not there is shown by its code."""
    with (RULES / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return {next(iter(row.values())): row for row in csv.DictReader(stream)}


def reasons_part(connection: duckdb.DuckDBPyConnection, formats: Formats) -> dict[str, Any]:
    labels = rule_labels("reason_codes")

    def words(reason: str) -> dict[str, str]:
        known = labels.get(reason, {})
        return {
            "label": shown(known.get("label", reason)),
            "cure": shown(known.get("cure", ""), 300),
            "rule": shown(known.get("rule_id", ""), 10),
        }

    deals, assets, utms = (
        quality.deal_reasons(connection),
        quality.asset_reasons(connection),
        quality.utm_statuses(connection),
    )
    asset_labels = rule_labels("asset_types")
    return {
        "deals": [
            {
                **words(row["reason"]),
                "pairs": formats.count(row["pairs"]),
                "bar": percent(row["pairs"], deals[0]["pairs"]),
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
                "bar": percent(row["pairs"], assets[0]["pairs"]),
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
                "bar": percent(row["page_views"], utms[0]["page_views"]),
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
            for row in quality.rejects(connection)
        ],
        "rejected": formats.count(quality.rejected_rows(connection)),
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
