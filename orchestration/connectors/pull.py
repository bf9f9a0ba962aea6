"""Pulling: what a source says becomes rows of extracts, in loads that are whole or not there, each
with its part of the ledger.

A load is one run of a dlt pipeline to the filesystem below HOME. A pull that is interrupted leaves
its loads; the next one takes them up, under the same number and start, and goes on with what the
ledger does not have.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.connectors.extracts import Pending, open_extracts
from orchestration.connectors.kind import Source
from orchestration.connectors.ledger import (
    BEGUN,
    FINISHED,
    UNDER_WAY,
    Asked,
    Entry,
    entries_of,
    last_pull,
    request_of,
)
from orchestration.connectors.library import held_signals, quiet_dlt
from orchestration.connectors.loads import LEDGER, LEDGER_COLUMNS, WHOLE_PULL, extracts_folder
from orchestration.ground.clock import now
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_text

if TYPE_CHECKING:
    import pyarrow as pa

# What is lost at most when a pull is killed: rows, and seconds of reading.
ROWS_AT_ONCE, SECONDS_AT_ONCE = 20_000, 5.0
# Types of the ledger, as Arrow calls them.
_TYPES = {"bigint": "int64", "boolean": "bool", "varchar": "string"}


class PullStopped(Exception):
    """A pull that stopped early. The next pull continues it; the message says where."""


class Pull:
    """One pull of one source.

    A kind's `pull` writes through it: `begin`, then `add` and `note`, or `load`.

    `number` counts the pulls of a source from 1; `full` asks for full listings; `since` bounds
    events. What earlier pulls and this one have brought is read with `extracts`.
    """

    def __init__(
        self,
        source: Source,
        settings: Settings,
        *,
        since: datetime | None = None,
        full: bool = False,
    ) -> None:
        self.source, self.settings = source, settings
        self._started_at: datetime | None = None
        # What came before is looked at again and again: opening a database takes longer than that.
        self._database: duckdb.DuckDBPyConnection | None = None
        self._rows: dict[str, list[dict[str, str | None]]] = defaultdict(list)
        self._entries: list[Entry] = []
        self._buffered = self._seq = 0
        self._written_at = time.monotonic()
        self._start_anew()
        self.entries: dict[Asked, Entry] = {}
        self.since = since or source.since
        asked = f"full={full};since={self.since.isoformat() if self.since else ''}"
        with self.extracts() as connection:
            last = last_pull(connection)
            self.resumed = last is not None and not last.is_finished
            self.number = last.number + (not self.resumed) if last else 1
            if last and self.resumed:
                self._started_at = last.started_at
                self.entries = entries_of(connection, self.number)
                asked = request_of(connection, self.number) or asked
                # Above what the interrupted pull has written, whatever of it is not in the ledger.
                self._seq = len(self.entries) + 1_000_000
        self.full = full
        if self.resumed:  # as it was begun
            stated = dict(part.partition("=")[::2] for part in asked.split(";"))
            self.full = stated.get("full") == "True"
            begun = stated.get("since")
            self.since = datetime.fromisoformat(begun) if begun else None
        self._asked = asked

    @property
    def _work(self):
        return self.settings.private / "dlt" / self.source.name

    def _start_anew(self) -> None:
        """What dlt works with is made anew: a load that was not finished is read again."""
        shutil.rmtree(self._work, ignore_errors=True)
        self._pipeline: Any = None

    @property
    def started_at(self) -> datetime:
        """The pull's one start, naive UTC; the machine's clock where nothing else was said before
        the first load.
        """
        if self._started_at is None:
            self.begin(now())
        assert self._started_at is not None
        return self._started_at

    def begin(self, instant: datetime) -> None:
        """Says when the pull began by the source's own clock; a pull that is taken up keeps its
        start.
        """
        if self._started_at is None:
            self._started_at = instant
            self._entries.append(Entry(Asked(WHOLE_PULL), status=BEGUN, reason=self._asked))

    def settled(self, asked: Asked) -> bool:
        """Whether this pull has already read that, to its end or to an answer that ended it."""
        entry = self.entries.get(asked)
        return entry is not None and entry.is_settled

    def cursor(self, asked: Asked) -> str | None:
        """Where reading that goes on, None from its beginning."""
        entry = self.entries.get(asked)
        return None if entry is None or entry.is_settled else entry.cursor

    def add(self, table: str, rows: Iterable[dict[str, str | None]]) -> int:
        """Rows of a table as text, to be written with the next load; returns their number."""
        before = len(self._rows[table])
        self._rows[table].extend(rows)
        added = len(self._rows[table]) - before
        self._buffered += added
        return added

    def note(self, entry: Entry) -> None:
        """An entry of the ledger, to be written with the same load as the rows added before it."""
        self.entries[entry.asked] = entry
        self._entries.append(entry)

    def forget(self, asked: Asked) -> None:
        """Takes back an entry that was not written yet: the pull is to go on there."""
        self.entries.pop(asked, None)
        self._entries = [entry for entry in self._entries if entry.asked != asked]

    def is_due(self) -> bool:
        """Whether it is time to write what was added."""
        return (
            self._buffered + len(self._entries) >= ROWS_AT_ONCE
            or time.monotonic() - self._written_at > SECONDS_AT_ONCE
        )

    def write(self) -> None:
        """Writes what was added as one load. Nothing added: nothing happens."""
        if self._rows or self._entries:
            self.load([])

    def load(self, resources: Sequence[Any], entries: Iterable[Entry] = ()) -> None:
        """Runs dlt resources, whose names are tables of the kind, into the extracts as one load.

        Each resource is noted as complete unless `entries` says otherwise. Where one raises, the
        whole load is not there, and they are noted as not read to their end.
        """
        dlt = quiet_dlt()
        started_at = self.started_at
        given = {entry.asked: entry for entry in entries}
        for resource in resources:
            asked = Asked(resource.name)
            given.setdefault(asked, Entry(asked, is_complete=True, status="read"))
        known, waiting = dict(self.entries), list(self._entries)
        for entry in given.values():
            self.note(entry)
        parts = [
            dlt.resource([self._table(name, rows)], name=name, write_disposition="append")
            for name, rows in self._rows.items()
            if rows
        ]
        parts.append(
            dlt.resource([self._ledger(started_at)], name=LEDGER, write_disposition="append")
        )
        if self._pipeline is None:
            self._pipeline = self._make_pipeline(dlt)
        # Its logger is as it was when dlt was first asked for anything.
        logging.getLogger("dlt").setLevel(logging.CRITICAL)
        try:
            with held_signals():
                self._pipeline.run(
                    [*resources, *parts], loader_file_format="parquet", write_disposition="append"
                )
        except Exception:
            self.entries, self._entries = known, waiting
            for resource in resources:
                self.note(Entry(Asked(resource.name), status=UNDER_WAY))
            self._start_anew()
            raise
        self._seq += len(self._entries)
        self._rows.clear()
        self._entries.clear()
        self._buffered = 0
        self._written_at = time.monotonic()

    def finish(self) -> None:
        """The pull is over; the next one is a new one."""
        self._entries.append(Entry(Asked(WHOLE_PULL), True, FINISHED, ended_at=now()))
        self.write()

    def close(self) -> None:
        """Lets go of what came before, for others to read."""
        if self._database is not None:
            self._database.close()
            self._database = None

    @contextmanager
    def extracts(
        self, *tables: str, is_own: bool = False, of: int | None = None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """What has come so far, this pull included, written or not, as views of `tables` and of the
        ledger: see `open_extracts`. With `is_own`, the tables have this pull's rows alone, which
        costs the same however many pulls there were; with `of`, those of the pull of that number,
        and what is not written yet.
        """
        pending = None
        if self._entries or self._buffered:
            rows = {name: self._table(name, rows) for name, rows in self._rows.items() if rows}
            pending = Pending(rows, self._ledger(self.started_at))
        if self._database is None:
            self._database = duckdb.connect()
            limit_memory(self._database, self.settings)
        with self._database.cursor() as connection:
            open_extracts(
                connection,
                self.settings,
                self.source,
                pending=pending,
                tables=tables,
                pull=self.number if is_own else of,
            )
            yield connection

    def _table(self, name: str, rows: list[dict[str, str | None]]) -> pa.Table:
        import pyarrow as pa

        columns = self.source.kind.tables[name].columns
        return pa.Table.from_pylist(rows, pa.schema([(column, pa.string()) for column in columns]))

    def _ledger(self, started_at: datetime) -> pa.Table:
        import pyarrow as pa

        rows = [
            entry.row(self.number, self._seq + place, started_at)
            for place, entry in enumerate(self._entries)
        ]
        schema = pa.schema([(name, _TYPES[kind]) for name, kind in LEDGER_COLUMNS.items()])
        return pa.Table.from_pylist(rows, schema)

    def _make_pipeline(self, dlt: Any) -> Any:
        folder = extracts_folder(self.settings, self.source)
        folder.parent.mkdir(parents=True, exist_ok=True)
        return dlt.pipeline(
            f"touchledger_{self.source.name}",
            pipelines_dir=str(self._work),
            destination=dlt.destinations.filesystem(
                bucket_url=folder.parent.as_uri(),
                enable_dataset_name_normalization=False,
                kwargs={"auto_mkdir": True},
            ),
            dataset_name=self.source.name,
        )


def limit_memory(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Keeps a connection within the run's memory and threads; what does not fit goes to HOME's
    scratch folder.
    """
    scratch = settings.private / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    connection.execute(f"set temp_directory = {quote_text(str(scratch))}")
    limit = str(settings.variables.get("memory_limit", "") or "")
    if limit and limit != "none":
        connection.execute(f"set memory_limit = '{limit}'")
    connection.execute("set preserve_insertion_order = false; set enable_progress_bar = false")


def pull_source(
    source: Source, settings: Settings, *, since: datetime | None = None, full: bool = False
) -> Pull:
    """Pulls one source to its end.

    Raises PullStopped or what the kind raises; what had come is kept, and the next pull goes on
    from there.
    """
    pull = Pull(source, settings, since=since, full=full)
    try:
        source.kind.pull(source, pull)
    except Exception:
        pull.write()
        raise
    else:
        pull.finish()
    finally:
        pull.close()
    return pull
