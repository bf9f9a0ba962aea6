"""What other systems report beside our numbers (R120)."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.ground.sql import sql_beside
from orchestration.publishing.report import words
from orchestration.publishing.report.numbers import Formats, shown
from orchestration.publishing.report.queries import rows

MOST = 10


def parity_part(connection: duckdb.DuckDBPyConnection, formats: Formats) -> dict[str, Any]:
    """Numbers of other systems beside ours (R120); sums over campaigns would count people twice, so
    the widest difference stands for them.
    """
    numbers = rows(
        connection,
        sql_beside(__file__, "parity_summary"),
    )
    people = rows(
        connection,
        """
        select source, is_ours, reason, count(*) as number from diagnostics.parity_contacts
        group by all order by number desc, source, is_ours, reason
        """,
    )
    reasons = words.Reasons()
    return {
        "most": _widest(connection, formats, reasons),
        "numbers": [
            {
                "source": shown(row["source"], 40),
                "metric": words.metric(row["metric"]),
                "compared": formats.count(row["compared"]),
                "equal": formats.count(row["equal"]),
                "widest": ""
                if not row["widest"] or row["equal"] == row["compared"]
                else f"{shown(row['widest']['campaign'], 60)}: "
                f"{formats.number(row['widest']['ours'])} here, "
                f"{formats.number(row['widest']['theirs'])} there",
            }
            for row in numbers
        ],
        "people": [
            {
                "source": shown(row["source"], 40),
                "side": "only here" if row["is_ours"] else "only there",
                "number": formats.count(row["number"]),
                **reasons.words(row["reason"], "parity"),
            }
            for row in people
        ],
    }


def _widest(
    connection: duckdb.DuckDBPyConnection, formats: Formats, reasons: words.Reasons
) -> list[dict[str, str]]:
    """The numbers that differ most by share, and of those that count people the reason that most
    of the contacts that only one side has differ by.
    """
    found = rows(
        connection,
        sql_beside(__file__, "parity", most=MOST),
    )
    return [
        {
            "campaign": shown(row["campaign"]),
            "metric": words.metric(row["metric"]),
            "source": shown(row["source"], 40),
            "ours": formats.number(row["ours"]),
            "theirs": formats.number(row["reported"]),
            "difference": formats.signed(row["difference"], False)
            + ("" if row["share"] is None else f" ({formats.share(float(row['share']), 1)})"),
            "why": ""
            if row["reason"] is None
            else f"{reasons.words(row['reason'], 'parity')['label']}; "
            f"{formats.counted(row['contacts'], 'contact')} on one side only",
        }
        for row in found
    ]
