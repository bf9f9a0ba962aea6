"""Erasure in what the program wrote itself before the landing: extracts, and files translated of
them.

Files that a user landed are not touched; they are named, with how many rows are to be taken out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.connectors.kept import forget_kept, kept_folder
from orchestration.ground.errors import SettingsError
from orchestration.ground.files import files_below
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name, quote_text
from orchestration.home.erasure import ABOUT, DOERS, URLS, bare_url, escaped
from orchestration.home.tombstones import Person, Tombstones, is_forgotten
from orchestration.landing.files import content_hash

EXTRACTS = "extracts"
# Names under which sources keep a contact's id, in columns and in JSON.
CONTACT_KEYS = (
    "contact_id", "contactId", "vid", "canonical-vid", "canonical_vid", "vid-to-merge",
    "vid_to_merge", "toObjectId", "objectId", "object_id", "recordId", "record_id", "deals__vid",
)  # fmt: skip


@dataclass(frozen=True)
class UserFile:
    """A landed file that is not the program's, with rows about the person."""

    name: str
    rows: int


def sources_of(settings: Settings) -> list[str]:
    """Names of the sources that have extracts in HOME."""
    folder = settings.home / EXTRACTS
    return (
        sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    )


def _is_own(file: Path, sources: list[str]) -> bool:
    return file.suffix == ".parquet" and file.stem.rpartition("-")[0] in sources


def user_files(
    connection: duckdb.DuckDBPyConnection, settings: Settings, tombstones: Tombstones
) -> list[UserFile]:
    """Files of the landing that a user wrote and that have rows about somebody who is forgotten;
    asked before the rows leave the warehouse."""
    sources = sources_of(settings)
    found: dict[str, int] = {}
    for table, columns in {**ABOUT, "events": DOERS}.items():
        condition = " or ".join(
            f"({column} is not null and {is_forgotten(tombstones, kind, column)})"
            for column, kind in columns.items()
            if tombstones.hashes[kind]
        )
        if not condition:
            continue
        rows = connection.execute(
            f"""
            select files.file_name, count(*)
            from raw.{table} as landed inner join raw.files as files on landed._file_id =
                files.file_id
            where {condition} group by files.file_name
            """
        ).fetchall()
        for name, count in rows:
            if not _is_own(Path(name), sources):
                found[name] = found.get(name, 0) + count
    return [UserFile(name, count) for name, count in sorted(found.items())]


def _rewrite(connection: duckdb.DuckDBPyConnection, file: Path, selected: str, where: str) -> None:
    waiting = file.with_name(f".{file.name}.partial")
    try:
        connection.execute(
            f"copy (select {selected} from read_parquet({quote_text(str(file))}) where {where}) "
            f"to {quote_text(str(waiting))} (format parquet, compression zstd)"
        )
        os.chmod(waiting, file.stat().st_mode & 0o777)
        os.replace(waiting, file)
    finally:
        waiting.unlink(missing_ok=True)


def _columns(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, str]:
    return {
        row[0]: row[1]
        for row in connection.execute(
            f"describe select * from read_parquet({quote_text(str(file))})"
        ).fetchall()
    }


def _word(token: str) -> str:
    return f"(^|[^A-Za-z0-9]){escaped(token)}($|[^A-Za-z0-9])"


def _event_id(person: Person) -> str:
    """SQL for an event's id, made anew where a source made it of the person's."""
    tokens = [*person.contact_ids, *person.visitor_ids, *person.emails]
    tests = " or ".join(f"regexp_matches(event_id, {quote_text(_word(t))})" for t in tokens)
    if not tests:
        return "event_id"
    return (
        f"case when {tests} then 'erased:' || left(sha256(event_id), 32) else event_id end "
        "as event_id"
    )


def erase_translated(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    tombstones: Tombstones,
    person: Person,
) -> int:
    """Writes the translated files of the landing anew without the person; returns how many.

    `connection` is to the warehouse, whose ledger then knows the files as they are now.
    """
    sources = sources_of(settings)
    written = 0
    for table, keys in {**ABOUT, "events": DOERS}.items():
        folder = settings.landing / table
        for file in files_below(folder, "*.parquet", is_deep=False):
            if not _is_own(file, sources):
                continue
            columns = _columns(connection, file)
            condition = " or ".join(
                f"coalesce({is_forgotten(tombstones, kind, quote_name(column))}, false)"
                for column, kind in keys.items()
                if column in columns and tombstones.hashes[kind]
            )
            if not condition:
                continue
            row = connection.execute(
                f"select count(*) from read_parquet({quote_text(str(file))}) where {condition}"
            ).fetchone()
            if not row or not row[0]:
                continue
            if table == "events":
                stripped = {**{name: "null" for name in DOERS}, **{u: bare_url(u) for u in URLS}}
                selected = ", ".join(
                    _event_id(person)
                    if name == "event_id"
                    else f"case when {condition} then {stripped[name]} else {name} end as {name}"
                    if name in stripped
                    else quote_name(name)
                    for name in columns
                )
                _rewrite(connection, file, selected, "true")
            else:
                _rewrite(connection, file, "*", f"not ({condition})")
            _note(connection, settings, file)
            written += 1
    return written


def _note(connection: duckdb.DuckDBPyConnection, settings: Settings, file: Path) -> None:
    status = file.stat()
    connection.execute(
        "update raw.files set size = ?, modified_ns = ?, content = ? where file_name = ?",
        [
            status.st_size,
            status.st_mtime_ns,
            content_hash(file),
            file.relative_to(settings.landing).as_posix(),
        ],
    )


