"""Words for what is published as codes: a reader sees a label, and the code or the rule only in a
tooltip.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from orchestration.ground.paths import RULES
from orchestration.publishing.report.numbers import shown

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
METRICS = {
    "first_touch": "First touch",
    "last_touch": "Last touch",
    "influenced": "Influenced",
    "revenue": "Contacts with revenue",
    "new_contacts_first_touch": "New contacts, first touch",
    "new_contacts_last_touch": "New contacts, last touch",
    "influenced_contacts": "Influenced contacts",
    "contacts_with_revenue": "Contacts with revenue",
    "associated_deal_value": "Associated deal value",
    "attributed_revenue": "Attributed revenue",
    "deal_amount": "Deal amount",
    "ad_spend": "Ad spend",
}
COUNTED = ("Counted", "A campaign counts it.", "", "R97")
UTM_STATUSES = {
    "matched": ("Matched", "A campaign collects these visits.", ""),
    "shared": (
        "Shared",
        "Several campaigns have this alias, and each counts the same visits.",
        "Remove the alias from all campaigns but one.",
    ),
    "before_campaign": (
        "Before the campaign",
        "All visits came before the campaign or its alias began.",
        "Let the alias start earlier if these visits belong to the campaign.",
    ),
    "unmatched": (
        "Unmatched",
        "No campaign has this alias, so nobody gets these visits.",
        "Add the alias to its campaign.",
    ),
    "never_seen": (
        "Never seen",
        "No visit carries this alias.",
        "Compare it with the links in use.",
    ),
}
# Reasons whose row in the list is of another subject, where the same reason reads otherwise.
REASONS = {
    ("contact", "NO_CAMPAIGN_INTERACTION"): (
        "No interaction with a campaign",
        (
            "None of its interactions is on an asset that was ever in a campaign, or carries a "
            "campaign's utm."
        ),
        "R98",
        "Put the assets in use into a campaign, or add the utm values in use as aliases.",
    ),
    ("parity", "CONTACT_DELETED"): (
        "Contact deleted",
        "The contact is deleted here.",
        "R120",
        "Restore the contact if it was deleted by mistake.",
    ),
    ("parity", "NO_INTERACTION"): (
        "No interaction with the campaign",
        "The contact has no interaction on an asset or link that was ever the campaign's.",
        "R120",
        "Check that the asset is in the campaign, and that visitors are identified.",
    ),
}
CAUSES = {
    "new_event": "new events",
    "late_event": "late events",
    "event_edit": "edited events",
    "new_contact": "new contacts",
    "contact_edit": "edited contacts",
    "merge": "merged contacts",
    "identification": "identified visitors",
    "new_deal": "new deals",
    "deal_edit": "edited deals",
    "deal_contact": "contacts of deals",
    "deal_merge": "merged deals",
    "new_campaign": "new campaigns",
    "campaign_edit": "edited campaigns",
    "alias": "aliases",
    "asset": "assets",
    "moved_asset": "moved assets",
    "budget": "budget items",
    "spend": "spend items",
    "ad_metrics": "ad metrics",
    "rate": "exchange rates",
    "removed_row": "removed rows",
    "erasure": "erased people",
    "variable": "variables",
    "rule": "lists of rules",
    "model": "changed calculations",
    "unknown": "unknown causes",
}


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


@cache
def rule_rows(name: str) -> list[Mapping[str, str]]:
    """The rows of a list of rules; none where this version has no such list."""
    file = RULES / f"{name}.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


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


def in_order(models: set[str]) -> list[str]:
    """Models in the order of their list."""
    known = [row["model"] for row in rule_rows("attribution_models")]
    return [name for name in known if name in models] + sorted(models - set(known))


def event_type(code: object) -> str:
    """The name of a kind of interaction."""
    return _label("interaction_types", "event_type", code)


def asset_type(code: object) -> str:
    """The name of a kind of asset."""
    return _label("asset_types", "asset_type", code)


def metric(code: object) -> str:
    """The name of a metric."""
    return METRICS.get(str(code)) or spelled(code)


def reason(code: object, subject: str = "") -> Reason:
    """A reason in words: the row of its list for this subject, any row of it, or the code spelled
    out.
    """
    if code == "COUNTED":
        return Reason("COUNTED", *COUNTED)
    own = REASONS.get((subject, str(code)))
    if own:
        label, meaning, rule, cure = own
        return Reason(str(code), label, meaning, cure, rule)
    rows = [row for row in rule_rows("reason_codes") if row["reason"] == code]
    found = next((row for row in rows if row.get("subject") == subject), rows[0] if rows else None)
    if found:
        return Reason(
            str(code),
            found["label"],
            _without_rule(found.get("meaning", "")),
            _without_rule(found.get("cure", "")),
            found.get("rule_id", ""),
        )
    return Reason(str(code), spelled(code))


def _without_rule(text: str) -> str:
    """A sentence without the id of a rule, which its tooltip has."""
    return re.sub(r"\s*\(?(?:by |see )?(?:rule )?R\d+(?:[-, ]+R\d+)*\)?", "", text)


def with_rule(text: str) -> tuple[str, str]:
    """A sentence that ends with its rule, `after the close (R70)`, as label and tooltip."""
    said, _, rule = text.partition(" (R")
    label = f"{said[:1].upper()}{said[1:]}"
    return label, f"Rule R{rule.removesuffix(')')}." if rule else ""


def utm_status(code: object) -> Reason:
    """The status of a utm value in words."""
    label, meaning, cure = UTM_STATUSES.get(str(code), (spelled(code), "", ""))
    return Reason(str(code), label, meaning, cure, "R95")


def causes(text: object) -> str:
    """The causes of a restatement in words: `new_event 7, deal_edit 1` is “7 new events, 1 edited
    deals”.
    """
    parts = []
    for part in str(text or "").split(", "):
        kind, _, number = part.rpartition(" ")
        named = CAUSES.get(kind) or spelled(kind).lower()
        parts.append(f"{number} × {named}" if kind and number.isdigit() else spelled(part).lower())
    return ", ".join(part for part in parts if part)
