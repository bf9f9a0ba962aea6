"""Which of several sources one listens to: for records the first of the list where both are equally
new, for events the one that is told to bring them, else the first of the list.

Only sources of one portal are about the same things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestration.connectors.kind import Source
from orchestration.ground.contract import raw_tables

# Rows of these are no records of which the newest wins.
_NO_RECORDS = ("events", "deal_contact_log", "campaign_asset_log", "visitor_identities")
_LISTS = ("visitor_emails", "reported_metrics", "reported_contacts")
PAGE_VIEW = "page_view"


def with_precedence(sources: Sequence[Source]) -> list[Source]:
    """The sources, each knowing behind which others it stands and what it leaves to them."""
    return [
        replace(source, yields=_yields(source, sources), behind=_behind(source, sources))
        for source in sources
    ]


def _is_tracker(source: Source) -> bool:
    return "events" in source.kind.options


def _yields(source: Source, sources: Sequence[Source]) -> dict[str, str]:
    """By event type that the source could bring and does not, the source that brings it."""
    if source.brings:
        return {}
    found = {}
    for event_type in source.event_types:
        others = [
            one for one in sources if one.portal == source.portal and event_type in one.event_types
        ]
        told = [one for one in others if one.brings]
        # HubSpot has page views only with Enterprise, and none of people whom it does not know.
        trackers = [one for one in others if event_type == PAGE_VIEW and _is_tracker(one)]
        first = (told or trackers or others)[0]
        if first.name != source.name:
            found[event_type] = first.name
    return found


def _behind(source: Source, sources: Sequence[Source]) -> dict[str, tuple[str, ...]]:
    """By raw table of records, the sources before it in the list that bring it, too."""
    before = sources[: [one.name for one in sources].index(source.name)]
    found = {
        raw_table: tuple(
            one.name
            for one in before
            if one.portal == source.portal and raw_table in one.kind.brings
        )
        for raw_table in source.kind.brings
        if raw_table in raw_tables() and raw_table not in (*_NO_RECORDS, *_LISTS)
    }
    return {raw_table: names for raw_table, names in found.items() if names}


def precedence_reasons(source: Source, raw_table: str) -> list[str]:
    """What the coverage says of it."""
    reasons = []
    if raw_table in source.behind:
        names = ", ".join(source.behind[raw_table])
        reasons.append(f"where both are equally new, {names} counts before {source.name}")
    if raw_table == "events":
        by_name: dict[str, list[str]] = {}
        for event_type, name in source.yields.items():
            by_name.setdefault(name, []).append(event_type)
        reasons += [
            f"{', '.join(types)}: left to {name} (brings: […] says otherwise)"
            for name, types in by_name.items()
        ]
    return reasons


def doubles(sources: Sequence[Source]) -> list[str]:
    """Event types that several sources have, each as a warning."""
    bringing: dict[tuple[str, str], list[str]] = {}
    left: dict[tuple[str, str], list[str]] = {}
    for source in sources:
        for event_type in source.event_types:
            side = left if event_type in source.yields else bringing
            side.setdefault((source.portal or "", event_type), []).append(source.name)
    warnings = []
    for key, names in bringing.items():
        if len(names) > 1:
            warnings.append(
                f"{key[1]} comes from {' and '.join(names)}, as brings says; what both tell counts "
                "twice"
            )
        elif key in left:
            warnings.append(
                f"{key[1]} comes from {names[0]} alone, though {' and '.join(left[key])} may have "
                f"it; brings: […] says who brings it, and where two are told, it counts twice"
            )
    return warnings
