"""Everything that the published file says of one campaign."""

from __future__ import annotations

from typing import Any

from orchestration.reading.explain.finding import find_id
from orchestration.reading.explain.reasons import because
from orchestration.reading.explain.touches import time_basis
from orchestration.reading.published import Published, Rows

TOP = 10


def explain_campaign(published: Published, wanted: str) -> dict[str, Any]:
    """Everything about one campaign: its numbers, what earns, what is missing and why, its utm
    values, and what other systems report of it. Raises UnknownId.
    """
    campaign_id = find_id(published, "campaign", wanted)
    return {
        "campaign_id": campaign_id,
        "home_currency": published.variables.get("home_currency"),
        "lookback_days": published.lookback_days,
        "campaign": published.one(
            "select * from core.dim_campaigns where campaign_id = ?", campaign_id
        ),
        "performance": published.one(
            "select * from marts.campaign_performance where campaign_id = ?", campaign_id
        ),
        "models": published.rows(
            "select * from marts.attributed_revenue where campaign_id = ?", campaign_id
        ),
        "conversions": published.rows(
            """
            select * from marts.attributed_conversions where campaign_id = ?
            order by conversion, model
            """,
            campaign_id,
        ),
        "removal_effects": published.rows(
            "select model, effect from marts.removal_effects where campaign_id = ? order by model",
            campaign_id,
        ),
        "time_basis": time_basis(published, "campaign_id", campaign_id),
        "assets": _assets(published, campaign_id),
        "associations": published.one(
            """
            select count(*) as spans, count(*) filter (where valid_to is null) as now_in,
                count(*) filter (where time_basis <> 'exact') as not_exact
            from core.fct_asset_associations where campaign_id = ?
            """,
            campaign_id,
        ),
        "deals": _deals(published, campaign_id),
        "hidden": _hidden(published, campaign_id),
        "utms": _utms(published, campaign_id),
        "parity": published.rows(
            """
            select source, metric, model, period_start, period_end, ours, reported, difference,
                share
            from diagnostics.parity where campaign_id = ? order by all
            """,
            campaign_id,
        ),
        "parity_contacts": _parity_contacts(published, campaign_id),
    }


def _assets(published: Published, campaign_id: str) -> Rows:
    """The assets that earn the campaign's linear revenue, the most first."""
    return published.rows(
        f"""
        select events.asset_type, events.asset_id, assets.asset_name,
            sum(credits.credit) as revenue,
            count(distinct credits.deal_id) as deals, count(distinct credits.event_id) as touches
        from marts.attribution_credits as credits
        left join core.fct_interactions as events on credits.event_id = events.event_id
        left join core.dim_assets as assets
            on events.asset_type = assets.asset_type and events.asset_id = assets.asset_id
        where credits.campaign_id = ? and credits.model = 'linear'
        group by all order by revenue desc, 1, 2 limit {TOP}
        """,
        campaign_id,
    )


def _deals(published: Published, campaign_id: str) -> Rows:
    """The deals that ask for it, counted and by reason, in number and money (R94)."""
    rows = published.rows(
        """
        select inclusion.reason, count(*) as deals, sum(deals.amount_home) as amount_home,
            count(*) filter (where deals.amount_home is null) as without_amount,
            list(inclusion.deal_id order by deals.amount_home desc nulls last, inclusion.deal_id)
                [:3] as examples
        from diagnostics.deal_inclusion as inclusion
        left join core.fct_deals as deals on inclusion.deal_id = deals.deal_id
        where inclusion.campaign_id = ?
        group by inclusion.reason order by deals desc, inclusion.reason
        """,
        campaign_id,
    )
    for row in rows:
        known = published.lookback_days
        row["because"] = because(row["reason"], "deal", known) if row["reason"] else None
    return rows


def _hidden(published: Published, campaign_id: str) -> Rows:
    rows = published.rows(
        f"""
        select reasons.reason, count(*) as assets,
            list(
                visibility.asset_type || ' ' || visibility.asset_id
                order by visibility.asset_type, visibility.asset_id
            )[:3] as examples
        from diagnostics.asset_visibility as visibility
        cross join unnest(visibility.reasons) as reasons(reason)
        where visibility.campaign_id = ? group by all order by assets desc, reasons.reason
        limit {TOP}
        """,
        campaign_id,
    )
    for row in rows:
        row["because"] = because(row["reason"], "asset")
    return rows


def _utms(published: Published, campaign_id: str) -> Rows:
    """Its aliases, and the values in use that are near one of them (R95)."""
    return published.rows(
        """
        with own as (select * from diagnostics.utm_audit where campaign_id = ?)
        select utm_campaign, page_views, sessions, status, similar_alias from own
        union all
        select utm_campaign, page_views, sessions, status, similar_alias
        from diagnostics.utm_audit
        where status = 'unmatched' and similar_alias in (select utm_campaign from own)
        order by status, page_views desc, utm_campaign
        """,
        campaign_id,
    )


def _parity_contacts(published: Published, campaign_id: str) -> Rows:
    rows = published.rows(
        """
        select source, metric, is_ours, reason, count(*) as contacts,
            list(contact_id order by contact_id)[:3] as examples
        from diagnostics.parity_contacts where campaign_id = ?
        group by all order by source, metric, is_ours, contacts desc, reason
        """,
        campaign_id,
    )
    for row in rows:
        row["because"] = because(row["reason"], "parity")
    return rows
