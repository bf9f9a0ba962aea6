"""The words for what is published as a code: the one home of the report's and the page's."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.ground.paths import RULES

COUNTED = {
    "reason": "COUNTED",
    "label": "Counted",
    "meaning": "A campaign counts it.",
    "cure": "",
    "rule_id": "R97",
}
METRICS = {
    "revenue": "Revenue",
    "spend": "Spend",
    "ad_spend": "Ad spend",
    "deals": "Deals",
    "deal_amount": "Deal amount",
    "associated_deal_value": "Associated deal value",
    "attributed_revenue": "Attributed revenue",
    "sessions": "Sessions",
    "first_touch": "First touch",
    "last_touch": "Last touch",
    "influenced": "Influenced",
    "influenced_contacts": "Influenced contacts",
    "new_contacts_first_touch": "New contacts, first touch",
    "new_contacts_last_touch": "New contacts, last touch",
    "contacts_with_revenue": "Contacts with revenue",
}
# By status of a utm value: its label, what it means, what to do.
UTM_STATUSES = {
    "matched": (
        "Matched",
        "The campaign counts these visits since it and its alias began.",
        "",
    ),
    "shared": (
        "Shared",
        "Several campaigns have this alias. Each counts the visits since the campaign and its own "
        "alias began, so one visit may count for several.",
        "Remove the alias from all campaigns but one.",
    ),
    "before_campaign": (
        "Before the campaign",
        "No visit counts: all came before the campaign or its alias began, or the campaign has no "
        "record.",
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


@cache
def rows_of(file: Path) -> tuple[Mapping[str, str], ...]:
    """The rows of a CSV that belongs to the program."""
    with file.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def rule_rows(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a list of rules."""
    return rows_of(RULES / f"{name}.csv")


def in_order(models: set[str]) -> list[str]:
    """Models in the order of their list."""
    known = [row["model"] for row in rule_rows("attribution_models")]
    return [name for name in known if name in models] + sorted(models - set(known))


def lookback_days(variables: Mapping[str, object]) -> float | None:
    """The look-back window of attribution in days, or None where none is set (R70)."""
    value = variables.get("attribution_lookback_days")
    if str(value).strip().lower() in ("none", ""):
        return None
    days = float(str(value))
    return int(days) if days.is_integer() else days


def reason_row(code: object, subject: str, lookback: object = None) -> Mapping[str, str]:
    """The row of `reason_codes.csv` that has a reason in words: of this subject, else of any, as
    one code may say different things of a deal and of a contact; empty where none has it.

    `lookback` is the look-back window in days: words name a window only where one is set.
    """
    if code == "COUNTED":
        return COUNTED
    named = [row for row in rule_rows("reason_codes") if row["reason"] == code]
    of_subject = [row for row in named if row["subject"] == subject]
    row = next(iter(of_subject or named), {})
    return {**row, **_earns_nothing(lookback)} if code == "NO_REVENUE_INTERACTION" else row


def days_text(days: object) -> str:
    """A number of days with its noun."""
    return f"{days} day{'' if days == 1 else 's'}"


def _earns_nothing(lookback: object) -> dict[str, str]:
    window, cure = "", "Nothing: these interactions earn no revenue by rule (R33-R35)."
    if lookback is not None:
        window = f", or the others lie before the look-back window of {days_text(lookback)}"
        cure = (
            "Nothing for what earns no revenue by rule; for what lies before the look-back "
            "window, widen it: the variable is attribution_lookback_days."
        )
    return {
        "meaning": "Before the close there are only interactions that earn no revenue, such "
        f"as list additions, workflow enrolments and opens (R33-R35){window}.",
        "cure": cure,
    }


def change_kinds() -> dict[str, tuple[str, str]]:
    """The causes of a restatement in the order in which they are named, each in words: one and
    several.
    """
    rows = rows_of(Path(__file__).with_name("change_kinds.csv"))
    return {row["kind"]: (row["one"], row["several"]) for row in rows}


@dataclass(frozen=True)
class Cause:
    """How many changes of a kind, and, of a variable or rule file, which."""

    kind: str
    changes: int = 1
    detail: str | None = None

    @property
    def text(self) -> str:
        """As the log has it: “new_event 7”, “variable session_gap_minutes 30 -> 60”."""
        return f"{self.kind} {self.detail or self.changes}"


def read_causes(text: object) -> list[Cause]:
    """The causes whose texts a column of the log lists. A detail may have commas of its own."""
    parts: list[str] = []
    for part in str(text or "").split(", "):
        if parts and part.partition(" ")[0] not in change_kinds():
            parts[-1] += f", {part}"
        elif part:
            parts.append(part)
    return [_read_cause(part) for part in parts]


def _read_cause(text: str) -> Cause:
    kind, _, rest = text.partition(" ")
    return Cause(kind, int(rest)) if rest.isdigit() else Cause(kind, detail=rest or None)
