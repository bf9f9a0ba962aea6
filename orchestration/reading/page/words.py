"""Words for what is published as codes: a reader sees a label, and the code or the rule only in a
tooltip.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from orchestration.publishing.report.numbers import shown
from orchestration.publishing.words import (
    METRICS,
    UTM_STATUSES,
    change_kinds,
    reason_row,
    rule_rows,
)

# What a code's words are made of where no list has a label for it.
_SPELLED = {
    "ai": "AI",
    "cta": "CTA",
    "url": "URL",
    "utm": "UTM",
    "id": "ID",
    "crm": "CRM",
    "roi": "ROI",
    "roas": "ROAS",
}
BASES = {
    "asset": ("Asset", "The asset was in the campaign at that moment.", "R30"),
    "utm": ("Link", "The link carried the campaign's utm_campaign.", "R31"),
    "both": (
        "Asset and link",
        "The asset was in the campaign, and the link carried its utm.",
        "R32",
    ),
}
# What a last touch counts by: the asset need not be that of the conversion.
LAST_TOUCH_BASES = {
    "asset": (
        "Asset",
        "Up to the conversion, its session saw a page or submitted a form in the campaign.",
        "R51",
    ),
    "utm": ("Link", "The link of the conversion carried the campaign's utm_campaign.", "R51"),
    "both": (
        "Asset and link",
        "The link of the conversion carried the campaign's utm_campaign, and up to it its session "
        "saw a page or submitted a form in the campaign.",
        "R51",
    ),
}
TIME_BASES = {
    "exact": ("exact", "The source says when it happened.", "R96"),
    "first_seen": (
        "first seen",
        "It was there when somebody first looked; it may be older.",
        "R96",
    ),
    "assumed": ("assumed", "The time was set by a rule, because no source tells it.", "R96"),
}
ENDED = {"moved": "moved to another campaign", "removed": "removed"}
# What a list of contacts is of. Elsewhere `revenue` is money.
CONTACT_METRICS = {"revenue": "Contacts with revenue"}


@dataclass(frozen=True)
class Reason:
    """A code in words: what it means, what to do, and the rule that says so."""

    code: str
    label: str
    meaning: str = ""
    cure: str = ""
    rule: str = ""

    @property
    def title(self) -> str:
        """For a tooltip."""
        parts = [self.meaning, f"Rule {self.rule}." if self.rule else ""]
        return " ".join(part for part in parts if part)


def spelled(code: object) -> str:
    """A code as words: `paid_search` is “Paid search”."""
    words = re.split(r"[_\s]+", str(code).strip().lower())
    text = " ".join(_SPELLED.get(word, word) for word in words if word)
    return shown(text[:1].upper() + text[1:])


def _label(rows: str, key: str, code: object) -> str:
    found = next((row for row in rule_rows(rows) if row[key] == code), None)
    return (found or {}).get("label") or spelled(code)


def model(code: object) -> str:
    """The name of an attribution model."""
    return _label("attribution_models", "model", code)


def event_type(code: object) -> str:
    """The name of a kind of interaction."""
    return _label("interaction_types", "event_type", code)


def asset_type(code: object) -> str:
    """The name of a kind of asset."""
    return _label("asset_types", "asset_type", code)


def metric(code: object) -> str:
    """The name of a number."""
    return METRICS.get(str(code)) or spelled(code)


def contact_metric(code: object) -> str:
    """The name of what a list of contacts is of."""
    return CONTACT_METRICS.get(str(code)) or metric(code)


def reason(code: object, subject: str = "", lookback: object = None) -> Reason:
    """A reason in words: the row of its list for this subject, any row of it, or the code spelled
    out. `lookback` is the look-back window in days, where one is set.
    """
    found = reason_row(code, subject, lookback)
    if not found:
        return Reason(str(code), spelled(code))
    return Reason(
        str(code),
        found["label"],
        _without_rule(found["meaning"]),
        _without_rule(found["cure"]),
        found["rule_id"],
    )


def _without_rule(text: str) -> str:
    """A sentence without the id of a rule, which its tooltip has."""
    return re.sub(r"\s*\(?(?:by |see )?(?:rule )?R\d+(?:[-, ]+R\d+)*\)?", "", text)


def without_rules(text: str) -> tuple[str, str]:
    """Sentences without the ids of their rules, and the rules as a tooltip."""
    rules = sorted(set(re.findall(r"R\d+", " ".join(re.findall(r"\(R[^)]*\)", text)))))
    title = f"Rule{'s' if len(rules) > 1 else ''} {', '.join(rules)}." if rules else ""
    return _without_rule(text), title


def with_rule(text: str) -> tuple[str, str]:
    """A sentence that ends with its rule, `after the close (R70)`, as label and tooltip."""
    said, _, rule = text.partition(" (R")
    label = f"{said[:1].upper()}{said[1:]}"
    return label, f"Rule R{rule.removesuffix(')')}." if rule else ""


def utm_status(code: object) -> Reason:
    """The status of a utm value in words."""
    label, meaning, cure = UTM_STATUSES.get(str(code), (spelled(code), "", ""))
    return Reason(str(code), label, meaning, cure, "R95")


def cause(kind: object) -> str:
    """A kind of cause of a restatement, several of it: “new events”."""
    return change_kinds().get(str(kind), ("", spelled(kind).lower()))[1]
