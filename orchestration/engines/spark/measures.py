"""What the checks measure once (orchestration.checking.aggregates), on the cluster: what is measured of a table there, the rest from the warehouse file."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from functools import cache

from orchestration.checking.aggregates import drop_measures, take_measures
from orchestration.engines.spark import server
from orchestration.engines.spark.bridge import wanted_tables
from orchestration.engines.spark.lake import lake, make_folder, share
from orchestration.ground.paths import MANIFEST
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_text
from orchestration.home.warehouse import warehouse

CHECKS = "checks"


@cache
def _tables() -> re.Pattern[str]:
    """The names of all tables that a check may ask, as it writes them: layer and table."""
    built = [
        f"{table.layer}\\.{table.name}"
        for table in wanted_tables(json.loads(MANIFEST.read_text(encoding="utf-8")))
    ]
    return re.compile(rf"\b(?:{'|'.join(built)}|{CHECKS}\.[a-z_]+)\b")


def spelled(settings: Settings, sql: str) -> str:
    """A query of the checks with the names that databases have on the cluster."""
    return _tables().sub(lambda found: f"{server.prefix(settings)}_{found[0]}", sql)


def take(settings: Settings, measures: Mapping[str, str], as_of: str) -> None:
    """Takes the measures into the database of the checks; what compares with the published file or the landing is brought there."""
    folder = lake(settings) / CHECKS
    drop(settings)
    with warehouse(settings) as connection:
        take_measures(connection, settings, {}, as_of)
        brought = [
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'checks'"
            ).fetchall()
        ]
        for name in brought:
            make_folder(folder / name)
            file = folder / name / f"{name}.parquet"
            connection.execute(f"copy checks.{name} to {quote_text(str(file))} (format parquet)")
            share(file)
        drop_measures(connection)
    database = server.database(settings, CHECKS)
    with server.session(settings) as spark:
        spark.run(f"create database {database}")
        for name in brought:
            spark.run(
                f"create table {database}.{name} using parquet location {server.text(str(folder / name))}"
            )
        for table, sql in measures.items():
            spark.run(
                f"create table {database}.{table.split('.')[1]} using parquet as {spelled(settings, sql)}"
            )


def drop(settings: Settings) -> None:
    """Removes the measures."""
    with server.session(settings) as spark:
        spark.run(f"drop database if exists {server.database(settings, CHECKS)} cascade")
    shutil.rmtree(lake(settings) / CHECKS, ignore_errors=True)
