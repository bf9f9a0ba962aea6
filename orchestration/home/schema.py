"""The tables of the warehouse file that are the program's own: what has landed, the runs, what was
built.

dbt owns every other schema of the file. A change to a table here that adding an optional column of
the raw contract cannot bring about needs a migration (`orchestration.home.migrations`).
"""

from __future__ import annotations

import duckdb

from orchestration.ground.contract import raw_tables
from orchestration.ground.sql import quote_name

# Files, and rows that could not be used.
LEDGER = {
    "files": """
        file_id integer, table_name varchar, file_name varchar, size bigint, modified_ns bigint,
        content varchar, rows_landed bigint, rows_accepted bigint, rows_rejected bigint,
        run_id varchar, published_run_id varchar
    """,
    "rejected_rows": """
        file_id integer, table_name varchar, file_name varchar, reason varchar, record varchar
    """,
    "unread_values": """
        file_id integer, table_name varchar, file_name varchar, column_name varchar, rows bigint,
        examples varchar[]
    """,
    "read_as": "naive_timezone varchar",
}
# Every run, the one that is being built, and how its checks came out.
RUNS = {
    "runs": """
        run_id varchar, as_of timestamp, started_at timestamp, finished_at timestamp,
        status varchar, rows_landed bigint, rows_accepted bigint, rows_rejected bigint
    """,
    "run_context": "run_id varchar, as_of timestamp",
    "check_results": """
        run_id varchar, table_name varchar, check_name varchar, rule_id varchar, says varchar,
        severity varchar, passed boolean, rows_failing bigint, sample varchar, cure varchar,
        checked_at timestamp
    """,
}
# What the tables were built from, what the run has to build, and on which run's tables.
BUILDS = {
    "build_state": """
        run_id varchar, file_id integer, as_of timestamp, variables varchar, project varchar,
        unreadable varchar, is_complete boolean, target varchar, coverage varchar
    """,
    "build_plan": "run_id varchar, kind varchar, after_file_id integer, reasons varchar",
    "build_base": "run_id varchar, after_run_id varchar",
    "unseen_files": "table_name varchar, file_id integer, readers_as_of timestamp",
}
# What sources brought, and what not.
COVERAGE = {
    "coverage": """
        source varchar, raw_table varchar, rows bigint, oldest varchar, newest varchar,
        not_exact double, reason varchar
    """,
}
MIGRATED = {"migrations": "name varchar, applied_at timestamp"}


def table_columns() -> dict[str, str]:
    """The columns of every table of the schema `raw`, as DDL."""
    landed = {
        table.name: ", ".join(
            [
                *(f"{quote_name(column.name)} {column.data_type}" for column in table.columns),
                "_file_id integer",
            ]
        )
        for table in raw_tables().values()
    }
    return landed | LEDGER | RUNS | BUILDS | COVERAGE | MIGRATED


def create_raw_schema(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates what is missing of the schema `raw`."""
    connection.execute("create schema if not exists raw")
    for table, columns in table_columns().items():
        connection.execute(f"create table if not exists raw.{table} ({columns})")
