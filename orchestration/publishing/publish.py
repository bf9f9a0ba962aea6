"""Publishing: a new folder is written beside the one readers see, and one rename of a link switches
them.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import orjson

from orchestration.ground.clock import now
from orchestration.ground.paths import (
    PARQUET,
    PUBLISHED_FILE,
    REPORT_FILE,
    VARIABLES_FILE,
)
from orchestration.ground.settings import PRIVATE, Settings
from orchestration.ground.sql import quote_name, quote_text
from orchestration.home import tables_to_publish
from orchestration.home.publication import Publication
from orchestration.home.tables_to_publish import published_tables
from orchestration.home.verification import damage, record_contents, whole_publications
from orchestration.publishing import carry_over as carrying
from orchestration.publishing import restatements
from orchestration.publishing.origin import write_origin
from orchestration.terminal import progress


@dataclass(frozen=True)
class PublishedTable:
    """A published table and how many rows it has."""

    schema: str
    name: str
    rows: int


def _models(nodes: dict[str, dict]) -> dict[tuple[str, str], dict]:
    return {
        (node["schema"], node["name"]): node
        for node in nodes.values()
        if node["resource_type"] == "model"
    }


def _written_now(table: str, run_id: str) -> str | None:
    """SQL of a table that is known only as it is published; None for what was built."""
    mine = f"run_id = {quote_text(run_id)}"
    if table == "check_results":  # the checks ran after the table was built
        return f"select * from raw.check_results where {mine} order by table_name, check_name"
    if table in restatements.TABLES:
        return f"select * from temp.{quote_name(table)} order by all"
    if table != "run_log":
        return None
    # The run that is being published is, by the time that anyone can read it, published.
    finished = f"timestamp {quote_text(str(now()))}"
    return (
        f"select run_id, as_of, started_at, case when {mine} then {finished} else finished_at end "
        f"as finished_at, "
        f"case when {mine} then 'published' else status end as status, rows_landed, "
        f"rows_accepted, rows_rejected from raw.runs"
    )


def orders(nodes: dict[str, dict]) -> dict[tuple[str, str], list[str]]:
    """By schema and name, the columns that a published table's rows are stored by (`order` in its
    model's meta, or in that of the model that is stored as it); `nodes` are the manifest's.
    """
    found = {}
    for node in nodes.values():
        meta = node["config"]["meta"]
        if "order" in meta:
            schema, _, table = meta.get("published_as", "").partition(".")
            found[schema or node["schema"], table or node["name"]] = meta["order"]
    return found


def _built(schema: str, table: str, order: list[str] | None) -> str:
    """SQL of a table that is not in the copied file: a view, or what another engine built."""
    ordered = f" order by {', '.join(map(quote_name, order))}" if order else ""
    return f"select * from {quote_name(schema)}.{quote_name(table)}{ordered}"


def _write_report(connection: duckdb.DuckDBPyConnection, file: Path, settings: Settings) -> None:
    """The page of the run.

    The tables are what a run is for: a page that cannot be drawn is said, and they are published
    without it.
    """
    from orchestration.publishing import report
    from orchestration.publishing.report.answers import kept_answers

    try:
        report.write(connection, file, settings.variables, kept_answers(settings.private))
    except Exception as error:
        progress.note(
            f"{REPORT_FILE} could not be written ({type(error).__name__}: {error}); the tables "
            f"are published without it"
        )


def _describe(connection: duckdb.DuckDBPyConnection, table: str, model: dict | None) -> None:
    """Gives a table and its columns the model's descriptions as comments."""
    if model:
        connection.execute(f"comment on table {table} is {quote_text(model['description'])}")
        for column, entry in model["columns"].items():
            connection.execute(
                f"comment on column {table}.{quote_name(column)} is "
                f"{quote_text(entry['description'])}"
            )


def write_folder(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    run_id: str,
    manifest: Path,
    settings: Settings,
    visible: Publication | None,
) -> list[PublishedTable]:
    """Writes the DuckDB file, the Parquet files and the report of one run into `folder`; all of it
    is on disk when this returns.
    """
    folder.mkdir(parents=True)
    file = folder / PUBLISHED_FILE
    nodes = orjson.loads(manifest.read_bytes())["nodes"]
    models, ordered = _models(nodes), orders(nodes)
    restatements.prepare(connection, settings, run_id, visible)
    continued = carrying.is_continued(connection, settings, run_id, visible)
    unchanged = carrying.unchanged_tables(connection, nodes) if continued else set()
    tables_to_publish.copy_to(connection, settings.to_publish, file)
    written = []
    with _publishing(connection, file) as copied:
        for place in published_tables(connection):
            schema, table = place
            target = f"publishing.{quote_name(schema)}.{quote_name(table)}"
            query = _written_now(table, run_id)
            if query or place not in copied:
                query = query or _built(schema, table, ordered.get(place))
                connection.execute(f"create or replace table {target} as {query}")
            else:
                _drop_unpublished(connection, place, target)
            _describe(connection, target, models.get(place))
            if settings.variables["publish_parquet"]:
                path = Path("parquet") / schema / table / "part-0.parquet"
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                seen = visible.folder / path if visible else None
                if seen and place in unchanged and seen.exists():
                    carrying.link(seen, folder / path)
                else:
                    copying = f"copy {target} to {quote_text(str(folder / path))} ({PARQUET})"
                    connection.execute(copying)
            rows = connection.execute(f"select count(*) from {target}").fetchone()[0]
            written.append(PublishedTable(schema, table, rows))
    write_origin(connection, folder, settings)
    _write_report(connection, file, settings)
    _settle(folder)
    return written


