"""Web tracking by Google Analytics 4: its export to BigQuery, nested or made flat by a loader."""

from __future__ import annotations

from orchestration.connectors.tables import Table

TABLES = (
    Table(
        "events",
        required=("event_timestamp", "event_name", "user_pseudo_id"),
        optional=(
            "user_id",
            "event_bundle_sequence_id",
            "batch_page_id",
            "batch_ordering_id",
            "batch_event_index",
            ("event_params", "param_page_location", "page_location"),
            ("event_params", "param_page_referrer", "page_referrer"),
            ("event_params", "param_form_id", "form_id"),
            ("event_params", "param_traffic_type", "traffic_type"),
        ),
        clock=("_fivetran_synced",),
        pattern=r"events?(_intraday)?(_[0-9]{8})?",
    ),
)
