"""Kinds that read the tables of a loader or tracker: how they declare them, and how a pull of one goes.

A table is read whole, or only what the loader's clock or the files say is new since the pulls before. Which it was stands in the ledger:
`whole` means that what is absent is gone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from orchestration.connectors.kind import (
    NO_TABLE,
    Check,
    Kind,
    Option,
    Source,
    SourceFailed,
    Table,
)
from orchestration.connectors.ledger import Asked, Entry
from orchestration.ground.errors import SettingsError

if TYPE_CHECKING:
    from orchestration.connectors.pull import Pull

# The column that says which of several tables a row is from.
FROM_TABLE = "_table"
WHOLE, NEW, UNCHANGED, ABSENT = "whole", "new rows", "unchanged", "absent"


def loose(name: str) -> str:
    """A name without case and inner separators: createdAt, created_at and CREATED-AT are one."""
    lead = name[: len(name) - len(name.lstrip("_"))]
    return lead + re.sub(r"[^a-z0-9]", "", name.lower())


def _spellings(column: str | tuple[str, ...]) -> tuple[str, ...]:
    return (column,) if isinstance(column, str) else column


@dataclass(frozen=True)
class LoaderTable(Table):
    """A table of a loader; see `loader_table`, which makes one.

    `groups` are columns that loaders spell in several ways: one of each is enough. `clock` names the columns that may say when the
    loader wrote a row, the best first. `always_whole`: every pull reads all of it, because what is absent from it means something.
    `names` gives a regular expression for the names of many tables that are one, from the source's options. `only`: a raw table that
    needs just these columns of it, which are for no other.
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
        return [" or ".join(group) for group in self.groups if not there.intersection(group)]


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
    """A table of a loader: without its `required` columns nothing can land; the coverage names `optional` ones that are missing.

    A tuple of names is one column in several spellings. `silent` columns are read where they are, and no gap where they are not.
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


# --- What a place of tables is ------------------------------------------------------------------


@dataclass
class Reading:
    """What is to be read of a table: batches of text columns, whether that is all of it, and what there is to remember of it."""

    batches: Iterator[pa.Table]
    status: str
    entries: tuple[Entry, ...] = ()


class Place(Protocol):
    """A database or a folder that has tables."""

    def tables(self) -> list[str]:
        """The names of all tables there. Raises SourceFailed."""

    def columns(self, name: str) -> list[str]:
        """The names of a table's columns."""

    def read(self, table_name: str, table: LoaderTable, found: list[str], pull: Pull) -> Reading:
        """What of the tables `found`, which are the kind's `table_name`, is to be read now."""

    def close(self) -> None: ...


def open_place(source: Source) -> Place:
    """The database or folder of a source. Raises SettingsError where the source names neither or both."""
    url, path = source.options.get("url"), source.options.get("path")
    if (url is None) == (path is None):
        raise SettingsError(
            f"{source.place}: source {source.name} needs either url (a database) or path (a folder of files)"
        )
    if path is not None:
        from orchestration.connectors.folders import Folder

        return Folder(Path(str(path)), source)
    from orchestration.connectors.databases import Database

    return Database(str(url), source)


def found_tables(
    name: str, table: LoaderTable, there: list[str], options: Mapping[str, object]
) -> list[str]:
    """Which of the tables that are `there` are the kind's table `name`, in order."""
    if table.names is not None:
        pattern = re.compile(table.names(options), re.IGNORECASE)
        return sorted(one for one in there if pattern.fullmatch(one))
    exact = [one for one in there if one == name]
    close = [one for one in there if loose(one) == loose(name)]
    return exact or sorted(close)[:1]


def match_columns(wanted: tuple[str, ...], there: list[str]) -> dict[str, str]:
    """The columns that a table has of those wanted: its own name by the wanted one; exact names before those of another case or form."""
    by_name = {name: name for name in reversed(there)}
    by_case = {name.lower(): name for name in reversed(there)}
    by_form = {loose(name): name for name in reversed(there)}
    found = {}
    for name in wanted:
        own = by_name.get(name) or by_case.get(name.lower()) or by_form.get(loose(name))
        if own is not None:
            found[name] = own
    return found


# --- Pull and check -----------------------------------------------------------------------------


def pull_tables(source: Source, pull: Pull) -> None:
    """Pulls every table of the kind that is there, a load each; one that was read before this pull was interrupted is not read again."""
    place = open_place(source)
    try:
        there = place.tables()
        matched = {
            name: found_tables(name, table, there, source.options)
            for name, table in _tables(source)
        }
        _need_something(source, matched, there)
        for name, table in _tables(source):
            if not pull.settled(Asked(name)):
                _pull_table(name, table, matched[name], place, pull)
        pull.write()
    finally:
        place.close()


