"""What readers see already is not written again: the Parquet file of a table without a changed row
is that of the publication before, under a second name.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import duckdb

from orchestration.building.plan import increment_after
from orchestration.engines.registry import engine
from orchestration.ground.settings import Settings
from orchestration.ground.sql import one_row, quote_name
from orchestration.home.publication import Publication


def is_continued(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    run_id: str,
    visible: Publication | None,
) -> bool:
    """Whether the built tables are those that readers see after this run's increment.

    Never if another engine built them: the warehouse does not have the changed keys.
    """
    return (
        engine(settings).has_changed_keys
        and visible is not None
        and increment_after(connection, run_id) == visible.run_id
    )


def unchanged_tables(
    connection: duckdb.DuckDBPyConnection, nodes: dict[str, Any]
) -> set[tuple[str, str]]:
    """Schema and name of the tables that an increment replaces by key (`meta.replaces` of the
    model, and `also` in it), and of which this one changed no key; `nodes` are the manifest's.
    """
    models = {node["name"]: node for node in nodes.values() if node["resource_type"] == "model"}
    found = set()
    for node in models.values():
        replaces = node["config"]["meta"].get("replaces") or {}
        if replaces.get("key"):
            rules = [replaces, *([replaces["also"]] if "also" in replaces else [])]
            changed = [models[name] for rule in rules for name in rule["changed"]]
            if not any(_has_rows(connection, model) for model in changed):
                found.add((node["schema"], node["name"]))
    return found


def _has_rows(connection: duckdb.DuckDBPyConnection, model: dict[str, Any]) -> bool:
    table = f"{quote_name(model['schema'])}.{quote_name(model['name'])}"
    return bool(one_row(connection, f"select count(*) from (select 1 from {table} limit 1)")[0])


def link(previous: Path, path: Path) -> None:
    """Gives a file of the previous publication a second name; where the disk has no such names,
    copies it.
    """
    try:
        os.link(previous, path)
    except OSError:
        shutil.copyfile(previous, path)
