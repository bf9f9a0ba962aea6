"""Everything that the published file says of one contact."""

from __future__ import annotations

from typing import Any

from orchestration.ground.sql import sql_beside
from orchestration.reading.explain.finding import find_id
from orchestration.reading.explain.left_out import reason_text
from orchestration.reading.explain.reasons import because
from orchestration.reading.explain.touches import conversion_shares
from orchestration.reading.published import Published, Rows

EXAMPLES = 5
METRICS = ("first_touch", "last_touch", "influenced")


def explain_contact(published: Published, wanted: str) -> dict[str, Any]:
    """Everything about one contact: statuses, touches, influence and deals; a merged id leads to
    its survivor, which need not have a record. Raises UnknownId.
    """
    asked = find_id(published, "contact", wanted)
    merge = published.one(
        "select survivor_id from diagnostics.merges where subject = 'contact' and merged_id = ?",
        asked,
    )
    survivor = merge["survivor_id"] if merge else asked
    contact = published.one("select * from core.dim_contacts where contact_id = ?", survivor)
    return {
        "asked_for": wanted,
        "asked_id": asked,
        "contact_id": survivor,
        "contact": contact,
        "merged_ids": [
            row["merged_id"]
            for row in published.rows(
                """
                select merged_id from diagnostics.merges
                where subject = 'contact' and survivor_id = ? order by merged_id
                """,
                survivor,
            )
        ],
        "events": _events(published, survivor),
        "statuses": _statuses(published, survivor),
        "first_touches": _touches(published, "first_touch_contacts", survivor, "event_id"),
        "last_touches": _touches(published, "last_touch_contacts", survivor, "conversion_event_id"),
        "influenced_by": _named(
            published, "influenced_contacts", survivor, "touches.influenced_at, 1"
        ),
        "revenue": _named(published, "revenue_contacts", survivor, "touches.revenue desc, 1"),
        "creation": conversion_shares(published, "contact_created", survivor),
        "deals": _deals(published, survivor),
    }


def _events(published: Published, contact_id: str) -> dict[str, Any]:
    """How many interactions the contact has, and for which campaigns some of them count."""
    found = published.rows(
        """
        select count(*) as interactions, count(*) filter (where is_filtered) as filtered,
            list(event_type || ' ' || event_id order by occurred_at, event_id)[:5] as examples
        from core.fct_interactions where contact_id = ?
        """,
        contact_id,
    )[0]
    campaigns = published.rows(
        """
        select counted.campaign_id, campaigns.campaign_name, count(*) as interactions
        from core.fct_campaign_interactions as counted
        left join core.dim_campaigns as campaigns on counted.campaign_id = campaigns.campaign_id
        where counted.contact_id = ? and counted.influences group by all order by 1
        """,
        contact_id,
    )
    return found | {"examples": found["examples"] or [], "campaigns": campaigns}


def _statuses(published: Published, contact_id: str) -> Rows:
    """Per metric of R98: whether it counts, why not, and the interaction that decides."""
    rows = published.rows(
        sql_beside(__file__, "contact_statuses"),
        contact_id,
    )
    for row in rows:
        counts = row["status"] == "COUNTED"
        row["because"] = None if counts else because(row["status"], "contact")
    return sorted(rows, key=lambda row: METRICS.index(row["metric"]))


def _named(published: Published, table: str, contact_id: str, order: str) -> Rows:
    return published.rows(
        f"""
        select touches.*, campaigns.campaign_name from marts.{table} as touches
        left join core.dim_campaigns as campaigns on touches.campaign_id = campaigns.campaign_id
        where touches.contact_id = ? order by {order}
        """,
        contact_id,
    )


def _touches(published: Published, table: str, contact_id: str, event: str) -> Rows:
    return published.rows(
        sql_beside(__file__, "contact_touches", table=table, event=event),
        contact_id,
    )


def _deals(published: Published, contact_id: str) -> Rows:
    """The deals it was on, with their status and its own credit under the linear model."""
    rows = published.rows(
        sql_beside(__file__, "contact_deals"),
        contact_id,
        contact_id,
    )
    for row in rows:
        known = row["status"] not in (None, "COUNTED")
        row["because"] = because(row["status"], "deal") if known else None
        reason = row["reason"]
        row["left_out"] = reason_text(reason, "deal_contact") if reason else None
    return rows
