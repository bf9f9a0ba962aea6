"""Helper tables on the cluster: those that the warehouse file makes are brought there as
Parquet.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from orchestration.engines.base import MakeTables
from orchestration.engines.duckdb import drop_scratch, fill_scratch
from orchestration.engines.spark import bridge, server
from orchestration.engines.spark.lake import lake, make_folder, share
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name, quote_text
from orchestration.home.warehouse import warehouse


def fill(settings: Settings, schema: str, make: MakeTables, queries: Mapping[str, str]) -> None:
    """Makes the schema anew on the cluster; in the warehouse file it is gone afterwards."""
    drop(settings, schema)
    brought = _bring(settings, schema, make)
    database = server.database(settings, schema)
    with server.session(settings) as spark:
        spark.run(f"create database {database}")
        for name in brought:
            place = server.text(str(lake(settings) / schema / name))
            spark.run(f"create table {database}.{name} using parquet location {place}")
        for name, sql in queries.items():
            spelled = bridge.spelled(settings, sql, schema)
            spark.run(f"create table {database}.{name} using parquet as {spelled}")


def _bring(settings: Settings, schema: str, make: MakeTables) -> list[str]:
    """Writes what `make` makes into the lake; returns the names of the tables."""
    folder = lake(settings) / schema
    with warehouse(settings) as connection:
        fill_scratch(connection, schema, make, {})
        names = [
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = ?", [schema]
            ).fetchall()
        ]
        for name in names:
            make_folder(folder / name)
            file = folder / name / f"{name}.parquet"
            table = f"{quote_name(schema)}.{quote_name(name)}"
            connection.execute(f"copy {table} to {quote_text(str(file))} (format parquet)")
            share(file)
        drop_scratch(connection, schema)
    return names


def drop(settings: Settings, schema: str) -> None:
    """Removes the schema from the cluster, and its files."""
    with server.session(settings) as spark:
        spark.run(f"drop database if exists {server.database(settings, schema)} cascade")
    shutil.rmtree(lake(settings) / schema, ignore_errors=True)