def _drop_unpublished(
    connection: duckdb.DuckDBPyConnection, place: tuple[str, str], target: str
) -> None:
    """Takes the columns from a copied table that its view in the warehouse does not show."""
    name = ".".join(map(quote_name, place))
    shown, copied = (
        [row[0] for row in connection.execute(f"describe {table}").fetchall()]
        for table in (name, target)
    )
    for column in copied:
        if column not in shown:
            connection.execute(f"alter table {target} drop column {quote_name(column)}")


@contextmanager
def _publishing(
    connection: duckdb.DuckDBPyConnection, file: Path
) -> Iterator[set[tuple[str, str]]]:
    """The copied file, attached as `publishing`; the tables that it has."""
    connection.execute(f"attach {quote_text(str(file))} as publishing")
    connection.execute(f"drop table if exists publishing.{tables_to_publish.NOTE}")
    # Rows of large tables come in no particular order, which is 14 % faster; what is written in an
    # order says so.
    connection.execute("set preserve_insertion_order = false")
    try:
        yield set(published_tables(connection, ["publishing"]))
        connection.execute("checkpoint publishing")
    finally:
        connection.execute("reset preserve_insertion_order")
        connection.execute("detach publishing")


def _settle(folder: Path) -> None:
    """Makes a folder readable for everybody, its files for nobody to change, and all of it safe on
    disk.
    """
    for path in [*sorted(folder.rglob("*")), folder]:
        path.chmod(0o755 if path.is_dir() else 0o444)
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _before(settings: Settings) -> Publication | None:
    """The newest publication that is whole: what this one is compared with and goes on from."""
    visible = Publication.visible(settings)
    found = damage(visible) if visible else None
    if found:
        progress.note(
            f"what was published is damaged ({found}); it is published anew from the warehouse"
        )
    return next(whole_publications(settings), None)


def _write_beside(
    folder: Path, settings: Settings, tables: list[PublishedTable], before: Publication | None
) -> None:
    """The variables of the run, and a record of all that the folder has."""
    variables = folder / VARIABLES_FILE
    text = json.dumps(settings.variables, indent=1, default=str)
    variables.write_text(f"{text}\n", encoding="utf-8")
    rows = {f"{table.schema}.{table.name}": table.rows for table in tables}
    for file in (variables, record_contents(folder, rows, before)):
        file.chmod(0o444)
        _sync(file)
    _sync(folder)


def switch(settings: Settings, folder: str) -> None:
    """Readers see `folder` of the runs from one instant on: a link is renamed over the old one."""
    for leftover in settings.home.glob(".published-*"):
        leftover.unlink()
    link = settings.home / f".published-{folder}"
    link.symlink_to(Path(PRIVATE) / "runs" / folder)
    os.replace(link, settings.published)
    _sync(settings.home)


def _free_name(runs: Path, run_id: str) -> str:
    """A run that is published again, from Dagster's page say, gets a folder of its own: readers
    have the other one open.
    """
    taken = [
        int(path.name.partition(".")[2] or 1)
        for path in runs.glob(f"{run_id}*")
        if not path.name.endswith(".partial")
    ]
    return f"{run_id}.{max(taken) + 1}" if taken else run_id


def publish(
    connection: duckdb.DuckDBPyConnection, settings: Settings, run_id: str, manifest: Path
) -> list[PublishedTable]:
    """Publishes the built tables: written apart, then switched.

    The previous folder is kept, older ones, damaged ones and leftovers are removed.
    """
    runs = settings.private / "runs"
    before = _before(settings)
    for leftover in runs.glob("*.partial") if runs.exists() else ():
        shutil.rmtree(leftover, ignore_errors=True)
    partial = runs / f"{run_id}.partial"
    tables = write_folder(connection, partial, run_id, manifest, settings, before)
    _write_beside(partial, settings, tables, before)
    name = _free_name(runs, run_id)
    os.replace(partial, runs / name)
    _sync(runs)
    switch(settings, name)
    for folder in runs.iterdir():
        if folder.name not in (name, before.folder.name if before else None):
            shutil.rmtree(folder, ignore_errors=True)
    progress.item(f"{len(tables)} tables, {sum(table.rows for table in tables):,} rows")
    return tables
