"""Why an interaction of a deal's contact is not in the deal's path: the question and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.ground.sql import sql_beside
from orchestration.publishing.words import days_text, lookback_days
from orchestration.reading.explain.reasons import earning_types, reason_codes
from orchestration.reading.macros import macro_sql

TYPE_EARNS = "list_contains($earning_types, events.event_type)"


def left_out_sql(variables: Mapping[str, object]) -> str:
    """The query of a deal's interactions that are not in its path, each with the reason and what
    it is a reason of. `variables`: those of the publication's run. Its values are
    `left_out_values`.
    """
    gap = macro_sql(
        "attribution/is_in_path",
        "path_gap",
        "events",
        "deals.closed_at",
        TYPE_EARNS,
        variables=variables,
    )
    return sql_beside(__file__, "left_out", path_gap=gap)


def left_out_values(deal_id: str, variables: Mapping[str, object]) -> dict[str, object]:
    """The values of `left_out_sql` by name."""
    return {
        "deal": deal_id,
        "earning_types": earning_types(),
        "is_window_known": "attribution_lookback_days" in variables,
    }


def why_left_out(row: Mapping[str, Any], variables: Mapping[str, object]) -> str:
    """The reason of a row of `left_out_sql` in words: `after the close (R70)`."""
    if row["reason"] is None:
        return "the published file does not say"
    words = reason_text(row["reason"], row["subject"])
    if row["reason"] == "BEFORE_LOOKBACK":
        days = lookback_days(variables)
        words = words.replace("look-back window", f"look-back window of {days_text(days)}")
    return words


def reason_text(reason: str, subject: str) -> str:
    """A reason as part of a sentence: `the contact is deleted (R12)`."""
    row = reason_codes(subject).get(reason)
    if row is None:
        return reason
    meaning = row["meaning"].removesuffix(".")
    return f"{meaning[:1].lower()}{meaning[1:]} ({row['rule_id']})"
