"""The published contract is kept: every table and column that it promises is there."""

from __future__ import annotations

from pathlib import Path

from tests.oracle.compare import missing_from


def test_all_that_is_promised_is_published(published_sample: tuple[Path, str]) -> None:
    home, _ = published_sample
    assert missing_from(home / "published" / "touchledger.duckdb") == []
