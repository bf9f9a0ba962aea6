"""The landing step: new files become typed rows of the `raw` schema, each group of files in one transaction.

Nothing is lost: rows in = accepted + rejected, per file, in `raw.files`. A bad file leaves no trace in the ledger, so that it lands
once it is repaired.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.ground.contract import RawColumn, RawTable, raw_tables
from orchestration.ground.errors import LandingError
from orchestration.ground.sql import quote_name, quote_text
from orchestration.landing.files import (
    BadFile,
    LandedFile,
    LedgerEntry,
    content_hash,
    find_files,
    is_as_found,
    passed_over,
    sort_by_ledger,
)
from orchestration.landing.readers import (
    FILE_COLUMN,
    MAXIMUM_ROW_BYTES,
    RECORD_CHARACTERS,
    Reader,
    Shape,
    UnreadableFile,
    check_columns,
    first_line,
    has_endless_row,
    json_keys,
    lines_that_are_no_json,
    open_csv,
    open_json_lines,
    open_parquet,
    rewrite_as_json_lines,
    shape_of,
)

FILES_AT_ONCE = 200


@dataclass
class Counts:
    """Rows of a table that one landing brought."""

    files: int = 0
    landed: int = 0
    accepted: int = 0
    rejected: int = 0

    def add(self, other: Counts) -> None:
        self.files += other.files
        self.landed += other.landed
        self.accepted += other.accepted
        self.rejected += other.rejected


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


_CURES = {
    "timestamp": "write an ISO 8601 instant such as 2024-05-01T09:30:00Z, or epoch milliseconds",
    "date": "write a date such as 2024-05-01",
    "boolean": "write true or false",
    "bigint": "write a whole number",
    "varchar": "write text, not a nested value",
}


def _cure(column: RawColumn) -> str:
    return _CURES.get(column.data_type, "write a plain decimal number such as 1234.50")


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
            f"{len(changed)} landed file(s) changed after they landed (files are append-only):\n{names}\n"
            "Restore them and land what is new as new files, or run with --full-refresh to read the whole landing anew."
        )


class _FileMoved(Exception):
    """A file that changed while it was read: what was read may be neither the old nor the new."""


def _hold_still(files: Iterable[LandedFile]) -> None:
    """Raises _FileMoved, the name in it, for a file that is no longer as it was found."""
    for file in files:
        try:
            if is_as_found(file):
                continue
        except OSError:
            pass
        raise _FileMoved(file.name)


def _is_the_files_fault(error: Exception) -> None:
    """Raises `error` again where it is not a file that is bad but the disk that is full or the memory that is short."""
    is_disk = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or any(
        text in str(error) for text in ("No space left", "Disk quota", "max_temp_directory_size")
    )
    if is_disk or isinstance(error, (duckdb.OutOfMemoryException, MemoryError)):
        raise error


def _unreadable(column: str) -> str:
    return quote_name(f"unreadable_{column}")


class _TableLanding:
    """Lands the new files of one table, group by group."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, table: RawTable, run_id: str, scratch: Path
    ) -> None:
        self.connection = connection
        self.table = table
        self.run_id = run_id
        self.scratch = scratch
        self.counts = Counts()
        self.bad: list[BadFile] = []
        self.unknown: Counter[str] = Counter()
        self.unreadable: list[tuple[str, str, int]] = []
        self.names: dict[str, str] = {}

    def land(self, files: list[LandedFile]) -> None:
        groups: dict[Shape, list[LandedFile]] = defaultdict(list)
        for file in files:
            try:
                shape = shape_of(self.connection, file)
                self.unknown.update(set(check_columns(self.table, shape)))
                groups[shape].append(file)
            except UnreadableFile as error:
                self.bad.append(BadFile(self.table.name, file.name, str(error)))
        for shape, members in groups.items():
            for start in range(0, len(members), FILES_AT_ONCE):
                self._land_group(shape, members[start : start + FILES_AT_ONCE])

    def _land_group(self, shape: Shape, files: list[LandedFile]) -> None:
        if shape.needs_rewriting:
            for file in files:
                self._land_rewritten(shape, file)
            return
        try:
            if shape.format == "csv":
                endless = [
                    file
                    for file in files
                    if file.size >= MAXIMUM_ROW_BYTES and has_endless_row(file.path)
                ]
                for file in endless:
                    self._land_rewritten(shape, file)
                files = [file for file in files if file not in endless]
                if not files:
                    return
            self._land_as_read(shape, files)
        except (duckdb.Error, UnreadableFile, _FileMoved, OSError) as error:
            if len(files) > 1:
                for file in files:
                    self._land_group(shape, [file])
            elif self._has_moved(files[0]):
                pass
            elif shape.format == "parquet":
                _is_the_files_fault(error)
                reason = f"is not readable as Parquet ({first_line(error, files[0].path)}); write it again"
                self.bad.append(BadFile(self.table.name, files[0].name, reason))
            else:
                self._land_rewritten(shape, files[0])

    def _land_rewritten(self, shape: Shape, file: LandedFile) -> None:
        """One file that DuckDB's reader gave up on, once more through Python's."""
        copy = self.scratch / "rewritten.jsonl"
        try:
            lines = [
                (str(copy), reason, text) for reason, text in rewrite_as_json_lines(file, copy)
            ]
            self._land_as_read(Shape("jsonl", ()), [file], {str(copy): file}, lines)
        except (duckdb.Error, UnreadableFile, _FileMoved, OSError, UnicodeError) as error:
            if self._has_moved(file):
                return
            _is_the_files_fault(error)
            reason = (
                f"is not readable as {shape.format.upper()} ({first_line(error)}); write it again"
            )
            self.bad.append(BadFile(self.table.name, file.name, reason))
        finally:
            copy.unlink(missing_ok=True)

    def _has_moved(self, file: LandedFile) -> bool:
        """Whether a file failed because it changed meanwhile; then it is a bad file for that."""
        try:
            _hold_still([file])
        except _FileMoved:
            reason = "changed while it was read; write it beside the landing, move it in when it is complete, and run again"
            self.bad.append(BadFile(self.table.name, file.name, reason))
            return True
        return False

    def _open(self, shape: Shape, paths: list[str]) -> Reader:
        if shape.format == "parquet":
            return open_parquet(self.table, shape, paths)
        if shape.format == "csv":
            return open_csv(self.connection, self.table, shape, paths)
        return open_json_lines(self.connection, self.table, paths)

    def _land_as_read(
        self,
        shape: Shape,
        files: list[LandedFile],
        read_from: dict[str, LandedFile] | None = None,
        lines: Iterable[tuple[str, str, str]] = (),
    ) -> None:
        by_path = read_from or {str(file.path): file for file in files}
        self.names.update({path: file.name for path, file in by_path.items()})
        hashes = {file.name: content_hash(file.path) for file in files}
        has_rows = {
            path for path, file in by_path.items() if file.size > 0 or shape.format == "parquet"
        }
        first_id = self.connection.execute(
            "select coalesce(max(file_id), 0) + 1 from raw.files"
        ).fetchone()[0]
        ids = {path: first_id + index for index, path in enumerate(by_path)}
        reader = self._open(shape, sorted(has_rows)) if has_rows else None
        rejected = [(path, reason, text) for path, reason, text in lines]
        counts = Counts()
        self.connection.execute("begin")
        try:
            profile = self._insert(reader, ids, rejected) if reader else {}
            self._insert_lines(rejected, by_path, ids)
            unaccepted = Counter(path for path, _, _ in rejected)
            for path, file in by_path.items():
                rows, refused = profile.get(path, (0, 0))
                landed = rows + unaccepted[path]
                self.connection.execute(
                    "insert into raw.files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)",
                    [
                        ids[path], self.table.name, file.name, file.size, file.modified_ns, hashes[file.name],
                        landed, rows - refused, refused + unaccepted[path], self.run_id,
                    ],
                )  # fmt: skip
                counts.files += 1
                counts.landed += landed
                counts.accepted += rows - refused
                counts.rejected += refused + unaccepted[path]
            _hold_still(files)
            self.connection.execute("commit")
            self.counts.add(counts)
        except BaseException:
            self.connection.execute("rollback")
            raise
        finally:
            for table in reader.temporary_tables if reader else ():
                self.connection.execute(f"drop table if exists temp.{table}")

    def _insert(
        self, reader: Reader, ids: dict[str, int], rejected: list[tuple[str, str, str]]
    ) -> dict[str, tuple[int, int]]:
        """Inserts accepted and rejected rows; returns rows and refused rows per path. Extends `rejected` by unread lines."""
        columns = self.table.columns
        self._map_files(ids)
        faults = self._faults(reader)
        is_accepted = "is_row" + "".join(f" and not ({test})" for test, _ in faults)
        unread_lines = "count(*) filter (json is null)" if reader.is_json else "0"
        optional = [
            column.name
            for column in columns
            if not column.required and column.name in reader.unreadable
        ]
        counted = "".join(
            f", count(*) filter ({_unreadable(name)} and {is_accepted})" for name in optional
        )
        profile = {
            row[0]: row[1:]
            for row in self.connection.execute(
                f"""
                select {FILE_COLUMN}, count(*), count(*) filter (not ({is_accepted})), {unread_lines}{counted}
                from {reader.relation} group by {FILE_COLUMN}
                """
            ).fetchall()
        }
        values = ", ".join(
            f"coalesce({quote_name(column.name)}, {column.absent_means})"
            if column.absent_means
            else quote_name(column.name)
            for column in columns
        )
        file_id = (
            str(next(iter(ids.values())))
            if len(ids) == 1
            else f"(select file_id from temp.landing_files where path = {FILE_COLUMN})"
        )
        self.connection.execute(
            f"insert into raw.{self.table.name} select {values}, {file_id} from {reader.relation} where {is_accepted}"
        )
        if any(row[1] for row in profile.values()):
            self._insert_rejected(reader, faults, is_accepted)
        if reader.is_json:
            known = {column.name for column in columns}
            self.unknown.update(
                {
                    name: files
                    for name, files in json_keys(self.connection).items()
                    if name not in known
                }
            )
        counts = {}
        for path, (rows, refused, unread, *unreadable) in profile.items():
            if unread:
                reason = "the line is no JSON object; write one object a line, in UTF-8"
                rejected.extend(
                    (path, reason, text) for text in lines_that_are_no_json(self.connection, path)
                )
            counts[path] = (rows - unread, refused - unread)
            self.unreadable.extend(
                (path, name, count)
                for name, count in zip(optional, unreadable, strict=True)
                if count
            )
        rejected.extend(reader.lines)
        return counts

    def _map_files(self, ids: dict[str, int]) -> None:
        self.connection.execute(
            "create or replace temporary table landing_files (path varchar, file_id integer)"
        )
        self.connection.executemany(
            "insert into temp.landing_files values (?, ?)", list(ids.items())
        )

    def _insert_rejected(
        self, reader: Reader, faults: list[tuple[str, str]], is_accepted: str
    ) -> None:
        reasons = ", ".join(
            f"case when {test} then {quote_text(reason)} end" for test, reason in faults
        )
        no_row = quote_text("the line is JSON but no object; write one object a line")
        is_read = "json is not null" if reader.is_json else "true"
        self.connection.execute(
            f"""
            insert into raw.rejected_rows
            select
                files.file_id, {quote_text(self.table.name)}, files.path,
                case when is_row then concat_ws('; ', {reasons}) else {no_row} end, left({reader.record}, {RECORD_CHARACTERS})
            from {reader.relation} as rows inner join temp.landing_files as files on rows.{FILE_COLUMN} = files.path
            where not ({is_accepted}) and {is_read}
            """
        )

    def _faults(self, reader: Reader) -> list[tuple[str, str]]:
        """(test in SQL, reason) for everything that rejects a row of this table. A test is never null."""
        faults = []
        for column in self.table.columns:
            name = quote_name(column.name)
            fails = column.name in reader.unreadable
            if column.required:
                if fails:
                    faults.append(
                        (_unreadable(column.name), f"{column.name} cannot be read; {_cure(column)}")
                    )
                missing = f"{name} is null" + (
                    f" and not {_unreadable(column.name)}" if fails else ""
                )
                if self.table.can_be_deleted and column.name not in (*self.table.key, "_loaded_at"):
                    missing += " and not coalesce(_deleted, false)"
                faults.append((missing, f"{column.name} is required and is missing; fill it"))
            if column.accepted and column.required:
                allowed = ", ".join(quote_text(value) for value in column.accepted)
                faults.append(
                    (
                        f"coalesce({name} not in ({allowed}), false)",
                        f"{column.name} must be one of {', '.join(column.accepted)}",
                    )
                )
        return faults

    def _insert_lines(
        self, lines: list[tuple[str, str, str]], by_path: dict[str, LandedFile], ids: dict[str, int]
    ) -> None:
        for path, reason, text in lines:
            self.connection.execute(
                "insert into raw.rejected_rows values (?, ?, ?, ?, ?)",
                [ids[path], self.table.name, path, reason, text],
            )
        for path, file in by_path.items():
            self.connection.execute(
                "update raw.rejected_rows set file_name = ? where file_id = ? and file_name <> ?",
                [file.name, ids[path], file.name],
            )


