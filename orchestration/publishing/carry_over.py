"""What readers see already is not written again: an increment's publication is the last one, with
the rows of changed keys replaced.

The tables of a publication go on from those of the one before only where they differ by this run's
increment alone, and a table whose rows do not come out, told by a hash of all of them, is written
whole. Parquet files cannot be changed: that of a table without a changed row is the same file under
a second name.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.building.plan import increment_after
from orchestration.engines.registry import engine
from orchestration.ground.settings import Settings
from orchestration.ground.sql import one_row, quote_name
from orchestration.home.publication import Publication
from orchestration.terminal import progress

# Size in bytes of the DuckDB file when all of it was last written, beside the file.
WRITTEN = "written.json"
# Rows that were replaced leave room behind; a file that has grown by this factor is written whole
# again.
GROWTH = 1.3
# What comes of a table.
UNTOUCHED, REPLACED, WHOLE = "untouched", "replaced", "whole"


@dataclass(frozen=True)
class ChangedKeys:
    """The keys by which an increment replaces rows of a table, and SQL for the changed values of
    each.
    """

    values: dict[str, str]

    @property
    def rows(self) -> list[str]:
        """A condition per key that a row has a changed one, and none that an earlier condition asks
        for: DuckDB looks rows up by one key at a time, and reads the whole table for an `or`.
        """
        conditions = [f"{key} in ({values})" for key, values in self.values.items()]
        return [
            " and ".join([one, *(f"({other}) is not true" for other in conditions[:number])])
            for number, one in enumerate(conditions)
        ]

    @property
    def count(self) -> str:
        """SQL for the number of changed values."""
        return " + ".join(f"(select count(*) from ({values}))" for values in self.values.values())


def changed_keys(nodes: dict[str, Any]) -> dict[tuple[str, str], ChangedKeys]:
    """By schema and name, the tables that are replaced by key (`meta.replaces` of the model, and
    `also` in it); `nodes` are the manifest's.
    """
    models = {node["name"]: node for node in nodes.values() if node["resource_type"] == "model"}
    found = {}
    for node in models.values():
        replaces = node["config"]["meta"].get("replaces") or {}
        if replaces.get("key"):
            rules = [replaces, *([replaces["also"]] if "also" in replaces else [])]
            found[node["schema"], node["name"]] = ChangedKeys(
                {quote_name(rule["key"]): _changed_values(models, rule) for rule in rules}
            )
    return found


def _changed_values(models: dict[str, Any], rule: dict[str, Any]) -> str:
    key = quote_name(rule["key"])
    return " union ".join(
        f"select {key} from {quote_name(models[name]['schema'])}.{quote_name(name)} where {key} "
        f"is not null"
        for name in rule["changed"]
    )


def continued(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    run_id: str,
    visible: Publication | None,
) -> Publication | None:
    """The publication that this one can start from: the built tables are its tables after this
    run's increment, and its file has not grown too much. Else None.

    Also None if another engine built the tables: the warehouse file does not have the changed keys.
    """
    if (
        not engine(settings).has_changed_keys
        or visible is None
        or increment_after(connection, run_id) != visible.run_id
    ):
        return None
    try:
        written = json.loads((visible.folder / WRITTEN).read_text(encoding="utf-8"))["bytes"]
        return visible if visible.file.stat().st_size <= GROWTH * written else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def copy_file(previous: Path, file: Path) -> None:
    """Copies the previous publication's DuckDB file, to be written to, and what is known of its
    size.
    """
    shutil.copyfile(previous / file.name, file)
    shutil.copyfile(previous / WRITTEN, file.parent / WRITTEN)


def note_size(file: Path) -> None:
    """Remembers the size of a DuckDB file that was written whole."""
    (file.parent / WRITTEN).write_text(
        json.dumps({"bytes": file.stat().st_size}) + "\n", encoding="utf-8"
    )


def carry(
    connection: duckdb.DuckDBPyConnection, table: str, target: str, changed: ChangedKeys
) -> str:
    """Brings `target`, the table as last published, up to date with `table`.

    Returns UNTOUCHED, REPLACED, or WHOLE: other rows than the changed ones differ, so the table
    must be written whole. This run did not write those rows, so a note says so.
    """
    for rows in changed.rows:
        connection.execute(f"delete from {target} where {rows}")
    for rows in changed.rows:
        connection.execute(f"insert into {target} by name select * from {table} where {rows}")
    (keys,) = one_row(connection, f"select {changed.count}")
    if rows_hash(connection, target, target) == rows_hash(connection, table, target):
        return REPLACED if keys else UNTOUCHED
    progress.note(
        f"{table}: the rows that were published before and have not changed since are not those "
        f"that were built; the table is published whole"
    )
    return WHOLE


def rows_hash(connection: duckdb.DuckDBPyConnection, table: str, like: str) -> tuple[int, int]:
    """Number of rows, and a hash of their values in the columns of the table `like`, that does not
    depend on their order.

    The hashes are added and not combined by exclusive or, by which two equal rows are none.
    """
    described = connection.execute(f"describe {like}").fetchall()
    columns = ", ".join(quote_name(row[0]) for row in described)
    return one_row(
        connection, f"select count(*), coalesce(sum(hash({columns})), 0)::hugeint from {table}"
    )


def link(previous: Path, path: Path) -> None:
    """Gives a file of the previous publication a second name; where the disk has no such names,
    copies it.
    """
    try:
        os.link(previous, path)
    except OSError:
        shutil.copyfile(previous, path)
