"""The page of kinds says what each brings, column by column, as its SQL does."""

from __future__ import annotations

import os
import re

from orchestration.ground.paths import ROOT
from tests.connectors.matrix import NONE, as_markdown, described, kinds_described

PAGE = ROOT / "docs" / "connectors.md"
MARKS = re.compile(r"(<!-- matrix -->\n).*(<!-- /matrix -->)", re.DOTALL)


def test_the_page_has_the_matrix():
    page = PAGE.read_text(encoding="utf-8")
    expected = MARKS.sub(lambda found: f"{found[1]}\n{as_markdown()}\n{found[2]}", page)
    if os.environ.get("TOUCHLEDGER_WRITE_MATRIX"):
        PAGE.write_text(expected, encoding="utf-8")
    assert page == expected, (
        "write it anew: TOUCHLEDGER_WRITE_MATRIX=1 pytest tests/connectors/test_matrix.py"
    )


def test_every_raw_table_of_a_kind_has_what_the_contract_requires():
    for name in kinds_described():
        told = described(name)
        assert told and all(basis != NONE for _, column, basis in told if column.endswith("_type"))
