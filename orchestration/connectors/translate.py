"""Translating: SQL of the source's kind makes rows of the raw contract out of the extracts, and
what is new of them becomes files of the landing.

The same extracts always give the same rows, however often and in whatever portions they are
translated: a row depends on its own pull and on earlier ones alone, and what a source's files in
the landing already have is not written again. A file's name is made of its content, so that no file
ever changes under its name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.connectors.coverage import (
    CoverageRow,
    measure,
    noted_failure,
    save_coverage,
    with_reason,
)
from orchestration.connectors.extracts import Extracts, extracts_folder, open_extracts
from orchestration.connectors.kind import Source
from orchestration.connectors.pull import limit_memory
from orchestration.ground.contract import raw_tables
from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name, quote_text

SHARED = Path(__file__).parent / "shared"
# Columns of a translation that are not landed: the row's pull, what else than the key tells its
# versions apart, and how well its time is known.
PULL, PART, BASIS = "_pull", "_part", "_basis"
# Lists of which the newest counts whole: every pull of them lands.
LISTS = ("reported_contacts", "reported_metrics")


@dataclass
class Translation:
    """What one translation of a source brought: new rows by raw table, and how the whole of it
    stands.
    """

    source: Source
    new_rows: dict[str, int] = field(default_factory=dict)
    coverage: list[CoverageRow] = field(default_factory=list)


@contextmanager
def _connection(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose tables lie in a file of HOME, so that they may be larger than memory."""
    scratch = settings.private / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="translate-", dir=scratch))
    try:
        with duckdb.connect(str(folder / "rows.duckdb")) as connection:
            limit_memory(connection, settings)
            yield connection
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare(connection: duckdb.DuckDBPyConnection, source: Source, settings: Settings) -> Extracts:
    """Everything that the SQL of a kind reads: views of the extracts, the shared macros, and the
    kind's own `_*.sql` as tables.

    A `_NAME.sql` of the kind becomes the temporary table NAME, in the order of the file names.
    """
    extracts = open_extracts(connection, settings, source)
    prepare_sql(connection, source)
    return extracts


