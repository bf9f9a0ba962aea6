"""Everything that the published file says of one deal."""

from __future__ import annotations

from typing import Any

from orchestration.reading.explain.finding import find_id
from orchestration.reading.explain.reasons import (
    because,
    event_type,
    influencing_types,
    own_gates,
)
from orchestration.reading.explain.spans import LEFT_OUT
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
    """Spans on the deal; why one is not asked is told from the facts that decide it."""
    return published.rows(
        f"""
        select spans.contact_id, contacts.email, spans.valid_from, spans.valid_to,
            spans.time_basis, spans.is_at_close,
            {LEFT_OUT} as left_out
        from core.fct_deal_contacts as spans
        left join core.fct_deals as deals on spans.deal_id = deals.deal_id
        left join core.dim_contacts as contacts on spans.contact_id = contacts.contact_id
        where spans.deal_id = ? order by spans.valid_from, spans.contact_id
        """,
        deal_id,
    )


def _left_out(
    published: Published, deal_id: str, status: dict[str, Any] | None, lookback: object
) -> Rows:
    """The interactions of the deal's contacts that are not in its path, by kind and what they
    lack, with the first few of each by name.
    """
    rows = published.named(
        """
        with people as (
            select spans.contact_id, bool_or(spans.is_at_close) as is_at_close
            from core.fct_deal_contacts as spans where spans.deal_id = $deal group by all
        ),
        counted as (
            select event_id, list(distinct campaign_id order by campaign_id) as campaign_ids
            from core.fct_campaign_interactions
            where contact_id in (select contact_id from people) group by event_id
        )
        select events.event_id, events.event_type, events.occurred_at, events.contact_id,
            contacts.email, events.asset_type, events.asset_id, assets.asset_name,
            events.is_filtered, events.earns_revenue,
            coalesce(counted.campaign_ids, []) as campaign_ids, people.is_at_close,
            contacts.contact_id is null as is_unknown,
            coalesce(contacts.is_deleted, false) as is_deleted,
            coalesce(events.occurred_at > deals.closed_at, false) as is_after_close,
            deals.deal_id is not null as has_record, deals.closed_at is not null as is_closed
        from people
        inner join core.fct_interactions as events on people.contact_id = events.contact_id
        left join core.fct_deals as deals on deals.deal_id = $deal
        left join core.dim_contacts as contacts on people.contact_id = contacts.contact_id
        left join core.dim_assets as assets
            on events.asset_type = assets.asset_type and events.asset_id = assets.asset_id
        left join counted on events.event_id = counted.event_id
        where events.event_id not in (
            select event_id from marts.attribution_credits where deal_id = $deal
        )
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


def lacks(row: dict[str, Any], is_stopped: bool, lookback: object) -> str:
    """Why an interaction of a deal's contact is not in the deal's path."""
    if row["is_unknown"]:
        return "its contact has no record (R12)"
    if row["is_deleted"]:
        return "its contact is deleted (R12)"
    if not row["has_record"]:
        return "no record of the deal has landed"
    if not row["is_closed"]:
        return "the deal has no close time (R60)"
    if not row["is_at_close"]:
        return "its contact was not on the deal at the close (R60)"
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
