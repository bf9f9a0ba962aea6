"""How two publications differ in short: totals, and the campaigns that differ most; what the report
says of an answer that `what-if` keeps.
"""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.reading.compare.differences import find
from orchestration.reading.compare.publications import SIDES, Side, opened
from orchestration.reading.compare.reasons import differing_settings, in_words

MOST = 12
LIVE = "campaign_id in (select campaign_id from {side}.core.dim_campaigns where not is_deleted)"
# Everything is counted once, however many campaigns share it.
TOTALS = {
    "revenue": "coalesce(sum(credit), 0) from {side}.marts.attribution_credits "
    "where model = 'linear' and {live}",
    "deals": "count(distinct deal_id) from {side}.marts.attribution_credits "
    "where model = 'linear' and {live}",
    "influenced_contacts": "count(distinct contact_id) from {side}.marts.influenced_contacts "
    "where {live}",
    "new_contacts_first_touch": "count(distinct contact_id) "
    "from {side}.marts.first_touch_contacts where {live}",
    "new_contacts_last_touch": "count(distinct contact_id) "
    "from {side}.marts.last_touch_contacts where {live}",
    "contacts_with_revenue": "count(distinct contact_id) from {side}.marts.revenue_contacts "
    "where {live}",
}


def _totals(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    totals = []
    for metric, asked in TOTALS.items():
        values = [
            connection.execute(
                "select " + asked.format(side=side, live=LIVE.format(side=side))
            ).fetchone()[0]
            for side in SIDES
        ]
        totals.append({"metric": metric, "published": str(values[0]), "answer": str(values[1])})
    return totals


def _campaigns(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The widest differences of revenue, then of people and sessions."""
    rows = connection.execute(
        f"""
        select
            coalesce(b.campaign_name, a.campaign_name, findings.campaign_id) as campaign,
            findings.metric,
            coalesce(findings.a, '0') as published,
            coalesce(findings.b, '0') as answer,
            findings.reason,
            findings.setting
        from findings
        left join side_a.core.dim_campaigns as a on findings.campaign_id = a.campaign_id
        left join side_b.core.dim_campaigns as b on findings.campaign_id = b.campaign_id
        where
            findings.kind = 'number'
            and findings.model is null
            and findings.metric in (
                'revenue', 'influenced_contacts', 'new_contacts_first_touch',
                'new_contacts_last_touch', 'sessions'
            )
        order by
            findings.metric <> 'revenue', abs(findings.difference) desc nulls last,
            findings.campaign_id, findings.metric
        limit {MOST}
        """
    )
    names = [column[0] for column in rows.description]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def summary(a: Side, b: Side) -> dict[str, Any]:
    """Settings that differ, totals of both, and the campaigns that differ most with the reason."""
    with opened(a, b) as connection:
        find(connection, a, b)
        campaigns = _campaigns(connection)
        for row in campaigns:
            row["why"], row["rule_id"] = in_words(row.pop("reason"), row.pop("setting"))
        return {
            "settings": [setting.text for setting in differing_settings(a, b)],
            "totals": _totals(connection),
            "campaigns": campaigns,
        }
