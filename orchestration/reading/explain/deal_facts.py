"""Everything that the published file says of one deal."""

from __future__ import annotations

from typing import Any

from orchestration.reading.explain.finding import find_id
from orchestration.reading.explain.left_out import lacks, left_out_sql, why_not_at_close
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
    """Everything about one deal: whether it counts, its contacts, its path, its credits, what the
    other interactions lack, and every campaign that asks. Raises UnknownId.
    """
    deal_id = find_id(published, "deal", wanted)
    deal = published.one("select * from core.fct_deals where deal_id = ?", deal_id)
    merged_into = published.one(
        """
        select merges.survivor_id as deal_id, deals.deal_name, deals.amount_home,
            status.status, status.campaigns
        from diagnostics.merges as merges
        left join core.fct_deals as deals on merges.survivor_id = deals.deal_id
        left join diagnostics.deal_status as status on merges.survivor_id = status.deal_id
        where merges.subject = 'deal' and merges.merged_id = ?
        """,
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
        "left_out": _left_out(published, deal_id, status, lookback),
        "pipeline": conversion_shares(published, "deal_created", deal_id),
        "campaigns": _campaigns(published, deal_id, lookback),
    }


def _merged_from(published: Published, deal_id: str) -> Rows:
    return published.rows(
        """
        select merges.merged_id as deal_id, deals.deal_name, deals.amount_home,
            deals.deal_id is not null as has_record
        from diagnostics.merges as merges
        left join core.fct_deals as deals on merges.merged_id = deals.deal_id
        where merges.subject = 'deal' and merges.survivor_id = ? order by merges.merged_id
        """,
        deal_id,
    )


def _contacts(published: Published, deal_id: str) -> Rows:
    """Spans on the deal, with the reason of one that is not over its close."""
    rows = published.rows(
        """
        select spans.contact_id, contacts.email, spans.valid_from, spans.valid_to,
            spans.time_basis, spans.is_at_close, spans.reason
        from core.fct_deal_contacts as spans
        left join core.dim_contacts as contacts on spans.contact_id = contacts.contact_id
        where spans.deal_id = ? order by spans.valid_from, spans.contact_id
        """,
        deal_id,
    )
    for row in rows:
        row["left_out"] = why_not_at_close(row["reason"]) if row["reason"] else None
    return rows


def _left_out(
    published: Published, deal_id: str, status: dict[str, Any] | None, lookback: object
) -> Rows:
    """The interactions of the deal's contacts that are not in its path, by kind and what they
    lack, with the first few of each by name.
    """
    rows = published.named(
        f"""
        with events as ({left_out_sql().replace("@", "")}),
        counted as (
            select event_id, list(distinct campaign_id order by campaign_id) as campaign_ids
            from core.fct_campaign_interactions
            where event_id in (select event_id from events) group by event_id
        )
        select events.*, contacts.email, assets.asset_name,
            coalesce(counted.campaign_ids, []) as campaign_ids
        from events
        left join core.dim_contacts as contacts on events.contact_id = contacts.contact_id
        left join core.dim_assets as assets
            on events.asset_type = assets.asset_type and events.asset_id = assets.asset_id
        left join counted on events.event_id = counted.event_id
        order by events.occurred_at, events.event_id
        """,
        deal=deal_id,
    )
    is_stopped = status is None or status["status"] in own_gates()
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        reason = lacks(row, is_stopped, lookback)
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
        """
        with inclusion as (
            select * from diagnostics.deal_inclusion where deal_id = $deal
        ),
        people as (
            select spans.contact_id, bool_or(spans.is_at_close) as is_at_close,
                bool_or(contacts.is_deleted) as is_deleted
            from core.fct_deal_contacts as spans
            inner join core.dim_contacts as contacts on spans.contact_id = contacts.contact_id
            where spans.deal_id = $deal group by all
        ),
        evidence as (
            select counted.campaign_id, count(*) as interactions,
                list(
                    counted.event_type || ' ' || counted.event_id
                    order by counted.occurred_at, counted.event_id
                )[:3] as examples
            from core.fct_campaign_interactions as counted
            inner join inclusion on counted.campaign_id = inclusion.campaign_id
            inner join people on counted.contact_id = people.contact_id
            where counted.event_type in (select unnest($types))
                and people.is_deleted = (inclusion.reason is not distinct from 'CONTACT_DELETED')
                and (people.is_at_close or inclusion.reason in (select unnest($of_all)))
            group by counted.campaign_id
        )
        select inclusion.campaign_id, campaigns.campaign_name, inclusion.is_included,
            inclusion.reason, coalesce(evidence.interactions, 0) as interactions,
            coalesce(evidence.examples, []) as examples
        from inclusion
        left join core.dim_campaigns as campaigns on inclusion.campaign_id = campaigns.campaign_id
        left join evidence on inclusion.campaign_id = evidence.campaign_id
        order by inclusion.is_included desc, inclusion.campaign_id
        """,
        deal=deal_id,
        types=influencing_types(),
        of_all=sorted(own_gates() | NOT_AT_CLOSE),
    )
    for row in rows:
        row["because"] = because(row["reason"], "deal", lookback) if row["reason"] else None
    return rows
