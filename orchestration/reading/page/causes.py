"""What brought a changed number about: records of its campaign, and what concerned all campaigns
alike.
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.publishing.report.numbers import Formats
from orchestration.publishing.report.words import cause as in_words
from orchestration.publishing.words import Cause, read_causes

# Causes that are no records of a campaign: they may change any number.
OF_ALL = ("erasure", "variable", "rule", "model")
# Those that nothing tells whom they concern: named where nothing else is.
OF_ANY = ("rate", "removed_row", "unknown")
ONE_OF = "one or more of the run's causes: "


def brought_about(formats: Formats, of_campaign: object, of_run: object) -> str:
    """The causes of a restatement in words, from its `campaign_causes` and `run_causes`: “7 new
    events, 1 edited deal, changed setting session_gap_minutes 30 → 60”. Empty where neither tells.
    """
    own, whole = read_causes(of_campaign), read_causes(of_run)
    known = {cause.kind for cause in own}
    found = own + [cause for cause in whole if cause.kind in OF_ALL and cause.kind not in known]
    found = found or [cause for cause in whole if cause.kind in OF_ANY]
    if found or not whole:
        return _listed(formats, found)
    return ONE_OF + _listed(formats, whole)


def _listed(formats: Formats, found: Iterable[Cause]) -> str:
    return ", ".join(in_words(formats, cause) for cause in found)
