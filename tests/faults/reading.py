"""A reader in a process of its own: opens what is published again and again, and ends with 1 at the
first torn or mixed state.

`python -m tests.faults.reading HOME STOP` reads until the file STOP exists, and prints how often,
how many different runs it saw, and how often a folder was gone before it could be opened, which
needs two publishes between resolving the link and opening.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import duckdb

# Tables that every publish of the test changes alike.
TABLES = ("core.dim_contacts", "core.fct_deals", "marts.campaign_performance")
MARK = "count(*) filter ({key} like 'publish-%')"
KEYS = {
    "core.dim_contacts": "contact_id",
    "core.fct_deals": "deal_id",
    "marts.campaign_performance": "campaign_id",
}


def one_look(link: Path, *, through_the_link: bool) -> str:
    """The run that is published; raises AssertionError where files or tables are of different
    runs.
    """
    folder = link.resolve(strict=True)
    file = (link if through_the_link else folder) / "touchledger.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        run_id, published = connection.execute(
            "select max(run_id), count(*) from diagnostics.run_log where status = 'published'"
        ).fetchone()
        marks = [
            connection.execute(f"select {MARK.format(key=KEYS[table])} from {table}").fetchone()[0]
            for table in TABLES
        ]
        assert len(set(marks)) == 1, marks
        assert published > marks[0], (published, marks)
        if not through_the_link:
            assert folder.name == run_id, (folder.name, run_id)
            for table, mark in zip(TABLES, marks, strict=True):
                parquet = folder / "parquet" / table.replace(".", "/") / "part-0.parquet"
                found = connection.execute(
                    f"select {MARK.format(key=KEYS[table])} from read_parquet('{parquet}')"
                ).fetchone()[0]
                assert found == mark, (table, found, mark)
    return run_id


def main(home: Path, stop: Path) -> None:
    looks, gone, runs = 0, 0, set()
    while not stop.exists():
        link = home / "published"
        before = link.readlink()
        try:
            runs.add(one_look(link, through_the_link=looks % 3 == 0))
        except (duckdb.IOException, FileNotFoundError):
            if (home / before).exists():
                raise
            gone += 1
        looks += 1
        time.sleep(0.01)  # leaves the publishes some of the machine
    print(looks, len(runs), gone)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