def prepare_sql(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """The shared macros and the kind's own tables, in a connection that has the views of the
    extracts.
    """
    for file in sorted(SHARED.glob("*.sql"), key=lambda file: (file.stem != "macros", file.stem)):
        connection.execute(file.read_text(encoding="utf-8"))
    for file in sorted(source.kind.folder.glob("_*.sql")):
        name = file.stem.lstrip("_").split("__")[-1]
        connection.execute(f"create or replace table {quote_name(name)} as {_statement(file)}")


def _statement(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip().rstrip(";")


def _require(extracts: Extracts, source: Source) -> None:
    """Raises SettingsError where a table lacks a column without which nothing can be made of it."""
    for name, columns in extracts.missing.items():
        needed = [column for column in source.kind.tables[name].required if column in columns]
        if needed:
            raise SettingsError(
                f"Source {source.name}: table {name} has no column {', '.join(needed)}, without "
                f"which its records cannot land; {source.kind.cure}"
            )


def translated_files(settings: Settings, source: Source, raw_table: str) -> list[Path]:
    """The files of a raw table in the landing that were translated from this source."""
    return sorted(
        file
        for file in (settings.landing / raw_table).glob(f"{source.name}-*.parquet")
        if file.stem.rpartition("-")[0] == source.name
    )


def make_rows(connection: duckdb.DuckDBPyConnection, source: Source, raw_table: str) -> list[str]:
    """The table `translated`: all rows of a raw table as text, without repetitions; returns the
    columns that land.
    """
    file = source.kind.folder / f"{raw_table}.sql"
    connection.execute(f"create or replace table told as {_statement(file)}")
    there = [row[0] for row in connection.execute("describe told").fetchall()]
    landed = [
        name for name in there if not name.startswith("_") or name in ("_loaded_at", "_deleted")
    ]
    key = list(raw_tables()[raw_table].key) if raw_table in raw_tables() else landed
    said = [name for name in landed if name != "_loaded_at"]
    selected = ", ".join(f"{quote_name(name)}::varchar as {quote_name(name)}" for name in landed)
    basis = (
        quote_name(BASIS)
        if BASIS in there
        else "time_basis"
        if "time_basis" in there
        else "'exact'"
    )
    wanted = []
    if raw_table == "events" and source.brings:
        wanted.append(f"event_type in ({', '.join(map(quote_text, source.brings))})")
    if raw_table == "events" and source.since is not None:
        # What has no time that can be read is the landing's to refuse.
        since = quote_text(source.since.isoformat())
        wanted.append(f"coalesce(try_cast(occurred_at as timestamp) >= {since}, true)")
    where = f"where {' and '.join(wanted)}" if wanted else ""
    repeated = ""
    if PULL in there and raw_table not in LISTS:
        # Of what is told again and again, only the pull that changed it lands.
        parts = ", ".join(map(quote_name, [*key, *([PART] if PART in there else [])]))
        row = ", ".join(map(quote_name, said))
        repeated = (
            f"qualify lag(hash({row})) over (partition by {parts} order by {PULL}, _loaded_at) is "
            f"distinct from hash({row})"
        )
    connection.execute(
        f"create or replace table translated as select {selected}, {basis}::varchar as {BASIS} "
        f"from told {where} {repeated}"
    )
    connection.execute("drop table told")
    return landed


def _write_new(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    settings: Settings,
    raw_table: str,
    columns: list[str],
) -> int:
    """Writes what the landing has not of `translated`; returns the number of rows."""
    folder = settings.landing / raw_table
    selected = ", ".join(map(quote_name, columns))
    existing = translated_files(settings, source, raw_table)
    query = f"select distinct {selected} from translated"
    if existing:
        listed = ", ".join(quote_text(str(file)) for file in existing)
        scan = f"read_parquet([{listed}], union_by_name = true)"
        there = {row[0] for row in connection.execute(f"describe select * from {scan}").fetchall()}
        landed = ", ".join(
            quote_name(name) if name in there else f"null::varchar as {quote_name(name)}"
            for name in columns
        )
        query += f" except select {landed} from {scan}"
    connection.execute(f"create or replace table fresh as {query}")
    (rows,) = connection.execute("select count(*) from fresh").fetchone() or (0,)
    if rows:
        folder.mkdir(parents=True, exist_ok=True)
        waiting = folder / f".{source.name}-{os.getpid()}.parquet"
        try:
            connection.execute(f"copy fresh to {quote_text(str(waiting))} (format parquet)")
            with waiting.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()[:24]
            waiting.chmod(0o600)
            os.replace(waiting, folder / f"{source.name}-{content}.parquet")
        finally:
            waiting.unlink(missing_ok=True)
    connection.execute("drop table fresh")
    return rows


def translate(source: Source, settings: Settings) -> Translation:
    """Brings what has come of a source into the landing.

    Raises SettingsError where a column is missing without which it cannot.
    """
    done = Translation(source)
    failure = noted_failure(settings, source)
    if not extracts_folder(settings, source).is_dir():
        done.coverage = [
            with_reason(CoverageRow(source.name, raw_table), failure or "not pulled yet")
            for raw_table in source.kind.brings
        ]
        save_coverage(settings, source, done.coverage)
        return done
    with _connection(settings) as connection:
        extracts = prepare(connection, source, settings)
        _require(extracts, source)
        for raw_table in source.kind.brings:
            columns = make_rows(connection, source, raw_table)
            done.new_rows[raw_table] = _write_new(connection, source, settings, raw_table, columns)
            done.coverage.append(measure(connection, extracts, source, raw_table))
            connection.execute("drop table translated")
        done.coverage += [
            CoverageRow(source.name, raw_table, reason=reason)
            for raw_table, reason in sorted(source.kind.lacks.items())
        ]
    done.coverage = [with_reason(row, failure) for row in done.coverage]
    save_coverage(settings, source, done.coverage)
    return done
