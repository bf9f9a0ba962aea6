"""Kinds that read the tables of a loader or tracker, and how a pull of one goes.

A table is read whole, or only what the loader's clock or the files say is new since the pulls
before. Which it was stands in the ledger: `whole` means that what is absent is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from orchestration.building.rules import known_event_types
from orchestration.connectors.databases import Database
from orchestration.connectors.folders import Folder
from orchestration.connectors.kind import (
    NO_PERMISSION,
    NO_TABLE,
    NOT_ASKED,
    Check,
    Kind,
    Option,
    Source,
    failure_within,
)
from orchestration.connectors.ledger import UNREADABLE, Asked, Entry, now
from orchestration.connectors.tables import (
    ABSENT,
    FROM_TABLE,
    REFUSED,
    UNCHANGED,
    WHOLE,
    LoaderTable,
    Place,
    Refused,
    found_tables,
    is_asked,
    match_columns,
)
from orchestration.ground.configuration import near
from orchestration.ground.errors import SettingsError

if TYPE_CHECKING:
    from orchestration.connectors.pull import Pull


def open_place(source: Source) -> Place:
    """The database or folder of a source.

    Raises SettingsError where the source names neither or both.
    """
    url, path = source.options.get("url"), source.options.get("path")
    if (url is None) == (path is None):
        raise SettingsError(
            f"{source.place}: source {source.name} needs either url (a database) or path (a "
            f"folder of files)"
        )
    if path is not None:
        return Folder(Path(str(path)), source)
    return Database(str(url), source)


# --- Pull and check -----------------------------------------------------------------------------


def pull_tables(source: Source, pull: Pull) -> None:
    """Pulls every table of the kind that is there, a load each; one that was read before this pull
    was interrupted is not read again.
    """
    place = open_place(source)
    try:
        there = place.tables()
        matched = {
            name: found_tables(name, table, there, source.options, source.kind.name)
            for name, table in _tables(source)
        }
        _need_something(source, matched, there)
        for name, table in _tables(source):
            if pull.settled(Asked(name)) and not _is_refused(name, pull):
                continue
            try:
                _pull_table(name, table, matched[name], place, pull)
            except Exception as raised:
                failed = failure_within(raised)
                if failed is None or isinstance(place, Database):
                    raise
                # A file of one table: the others are read.
                pull.note(Entry(Asked(name), status=UNREADABLE, reason=str(failed)))
        needed = [name for name in source.kind.needs or matched if matched[name]]
        if all(_is_refused(name, pull) for name in needed):
            reasons = {str(pull.entries[Asked(name)].reason) for name in needed}
            of_columns = "".join(f" ({one})" for one in sorted(reasons - {NO_PERMISSION}))
            raise SettingsError(
                f"Source {source.name}: its user may not read {', '.join(needed)}, on which "
                f"everything hangs{of_columns}; grant it "
                "select on them"
            )
        pull.write()
    finally:
        place.close()


def _is_refused(name: str, pull: Pull) -> bool:
    entry = pull.entries.get(Asked(name))
    return entry is not None and entry.status == REFUSED


def _tables(source: Source) -> list[tuple[str, LoaderTable]]:
    return [(name, one) for name, one in source.kind.tables.items() if isinstance(one, LoaderTable)]


def _need_something(source: Source, matched: Mapping[str, list[str]], there: list[str]) -> None:
    needed = source.kind.needs or tuple(matched)
    if not any(matched[name] for name in needed):
        what = source.options.get("path") or f"schema {source.options.get('schema') or 'default'}"
        form = " as Parquet, CSV or JSON" if "path" in source.options else ""
        seen = f"it has {', '.join(sorted(there)[:8])}" if there else f"it has no table{form}"
        raise SettingsError(
            f"Source {source.name}: {what} has none of the tables {', '.join(needed)}, on which "
            f"everything hangs; {seen}. "
            "Name the schema or folder into which the loader writes"
        )


def _pull_table(name: str, table: LoaderTable, found: list[str], place: Place, pull: Pull) -> None:
    import dlt

    if not found:
        reason = NO_TABLE if is_asked(table, pull.source.options) else NOT_ASKED
        pull.note(Entry(Asked(name), status=ABSENT, reason=reason))
        return
    try:
        reading = place.read(name, table, found, pull)
    except Refused as refused:
        pull.note(Entry(Asked(name), status=REFUSED, reason=str(refused)))
        return
    entry = Entry(Asked(name), reading.reason is None, status=reading.status, reason=reading.reason)
    columns: set[str] = set()

    def counted() -> Iterator[pa.Table]:
        for batch in reading.batches:
            if batch.num_rows:
                entry.rows += batch.num_rows
                columns.update(batch.column_names)
                yield batch

    if reading.status == UNCHANGED:
        pull.note(entry)
        return
    pull.load([dlt.resource(counted, name=name)], [entry, *reading.entries])
    # Once more, to be written with what comes next: now the rows are counted.
    entry.ended_at = now()
    # A file more says nothing of what the others have.
    if columns and (reading.status == WHOLE or isinstance(place, Database)):
        entry.cursor = ",".join(sorted(columns))
    pull.note(entry)


def check_tables(source: Source) -> list[Check]:
    """Which tables and columns are there, asking for no row."""
    place = open_place(source)
    try:
        there = place.tables()
        checks = []
        for name, table in _tables(source):
            found = found_tables(name, table, there, source.options, source.kind.name)
            if not found:
                reason = NO_TABLE if is_asked(table, source.options) else NOT_ASKED
                checks.append(Check(name, None, reason))
                continue
            own = place.columns(found[0])
            if not own:
                checks.append(Check(name, None, "it is empty: its columns are not known yet"))
                continue
            columns = match_columns(table.columns, own)
            try:
                if columns and isinstance(place, Database):
                    place.ask_for(found[0], columns.values())
            except Refused as refused:
                checks.append(Check(name, False, str(refused)))
                continue
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


# --- Options ------------------------------------------------------------------------------------


def _events(value: object) -> str:
    """A mapping of event names to event types, as JSON text. Raises ValueError."""
    if isinstance(value, str):
        with suppress(ValueError):  # no JSON: said below
            value = json.loads(value)
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise ValueError("write names and event types such as {Form Submitted: form_submission}")
    known = known_event_types()
    for event_type in value.values():
        if event_type not in known:
            raise ValueError(f"there is no event type {event_type!r}; {near(event_type, known)}")
    return json.dumps({str(name): str(kind) for name, kind in value.items()})


def _identify(value: object) -> str:
    if value not in ("email", "user_id"):
        raise ValueError("write email (addresses) or user_id (it is the contact id)")
    return str(value)


PLACE: Mapping[str, Option] = {
    "url": Option(
        (
            "the database, such as postgresql://reader@127.0.0.1:5432/lake (the password in the "
            "environment)"
        ),
        asked=True,
        url_like="postgresql://reader@127.0.0.1:5432/lake",
    ),
    "schema": Option("the schema into which the loader writes", asked=True, beside="url"),
    "path": Option("the folder of the tables as Parquet, CSV or JSONL", asked=True, is_path=True),
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
    """A kind that reads tables from a database or a folder; `lacks` are the raw tables that no
    table of the loader has.
    """
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
        either={"url": "a database", "path": "a folder of files"},
    )
