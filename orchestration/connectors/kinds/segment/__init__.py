"""Web tracking by Segment or RudderStack, as either lands it in a warehouse."""

from __future__ import annotations

import json
import re

from orchestration.connectors.tables import Table

_CLOCK = ("uuid_ts", "received_at", "loaded_at")
_TIMES = ("timestamp", "original_timestamp")
_HIT = (*_TIMES, "anonymous_id", "user_id", "context_traits_email")


def own_tables(events: str | None) -> str:
    """A pattern for the tables of the events that the option `events` (JSON) names."""
    names = [re.sub(r"[^a-z0-9]+", "_", name.lower()) for name in json.loads(events or "{}")]
    return "|".join(re.escape(name) for name in names) or "(?!)"


def tables(options: dict[str, str]) -> tuple[Table, ...]:
    """The tables to read, the own ones of mapped events among them."""
    return (
        Table(
            "pages",
            required=("id",),
            optional=(
                *_HIT,
                ("url", "context_page_url"),
                ("referrer", "context_page_referrer"),
            ),
            clock=_CLOCK,
        ),
        Table(
            "tracks",
            required=("id", ("event_text", "event")),
            optional=(*_HIT, "context_page_url", "context_page_referrer"),
            clock=_CLOCK,
        ),
        Table(
            "own_events",
            required=("id",),
            optional=("form_id", "email"),
            clock=_CLOCK,
            pattern=own_tables(options.get("events")),
        ),
        Table(
            "identifies",
            required=("anonymous_id",),
            optional=(*_TIMES, "user_id", ("email", "context_traits_email")),
            clock=_CLOCK,
        ),
    )
