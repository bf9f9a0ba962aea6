"""The order in which large tables are written, so that a question of a few rows reads a few parts.

DuckDB keeps the least and the largest value of every 122,880 rows and passes over those that cannot
match: what one campaign, one contact or one week asks then costs a hundredth. There is no index to
build or to keep. An increment's rows come at the end; a table is in order again when it is next
written whole.
"""

from __future__ import annotations

# Schema and table -> columns. Interactions by time, as they mostly come; what campaigns have by
# campaign, then by time.
ORDERS = {
    ("core", "fct_interactions"): ("occurred_at",),
    ("core", "fct_sessions"): ("started_at",),
    ("core", "fct_campaign_interactions"): ("campaign_id", "occurred_at"),
    ("marts", "first_touch_contacts"): ("campaign_id", "contact_created_at"),
    ("marts", "last_touch_contacts"): ("campaign_id", "contact_created_at"),
    ("marts", "influenced_contacts"): ("campaign_id", "influenced_at"),
    ("marts", "attribution_credits"): ("campaign_id", "closed_at"),
    ("marts", "conversion_credits"): ("campaign_id", "converted_at"),
    ("diagnostics", "contact_status"): ("contact_id",),
}


def order_clause(schema: str, table: str) -> str:
    """The `order by` of a published table; empty where it has none."""
    columns = ORDERS.get((schema, table))
    return f" order by {', '.join(columns)}" if columns else ""
