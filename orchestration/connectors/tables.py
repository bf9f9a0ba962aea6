"""Tables of a loader or tracker: how a kind declares them, how they are found by name, and what a
place of them can do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from orchestration.connectors.kind import NO_PERMISSION, Table
from orchestration.connectors.ledger import Entry

if TYPE_CHECKING:
    from orchestration.connectors.pull import Pull

# The column that says which of several tables a row is from.
FROM_TABLE = "_table"
# A pattern of no table: the options ask for none.
NO_NAME = r"(?!)"
WHOLE, NEW, UNCHANGED, ABSENT, REFUSED = "whole", "new rows", "unchanged", "absent", "refused"


def loose(name: str) -> str:
    """A name without case and inner separators: createdAt, created_at and CREATED-AT are one."""
    lead = name[: len(name) - len(name.lstrip("_"))]
    return lead + re.sub(r"[^a-z0-9]", "", name.lower())


def is_asked(table: LoaderTable, options: Mapping[str, object]) -> bool:
    """Whether the source's options want a table at all."""
    return table.names is None or table.names(options) != NO_NAME


def _spellings(column: str | tuple[str, ...]) -> tuple[str, ...]:
    return (column,) if isinstance(column, str) else column


@dataclass(frozen=True)
class LoaderTable(Table):
    """A table of a loader; `loader_table` makes one.

    `groups` are columns that loaders spell in several ways: one of each is enough. `clock` names
    the columns that may say when the loader wrote a row, best first. `always_whole`: every pull
    reads the whole table, because an absent row means something. `names` turns the source's options
    into a regular expression, for a table that is split over many. `only`: the columns that one raw
    table alone needs.
    """

    groups: tuple[tuple[str, ...], ...] = ()
    clock: tuple[str, ...] = ()
    always_whole: bool = False
    names: Callable[[Mapping[str, object]], str] | None = None
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def feeds_of(self, column: str) -> tuple[str, ...]:
        named = tuple(raw for raw, columns in self.only.items() if column in columns)
        return named or tuple(raw for raw in self.feeds if raw not in self.only)

    def lacking(self, there: Set[str]) -> list[str]:
        return [" or ".join(group) for group in self.groups if there.isdisjoint(group)]


def loader_table(
    *,
    feeds: tuple[str, ...],
    required: tuple[str | tuple[str, ...], ...],
    optional: tuple[str | tuple[str, ...], ...] = (),
    clock: tuple[str, ...] = (),
    always_whole: bool = False,
    names: Callable[[Mapping[str, object]], str] | None = None,
    silent: tuple[str, ...] = (),
    only: Mapping[str, tuple[str, ...]] | None = None,
) -> LoaderTable:
    """A table of a loader: without its `required` columns nothing can land; the coverage names
    `optional` ones that are missing.

    A tuple of names is one column in several spellings. `silent` columns are read where they are,
    and no gap where they are not.
    """
    needed = tuple(_spellings(column) for column in required)
    groups = (*needed, *(_spellings(column) for column in optional))
    columns = dict.fromkeys(name for group in groups for name in group)
    columns |= dict.fromkeys((*silent, *clock))
    if names is not None:
        columns[FROM_TABLE] = None
    return LoaderTable(
        columns=tuple(columns),
        required=tuple(" or ".join(group) for group in needed),
        feeds=feeds,
        groups=groups,
        clock=clock,
        always_whole=always_whole,
        names=names,
        only=only or {},
    )


def for_visitors(
    visitor: tuple[str | tuple[str, ...], ...], event: tuple[str | tuple[str, ...], ...]
) -> Mapping[str, tuple[str, ...]]:
    """`only` of a tracker's table: optional columns that say who a visitor is, and those that
    events alone have.
    """
    visitors = tuple(" or ".join(_spellings(column)) for column in visitor)
    events = tuple(" or ".join(_spellings(column)) for column in event)
    return {
        "events": (*visitors, *events),
        "visitor_identities": visitors,
        "visitor_emails": visitors,
    }


