"""What a kind of source is: the shape that every folder of `kinds` holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.connectors.options import a_text

# Reasons of a gap, as the coverage says them.
NO_PERMISSION = "no permission"
NOT_IN_PLAN = "not in this plan"
NO_TABLE = "no such table"
NOT_ASKED = "not asked"
NOT_READ = "not read yet"
NO_COLUMN = "no such column"


class SourceFailed(Exception):
    """A source that could not be read.

    What had come is kept; other sources go on. The message says what to do.
    """


def failure_within(raised: BaseException | None) -> SourceFailed | None:
    """Of what a library raised while it read, what the reader did."""
    while raised is not None and not isinstance(raised, SourceFailed):
        raised = raised.__cause__ or raised.__context__
    return raised


@dataclass(frozen=True)
class Option:
    """An option of a source in touchledger.yml.

    `read` gives its value from what stands there, and raises ValueError with what would do.
    """

    summary: str
    read: Callable[[object], object] = a_text
    required: bool = False
    # Whether `init` asks for it, and beside which other option alone.
    asked: bool = False
    beside: str | None = None
    # The value is a place on this machine, relative to the configuration's folder.
    is_path: bool = False
    # The value is an address such as this one, in which no secret stands.
    url_like: str | None = None


@dataclass(frozen=True)
class Table:
    """A table of a kind's extracts: the columns that its SQL reads, and what it brings.

    `required` are those without which nothing can be made of the table: where the table is there
    and lacks one, translating stops and names it. `feeds` are the raw tables that are poorer where
    this one is missing or was not read whole.
    """

    columns: tuple[str, ...]
    required: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()

    def lacking(self, there: Set[str]) -> list[str]:
        """Which columns are missing, of a table that has those `there`, as messages name them."""
        return [column for column in self.columns if column not in there]

    def feeds_of(self, column: str) -> tuple[str, ...]:
        """The raw tables that are poorer without that column, as `lacking` names it."""
        return self.feeds


@dataclass(frozen=True)
class Source:
    """One entry of `sources` in touchledger.yml, checked.

    Times are naive UTC; paths are absolute.
    """

    name: str
    kind: Kind
    options: Mapping[str, object] = field(default_factory=dict)
    # Where it stands, for messages: file and line.
    place: str = ""
    # Beside others: event types left to a source, by type; sources that count before it, by raw
    # table.
    yields: Mapping[str, str] = field(default_factory=dict)
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def portal(self) -> str | None:
        value = self.options.get("portal")
        return None if value is None else str(value)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets that it may take: a password only where it names a database."""
        return tuple(
            what for what in self.kind.secrets if what != "password" or "url" in self.options
        )

    @property
    def since(self) -> datetime | None:
        value = self.options.get("since")
        return value if isinstance(value, datetime) else None

    @property
    def brings(self) -> tuple[str, ...]:
        """Event types that the source is to bring; none named: all."""
        value = self.options.get("brings")
        return tuple(value) if isinstance(value, (list, tuple)) else ()

    @property
    def possible_event_types(self) -> tuple[str, ...]:
        """Event types that the source can bring; a tracker's are page views and those that its
        option `events` names.
        """
        if "events" not in self.kind.options:
            return self.kind.event_types
        mapped = json.loads(str(self.options.get("events") or "{}"))
        return tuple(dict.fromkeys(("page_view", *mapped.values())))

    @property
    def event_types(self) -> tuple[str, ...]:
        """Event types that the source brings."""
        return self.brings or self.possible_event_types

    @property
    def first_associations(self) -> str:
        return str(self.options.get("first_associations", "created"))


@dataclass(frozen=True)
class Check:
    """What a small request about one thing of a source said.

    `allowed` None: not needed, only told.
    """

    what: str
    allowed: bool | None
    says: str = ""
    # A variable that the source says the value of: its name and value.
    variable: tuple[str, str] | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of source.

    `tables` are its extracts by name, `brings` the raw tables that its SQL makes, `lacks` those
    that it cannot, with the reason. `pull` writes what the source has through the given Pull;
    `check` asks with one small request per endpoint and changes nothing. `cure` says, for a missing
    required column, how to ask the loader for it.
    """

    name: str
    summary: str
    folder: Path
    tables: Mapping[str, Table]
    pull: Callable[[Source, Any], None]  # the second: orchestration.connectors.pull.Pull
    check: Callable[[Source], list[Check]]
    options: Mapping[str, Option] = field(default_factory=dict)
    lacks: Mapping[str, str] = field(default_factory=dict)
    # The tables without which the source is of no use: none of them there is an error.
    needs: tuple[str, ...] = ()
    # Its extracts are answers to requests: a table that is not there was asked for in vain or not
    # at all, as the ledger says.
    asks: bool = False
    # Event types that it can bring.
    event_types: tuple[str, ...] = ()
    cure: str = "ask the loader for it"
    # token, password: the secrets that it may take.
    secrets: tuple[str, ...] = ()
    # Options of which a source states just one, each with what it is.
    either: Mapping[str, str] = field(default_factory=dict)

    @property
    def either_said(self) -> str:
        return " or ".join(f"{name} ({what})" for name, what in self.either.items())

    def lacks_one(self, stated: Collection[str]) -> bool:
        """Whether of the options `either` not just one is stated."""
        return bool(self.either) and sum(name in stated for name in self.either) != 1

    @property
    def brings(self) -> tuple[str, ...]:
        """The raw tables that the folder's SQL makes."""
        return tuple(sorted(file.stem for file in self.folder.glob("[a-z]*.sql")))
