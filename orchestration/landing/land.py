"""The landing step: new files become typed rows of the schema `raw`.

Nothing is lost: rows in = accepted + rejected, per file, in `raw.files`. A bad file leaves no trace
in the ledger, so that it lands once it is repaired.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.ground.contract import RawTable, raw_tables
from orchestration.ground.errors import LandingError
from orchestration.landing.elsewhere import empty_landing, passed_over
from orchestration.landing.files import (
    BadFile,
    LandedFile,
    LedgerEntry,
    cannot_be_read,
    find_files,
    sort_by_ledger,
)
from orchestration.landing.names import nearest
from orchestration.landing.tables import Counts, TableLanding
from orchestration.landing.unread import assumed_notes, unread_notes

UNKNOWN_NAMED = 20


@dataclass
class LandingReport:
    """What one landing did. `bad_files` were passed over on request."""

    tables: dict[str, Counts] = field(default_factory=dict)
    bad_files: list[BadFile] = field(default_factory=list)

    @property
    def total(self) -> Counts:
        counts = self.tables.values()
        bad = len(self.bad_files)
        return Counts(
            files=sum(count.files for count in counts),
            landed=sum(count.landed for count in counts) + bad,
            accepted=sum(count.accepted for count in counts),
            rejected=sum(count.rejected for count in counts) + bad,
        )


def _ledger(connection: duckdb.DuckDBPyConnection) -> dict[str, LedgerEntry]:
    rows = connection.execute(
        "select file_name, size, modified_ns, content from raw.files"
    ).fetchall()
    return {
        name: LedgerEntry(name, size, modified, content) for name, size, modified, content in rows
    }


def _refuse_changed(changed: list[LandedFile]) -> None:
    if changed:
        names = "\n".join(f"  {file.name}" for file in changed)
        raise LandingError(
            f"{len(changed)} landed file(s) changed after they landed (files are append-only):\n"
            f"{names}\n"
            "Restore them and land what is new as new files, or run with --full-refresh to read "
            "the whole landing anew."
        )


def _refuse_bad(bad_files: list[BadFile], *, skip: bool) -> None:
    """Raises LandingError where files are bad that may not be passed over."""
    placed = [bad for bad in bad_files if bad.is_place]
    if not bad_files or (skip and not placed):
        return
    lines = "\n".join(f"  {bad.name} {bad.reason}" for bad in (placed if skip else bad_files))
    count = len(placed) if skip else len(bad_files)
    cure = (
        "Give access to them or remove them, and run again; --skip-bad-files passes over bad "
        "content only."
        if len(placed) == count
        else (
            "Repair or remove them and run again, or run with --skip-bad-files to go on without "
            "them."
        )
    )
    raise LandingError(f"{count} file(s) cannot be landed:\n{lines}\n{cure}")


def _settle_zone(connection: duckdb.DuckDBPyConnection, zone: str) -> None:
    """Remembers by whose clock times without an offset are read; raises LandingError where landed
    rows were read by another.
    """
    row = connection.execute("select naive_timezone from raw.read_as").fetchone()
    has_files = connection.execute("select count(*) from raw.files").fetchone()[0] > 0
    before = row[0] if row else "UTC"
    if has_files and before != zone:
        raise LandingError(
            f"What has landed was read with naive_timezone {before}, this run asks for {zone}. "
            f"Run with --full-refresh to read the whole landing "
            f"by the new one, or keep --var naive_timezone={before}."
        )
    connection.execute("delete from raw.read_as")
    connection.execute("insert into raw.read_as values (?)", [zone])


def land(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    run_id: str,
    *,
    skip_bad_files: bool = False,
    naive_timezone: str = "UTC",
    scratch: Path | None = None,
    on_table: Callable[[str, Counts], None] = lambda table, counts: None,
    on_note: Callable[[str], None] = lambda note: None,
) -> LandingReport:
    """Lands every new file below `landing` into the `raw` schema of `connection`.

    `naive_timezone`: whose clock text without an offset shows. `scratch` is a folder of its own for
    copies of files that need one (default: a temporary one). `on_table` hears of each table that is
    done, `on_note` of unknown columns and of values that cannot be read. Raises LandingError where
    the landing cannot be read or holds nothing, where a landed file changed, where a file or folder
    may not be read, and, unless `skip_bad_files`, where files are bad; the message names all of
    them.
    """
    found, refused = find_files(landing)
    ledger = _ledger(connection)
    if not found and not refused and not ledger:
        raise empty_landing(landing)
    for note in passed_over(landing):
        on_note(note)
    new, changed, touched = _sorted(found, ledger, refused)
    _refuse_changed(changed)
    _settle_zone(connection, naive_timezone)
    report = LandingReport(bad_files=list(refused))
    for file in touched:
        connection.execute(
            "update raw.files set modified_ns = ? where file_name = ?",
            [file.modified_ns, file.name],
        )
    by_table: dict[str, list[LandedFile]] = defaultdict(list)
    for file in new:
        by_table[file.table].append(file)
    if scratch is not None:  # what a run left that was killed
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700, parents=True)
    with tempfile.TemporaryDirectory(prefix="touchledger-", dir=scratch) as copies:
        for name, table in raw_tables().items():
            step = TableLanding(connection, table, run_id, Path(copies), naive_timezone)
            step.land(by_table.get(name, []))
            report.tables[name] = step.counts
            report.bad_files += step.bad
            on_table(name, step.counts)
            for note in _notes(table, step):
                on_note(note)
    _refuse_bad(report.bad_files, skip=skip_bad_files)
    connection.execute("delete from raw.rejected_rows where file_id is null")
    for bad in report.bad_files:
        connection.execute(
            "insert into raw.rejected_rows values (null, ?, ?, ?, null)",
            [bad.table, bad.name, f"the file {bad.reason}"],
        )
    for note in _empty_tables(connection):
        on_note(note)
    return report


def _sorted(
    found: list[LandedFile], ledger: dict[str, LedgerEntry], refused: list[BadFile]
) -> tuple[list[LandedFile], list[LandedFile], list[LandedFile]]:
    """`sort_by_ledger`, but for files that cannot be read, which join `refused`."""
    new: list[LandedFile] = []
    changed: list[LandedFile] = []
    touched: list[LandedFile] = []
    for file in found:
        try:
            one = sort_by_ledger([file], ledger)
        except OSError as error:
            refused.append(BadFile(file.table, file.name, cannot_be_read(error), is_place=True))
            continue
        for files, more in zip((new, changed, touched), one, strict=True):
            files += more
    return new, changed, touched


def _empty_tables(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """A line for each raw table that has no row, or none that could be read, and without which
    something cannot be answered.
    """
    for table in raw_tables().values():
        if (
            table.without
            and not connection.execute(f"select 1 from raw.{table.name} limit 1").fetchall()
        ):
            rejected = connection.execute(
                "select 1 from raw.rejected_rows where table_name = ? limit 1", [table.name]
            ).fetchall()
            none = "has no row that can be read" if rejected else "is empty"
            yield f"{table.name} {none}: {table.without}"


def _notes(table: RawTable, step: TableLanding) -> list[str]:
    free = [column.name for column in table.columns if column.name not in step.known]
    notes = []
    for name, files in sorted(step.unknown.items())[:UNKNOWN_NAMED]:
        near = nearest(name, free)
        hint = f"; did you mean {near}?" if near else ""
        notes.append(f"{table.name}: unknown column {name!r} is ignored ({files} file(s)){hint}")
    if len(step.unknown) > UNKNOWN_NAMED:
        notes.append(
            f"{table.name}: {len(step.unknown) - UNKNOWN_NAMED} more unknown columns are ignored"
        )
    return [
        *notes,
        *unread_notes(table, step.names, step.unread),
        *assumed_notes(table, step.names, step.assumed, step.zone),
    ]
