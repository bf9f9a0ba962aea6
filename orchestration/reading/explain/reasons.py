"""Words for reasons, kinds and models, from the lists of rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from orchestration.publishing.words import in_order, reason_row, rule_rows


def reason_codes(subject: str) -> dict[str, Mapping[str, str]]:
    """The reasons of a subject, by reason."""
    return {row["reason"]: row for row in rule_rows("reason_codes") if row["subject"] == subject}


def because(reason: str, subject: str, lookback: object = None) -> dict[str, str]:
    """A reason in words: what it means, the rule that says so, and what would cure it.

    `lookback` is the look-back window in days, where one is set.
    """
    row = reason_row(reason, subject, lookback)
    return {
        "reason": reason,
        "label": row.get("label", reason),
        "meaning": row.get("meaning", ""),
        "rule": row.get("rule_id", ""),
        "cure": row.get("cure", ""),
    }


def because_text(why: dict[str, str]) -> str:
    """A reason as one line of text."""
    said = " ".join(part for part in (why["meaning"], why["cure"]) if part)
    return f"{why['reason']} ({why['rule']}): {said}"


@cache
def own_gates() -> frozenset[str]:
    """The reasons that a deal has of itself, whatever the campaign (R60, R94)."""
    positions = {reason: int(row["position"]) for reason, row in reason_codes("deal").items()}
    last = positions["CONTACT_DELETED"]
    return frozenset(reason for reason, position in positions.items() if position < last)


def method(model: str) -> str:
    """How a model weighs: `weights`, `markov` or `shapley`; empty where the list has it not."""
    rows = rule_rows("attribution_models")
    return next((row["method"] for row in rows if row["model"] == model), "")


def main_model(models: set[str]) -> str | None:
    """The model that revenue is counted under (R62); where it is off, the first there is."""
    return "linear" if "linear" in models else next(iter(in_order(models)), None)


def event_label(code: str) -> str:
    """The name of a kind of interaction."""
    rows = rule_rows("interaction_types")
    return next((row["label"] for row in rows if row["event_type"] == code), code)


def earning_types() -> list[str]:
    """The kinds of interactions that earn revenue (R33)."""
    return _types_that("earns_revenue")


def influencing_types() -> list[str]:
    """The kinds of interactions that influence (R33)."""
    return _types_that("influences")


def _types_that(flag: str) -> list[str]:
    return [row["event_type"] for row in rule_rows("interaction_types") if row[flag] == "true"]


def asset_label(code: str) -> str:
    """The name of a kind of asset."""
    rows = rule_rows("asset_types")
    return next((row["label"] for row in rows if row["asset_type"] == code), code)
