"""The request ledger: what was asked in which pull, and whether the answer was whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from orchestration.connectors.loads import WHOLE_PULL
from orchestration.ground.clock import now

BEGUN, FINISHED = "begun", "finished"
# An entry in the middle of what it reads: the next pull goes on from its cursor.
UNDER_WAY = "under way"
# One of several things that could not be read, where the others were.
UNREADABLE = "cannot be read"


@dataclass(frozen=True)
class Asked:
    """What one thing read is: a table, of a parent and a type where it is one of many."""

    table: str
    parent: str | None = None
    asset_type: str | None = None


@dataclass
class Entry:
    """How reading one thing came out. `cursor` is where it goes on while it is under way; of a
    loader's table that was read, which columns it had.
    """

    asked: Asked
    is_complete: bool = False
    status: str = ""
    reason: str | None = None
    pages: int = 0
    rows: int = 0
    cursor: str | None = None
    ended_at: datetime = field(default_factory=now)

    @property
    def is_settled(self) -> bool:
        """Nothing more is to be read of it in this pull, complete or not."""
        return self.status != UNDER_WAY

    def row(self, pull: int, seq: int, started_at: datetime) -> dict[str, object]:
        return {
            "_pull": pull,
            "seq": seq,
            "table_name": self.asked.table,
            "parent_id": self.asked.parent,
            "asset_type": self.asked.asset_type,
            "started_at": started_at.isoformat(),
            "ended_at": self.ended_at.isoformat(),
            "pages": self.pages,
            "rows": self.rows,
            "status": self.status,
            "is_complete": self.is_complete,
            "reason": self.reason,
            "cursor": self.cursor,
        }


@dataclass(frozen=True)
class Begun:
    """A pull that was begun: its number, its start (naive UTC), whether it was full, since when,
    and whether it has ended.
    """

    number: int
    started_at: datetime
    is_finished: bool


def last_pull(connection: duckdb.DuckDBPyConnection) -> Begun | None:
    """The newest pull that the extracts know, None before the first."""
    row = connection.execute(
        "select _pull, _pulled_at, is_finished from _pulls order by _pull desc limit 1"
    ).fetchone()
    return Begun(*row) if row else None


def request_of(connection: duckdb.DuckDBPyConnection, pull: int) -> str | None:
    """What was asked for when a pull began (`reason` of its first entry)."""
    row = connection.execute(
        "select reason from _entries where _pull = ? and table_name = ? and status = ? limit 1",
        [pull, WHOLE_PULL, BEGUN],
    ).fetchone()
    return row[0] if row else None


def entries_of(connection: duckdb.DuckDBPyConnection, pull: int) -> dict[Asked, Entry]:
    """What a pull has read so far."""
    rows = connection.execute(
        "select table_name, parent_id, asset_type, is_complete, status, reason, pages, rows, "
        "cursor from ledger where _pull = ?",
        [pull],
    ).fetchall()
    return {Asked(*row[:3]): Entry(Asked(*row[:3]), *row[3:]) for row in rows}