class Traced(NamedTuple):
    """An extract in which a person is, and how it is written without: columns and rows, as SQL."""

    file: Path
    selected: str
    kept: str


def traced_extracts(settings: Settings, person: Person) -> list[Traced]:
    """The extracts that name the person, each read to its end. Raises SettingsError where one is
    damaged.

    Records of the person and rows that name the contact in a column go; elsewhere its ids and
    addresses are blanked, and with them the parameters of the URLs of the same row.
    """
    found = []
    with duckdb.connect() as connection:
        for file in files_below(settings.home / EXTRACTS, "*.parquet"):
            try:
                columns = _columns(connection, file)
                selected, is_named, has_trace = _without(file.parent.name, columns, person)
                row = connection.execute(
                    f"select count(*) filter (where ({is_named}) or ({has_trace})) "
                    f"from read_parquet({quote_text(str(file))})"
                ).fetchone()
                if row and row[0]:  # it is written anew: each column can be read to its end
                    connection.execute(
                        f"select bit_xor(hash(kept)) from read_parquet({quote_text(str(file))}) "
                        "as kept"
                    ).fetchall()
            except duckdb.IOException:  # forbidden, or a disk that fails
                raise
            except duckdb.Error as error:
                raise SettingsError(
                    f"The extract {file} is damaged ({str(error).splitlines()[0]}), and the person "
                    f"may be in it; put it back from a backup or delete it, and forget again. "
                    f"Nothing was changed"
                ) from None
            if row and row[0]:
                found.append(Traced(file, selected, f"not ({is_named})"))
    return found


def erase_extracts(traced: Iterable[Traced]) -> None:
    """Writes extracts anew without the person whose traces they have."""
    with duckdb.connect() as connection:
        for one in traced:
            _rewrite(connection, one.file, one.selected, one.kept)


def erase_kept(settings: Settings, person: Person) -> None:
    """Writes what translations kept anew without the person: a file as a whole, so that no bytes
    of deleted rows stay. One that cannot be read is removed, and made anew.
    """
    for file in files_below(kept_folder(settings), "*.duckdb", is_deep=False):
        waiting = file.with_name(f".{file.name}.partial")
        waiting.unlink(missing_ok=True)
        try:
            with duckdb.connect(str(waiting)) as connection:
                connection.execute(f"attach {quote_text(str(file))} as kept (read_only)")
                tables = connection.execute(
                    "select table_name from duckdb_tables() where database_name = 'kept'"
                ).fetchall()
                for (table,) in tables:
                    place = f"kept.{quote_name(table)}"
                    described = connection.execute(f"describe {place}").fetchall()
                    columns = {row[0]: row[1] for row in described}
                    selected, is_named, _ = _without(table, columns, person)
                    connection.execute(
                        f"create table main.{quote_name(table)} as "
                        f"select {selected} from {place} where not ({is_named})"
                    )
            forget_kept(file)
            os.replace(waiting, file)
        except duckdb.Error:
            forget_kept(file)
        finally:
            forget_kept(waiting)


def _without(table: str, columns: dict[str, str], person: Person) -> tuple[str, str, str]:
    """SQL for the columns of a table (name and type) without the person; and conditions: the row is
    about the person, the row's text names it somewhere.
    """
    texts = [name for name, kind in columns.items() if kind.startswith(("VARCHAR", "JSON"))]
    is_named, has_trace = _traces(table, list(columns), texts, person)
    selected = ", ".join(
        f"case when {has_trace} then {_blanked(name, person)} "
        f"else {quote_name(name)} end as {quote_name(name)}"
        if name in texts
        else quote_name(name)
        for name in columns
    )
    return selected, is_named, has_trace


def _traces(table: str, columns: list[str], texts: list[str], person: Person) -> tuple[str, str]:
    """SQL conditions: the row is about the person; the row's text names it somewhere."""
    ids = ", ".join(quote_text(value) for value in person.contact_ids) or "null"
    keys = [name for name in columns if name in CONTACT_KEYS]
    if table.startswith("contact") or table.endswith(("_contacts", "_members")):
        keys += [name for name in columns if name in ("id", "hs_object_id")]
    named = " or ".join(
        f"coalesce(cast({quote_name(name)} as varchar) in ({ids}), false)" for name in keys
    )
    words = [*person.emails, *person.visitor_ids]
    tests = [
        f"coalesce(contains(lower({quote_name(name)}), {quote_text(token.lower())}), false)"
        for name in texts
        for token in words
    ]
    tests += [
        f"coalesce(regexp_matches({quote_name(name)}, {quote_text(_keyed(value))}), false)"
        for name in texts
        for value in person.contact_ids
    ]
    return named or "false", " or ".join(tests) or "false"


def _keyed(contact_id: str) -> str:
    """A regular expression of a contact's id as the value of a JSON key that holds one."""
    names = "|".join(name.replace("-", "[-]") for name in CONTACT_KEYS)
    return f'"({names})"[ ]*:[ ]*"?{escaped(contact_id)}"?([,}}\\] ])'


def _blanked(name: str, person: Person) -> str:
    """SQL for a text without the person and without the parameters of URLs."""
    expression = quote_name(name)
    for value in person.contact_ids:
        expression = (
            f"regexp_replace({expression}, {quote_text(_keyed(value))}, '\"\\1\":null\\2', 'g')"
        )
    for token in (*person.emails, *person.visitor_ids):
        for spelled in dict.fromkeys([token, token.replace("@", "%40")]):
            expression = f"regexp_replace({expression}, {quote_text(escaped(spelled))}, '', 'gi')"
    return f"regexp_replace({expression}, '[?][^\" ]*', '', 'g')"
