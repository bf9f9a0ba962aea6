"""What is published as a code, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from orchestration.publishing.report.numbers import Formats, shown
from orchestration.publishing.words import METRICS, Cause, change_kinds, reason_row, rule_rows


def rule_labels(name: str) -> dict[str, Mapping[str, str]]:
    """Rows of a rule file by their first column; what is not there is shown by its code."""
    return {next(iter(row.values())): row for row in rule_rows(name)}


def spelled(code: object) -> str:
    """A code as words: `paid_search` is “Paid search”."""
    text = str(code or "").replace("_", " ").strip()
    return shown(text[:1].upper() + text[1:], 60).replace("Ai ", "AI ")


def metric(code: object) -> str:
    """The name of a number."""
    return METRICS.get(str(code)) or spelled(code)


def cause(formats: Formats, of: Cause) -> str:
    """A cause of a restatement: “7 new events”, “changed setting session_gap_minutes 30 → 60”."""
    spelled_out = of.kind.replace("_", " ")
    one, several = change_kinds().get(of.kind, (spelled_out, spelled_out))
    detail = (of.detail or "").replace(" -> ", " → ")
    return shown(f"{one} {detail}" if detail else formats.counted(of.changes, one, several))


class Reasons:
    """The reasons of `reason_codes.csv` in their order, by code and by what they are a reason of
    (`subject`): one code may say different things of a deal and of a contact. `lookback` is the
    look-back window in days, where one is set.
    """

    def __init__(self, lookback: object = None) -> None:
        self.rows = rule_rows("reason_codes")
        self.lookback = lookback

    def words(self, code: str, subject: str) -> dict[str, str]:
        """Label, cure and rule of a reason."""
        found = reason_row(code, subject, self.lookback)
        return {
            "label": shown(found.get("label", code)),
            "cure": shown(re.sub(r" by rule \(?R[-\dR]+\)?", "", found.get("cure", "")), 300),
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
