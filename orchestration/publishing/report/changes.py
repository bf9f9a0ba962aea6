"""What has changed in numbers that were out already, and how well times are known."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import duckdb

from orchestration.ground.sql import sql_beside
from orchestration.publishing.report import words
from orchestration.publishing.report.numbers import Formats, shown
from orchestration.publishing.report.queries import LIVE, rows
from orchestration.publishing.words import Cause, read_causes

MONEY = ("revenue", "spend")
# What is told of a campaign whose numbers changed, in this order.
TOLD = (
    "revenue", "spend", "deals", "influenced_contacts", "new_contacts_first_touch",
    "new_contacts_last_touch", "sessions",
)  # fmt: skip
MOST_CHANGED = 10
# Runs of the last seven days before the newest one.
RECENT = (
    "select run_id from diagnostics.run_log where started_at > (select max(started_at) from "
    "diagnostics.run_log) - interval 7 day"
)
BASES = ("exact", "first_seen", "assumed")


def restated(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per campaign and number by how much runs of the last seven days changed it, with what they
    say of the causes.
    """
    return rows(
        connection,
        sql_beside(__file__, "restated", recent=RECENT),
        [list(TOLD)],
    )


def causes(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """What changed in the runs of the last seven days that restated something."""
    return rows(
        connection,
        f"""
        select kind, detail, sum(changes) as changes from diagnostics.restatement_causes
        where run_id in ({RECENT}) group by all order by changes desc, kind, detail
        """,
    )


def _causes_in_words(texts: list[str], formats: Formats) -> str:
    """`run|new_event 7, deal_edit 1` of several runs, added up."""
    found: dict[tuple[str, str | None], int] = defaultdict(int)
    for text in texts:
        for cause in read_causes(text.partition("|")[2]):
            found[cause.kind, cause.detail] += cause.changes
    return ", ".join(
        words.cause(formats, Cause(kind, number, detail))
        for (kind, detail), number in found.items()
    )


def changes_part(connection: duckdb.DuckDBPyConnection, formats: Formats) -> dict[str, Any]:
    found: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    for row in restated(connection):
        found[row["campaign_id"]].append(row)

    def size(changed: list[dict[str, Any]]) -> tuple[Any, Any]:
        return (
            sum(abs(row["difference"]) for row in changed if row["metric"] in MONEY),
            sum(abs(row["difference"]) for row in changed),
        )

    def told(row: dict[str, Any]) -> str:
        by = formats.signed(row["difference"], row["metric"] in MONEY)
        return f"{words.metric(row['metric'])} {by}"

    campaigns = sorted(found.values(), key=size, reverse=True)
    return {
        "rows": [
            {
                "name": shown(changed[0]["campaign_name"]) or shown(changed[0]["campaign_id"]),
                "told": [
                    told(row) for row in sorted(changed, key=lambda row: TOLD.index(row["metric"]))
                ],
                "why": _causes_in_words(
                    sorted({text for row in changed for text in row["causes"] or [] if text}),
                    formats,
                ),
            }
            for changed in campaigns[:MOST_CHANGED]
        ],
        "left_out": max(0, len(campaigns) - MOST_CHANGED),
        "causes": [
            words.cause(formats, Cause(row["kind"], int(row["changes"] or 0), row["detail"]))
            for row in causes(connection)
        ][:MOST_CHANGED],
    }


def time_bases(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """Intervals by how well their start is known (R96)."""
    return {
        table: {
            row["time_basis"]: row["number"]
            for row in rows(
                connection,
                f"select time_basis, count(*) as number from core.{table} group by all",
            )
        }
        for table in ("fct_asset_associations", "fct_deal_contacts")
    }


def inexact_numbers(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """How much of the campaigns' revenue (linear) and influenced contacts rests on an interval
    whose start is not exact (R96): an asset's time in a campaign, unless a utm counts, too, or a
    contact's time on a deal (R60).
    """
    (row,) = rows(
        connection,
        sql_beside(__file__, "inexact_numbers", live=LIVE),
    )
    return row


def times_part(connection: duckdb.DuckDBPyConnection, formats: Formats) -> dict[str, Any]:
    bases = time_bases(connection)
    named = {
        "fct_asset_associations": "Assets put in campaigns",
        "fct_deal_contacts": "Contacts put on deals",
    }
    part: dict[str, Any] = {
        "rows": [
            (named[table], [formats.count(bases[table].get(basis, 0)) for basis in BASES])
            for table in named
        ],
        "all_exact": not any(set(found) - {"exact"} for found in bases.values()),
        "known": any(bases.values()),
    }
    if part["all_exact"]:
        return part
    numbers = inexact_numbers(connection)
    for name, write in (("revenue", formats.money), ("influenced", formats.count)):
        whole, doubted = numbers[name], numbers[f"{name}_inexact"]
        part[name] = write(doubted)
        part[f"{name}_share"] = formats.share(float(doubted / whole), 1) if whole else ""
    return part