def _tables(source: Source) -> list[tuple[str, LoaderTable]]:
    return [(name, one) for name, one in source.kind.tables.items() if isinstance(one, LoaderTable)]


def _need_something(source: Source, matched: Mapping[str, list[str]], there: list[str]) -> None:
    needed = source.kind.needs or tuple(matched)
    if not any(matched[name] for name in needed):
        what = source.options.get("path") or f"schema {source.options.get('schema') or 'default'}"
        seen = f"it has {', '.join(sorted(there)[:8])}" if there else "it has no table"
        raise SettingsError(
            f"Source {source.name}: {what} has none of the tables {', '.join(needed)}, on which everything hangs; {seen}. "
            "Name the schema or folder into which the loader writes"
        )


def _pull_table(name: str, table: LoaderTable, found: list[str], place: Place, pull: Pull) -> None:
    import dlt

    if not found:
        pull.note(Entry(Asked(name), status=ABSENT, reason=NO_TABLE))
        return
    reading = place.read(name, table, found, pull)
    entry = Entry(Asked(name), is_complete=True, status=reading.status)

    def counted() -> Iterator[pa.Table]:
        for batch in reading.batches:
            if batch.num_rows:
                entry.rows += batch.num_rows
                yield batch

    if reading.status == UNCHANGED:
        pull.note(entry)
        return
    pull.load([dlt.resource(counted, name=name)], [entry, *reading.entries])


def check_tables(source: Source) -> list[Check]:
    """Which tables and columns are there, asking for no row."""
    place = open_place(source)
    try:
        there = place.tables()
        checks = []
        for name, table in _tables(source):
            found = found_tables(name, table, there, source.options)
            if not found:
                checks.append(Check(name, None, NO_TABLE))
                continue
            columns = match_columns(table.columns, place.columns(found[0]))
            lacking = table.lacking({*columns, FROM_TABLE})
            needed = [column for column in table.required if column in lacking]
            if needed:
                checks.append(
                    Check(name, False, f"no column {', '.join(needed)}; {source.kind.cure}")
                )
            else:
                says = f"without {', '.join(lacking)}" if lacking else ""
                checks.append(Check(name, True, says))
        return checks
    finally:
        place.close()


# --- Texts --------------------------------------------------------------------------------------


def text_table(columns: tuple[str, ...], texts: Mapping[str, Any], rows: int) -> pa.Table:
    """An extract's batch: those of `columns` that the source has, as text."""
    arrays = {name: pa.array(texts[name], pa.string()) for name in columns if name in texts}
    return pa.table(arrays) if arrays else pa.table({"_": pa.nulls(rows, pa.string())})


# --- Options ------------------------------------------------------------------------------------


def _events(value: object) -> str:
    """A mapping of event names to event types, as JSON text. Raises ValueError."""
    if isinstance(value, str):
        value = json.loads(value)
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise ValueError("write names and event types such as {Form Submitted: form_submission}")
    return json.dumps({str(name): str(kind) for name, kind in value.items()})


def _identify(value: object) -> str:
    if value not in ("email", "user_id"):
        raise ValueError("write email (addresses) or user_id (it is the contact id)")
    return str(value)


PLACE: Mapping[str, Option] = {
    "url": Option(
        "the database, such as postgresql://reader@127.0.0.1:5432/lake (the password in the environment)",
        asked=True,
    ),
    "schema": Option("the schema into which the loader writes", asked=True),
    "path": Option("or a folder of the tables as Parquet, CSV or JSONL", asked=True, is_path=True),
}
WEB: Mapping[str, Option] = {
    **PLACE,
    "identify": Option(
        "who a user id is: email (an address), or user_id (the contact id)", _identify, asked=True
    ),
    "events": Option("which events to bring, such as {Form Submitted: form_submission}", _events),
}


def loader_kind(
    name: str,
    summary: str,
    folder: Path,
    tables: Mapping[str, LoaderTable],
    *,
    options: Mapping[str, Option] = PLACE,
    needs: tuple[str, ...] = (),
    lacks: tuple[str, ...] = (),
    event_types: tuple[str, ...] = (),
    cure: str = "ask the loader to bring it",
) -> Kind:
    """A kind that reads tables from a database or a folder; `lacks` are the raw tables that no table of the loader has."""
    return Kind(
        name=name,
        summary=summary,
        folder=folder,
        tables=tables,
        pull=pull_tables,
        check=check_tables,
        options=options,
        lacks=dict.fromkeys(lacks, NO_TABLE),
        needs=needs,
        event_types=event_types,
        cure=cure,
        secrets=("password",),
    )


__all__ = [
    "PLACE",
    "WEB",
    "LoaderTable",
    "Place",
    "Reading",
    "SourceFailed",
    "loader_kind",
    "loader_table",
    "open_place",
    "pull_tables",
]
