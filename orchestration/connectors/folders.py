"""Tables of a loader as files: `<path>/<table>.<ending>` or `<path>/<table>/**`, any case.

What is new is what files are new or changed.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from orchestration.connectors.kind import Source, SourceFailed
from orchestration.connectors.ledger import Asked, Entry
from orchestration.connectors.table_files import ending, is_empty, scan, unreadable
from orchestration.connectors.tables import (
    FROM_TABLE,
    NEW,
    UNCHANGED,
    WHOLE,
    LoaderTable,
    Reading,
    match_columns,
)
from orchestration.ground.files import files_below
from orchestration.ground.sql import quote_name, quote_text

if TYPE_CHECKING:
    from orchestration.connectors.pull import Pull

ROWS_AT_ONCE = 50_000
READ = "read file"
# What BigQuery puts behind the name of each file of a table that it exports in several.
_SHARD = re.compile(r"[-_]0{6}[0-9]{6}$")


class Folder:
    """A folder of tables. dlt's filesystem source lists the files; DuckDB reads them, in
    batches.
    """

    def __init__(self, path: Path, source: Source) -> None:
        self.path, self.source = path, source
        self._files: dict[str, list[tuple[Path, str]]] | None = None

    def close(self) -> None:
        self._files = None

    def _listed(self) -> dict[str, list[tuple[Path, str]]]:
        """The files of each table, in order, each with what tells that it changed."""
        if self._files is not None:
            return self._files
        if not self.path.is_dir():
            raise SourceFailed(
                f"There is no folder {self.path} for source {self.source.name}; mind path in the "
                f"configuration"
            )
        os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
        from dlt.sources.filesystem import filesystem

        files_below(self.path)  # what cannot be read is passed over by dlt
        found: dict[str, list[tuple[Path, str]]] = defaultdict(list)
        for item in filesystem(bucket_url=self.path.as_uri(), file_glob="**/*"):
            relative = Path(item["relative_path"])
            form = ending(relative)
            inner = relative.parts[1:]
            if form is None or any(part.startswith((".", "_")) for part in inner):
                continue
            table = relative.parts[0] if inner else _SHARD.sub("", relative.name[: -len(form)])
            mark = f"{item['size_in_bytes']}:{item['modification_date'].isoformat()}"
            found[table].append((self.path / relative, mark))
        self._files = {table: sorted(files) for table, files in sorted(found.items())}
        return self._files

    def tables(self) -> list[str]:
        return list(self._listed())

    def columns(self, name: str) -> list[str]:
        """The columns of all files; none where every file is empty."""
        names: dict[str, None] = {}
        with duckdb.connect() as connection:
            for file, _ in self._listed()[name]:
                if not is_empty(file):
                    names.update(dict.fromkeys(scan(connection, file)[1]))
        return list(names)

    def read(self, table_name: str, table: LoaderTable, found: list[str], pull: Pull) -> Reading:
        """All files, or those that are new or changed since earlier pulls."""
        listed = [(name, file, mark) for name in found for file, mark in self._listed()[name]]
        known: dict[str, str] = {}
        if not (pull.full or table.always_whole):
            with pull.extracts() as connection:
                known = dict(
                    connection.execute(
                        (
                            "select parent_id, arg_max(cursor, _pull) from ledger where "
                            "table_name = ? and status = ? group by all"
                        ),
                        [table_name, READ],
                    ).fetchall()
                )
        wanted = [one for one in listed if known.get(self._relative(one[1])) != one[2]]
        if not wanted:
            return Reading(iter(()), UNCHANGED)
        # A file cut off before its first line does not say that there is nothing.
        empty = [one for one in wanted if is_empty(one[1])]
        wanted = [one for one in wanted if one not in empty]
        entries = tuple(
            Entry(Asked(table_name, self._relative(file)), True, READ, cursor=mark)
            for _, file, mark in wanted
        )
        return Reading(
            self._batches(table, [(name, file) for name, file, _ in wanted]),
            WHOLE if len(wanted) == len(listed) else NEW,
            entries,
            "; ".join(f"{self._relative(file)} is empty" for _, file, _ in empty) or None,
        )

    def _relative(self, file: Path) -> str:
        return file.relative_to(self.path).as_posix()

    def _batches(self, table: LoaderTable, files: list[tuple[str, Path]]) -> Iterator[pa.Table]:
        for name, file in files:
            with duckdb.connect(config={"threads": 1}) as connection:
                connection.execute("set timezone = 'UTC'")
                scanned, texts = scan(connection, file)
                columns = match_columns(table.columns, list(texts))
                if not columns:
                    raise SourceFailed(
                        f"{file} has none of the columns of {name}; it has "
                        f"{', '.join(list(texts)[:8]) or 'none'}. Mind the delimiter and the header"
                    )
                selected = [
                    f"{texts[own]} as {quote_name(wanted)}" for wanted, own in columns.items()
                ]
                if table.names is not None:
                    selected.append(f"{quote_text(name)} as {quote_name(FROM_TABLE)}")
                try:
                    reader = connection.sql(
                        f"select {', '.join(selected)} from {scanned}"
                    ).to_arrow_reader(ROWS_AT_ONCE)
                    for batch in reader:
                        yield pa.Table.from_batches([batch])
                # What DuckDB says behind the first rows comes as an error of Arrow.
                except (duckdb.Error, pa.ArrowException, OSError) as error:
                    raise unreadable(file, error) from None
