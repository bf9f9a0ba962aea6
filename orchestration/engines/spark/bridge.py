"""The way back: what Spark has built, as Parquet in a new folder of the lake, and as views on it in
the warehouse file.

From there on a run on Spark is like any other: what reads the warehouse to publish, to compare and
to plan reads these views.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from orchestration.engines.spark import server
from orchestration.engines.spark.lake import lake, make_folder
from orchestration.ground.cache import manifest_file
from orchestration.ground.paths import PUBLISHED_SCHEMAS
from orchestration.ground.settings import Settings
from orchestration.ground.sql import escaped_path, quote_name, quote_text
from orchestration.home.forget import forget_layers
from orchestration.terminal import progress

# What is read of the tables before the marts: which rows were rejected, what moves with the as-of
# time, who is who, what restatements are caused by.
NEEDED = {
    "changes": ("changed_records",),
    "landing": ("landed_rejects",),
    "associations": ("association_attempts", "assets", "contact_survivors", "deal_survivors"),
}
# Tables that are written at a time.
AT_ONCE = 4
# Where the run that built the tables is kept: a property of this layer's database.
MARKED_LAYER, MARK = "raw", "touchledger.built"


@dataclass(frozen=True)
class BuiltTable:
    """A table as both engines call it, with its columns and types where a contract names them."""

    layer: str
    name: str
    columns: tuple[tuple[str, str], ...] = ()


def wanted_tables(manifest: dict[str, Any]) -> list[BuiltTable]:
    """What is brought back, from the manifest of the project as DuckDB parses it."""
    found = []
    for node in manifest["nodes"].values():
        # On Spark a table is where its layer is, whatever it is stored as on DuckDB.
        layer, name = node["config"]["schema"], node["name"]
        if (
            node["resource_type"] == "seed"
            or layer in PUBLISHED_SCHEMAS
            or name in NEEDED.get(layer, ())
        ):
            typed = node["config"].get("contract", {}).get("enforced")
            columns = (
                tuple((column["name"], column["data_type"]) for column in node["columns"].values())
                if typed
                else ()
            )
            found.append(BuiltTable(layer, name, columns))
    return sorted(found, key=lambda table: (table.layer, table.name))


@cache
def _built_names() -> str:
    """A pattern for the names of all built tables, as queries write them: layer and table."""
    nodes = json.loads(manifest_file().read_text(encoding="utf-8"))["nodes"].values()
    return "|".join(
        rf"{node['config']['schema']}\.{node['name']}"
        for node in nodes
        if node["resource_type"] in ("model", "seed")
    )


def spelled(settings: Settings, sql: str, scratch: str) -> str:
    """A query on built tables and the schema `scratch` with the names of their databases."""
    names = re.compile(rf"\b(?:{_built_names()}|{scratch}\.[a-z_]+)\b")
    return names.sub(lambda found: f"{server.prefix(settings)}_{found[0]}", sql)


def bring_back(
    connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str, manifest: Path
) -> None:
    """Writes the built tables into a new folder and turns the warehouse's views to it in one
    transaction. Raises BuildFailed.
    """
    tables = wanted_tables(json.loads(manifest.read_text(encoding="utf-8")))
    folder = lake(settings) / "built" / run_id
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(
            pool.map(
                lambda part: _write(settings, part, folder),
                [tables[start::AT_ONCE] for start in range(AT_ONCE)],
            )
        )
    connection.execute("begin")
    try:
        forget_layers(connection)
        for layer in dict.fromkeys(table.layer for table in tables):
            connection.execute(f"create schema {quote_name(layer)}")
        for table in tables:
            connection.execute(
                f"create view {quote_name(table.layer)}.{quote_name(table.name)} as "
                f"{_reading(table, folder)}"
            )
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    for other in folder.parent.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    progress.item(f"{len(tables)} tables are written by the cluster: {folder}")


def _write(settings: Settings, tables: list[BuiltTable], folder: Path) -> None:
    with server.session(settings) as spark:
        for table in tables:
            columns = ", ".join(name for name, _ in table.columns) or "*"
            place = server.text(str(folder / table.layer / table.name))
            spark.run(
                f"insert overwrite directory {place} using parquet options ('compression' 'zstd') "
                f"select {columns} from {server.database(settings, table.layer)}.{table.name}"
            )


def _reading(table: BuiltTable, folder: Path) -> str:
    """SQL of DuckDB for a table as Spark wrote it, in the types of the contract."""
    columns = (
        ", ".join(
            f"cast({quote_name(name)} as {kind}) as {quote_name(name)}"
            for name, kind in table.columns
        )
        or "*"
    )
    return f"select {columns} from {read_parquet(folder / table.layer / table.name)}"


def read_parquet(folder: Path) -> str:
    """DuckDB's table function for the Parquet files of a folder, whatever characters are in its
    path.
    """
    return (
        f"read_parquet({quote_text(f'{escaped_path(str(folder))}/*.parquet')}, hive_partitioning "
        f"= false)"
    )


def is_brought_back(settings: Settings) -> bool:
    """Whether all that is read of the last build is still where the warehouse's views look for
    it.
    """
    tables = wanted_tables(json.loads(manifest_file().read_text(encoding="utf-8")))
    return any(
        all((folder / table.layer / table.name).is_dir() for table in tables)
        for folder in (lake(settings) / "built").glob("*")
    )


def built_run(settings: Settings) -> str | None:
    """The run that completed the tables that are on the cluster, None where there is none.

    Raises BuildFailed where no server answers.
    """
    name = server.database(settings, MARKED_LAYER)
    with server.session(settings) as spark:
        if not spark.run(f"show databases like {server.text(name)}"):
            return None
        return next(_marks(spark.run(f"describe database extended {name}")), None)


def _marks(described: list[tuple]) -> Iterator[str]:
    for key, value in described:
        if key == "Properties":
            for pair in value.strip("()").split("), ("):
                name, _, said = pair.strip("()").partition(",")
                if name == MARK and said:
                    yield said


def mark_built(settings: Settings, run_id: str) -> None:
    """Says on the cluster which run completed its tables; an empty text while they are being
    built.
    """
    name = server.database(settings, MARKED_LAYER)
    with server.session(settings) as spark:
        spark.run(f"create database if not exists {name}")
        spark.run(
            f"alter database {name} set dbproperties ({server.text(MARK)} = {server.text(run_id)})"
        )
