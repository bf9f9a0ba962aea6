"""The new files of one table become typed rows of the schema `raw`, each group of files in one
transaction.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ground.contract import RawTable, folded
from orchestration.landing.faults import (
    FileMoved,
    content_fault,
    hold_still,
    is_packing,
    raise_if_scarce,
)
from orchestration.landing.files import BadFile, LandedFile, cannot_be_read, content_hash
from orchestration.landing.insertion import Insertion
from orchestration.landing.json_lines import open_json_lines
from orchestration.landing.readers import (
    Reader,
    open_csv,
    open_parquet,
)
from orchestration.landing.rewriting import (
    has_endless_row,
    may_end_in_quotes,
    rewrite_as_json_lines,
    rewrite_parquet,
)
from orchestration.landing.shapes import CALLED, Shape, UnreadableFile, check_columns, shape_of
from orchestration.landing.unread import Assumed, Unread

FILES_AT_ONCE = 200
_FAILURES = (duckdb.Error, UnreadableFile, FileMoved, OSError, EOFError, ValueError)


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


class TableLanding:
    """Lands the new files of one table, group by group.

    `zone`: whose clock a time without an offset shows.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: RawTable,
        run_id: str,
        scratch: Path,
        zone: str,
    ) -> None:
        self.connection = connection
        self.table = table
        self.run_id = run_id
        self.scratch = scratch
        self.zone = zone
        self.counts = Counts()
        self.bad: list[BadFile] = []
        self.unknown: Counter[str] = Counter()
        self.known: set[str] = set()
        self.unread: list[Unread] = []
        self.assumed: list[Assumed] = []
        self.names: dict[str, str] = {}

    def land(self, files: list[LandedFile]) -> None:
        groups: dict[tuple[Shape, bool], list[LandedFile]] = defaultdict(list)
        for file in files:
            try:
                shape = shape_of(self.connection, self.table, file)
                self.unknown.update(set(check_columns(self.connection, self.table, shape, file)))
                self.known.update(folded(name) for name in shape.names)
                groups[shape, file.is_packed].append(file)
            except (*_FAILURES, duckdb.Error) as error:
                self._blame(file, error)
        for (shape, _), members in groups.items():
            for start in range(0, len(members), FILES_AT_ONCE):
                self._land_group(shape, members[start : start + FILES_AT_ONCE])

    def _refuse(self, file: LandedFile, reason: str, *, is_place: bool = False) -> None:
        self.bad.append(BadFile(self.table.name, file.name, reason, is_place))

    def _blame(self, file: LandedFile, error: Exception, read: Path | None = None) -> None:
        """Refuses a file for what is wrong with it; raises `error` again where nothing is.

        `read`: the copy of it that was read, if there is one.
        """
        raise_if_scarce(error)
        if self._has_moved(file):
            return
        if isinstance(error, UnreadableFile):
            self._refuse(file, str(error))
            return
        called = CALLED[file.format]
        if is_packing(error):
            self._refuse(file, f"is gzip that is damaged or cut off ({error}); write it again")
            return
        try:
            said = (
                content_fault(read, "jsonl" if file.format != "parquet" else "parquet")
                if read and read.exists()
                else content_fault(file.path, file.format, is_packed=file.is_packed)
            )
        except OSError as place:
            self._refuse(file, cannot_be_read(place), is_place=True)
            return
        if said is None and not isinstance(error, UnicodeError):
            raise error
        self._refuse(file, f"is not readable as {called} ({said or error}); write it again")

    def _has_moved(self, file: LandedFile) -> bool:
        """Whether a file failed because it changed meanwhile; then it is a bad file for that."""
        try:
            hold_still([file])
        except FileMoved:
            self._refuse(
                file,
                (
                    "changed while it was read; write it beside the landing, move it in when it "
                    "is complete, and run again"
                ),
            )
            return True
        return False

    def _land_group(self, shape: Shape, files: list[LandedFile]) -> None:
        if shape.needs_rewriting:
            for file in files:
                self._land_rewritten(file)
            return
        endless: list[LandedFile] = []
        alone: list[LandedFile] = []
        try:
            if shape.format == "csv":
                endless = [file for file in files if has_endless_row(file)]
            if shape.format == "csv" and len(files) > 1:
                alone = [file for file in files if file not in endless and may_end_in_quotes(file)]
            if not endless and not alone:
                self._land_as_read(shape, files)
        except _FAILURES as error:
            raise_if_scarce(error)
            if len(files) > 1:
                for file in files:
                    self._land_group(shape, [file])
            elif shape.format == "parquet" and not isinstance(error, duckdb.ConversionException):
                self._blame(files[0], error)
            elif not self._has_moved(files[0]):
                self._land_rewritten(files[0])
            return
        for file in endless:
            self._land_rewritten(file)
        for file in alone:
            self._land_group(shape, [file])
        rest = [file for file in files if file not in endless and file not in alone]
        if rest and len(rest) < len(files):
            self._land_group(shape, rest)

    def _land_rewritten(self, file: LandedFile) -> None:
        """One file that DuckDB's reader gave up on, once more through Python's."""
        is_parquet = file.format == "parquet"
        copy = self.scratch / f"rewritten.{'parquet' if is_parquet else 'jsonl'}"
        try:
            lines = []
            if is_parquet:
                rewrite_parquet(file, copy)
            else:
                lines = [
                    (str(copy), reason, text) for reason, text in rewrite_as_json_lines(file, copy)
                ]
            read = LandedFile(
                file.table, copy.name, copy, "jsonl", copy.stat().st_size, file.modified_ns
            )
            shape = (
                shape_of(
                    self.connection,
                    self.table,
                    LandedFile(file.table, copy.name, copy, "parquet", read.size, 0),
                )
                if is_parquet
                else Shape("jsonl", ())
            )
            self._land_as_read(shape, [file], read, lines)
        except _FAILURES as error:
            self._blame(file, error, copy)
        finally:
            copy.unlink(missing_ok=True)

    def _open(self, shape: Shape, files: list[LandedFile]) -> Reader:
        if shape.format == "parquet":
            return open_parquet(self.table, shape, [str(file.path) for file in files], self.zone)
        if shape.format == "csv":
            return open_csv(self.connection, self.table, shape, files, self.zone)
        return open_json_lines(self.connection, self.table, files, self.zone)

    def _land_as_read(
        self,
        shape: Shape,
        files: list[LandedFile],
        copy: LandedFile | None = None,
        lines: Iterable[tuple[str, str, str]] = (),
    ) -> None:
        """Lands files in one transaction. `copy`: what is read instead of the only file."""
        read = [copy] if copy else files
        by_path = {str(one.path): file for one, file in zip(read, files, strict=True)}
        self.names.update({path: file.name for path, file in by_path.items()})
        hashes = {file.name: content_hash(file.path) for file in files}
        has_rows = [one for one in read if one.size > 0 or shape.format == "parquet"]
        first_id = self.connection.execute(
            "select coalesce(max(file_id), 0) + 1 from raw.files"
        ).fetchone()[0]
        ids = {path: first_id + index for index, path in enumerate(by_path)}
        reader = self._open(shape, has_rows) if has_rows else None
        rejected = list(lines)
        counts = Counts()
        self.connection.execute("begin")
        try:
            insertion = Insertion(self.connection, self.table, ids, by_path, rejected)
            profile = insertion.insert(reader) if reader else {}
            unaccepted = Counter(path for path, _, _ in rejected)
            insertion.insert_lines()
            for path, file in by_path.items():
                rows, refused = profile.get(path, (0, 0))
                landed = rows + unaccepted[path]
                self.connection.execute(
                    "insert into raw.files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)",
                    [
                        ids[path],
                        self.table.name,
                        file.name,
                        file.size,
                        file.modified_ns,
                        hashes[file.name],
                        landed,
                        rows - refused,
                        refused + unaccepted[path],
                        self.run_id,
                    ],
                )
                counts.files += 1
                counts.landed += landed
                counts.accepted += rows - refused
                counts.rejected += refused + unaccepted[path]
            hold_still(files)
            self.connection.execute("commit")
        except BaseException:
            # A transaction that broke is gone already; what broke it is what counts.
            with suppress(duckdb.Error):
                self.connection.execute("rollback")
            raise
        finally:
            for table in reader.temporary_tables if reader else ():
                with suppress(duckdb.Error):
                    self.connection.execute(f"drop table if exists temp.{table}")
        self.counts.add(counts)
        self.unknown.update(insertion.unknown)
        self.known |= insertion.known
        self.unread += insertion.unread
        self.assumed += insertion.assumed
