"""Rows of one reader become accepted and rejected rows of the schema `raw`, and are counted by
file.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb

from orchestration.ground.contract import RawTable, folded
from orchestration.ground.sql import quote_name, quote_text
from orchestration.landing.files import LandedFile
from orchestration.landing.json_lines import json_keys, lines_that_are_no_json
from orchestration.landing.parsing import FLAGS, flag
from orchestration.landing.readers import (
    FILE_COLUMN,
    RECORD_CHARACTERS,
    Reader,
)
from orchestration.landing.unread import Assumed, Unread, cure, examples


class Insertion:
    """Accepted and rejected rows of one reader, within a transaction.

    `rejected` is extended by lines that never became rows.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: RawTable,
        ids: dict[str, int],
        by_path: dict[str, LandedFile],
        rejected: list[tuple[str, str, str]],
    ) -> None:
        self.connection = connection
        self.table = table
        self.ids = ids
        self.by_path = by_path
        self.rejected = rejected
        self.unknown: Counter[str] = Counter()
        self.known: set[str] = set()
        self.unread: list[Unread] = []
        self.assumed: list[Assumed] = []

    def insert(self, reader: Reader) -> dict[str, tuple[int, int]]:
        """Rows and refused rows per path."""
        self._map_files()
        faults = _faults(self.table, reader)
        is_accepted = "is_row" + "".join(f" and not ({test})" for test, _ in faults)
        profile = self._profile(reader, is_accepted)
        values = ", ".join(
            f"coalesce({quote_name(column.name)}, {column.absent_means})"
            if column.absent_means
            else quote_name(column.name)
            for column in self.table.columns
        )
        file_id = (
            str(next(iter(self.ids.values())))
            if len(self.ids) == 1
            else f"(select file_id from temp.landing_files where path = {FILE_COLUMN})"
        )
        self.connection.execute(
            f"insert into raw.{self.table.name} select {values}, {file_id} from {reader.relation} "
            f"where {is_accepted}"
        )
        if any(refused for _, refused in profile.values()):
            self._insert_rejected(reader, faults, is_accepted)
        if reader.is_json:
            keys = json_keys(self.connection)
            columns = {column.name for column in self.table.columns}
            self.known = {folded(key) for key in keys}
            self.unknown.update(
                {key: files for key, files in keys.items() if folded(key) not in columns}
            )
        self._save_unread()
        self.rejected.extend(reader.lines)
        return profile

    def _profile(self, reader: Reader, is_accepted: str) -> dict[str, tuple[int, int]]:
        """Counts every file's rows, and its values that cannot be read or for which something is
        assumed.
        """
        optional = {column.name for column in self.table.columns if not column.required}
        counted = [
            (kind, name)
            for kind in FLAGS
            for name in reader.flagged(kind)
            if kind != "unreadable" or name in optional
        ]
        unread_lines = "count(*) filter (json is null)" if reader.is_json else "0"
        sums = "".join(
            f", count(*) filter ({flag(kind, name)} and {is_accepted})" for kind, name in counted
        )
        rows_by_path = self.connection.execute(
            f"""
            select {FILE_COLUMN}, count(*), count(*) filter (not ({is_accepted})),
                {unread_lines}{sums}
            from {reader.relation} group by {FILE_COLUMN} order by {FILE_COLUMN}
            """
        ).fetchall()
        profile, shown = {}, {}
        for path, rows, refused, no_json, *found in rows_by_path:
            if no_json:
                reason = "the line is not a JSON object; write one object a line, in UTF-8"
                file = self._read_file(path)
                self.rejected.extend(
                    (path, reason, text) for text in lines_that_are_no_json(self.connection, file)
                )
            profile[path] = (rows - no_json, refused - no_json)
            for (kind, name), count in zip(counted, found, strict=True):
                if not count:
                    continue
                if kind != "unreadable":
                    self.assumed.append(Assumed(path, name, kind, count))
                    continue
                if name not in shown:
                    shown[name] = examples(self.connection, self.table, reader, name, is_accepted)
                self.unread.append(Unread(path, name, count, shown[name].get(path, [])))
        return profile

    def _read_file(self, path: str) -> LandedFile:
        """The file at a path, which may be the copy of one."""
        file = self.by_path[path]
        if str(file.path) == path:
            return file
        copy = Path(path)
        return LandedFile(file.table, copy.name, copy, "jsonl", copy.stat().st_size, 0)

    def _map_files(self) -> None:
        self.connection.execute(
            "create or replace temporary table landing_files (path varchar, file_id integer)"
        )
        self.connection.executemany(
            "insert into temp.landing_files values (?, ?)", list(self.ids.items())
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
                case when is_row then concat_ws('; ', {reasons}) else {no_row} end,
                    left({reader.record}, {RECORD_CHARACTERS})
            from {reader.relation} as rows
                inner join temp.landing_files as files on rows.{FILE_COLUMN} = files.path
            where not ({is_accepted}) and {is_read}
            """
        )

    def _save_unread(self) -> None:
        for one in self.unread:
            self.connection.execute(
                "insert into raw.unread_values values (?, ?, ?, ?, ?, ?)",
                [
                    self.ids[one.path], self.table.name, self.by_path[one.path].name, one.column,
                    one.rows, one.examples,
                ],
            )  # fmt: skip

    def insert_lines(self) -> None:
        for path, reason, text in self.rejected:
            self.connection.execute(
                "insert into raw.rejected_rows values (?, ?, ?, ?, ?)",
                [self.ids[path], self.table.name, path, reason, text],
            )
        for path, file in self.by_path.items():
            self.connection.execute(
                "update raw.rejected_rows set file_name = ? where file_id = ? and file_name <> ?",
                [file.name, self.ids[path], file.name],
            )


def _faults(table: RawTable, reader: Reader) -> list[tuple[str, str]]:
    """(test in SQL, reason) for everything that rejects a row of a table. A test is never null."""
    faults = []
    unreadable = set(reader.flagged("unreadable"))
    for column in table.columns:
        if not column.required:
            continue
        name = quote_name(column.name)
        missing = f"{name} is null"
        if column.name in unreadable:
            fails = flag("unreadable", column.name)
            faults.append((fails, f"{column.name} cannot be read; {cure(column)}"))
            missing += f" and not {fails}"
        if table.can_be_deleted and column.name not in (*table.key, "_loaded_at"):
            missing += " and not coalesce(_deleted, false)"
        faults.append((missing, f"{column.name} is required and is missing; fill it"))
        if column.accepted:
            allowed = ", ".join(quote_text(value) for value in column.accepted)
            faults.append(
                (
                    f"coalesce({name} not in ({allowed}), false)",
                    f"{column.name} must be one of {', '.join(column.accepted)}",
                )
            )
    return faults
