"""What brought a changed number about: records of its campaign, and what concerned all campaigns
alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orchestration.publishing.report.numbers import Formats
from orchestration.publishing.report.words import cause as in_words
from orchestration.publishing.words import change_kinds

# Causes that are no records of a campaign: they may change any number.
OF_ALL = ("erasure", "variable", "rule", "model")
# Those that nothing tells whom they concern: named where nothing else is.
OF_ANY = ("rate", "removed_row", "unknown")
ONE_OF = "one or more of the run's causes: "


@dataclass(frozen=True)
class Cause:
    """A kind of cause with how many of it, or, of a setting and the like, which."""

    kind: str
    number: int = 1
    detail: str = ""


def brought_about(formats: Formats, of_campaign: object, of_run: object) -> str:
    """The causes of a restatement in words, from its `campaign_causes` and `run_causes`: “7 new
    events, 1 edited deal, changed setting session_gap_minutes 30 → 60”. Empty where neither tells.
    """
    own, whole = read(of_campaign), read(of_run)
    known = {cause.kind for cause in own}
    found = own + [cause for cause in whole if cause.kind in OF_ALL and cause.kind not in known]
    found = found or [cause for cause in whole if cause.kind in OF_ANY]
    if found or not whole:
        return _listed(formats, found)
    return ONE_OF + _listed(formats, whole)


def read(text: object) -> list[Cause]:
    """The causes that a column of the log has: `new_event 7, variable session_gap_minutes 30 ->
    60`. A detail may have commas of its own.
    """
    parts: list[str] = []
    for part in str(text or "").split(", "):
        if parts and part.partition(" ")[0] not in change_kinds():
            parts[-1] += f", {part}"
        elif part:
            parts.append(part)
    return [_cause(part) for part in parts]


def _cause(part: str) -> Cause:
    kind, _, rest = part.partition(" ")
    return Cause(kind, int(rest)) if rest.isdigit() else Cause(kind, detail=rest)


def _listed(formats: Formats, found: Iterable[Cause]) -> str:
    return ", ".join(
        in_words(formats, one.kind, one.number, one.detail.replace(" -> ", " → ")) for one in found
    )
