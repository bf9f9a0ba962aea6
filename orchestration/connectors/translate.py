"""Translating: SQL of the source's kind makes rows of the raw contract out of the extracts, and
what is new of them becomes files of the landing.

The same extracts always give the same rows, however often and in whatever portions they are
translated: a row depends on its own pull and on earlier ones alone, and what a source's files in
the landing already have is not written again. A file's name is made of its content, so that no file
ever changes under its name.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.connectors.coverage import (
    CoverageRow,
    find_newest_answers,
    measure,
    noted_failure,
    save_coverage,
    unread_tables,
    with_reason,
)
from orchestration.connectors.extracts import Extracts, open_extracts, part_extracts
from orchestration.connectors.kept import keep, kept_names, open_kept
from orchestration.connectors.kind import Source
from orchestration.connectors.landed import count_landed, translated_files, write_new
from orchestration.connectors.loads import extracts_folder
from orchestration.connectors.pull import limit_memory
from orchestration.connectors.rows import (
    begin_tallies,
    code_of,
    goes_on,
    make_rows,
    prepare_sql,
    reads,
)
from orchestration.connectors.standing import (
    Count,
    Standing,
    Tally,
    fingerprint,
    keep_standing,
    loads_up_to,
    newest_whole,
    read_standing,
)
from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings


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


def _require(extracts: Extracts, source: Source) -> None:
    """Raises SettingsError where a table lacks a required column."""
    for name, columns in extracts.missing.items():
        needed = [column for column in source.kind.tables[name].required if column in columns]
        if needed:
            raise SettingsError(
                f"Source {source.name}: table {name} has no column {', '.join(needed)}, without "
                f"which its records cannot land; {source.kind.cure}"
            )


def _going_on(
    connection: duckdb.DuckDBPyConnection, source: Source, settings: Settings, extracts: Extracts
) -> Standing:
    """How far the translation has come, as it still holds; at the beginning where it does not."""
    kept = read_standing(settings, source)
    now = fingerprint(source, settings, code_of(source))
    holds = (
        kept.done
        and kept.fingerprint == now
        and kept.loads == loads_up_to(connection, extracts.loads, kept.done)
        and all(
            (settings.landing / raw_table / name).is_file()
            for raw_table, names in kept.files.items()
            for name in names
        )
    )
    return kept if holds else Standing(fingerprint=now)


def _stands(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    settings: Settings,
    extracts: Extracts,
    before: Standing,
    counts: Mapping[str, Count],
) -> Standing:
    """How far it has come now."""
    done = newest_whole(connection)
    tallies: list[Tally] = []
    if _has_table(connection, "tally"):
        tallies = connection.execute(
            """
            select raw_table, what, sum(times)::bigint
            from (
                select raw_table, what, times from tallied
                union all
                select raw_table, what, times from tally where _pull <= ?
            )
            group by all
            """,
            [done],
        ).fetchall()
    files = {
        raw_table: [file.name for file in translated_files(settings, source, raw_table)]
        for raw_table in source.kind.brings
    }
    loads = loads_up_to(connection, extracts.loads, done)
    return Standing(done, before.fingerprint, loads, files, tallies, counts)


def _has_table(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    row = connection.execute("select 1 from duckdb_tables() where table_name = ?", [name])
    return row.fetchone() is not None


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
        # SQL that keeps what it made of earlier pulls reads no table of all pulls.
        extracts = open_extracts(
            connection, settings, source, tables=() if kept_names(source) else None
        )
        _require(extracts, source)
        before = _going_on(connection, source, settings, extracts)
        if not open_kept(connection, settings, source, before):
            before = Standing(fingerprint=before.fingerprint)
        earlier = [name for name in source.kind.tables if reads(source, f"earlier_{name}")]
        part_extracts(connection, settings, source, extracts.loads, before.done, earlier)
        begin_tallies(connection, before.tallies)
        prepare_sql(connection, source, before.done)
        find_newest_answers(connection)
        unread = unread_tables(connection, source) if failure else frozenset()
        counts: dict[str, Count] = {}
        for raw_table in source.kind.brings:
            columns = make_rows(connection, source, raw_table)
            written = write_new(connection, source, settings, raw_table, columns)
            done.new_rows[raw_table] = written.rows
            count = count_landed(connection, source, settings, raw_table, before, written)
            done.coverage.append(measure(connection, extracts, source, raw_table, count))
            if goes_on(source, raw_table):
                counts[raw_table] = count
        now = _stands(connection, source, settings, extracts, before, counts)
        keep(connection, source, before, now)
        keep_standing(settings, source, now)
        done.coverage += [
            CoverageRow(source.name, raw_table, reason=reason)
            for raw_table, reason in sorted(source.kind.lacks.items())
        ]
    done.coverage = [
        with_reason(row, failure if row.raw_table in unread else None) for row in done.coverage
    ]
    save_coverage(settings, source, done.coverage)
    return done
