"""What the checks measure once (orchestration.measures), on the cluster: what is measured of a table there, the rest from the warehouse file."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping

from orchestration.home import warehouse
from orchestration.landing.parsing import quote_text
from orchestration.measures import drop_measures, take_measures
from orchestration.project import PUBLISHED_SCHEMAS
from orchestration.settings import Settings
from orchestration.spark import server
from orchestration.spark.lake import lake

CHECKS = "checks"
# The layers whose tables a check may ask.
ASKED = (*PUBLISHED_SCHEMAS, "rules", "landing", CHECKS)
_NAME = re.compile(rf"\b({'|'.join(ASKED)})\.(?=[a-z_])")


def spelled(settings: Settings, sql: str) -> str:
    """A query of the checks with the names that databases have on the cluster."""
    return _NAME.sub(lambda found: f"{server.database(settings, found[1])}.", sql)


def take(settings: Settings, measures: Mapping[str, str], as_of: str) -> None:
    """Takes the measures into the database of the checks; what compares with the published file or the landing is brought there."""
    folder = lake(settings) / CHECKS
    drop(settings)
    with warehouse(settings) as connection:
        take_measures(connection, settings, {}, as_of)
        brought = [name for (name,) in connection.execute("select table_name from duckdb_tables() where schema_name = 'checks'").fetchall()]
        for name in brought:
            (folder / name).mkdir(parents=True)
            connection.execute(f"copy checks.{name} to {quote_text(str(folder / name / f'{name}.parquet'))} (format parquet)")
        drop_measures(connection)
    database = server.database(settings, CHECKS)
    with server.session(settings) as spark:
        spark.run(f"create database {database}")
        for name in brought:
            spark.run(f"create table {database}.{name} using parquet location {server.text(str(folder / name))}")
        for table, sql in measures.items():
            spark.run(f"create table {database}.{table.split('.')[1]} using parquet as {spelled(settings, sql)}")


def drop(settings: Settings) -> None:
    """Removes the measures."""
    with server.session(settings) as spark:
        spark.run(f"drop database if exists {server.database(settings, CHECKS)} cascade")
    shutil.rmtree(lake(settings) / CHECKS, ignore_errors=True)
