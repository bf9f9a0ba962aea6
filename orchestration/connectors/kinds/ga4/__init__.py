"""Web tracking by Google Analytics 4: its export to BigQuery, nested or made flat by a loader."""

from __future__ import annotations

from pathlib import Path

from orchestration.connectors.loaders import WEB, loader_kind
from orchestration.connectors.tables import for_visitors, loader_table


def _parameter(name: str) -> tuple[str, ...]:
    """A parameter of an event: one of the nested ones, or a column of its own."""
    return ("event_params", f"param_{name}", name)


_VISITOR = ("user_id",)
_EVENT = (
    "event_bundle_sequence_id",
    "batch_page_id",
    "batch_ordering_id",
    "batch_event_index",
    _parameter("page_location"),
    _parameter("page_referrer"),
    _parameter("form_id"),
    _parameter("traffic_type"),
)

KIND = loader_kind(
    "ga4",
    "web tracking by Google Analytics 4: its BigQuery export as tables or files, nested or flat",
    Path(__file__).parent,
    {
        "events": loader_table(
            feeds=("events", "visitor_identities", "visitor_emails"),
            required=("event_timestamp", "event_name", "user_pseudo_id"),
            optional=(*_VISITOR, *_EVENT),
            clock=("_fivetran_synced",),
            only=for_visitors(_VISITOR, _EVENT),
            names=lambda options: r"events?(_intraday)?(_[0-9]{8})?",
        ),
    },
    options=WEB,
    needs=("events",),
)
