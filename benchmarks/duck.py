"""What DuckDB alone does in the benchmark: the copy floor, and the SQL files of `peers/`, each as a
process of its own.

    python -m benchmarks.duck copy --landing DIR --database FILE
    python -m benchmarks.duck playbook --landing DIR --database FILE
    python -m benchmarks.duck journeys --landing DIR --database FILE --out FILE.parquet
    python -m benchmarks.duck publication --landing DIR --database FILE --published FOLDER

Prints one line of counts.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb

from orchestration.ground.paths import PARQUET, PUBLISHED_FILE

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


def publication(connection: duckdb.DuckDBPyConnection, published: Path) -> str:
    """The least that publishing these tables takes: all rows that a run has published are read,
    and written once to a file and once as Parquet, each table as that run sorted it.
    """
    connection.execute(f"attach '{published / PUBLISHED_FILE}' as published (read_only)")
    connection.execute("set preserve_insertion_order = false")
    rows = 0
    with tempfile.TemporaryDirectory(dir=published.parent) as folder:
        for number, (schema, name) in enumerate(
            connection.execute(
                "select schema_name, table_name from duckdb_tables() "
                "where database_name = 'published'"
            ).fetchall()
        ):
            connection.execute(f'create schema if not exists "{schema}"')
            connection.execute(
                f'create table "{schema}"."{name}" as from published."{schema}"."{name}"'
            )
            connection.execute(
                f'copy "{schema}"."{name}" to \'{folder}/{number}.parquet\' ({PARQUET})'
            )
            rows += connection.execute(f'select count(*) from "{schema}"."{name}"').fetchone()[0]
    connection.execute("checkpoint")
    return f"{rows} rows"


def main() -> None:
    """Reads the arguments and does one of the four."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["copy", "playbook", "journeys", "publication"])
    parser.add_argument("--landing", type=Path, required=True)
    parser.add_argument("--database", required=True, help="a new file")
    parser.add_argument("--out", type=Path, help="where journeys go")
    parser.add_argument("--published", type=Path, help="what a run has published")
    parser.add_argument("--memory-limit")
    arguments = parser.parse_args()
    with connect(arguments.database, arguments.memory_limit, arguments.landing) as connection:
        if arguments.what == "journeys":
            print(journeys(connection, arguments.out))
        elif arguments.what == "publication":
            print(publication(connection, arguments.published.resolve()))
        else:
            print({"copy": copy, "playbook": playbook}[arguments.what](connection))


if __name__ == "__main__":
    main()