def land(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    run_id: str,
    *,
    skip_bad_files: bool = False,
    scratch: Path | None = None,
    on_table: Callable[[str, Counts], None] = lambda table, counts: None,
    on_note: Callable[[str], None] = lambda note: None,
) -> LandingReport:
    """Lands every new file below `landing` into the `raw` schema of `connection`.

    `scratch` is a folder of its own for copies of files that need one (default: a temporary one). `on_table` hears of each table that is
    done, `on_note` of unknown columns and of values that cannot be read. Raises LandingError where the landing is no folder, where a
    landed file changed, and, unless `skip_bad_files`, where files cannot be read; the message names all of them.
    """
    if not landing.is_dir():
        raise LandingError(
            f"The landing {landing} is no folder. Name the folder that holds contacts/, events/ and the like: --landing DIR"
        )
    for note in passed_over(landing):
        on_note(note)
    found, refused = find_files(landing)
    new, changed, touched = sort_by_ledger(found, _ledger(connection))
    _refuse_changed(changed)
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
            step = _TableLanding(connection, table, run_id, Path(copies))
            step.land(by_table.get(name, []))
            report.tables[name] = step.counts
            report.bad_files += step.bad
            on_table(name, step.counts)
            for note in _notes(name, step):
                on_note(note)
    if report.bad_files and not skip_bad_files:
        lines = "\n".join(f"  {bad.name} {bad.reason}" for bad in report.bad_files)
        raise LandingError(
            f"{len(report.bad_files)} file(s) cannot be landed:\n{lines}\n"
            "Repair or remove them and run again, or run with --skip-bad-files to go on without them."
        )
    connection.execute("delete from raw.rejected_rows where file_id is null")
    for bad in report.bad_files:
        connection.execute(
            "insert into raw.rejected_rows values (null, ?, ?, ?, null)",
            [bad.table, bad.name, f"the file {bad.reason}"],
        )
    return report


def _notes(table: str, step: _TableLanding) -> list[str]:
    notes = [
        f"{table}: unknown column {name!r} is ignored ({files} file(s))"
        for name, files in sorted(step.unknown.items())[:20]
    ]
    if len(step.unknown) > 20:
        notes.append(f"{table}: {len(step.unknown) - 20} more unknown columns are ignored")
    notes += [
        f"{step.names[path]}: {count} value(s) of {column} cannot be read and are left empty"
        for path, column, count in step.unreadable
    ]
    return notes
