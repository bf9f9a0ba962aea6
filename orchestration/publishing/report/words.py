"""What is published as a code, in words."""

from __future__ import annotations

import csv
import re

from orchestration.ground.paths import RULES
from orchestration.publishing.report.numbers import Formats, shown

COUNTED = {"label": "Counted", "cure": "", "rule": "R97"}
METRICS = {
    "revenue": "Revenue",
    "spend": "Spend",
    "deals": "Deals",
    "influenced_contacts": "Influenced contacts",
    "new_contacts_first_touch": "New contacts, first touch",
    "new_contacts_last_touch": "New contacts, last touch",
    "contacts_with_revenue": "Contacts with revenue",
    "sessions": "Sessions",
    "first_touch": "First touch",
    "last_touch": "Last touch",
    "influenced": "Influenced",
}
# Causes of a restatement, one and several.
CAUSES = {
    "new_event": ("new event", "new events"),
    "late_event": ("late event", "late events"),
    "event_edit": ("edited event", "edited events"),
    "new_contact": ("new contact", "new contacts"),
    "contact_edit": ("edited contact", "edited contacts"),
    "merge": ("merged contact", "merged contacts"),
    "identification": ("identified visitor", "identified visitors"),
    "new_deal": ("new deal", "new deals"),
    "deal_edit": ("edited deal", "edited deals"),
    "deal_contact": ("change of a deal's contacts", "changes of deals' contacts"),
    "deal_merge": ("merged deal", "merged deals"),
    "new_campaign": ("new campaign", "new campaigns"),
    "campaign_edit": ("edited campaign", "edited campaigns"),
    "alias": ("change of a utm alias", "changes of utm aliases"),
    "asset": ("new or edited asset", "new or edited assets"),
    "moved_asset": ("asset put in or taken out", "assets put in or taken out"),
    "budget": ("budget item", "budget items"),
    "spend": ("spend item", "spend items"),
    "ad_metrics": ("record of ad figures", "records of ad figures"),
    "rate": ("exchange rate", "exchange rates"),
    "removed_row": ("removed row", "removed rows"),
    "erasure": ("erased person", "erased people"),
    "variable": ("changed setting", "changed settings"),
    "rule": ("changed list of rules", "changed lists of rules"),
    "model": ("new version of the models", "new versions of the models"),
    "unknown": ("unknown cause", "unknown causes"),
}


def rule_rows(name: str) -> list[dict[str, str]]:
    """The rows of a list of rules."""
    with (RULES / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def rule_labels(name: str) -> dict[str, dict[str, str]]:
    """Rows of a rule file by their first column; what is not there is shown by its code."""
    return {next(iter(row.values())): row for row in rule_rows(name)}


def spelled(code: object) -> str:
    """A code as words: `paid_search` is “Paid search”."""
    text = str(code or "").replace("_", " ").strip()
    return shown(text[:1].upper() + text[1:], 60).replace("Ai ", "AI ")


def metric(code: object) -> str:
    """The name of a number."""
    return METRICS.get(str(code)) or spelled(code)


def cause(formats: Formats, kind: str, changes: int, detail: str | None = None) -> str:
    """A cause of a restatement: “7 new events”, “changed setting home_currency”."""
    one, several = CAUSES.get(kind, (kind.replace("_", " "), kind.replace("_", " ")))
    return shown(f"{one} {detail}" if detail else formats.counted(changes, one, several))


class Reasons:
    """The reasons of `reason_codes.csv` in their order, by code and by what they are a reason of
    (`subject`): one code may say different things of a deal and of a contact.
    """

    def __init__(self) -> None:
        self.rows = rule_rows("reason_codes")

    def words(self, code: str, subject: str) -> dict[str, str]:
        """Label, cure and rule of a reason."""
        if code == "COUNTED":
            return COUNTED
        named = [row for row in self.rows if row["reason"] == code]
        found = next((row for row in named if row["subject"] == subject), None) or (
            named[0] if named else {}
        )
        return {
            "label": shown(found.get("label", code)),
            "cure": shown(re.sub(r" by rule R\d+", "", found.get("cure", "")), 300),
            "rule": shown(found.get("rule_id", ""), 10),
        }

    def place(self, code: str, subject: str) -> tuple[int, str]:
        """Where a reason stands among those of its subject; what counts is first."""
        if code == "COUNTED":
            return 0, code
        places = [
            int(row["position"])
            for row in self.rows
            if row["reason"] == code and row["subject"] == subject
        ]
        return (places[0] if places else len(self.rows) + 1), code
