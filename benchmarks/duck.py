"""What DuckDB alone does in the benchmark: the copy floor, and the SQL files of `peers/`, each as a
process of its own.

    python -m benchmarks.duck copy --landing DIR --database FILE
    python -m benchmarks.duck playbook --landing DIR --database FILE
    python -m benchmarks.duck journeys --landing DIR --database FILE --out FILE.parquet

Prints one line of counts.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

PEERS = Path(__file__).parent / "peers"


def connect(database: str, memory_limit: str | None, landing: Path) -> duckdb.DuckDBPyConnection:
    """A connection in UTC to which each table of the landing is a view `landed_<table>` on its
    Parquet files.
    """
    connection = duckdb.connect(database)
    connection.execute("set TimeZone = 'UTC'")
    if memory_limit:
        connection.execute(f"set memory_limit = '{memory_limit}'")
    for folder in sorted(path for path in landing.iterdir() if path.is_dir()):
        connection.execute(
            f"create temp view landed_{folder.name} as select * from "
            f"read_parquet('{folder}/*.parquet')"
        )
    return connection


def copy(connection: duckdb.DuckDBPyConnection) -> str:
    """The least that any warehouse in this file format must do: every event read and written
    once.
    """
    connection.execute("create table events as select * from landed_events")
    connection.execute("checkpoint")
    return f"{connection.execute('select count(*) from events').fetchone()[0]} events"


def playbook(connection: duckdb.DuckDBPyConnection) -> str:
    """Sessions x conversions in windows; see `peers/playbook.sql`."""
    connection.execute((PEERS / "playbook.sql").read_text(encoding="utf-8"))
    sessions, touches = connection.execute(
        "select (select count(*) from sessions), (select count(*) from attribution_touches)"
    ).fetchone()
    return f"{sessions} sessions, {touches} touches"


def journeys(connection: duckdb.DuckDBPyConnection, out: Path) -> str:
    """The paths that the Python packages read; see `peers/journeys.sql`."""
    connection.execute((PEERS / "journeys.sql").read_text(encoding="utf-8"))
    connection.execute(f"copy journeys to '{out}' (format parquet)")
    paths, touches = connection.execute(
        "select count(*), coalesce(sum(touches), 0) from journeys"
    ).fetchone()
    return f"{paths} journeys, {touches} touches"


def main() -> None:
    """Reads the arguments and does one of the three."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["copy", "playbook", "journeys"])
    parser.add_argument("--landing", type=Path, required=True)
    parser.add_argument("--database", required=True, help="a new file")
    parser.add_argument("--out", type=Path, help="where journeys go")
    parser.add_argument("--memory-limit")
    arguments = parser.parse_args()
    with connect(arguments.database, arguments.memory_limit, arguments.landing) as connection:
        if arguments.what == "journeys":
            print(journeys(connection, arguments.out))
        else:
            print({"copy": copy, "playbook": playbook}[arguments.what](connection))


if __name__ == "__main__":
    main()
