"""What the report says of the answers that `touchledger what-if` keeps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.publishing.report import words
from orchestration.publishing.report.numbers import Formats, shown

# Where kept answers are, below HOME's private folder, and what each says of itself.
FOLDER, ANSWER = "what_if", "answer.json"
MONEY = {"revenue"}


def kept_answers(private: Path) -> list[dict[str, Any]]:
    """The kept answers in the order of their names; those that cannot be read are left out."""
    found = []
    for file in sorted((private / FOLDER).glob(f"*/{ANSWER}")):
        try:
            found.append({"name": file.parent.name, **json.loads(file.read_text("utf-8"))})
        except (OSError, ValueError, TypeError):
            continue
    return found


def what_ifs_part(answers: Sequence[dict[str, Any]], formats: Formats) -> list[dict[str, Any]]:
    """Each kept answer: what was asked, the totals then and as published, who differs most."""
    return [
        {
            "name": shown(answer["name"], 60),
            "variables": [shown(text, 120) for text in answer["settings"]],
            "as_of": _instant(answer.get("as_of"), formats),
            "totals": [_compared(row, formats) for row in answer["totals"]],
            "campaigns": [
                {
                    "campaign": shown(row["campaign"]),
                    "why": shown(row["why"]),
                    "rule": shown(row["rule_id"], 10),
                    **_compared(row, formats),
                }
                for row in answer["campaigns"]
            ],
        }
        for answer in answers
    ]


def _instant(text: object, formats: Formats) -> str:
    try:
        return formats.instant(datetime.fromisoformat(str(text)).replace(tzinfo=None))
    except ValueError:
        return ""


def _compared(row: dict[str, Any], formats: Formats) -> dict[str, str]:
    before, after = (Decimal(row[side]) for side in ("published", "answer"))
    is_money = row["metric"] in MONEY
    write = formats.money if is_money else formats.number
    return {
        "metric": words.metric(row["metric"]),
        "published": write(before),
        "answer": write(after),
        "difference": formats.signed(after - before, is_money) if after != before else "",
    }
