"""Web tracking by Snowplow: its atomic events, as columns or as the enriched TSV."""

from __future__ import annotations

from orchestration.connectors.tables import Table

TABLES = (
    Table(
        "events",
        required=("event_id", "event"),
        optional=(
            "event_name",
            ("derived_tstamp", "collector_tstamp"),
            ("domain_userid", "network_userid"),
            "user_id",
            "page_url",
            "page_referrer",
            "unstruct_event",
            "derived_contexts",
        ),
        clock=("load_tstamp", "etl_tstamp", "collector_tstamp"),
    ),
)
