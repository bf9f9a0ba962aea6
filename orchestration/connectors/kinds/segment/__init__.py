"""Web tracking by Segment or RudderStack, as either lands it in a warehouse."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from orchestration.connectors.loaders import WEB, loader_kind
from orchestration.connectors.tables import NO_NAME, for_visitors, loader_table

# When the warehouse had a row. When Segment received it is no such clock: rows may load days later.
_CLOCK = ("uuid_ts", "loaded_at")
_HIT = (
    ("timestamp", "original_timestamp", "received_at"),
    "anonymous_id",
    "user_id",
)
# What both tables of identifications are made of.
_WHO = for_visitors(_HIT, ())["visitor_emails"]


def own_tables(options: Mapping[str, object]) -> str:
    """A pattern for the tables of the events that the option `events` names, with any separator:
    `Form Submitted` and `formSubmitted` have form_submitted.
    """
    names = json.loads(str(options.get("events") or "{}"))
    letters = (re.sub(r"[^a-z0-9]", "", name.lower()) for name in names)
    return "|".join("[^a-z0-9]*".join(one) for one in letters if one) or NO_NAME


KIND = loader_kind(
    "segment",
    "web tracking by Segment or RudderStack: pages, tracks, identifies",
    Path(__file__).parent,
    {
        "pages": loader_table(
            feeds=("events",),
            required=("id",),
            optional=(
                *_HIT,
                "context_traits_email",
                ("url", "context_page_url"),
                ("referrer", "context_page_referrer"),
            ),
            clock=_CLOCK,
        ),
        "tracks": loader_table(
            feeds=("events",),
            required=("id", ("event_text", "event")),
            optional=(*_HIT, "context_traits_email", "context_page_url", "context_page_referrer"),
            clock=_CLOCK,
        ),
        "own_events": loader_table(
            feeds=("events",),
            required=("id",),
            optional=("form_id", "email"),
            clock=_CLOCK,
            names=own_tables,
        ),
        "identifies": loader_table(
            feeds=("visitor_identities", "visitor_emails"),
            required=("anonymous_id",),
            optional=(*_HIT, ("email", "context_traits_email")),
            clock=_CLOCK,
            only={
                "visitor_identities": _WHO,
                "visitor_emails": (*_WHO, "email or context_traits_email"),
            },
        ),
    },
    options=WEB,
    needs=("pages", "tracks", "identifies"),
)
