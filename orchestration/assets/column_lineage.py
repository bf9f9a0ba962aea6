"""From which columns a table's columns come, for Dagster's page: read from the compiled SQL.

Only where Dagster keeps its records: a run of the command line never asks.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import dagster as dg
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage

from orchestration.engines.registry import schema_prefix
from orchestration.ground.cache import manifest_file
from orchestration.ground.settings import Settings
from orchestration.home.tables_to_publish import DATABASE

LABEL = "dagster/column_lineage"
Place = tuple[str, str]


def _source(node: Node) -> tuple[Place, str] | None:
    """The table's column that a leaf of the lineage stands for."""
    table = node.expression
    # What a star of a table stands for is not known where the table is not the project's.
    if isinstance(table, exp.Table) and node.name != "*":
        return (table.db, table.name), exp.to_column(node.name).name
    return None


class ColumnLineage:
    """The lineage of every table of the dbt project, each read when it is first asked for."""

    def __init__(self, compiled: Path, dialect: str, prefix: str = "") -> None:
        """`prefix` is what the engine writes before the names of the project's schemas."""
        manifest = json.loads(manifest_file().read_text(encoding="utf-8"))
        self._folder = compiled / "compiled"
        self._dialect = dialect
        self._prefix = prefix
        self._nodes: dict[Place, dict[str, Any]] = {
            (node.get("config", {}).get("schema") or node["schema"], node["name"]): node
            for node in (*manifest["nodes"].values(), *manifest["sources"].values())
            if node["resource_type"] in ("model", "seed", "source")
        }
        # Tables that are stored as what is published of them, by where they are.
        self._stored = {
            (node["schema"], node["alias"]): place
            for place, node in self._nodes.items()
            if node.get("alias", node["name"]) != node["name"]
        }
        self._read: dict[Place, dict[str, set[tuple[Place, str]]]] = {}

    def _columns(self, place: Place) -> dict[str, str]:
        node = self._nodes[place]
        if node["resource_type"] == "model":
            names = list(self._sources(place)) or list(node["columns"])
        else:
            names = list(node["columns"]) or list(node["config"].get("column_types") or ())
        return dict.fromkeys(names, "unknown")

    def _sources(self, place: Place) -> dict[str, set[tuple[Place, str]]]:
        """Per column of a model the columns that it is made of."""
        if place not in self._read:
            self._read[place] = {}  # an increment compares with what the table itself was
            node = self._nodes[place]
            file = self._folder / node["package_name"] / node["original_file_path"]
            with suppress(OSError, SqlglotError, RecursionError):
                self._read[place] = self._parsed(file.read_text(encoding="utf-8"))
        return self._read[place]

    def _parsed(self, sql: str) -> dict[str, set[tuple[Place, str]]]:
        query = parse_one(sql, dialect=self._dialect)
        known: dict[str, dict[str, dict[str, str]]] = {}
        for table in query.find_all(exp.Table):
            stored = self._stored.get((table.db, table.name)) if table.catalog == DATABASE else None
            if stored:
                table.set("db", exp.to_identifier(stored[0]))
                table.set("this", exp.to_identifier(stored[1]))
            table.set("catalog", None)
            if self._prefix and table.db.startswith(self._prefix):
                table.set("db", exp.to_identifier(table.db.removeprefix(self._prefix)))
            place = (table.db, table.name)
            if place in self._nodes and (columns := self._columns(place)):
                known.setdefault(table.db, {})[table.name] = columns
        found = lineage(None, query, known, dialect=self._dialect, copy=False)
        return {
            column: {
                source
                for leaf in node.walk()
                if not leaf.downstream and (source := _source(leaf)) and source[0] in self._nodes
            }
            for column, node in found.items()
        }

    def metadata(self, key: dg.AssetKey) -> dict[str, dg.TableColumnLineage]:
        """What a materialization of `key` says of it; nothing for what is not made by SQL."""
        if key.path[0] == "published":
            place = (key.path[1], key.path[2])
            if place not in self._nodes:
                return {}
            sources = {column: {(place, column)} for column in self._columns(place)}
        else:
            place = (key.path[0], key.path[-1])
            if self._nodes.get(place, {}).get("resource_type") != "model":
                return {}
            sources = self._sources(place)
        deps = {
            column: [
                dg.TableColumnDep(asset_key=dg.AssetKey(table), column_name=name)
                for table, name in sorted(columns)
            ]
            for column, columns in sources.items()
        }
        return {LABEL: dg.TableColumnLineage(deps_by_column=deps)} if deps else {}


def column_lineage(settings: Settings) -> ColumnLineage:
    """The lineage as the last build of this HOME compiled it."""
    prefix = schema_prefix(settings)
    return ColumnLineage(settings.compiled, settings.target, prefix)
