"""What a publication takes over from the one before is what was built, or is written anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb
import pytest

from orchestration.home.verification import CONTENTS, record_contents
from tests.faults.harness import Stage, restatement_log, state_of


def _harm(folder: Path, statement: str) -> None:
    """Changes rows of a published file behind the back of all that watches over it."""
    rows = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))["tables"]
    file = folder / "touchledger.duckdb"
    file.chmod(0o644)
    with duckdb.connect(str(file)) as connection:
        connection.execute(statement)
    (folder / CONTENTS).chmod(0o644)
    record_contents(folder, rows, None)


@pytest.mark.long
def test_a_harmed_row_of_what_is_carried_over_is_seen(faults: Stage) -> None:
    home = faults.home("carried")
    folder = (home / "published").resolve()
    _harm(folder, "update core.fct_interactions set visitor_id = 'harmed'")
    status, run = faults.nursery.run(faults.both, home)
    assert status == 0, run.said()
    said = " ".join((run.printed() + run.said()).split())
    assert "fct_interactions" in said and "the table is published whole" in said
    assert said.count("is published whole") == 1
    assert state_of(home, faults.states) == "new"
    assert restatement_log(home) == faults.restated


@pytest.mark.long
def test_nothing_is_written_whole_that_is_what_was_built(faults: Stage) -> None:
    home = faults.home("carried")
    status, run = faults.nursery.run(faults.both, home)
    assert status == 0, run.said()
    assert "is published whole" not in run.printed() + run.said()
    # What did not change is the same file under a second name.
    files = [*(home / "published" / "parquet").rglob("*.parquet")]
    assert sum(os.stat(file).st_nlink > 1 for file in files) > 3
