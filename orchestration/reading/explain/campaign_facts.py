"""Everything that the published file says of one campaign."""

from __future__ import annotations

from typing import Any

from orchestration.ground.sql import sql_beside
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
    as_of = published.as_of
    return {
        "as_of": as_of,
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
            select
                count(*) as spans,
                count(*) filter (
                    where valid_from <= coalesce(now.instant, 'infinity')
                    and (valid_to is null or valid_to > now.instant)
                ) as now_in,
                count(*) filter (where time_basis <> 'exact') as not_exact
            from core.fct_asset_associations
            cross join (select ?::timestamp as instant) as now
            where campaign_id = ?
            """,
            as_of,
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
        sql_beside(__file__, "campaign_assets", top=TOP),
        campaign_id,
    )


def _deals(published: Published, campaign_id: str) -> Rows:
    """The deals that could have counted for it, by reason, in number and money (R94)."""
    rows = published.rows(
        sql_beside(__file__, "campaign_deals"),
        campaign_id,
    )
    for row in rows:
        known = published.lookback_days
        row["because"] = because(row["reason"], "deal", known) if row["reason"] else None
    return rows


def _hidden(published: Published, campaign_id: str) -> Rows:
    rows = published.rows(
        sql_beside(__file__, "campaign_hidden", top=TOP),
        campaign_id,
    )
    for row in rows:
        row["because"] = because(row["reason"], "asset")
    return rows


def _utms(published: Published, campaign_id: str) -> Rows:
    """Its aliases, and the values in use that are near one of them (R95)."""
    return published.rows(
        sql_beside(__file__, "campaign_utms"),
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
