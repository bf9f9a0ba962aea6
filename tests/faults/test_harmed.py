"""A row that somebody changed in what is published is found by the next run, though nothing that
landed since touches it.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from tests.faults.harness import Stage, state_of

# A row that no event of the second landing changes, and what is done to it.
HARMED = {
    "core.fct_interactions": "update {} set event_type = 'ad_click' where event_id = (select "
    "min(event_id) from {})",
    "core.fct_sessions": "delete from {} where session_id = (select min(session_id) from {})",
    "core.fct_deals": "update {} set amount_home = coalesce(amount_home, 0) + 1",
}


def _opened(file: Path) -> None:
    file.parent.chmod(0o755)
    file.chmod(0o644)


def _harm_table(folder: Path, table: str) -> None:
    file = folder / "touchledger.duckdb"
    _opened(file)
    with duckdb.connect(str(file)) as connection:
        ((rows,),) = connection.execute(HARMED[table].format(table, table)).fetchall()
    assert rows > 0


def _harm_parquet(folder: Path, table: str) -> None:
    """One row less in the table's Parquet file."""
    file = folder / "parquet" / Path(*table.split(".")) / "part-0.parquet"
    _opened(file)
    other = file.with_name("other")
    duckdb.execute(f"copy (from read_parquet('{file}') offset 1) to '{other}' (format parquet)")
    other.replace(file)


def _damage_records(folder: Path, name: str) -> None:
    """One of the files that say what the publication was made from, cut to nothing."""
    file = folder / name
    _opened(file)
    file.write_bytes(b"")


@pytest.mark.parametrize("name", ["landed_files.parquet", "built_from.json"])
def test_a_damaged_record_of_the_origin_stops_no_run(faults: Stage, name: str) -> None:
    home = faults.home("damaged-origin")
    _damage_records((home / "published").resolve(), name)
    status, run = faults.nursery.run(faults.both, home)
    assert status == 0, run.said()
    assert "what was published is damaged" in run.printed() + run.said()
    assert state_of(home, faults.states) == "new"


@pytest.mark.parametrize(
    ("how", "table"),
    [
        ("duckdb", "core.fct_interactions"),
        *(
            pytest.param(how, table, marks=pytest.mark.long)
            for how in ("duckdb", "parquet")
            for table in HARMED
            if (how, table) != ("duckdb", "core.fct_interactions")
        ),
    ],
)
def test_a_harmed_row_is_found_by_a_run_that_does_not_touch_it(
    faults: Stage, how: str, table: str
) -> None:
    home = faults.home("harmed")
    folder = (home / "published").resolve()
    times = {file: file.stat() for file in folder.rglob("*") if file.is_file()}
    {"duckdb": _harm_table, "parquet": _harm_parquet}[how](folder, table)
    for file, stat in times.items():  # as if nobody had been there
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    status, run = faults.nursery.run(faults.both, home)
    assert status == 0, run.said()
    assert "what was published is damaged" in run.printed() + run.said()
    assert state_of(home, faults.states) == "new"
