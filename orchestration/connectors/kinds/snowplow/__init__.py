"""Web tracking by Snowplow: its atomic events, as columns or as the enriched TSV."""

from __future__ import annotations

from pathlib import Path

from orchestration.connectors.loaders import WEB, loader_kind
from orchestration.connectors.tables import for_visitors, loader_table

_VISITOR = (("derived_tstamp", "collector_tstamp"), ("domain_userid", "network_userid"), "user_id")
# Most warehouses have a column for each schema of an event or context, and no envelope of them.
_FORM = "unstruct_event_com_snowplowanalytics_snowplow_submit_form_1"
_ROBOTS = "contexts_com_iab_snowplow_spiders_and_robots_1"
_EVENT = (
    "event_name",
    "page_url",
    "page_referrer",
    ("unstruct_event", _FORM),
    ("derived_contexts", _ROBOTS),
)

KIND = loader_kind(
    "snowplow",
    "web tracking by Snowplow: atomic events as a table, or as the enriched TSV",
    Path(__file__).parent,
    {
        "events": loader_table(
            feeds=("events", "visitor_identities", "visitor_emails"),
            required=("event_id", "event"),
            optional=(*_VISITOR, *_EVENT),
            # By the clocks of the collector and of the enrichment, rows may load days later.
            silent=("etl_tstamp",),
            clock=("load_tstamp",),
            only=for_visitors(_VISITOR, _EVENT),
        ),
    },
    options=WEB,
    needs=("events",),
)
