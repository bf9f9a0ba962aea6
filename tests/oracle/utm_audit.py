"""Every utm value that was seen, and every alias that was not (R95)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from .aliases import Aliases
from .interactions import PAGE_VIEW, Interaction, Interactions
from .rules import Row

SEPARATORS = str.maketrans("", "", " -_.+")
SHORTEST, FARTHEST = 4, 2


def distance(left: str, right: str) -> int:
    """The Levenshtein distance of two texts."""
    above = list(range(len(right) + 1))
    for row, one in enumerate(left, start=1):
        here = [row]
        for column, other in enumerate(right, start=1):
            replaced = above[column - 1] + (one != other)
            here.append(min(above[column] + 1, here[-1] + 1, replaced))
        above = here
    return above[-1]


def similar_alias(value: str, aliases: Iterable[str]) -> str | None:
    """The nearest alias that a value may have been meant to be; of several the smallest text."""
    plain = value.translate(SEPARATORS)
    candidates = []
    for alias in aliases:
        other = alias.translate(SEPARATORS)
        is_comparable = value.isascii() and alias.isascii()
        if is_comparable and min(len(plain), len(other)) >= SHORTEST:
            apart = distance(plain, other)
            if apart <= FARTHEST:
                candidates.append((apart, alias))
    return min(candidates)[1] if candidates else None


def status_of(
    value: str, campaign_id: str | None, seen: list[Interaction], aliases: Aliases
) -> str:
    """R95 for one value and one campaign that has it as alias, or none."""
    if not seen:
        return "never_seen"
    if campaign_id is None:
        return "unmatched"
    if len(aliases.campaigns(value)) > 1:
        return "shared"
    if any(campaign_id in aliases.campaigns_at(value, event.occurred_at) for event in seen):
        return "matched"
    return "before_campaign"


def utm_audit(interactions: Interactions, aliases: Aliases) -> list[Row]:
    """The table utm_audit."""
    views: dict[str, list[Interaction]] = defaultdict(list)
    for event in interactions.unfiltered:
        if event.event_type == PAGE_VIEW and event.utm_campaign is not None:
            views[event.utm_campaign].append(event)
    rows = []
    for value in sorted({*views, *aliases.since}):
        seen = views.get(value, [])
        for campaign_id in sorted(aliases.campaigns(value)) or [None]:
            status = status_of(value, campaign_id, seen, aliases)
            near = similar_alias(value, aliases.since) if status == "unmatched" else None
            rows.append(
                {
                    "utm_campaign": value,
                    "campaign_id": campaign_id,
                    "page_views": len(seen),
                    "sessions": len({event.session_id for event in seen} - {None}),
                    "status": status,
                    "similar_alias": near,
                }
            )
    return rows
