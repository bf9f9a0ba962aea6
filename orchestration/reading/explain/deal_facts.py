"""Everything that the published file says of one deal."""

from __future__ import annotations

from typing import Any

from orchestration.ground.sql import sql_beside
from orchestration.reading.explain.finding import find_id
from orchestration.reading.explain.left_out import (
    left_out_sql,
    left_out_values,
    reason_text,
    why_left_out,
)
from orchestration.reading.explain.reasons import because, influencing_types, own_gates
from orchestration.reading.explain.touches import (
    conversion_shares,
    deal_touches,
    removal_effects,
    time_basis,
)
from orchestration.reading.published import Published, Rows

EXAMPLES = 3
# Reasons about contacts that were not on the deal at its close.
NOT_AT_CLOSE = frozenset(
    {"CONTACT_DELETED", "CONTACT_REMOVED_BEFORE_CLOSE", "CONTACT_ASSOCIATED_AFTER_CLOSE"}
)


def explain_deal(published: Published, wanted: str) -> dict[str, Any]:
    """Everything about one deal: whether it counts, its contacts, path and credits, why other
    interactions are not in its path, and how it counts for each campaign. Raises UnknownId.
    """
    deal_id = find_id(published, "deal", wanted)
    deal = published.one("select * from core.fct_deals where deal_id = ?", deal_id)
    merged_into = published.one(
        sql_beside(__file__, "deal"),
        deal_id,
    )
    lookback = published.lookback_days
    status = published.one("select * from diagnostics.deal_status where deal_id = ?", deal_id)
    if status:
        counts = status["status"] == "COUNTED"
        status["because"] = None if counts else because(status["status"], "deal", lookback)
    path = deal_touches(published, deal_id)
    return {
        "asked_for": wanted,
        "deal_id": deal_id,
        "deal": deal,
        "home_currency": published.variables.get("home_currency"),
        "lookback_days": lookback,
        "status": status,
        "merged_into": merged_into,
        "merged_from": _merged_from(published, deal_id),
        "contacts": _contacts(published, deal_id),
        "path": path,
        "removal_effects": removal_effects(published, {row["campaign_id"] for row in path}),
        "time_basis": time_basis(published, "deal_id", deal_id),
        "left_out": _left_out(published, deal_id),
        "pipeline": conversion_shares(published, "deal_created", deal_id),
        "campaigns": _campaigns(published, deal_id, lookback),
    }


def _merged_from(published: Published, deal_id: str) -> Rows:
    return published.rows(
        sql_beside(__file__, "deal_merged_from"),
        deal_id,
    )


def _contacts(published: Published, deal_id: str) -> Rows:
    """Spans on the deal, with the reason of one that is not over its close."""
    rows = published.rows(
        sql_beside(__file__, "deal_contacts"),
        deal_id,
    )
    for row in rows:
        row["left_out"] = reason_text(row["reason"], "deal_contact") if row["reason"] else None
    return rows


def _left_out(published: Published, deal_id: str) -> Rows:
    """The interactions of the deal's contacts that are not in its path, by kind and what they
    lack, with the first few of each by name.
    """
    rows = published.named(
        sql_beside(__file__, "deal_left_out", left_out=left_out_sql(published.variables)),
        **left_out_values(deal_id, published.variables),
    )
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        reason = why_left_out(row, published.variables)
        group = groups.setdefault(
            (row["event_type"], reason),
            {
                "event_type": row["event_type"],
                "reason": reason,
                "interactions": 0,
                "campaign_ids": set(),
                "examples": [],
            },
        )
        group["interactions"] += 1
        group["campaign_ids"].update(row["campaign_ids"])
        if len(group["examples"]) < EXAMPLES:
            group["examples"].append(row)
    ordered = sorted(groups.values(), key=lambda group: (group["event_type"], group["reason"]))
    return [group | {"campaign_ids": sorted(group["campaign_ids"])} for group in ordered]


def _campaigns(published: Published, deal_id: str, lookback: object) -> Rows:
    """Every campaign that asks for the deal (R94), with the interactions that count for it, of
    those contacts that its answer is about.
    """
    rows = published.named(
        sql_beside(__file__, "deal_campaigns"),
        deal=deal_id,
        types=influencing_types(),
        of_all=sorted(own_gates() | NOT_AT_CLOSE),
    )
    for row in rows:
        row["because"] = because(row["reason"], "deal", lookback) if row["reason"] else None
    return rows
