"""Translating large extracts: within bounded memory, and later pulls for what they bring."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.extracts import make, make_pull, translate

MEMORY_LIMIT, MOST = "600MB", 1.2 * 2**30
TABLES = ("contacts", "events", "assets", "deals", "deal_contact_log", "reported_contacts")


def _landed(out: Path) -> list[tuple]:
    with duckdb.connect() as connection:
        return [
            connection.execute(
                "select count(*), bit_xor(hash(rows)) "
                f"from read_parquet('{out}/landing/{table}/*') as rows"
            ).fetchone()
            for table in TABLES
        ]


@pytest.mark.long
def test_memory_does_not_grow_with_the_extracts(home: Path) -> None:
    """A portal of 200,000 contacts and 2 million e-mail events; then a pull of 1 % of it, which
    tells all lists and members again.
    """
    make(home, 200_000, 2_000_000)
    first = translate(home, MEMORY_LIMIT)
    assert first.finished, first.outcome
    make_pull(home, 0.01)
    second = translate(home, MEMORY_LIMIT)
    assert second.finished and max(first.peak, second.peak) < MOST
    assert second.cpu < first.cpu / 4

    # At once it is the same, file by file read anew.
    landed = _landed(home)
    (home / "landing").rename(home / "before")
    assert translate(home, MEMORY_LIMIT).finished
    assert _landed(home) == landed