# --- What a place of tables is ------------------------------------------------------------------


@dataclass
class Reading:
    """What is to be read of a table: batches of text columns, whether that is all of it, what there
    is to remember of it, and why what is missing from it means nothing.
    """

    batches: Iterator[pa.Table]
    status: str
    entries: tuple[Entry, ...] = ()
    reason: str | None = None


class Refused(Exception):
    """A table that is there and may not be read, or the `columns` of one that may not."""

    def __init__(self, columns: tuple[str, ...] = ()) -> None:
        self.columns = columns
        of = f" on {', '.join(columns)}" if columns else ""
        super().__init__(f"{NO_PERMISSION}{of}")


class Place(Protocol):
    """A database or a folder that has tables."""

    def tables(self) -> list[str]:
        """The names of all tables there. Raises SourceFailed."""

    def columns(self, name: str) -> list[str]:
        """The names of a table's columns."""

    def read(self, table_name: str, table: LoaderTable, found: list[str], pull: Pull) -> Reading:
        """What of the tables `found`, which are the kind's `table_name`, is to be read now. Raises
        Refused.
        """

    def close(self) -> None: ...


# What stands around a table's name where somebody copied it: the schema, the loader, the tool.
_BEFORE = (
    *("airbyte", "raw", "fivetran", "dlt", "example", "sample", "src", "source", "seed", "ads"),
    *("export", "atomic"),
)
# What Airbyte has between a namespace and the stream whose raw records the table has.
_RAW_STREAM = "raw__stream_"
_BEHIND = ("data", "seed", "sample", "raw")


def bare_name(name: str, kind_name: str, joint: str = "") -> str:
    """A table's name without its schema, and without the words of its loader around it."""
    own = name.rpartition(".")[2].lower().rpartition(_RAW_STREAM)[2]
    words = [word for word in re.split(r"[^0-9a-z]+", own) if word]
    around = (*_BEFORE, *kind_name.split("_"))
    while len(words) > 1 and words[0] in around:
        words = words[1:]
    while len(words) > 1 and words[-1] in _BEHIND:
        words = words[:-1]
    return joint.join(words)


def found_tables(
    name: str,
    table: LoaderTable,
    there: list[str],
    options: Mapping[str, object],
    kind_name: str = "",
) -> list[str]:
    """Which of the tables that are `there` are the kind's table `name`, in order."""
    if table.names is not None:
        pattern = re.compile(table.names(options), re.IGNORECASE)
        found = sorted(one for one in there if pattern.fullmatch(one))
        return found or sorted(
            one for one in there if pattern.fullmatch(bare_name(one, kind_name, "_"))
        )
    exact = [one for one in there if one == name]
    close = [one for one in there if loose(one) == loose(name)]
    bare = [one for one in there if bare_name(one, kind_name) == loose(name)]
    return exact or sorted(close)[:1] or sorted(bare)[:1]


def match_columns(wanted: tuple[str, ...], there: list[str]) -> dict[str, str]:
    """The columns that a table has of those wanted: its own name by the wanted one; exact names
    before those of another case or form.
    """
    by_name = {name: name for name in reversed(there)}
    by_case = {name.lower(): name for name in reversed(there)}
    by_form = {loose(name): name for name in reversed(there)}
    found = {}
    for name in wanted:
        own = by_name.get(name) or by_case.get(name.lower()) or by_form.get(loose(name))
        if own is not None:
            found[name] = own
    return found


# --- Texts --------------------------------------------------------------------------------------


def text_table(columns: tuple[str, ...], texts: Mapping[str, Any], rows: int) -> pa.Table:
    """An extract's batch: those of `columns` that the source has, as text."""
    arrays = {name: pa.array(texts[name], pa.string()) for name in columns if name in texts}
    return pa.table(arrays) if arrays else pa.table({"_": pa.nulls(rows, pa.string())})
