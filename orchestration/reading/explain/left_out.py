"""What an interaction of a deal's contact lacks to be in the deal's path, in words."""

from __future__ import annotations

from typing import Any

from orchestration.ground.sql import sql_beside
from orchestration.reading.explain.reasons import event_type, reason_codes


def left_out_sql() -> str:
    """The query of a deal's interactions that are not in its path."""
    return sql_beside(__file__, "left_out")


def why_not_at_close(reason: str) -> str:
    """Why a contact of a deal is not in its path: `the contact is deleted (R12)`."""
    row = reason_codes("deal_contact").get(reason)
    if row is None:
        return reason
    meaning = row["meaning"].removesuffix(".")
    return f"{meaning[:1].lower()}{meaning[1:]} ({row['rule_id']})"


def lacks(row: dict[str, Any], is_stopped: bool, lookback: object) -> str:
    """Why an interaction is not in the path.

    `is_stopped`: the deal itself does not count. `lookback`: the look-back window in days, None
    where the publication does not say.
    """
    if row["reason"]:
        return why_not_at_close(row["reason"])
    if row["is_filtered"]:
        return "filtered: a bot or internal traffic (R13)"
    if not row["earns_revenue"]:
        return _earns_nothing(row["event_type"])
    if row["is_after_close"]:
        return "after the close (R70)"
    if is_stopped:
        return "it would earn, but the deal itself does not count (R60)"
    if lookback is None:
        return "the published file does not say"
    return f"before the look-back window of {lookback} days (R70)"


def _earns_nothing(code: str) -> str:
    kind = event_type(code)
    if kind["earns_revenue"] and kind["needs_primary_address"]:
        return "sent to an address that was never the contact's primary one (R35)"
    if kind["earns_revenue"] and kind["needs_asset_without_form"]:
        return "on an asset with a form: the form's submission counts (R34)"
    return "this kind earns no revenue (R33)"
