"""The right to erasure: who is forgotten, and what that takes out of the rows that have landed.

Of a forgotten person only keyed hashes stay behind, in `erased.json` of HOME, so that the same
person landing again is known and dropped. Rows about the person go; events stay, without person,
address, visitor and the parameters of their URLs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import duckdb

from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_text
from orchestration.home.tombstones import (
    KINDS,
    Person,
    Tombstones,
    any_forgotten,
    is_forgotten,
    read_tombstones,
    write_tombstones,
)

# Why a dropped row is rejected. No record is kept of it.
REASON = "the row is about a person who was forgotten; it is dropped"
# What makes a row of a raw table one about a person: kind of id by column.
ABOUT = {
    "contacts": {"contact_id": "contact_id", "email": "email"},
    "contact_merges": {"loser_contact_id": "contact_id", "winner_contact_id": "contact_id"},
    "visitor_identities": {"contact_id": "contact_id", "visitor_id": "visitor_id"},
    "visitor_emails": {"email": "email", "visitor_id": "visitor_id"},
    "deal_contact_log": {"contact_id": "contact_id"},
    "salesforce_campaign_members": {
        "contact_id": "contact_id", "salesforce_id": "salesforce_id",
    },
    "reported_contacts": {"contact_id": "contact_id"},
}  # fmt: skip
# Events stay, without these.
DOERS = {"contact_id": "contact_id", "email": "email", "visitor_id": "visitor_id"}
URLS = ("url", "referrer")


def bare_url(column: str) -> str:
    """SQL for a URL without parameters and fragment."""
    return f"regexp_replace({column}, '[?#].*$', '', 's')"


def erase_rows(
    connection: duckdb.DuckDBPyConnection,
    tombstones: Tombstones,
    tables: Iterable[str],
    after_file_id: int = 0,
) -> dict[str, int]:
    """Takes forgotten people out of landed rows of files behind `after_file_id`; counts by table.

    A dropped row counts as rejected in its file, so that rows in stay accepted + rejected.
    """
    done: dict[str, int] = {}
    if tombstones.is_empty:
        return done
    recent = f"_file_id > {after_file_id}"
    for table in tables:
        if table == "events":
            condition = any_forgotten(tombstones, DOERS)
            if condition:
                done[table] = _strip_events(connection, f"{recent} and ({condition})")
        elif table in ABOUT:
            condition = any_forgotten(tombstones, ABOUT[table])
            if condition:
                done[table] = _drop(connection, table, f"{recent} and ({condition})")
            if table == "contacts" and tombstones.hashes["email"]:
                _drop_additional(connection, tombstones, recent)
    _blank_rejected(connection, tombstones, after_file_id)
    return {table: count for table, count in done.items() if count}


def _names_forgotten(tombstones: Tombstones, text: str) -> str:
    """The condition that a word of a text is an id of somebody who is forgotten."""
    words = f"""regexp_extract_all({text}, '[^][(){{}}<>\\s"'',;:|=&?\\\\]+')"""
    tests = " or ".join(
        is_forgotten(tombstones, kind, "word") for kind in KINDS if tombstones.hashes[kind]
    )
    return f"coalesce(len(list_filter({words}, lambda word: {tests})) > 0, false)"


def _blank_rejected(
    connection: duckdb.DuckDBPyConnection, tombstones: Tombstones, after_file_id: int
) -> None:
    """Rows that could not be used, and samples of values that could not be read, lose their text
    where they name somebody who is forgotten."""
    named = _names_forgotten(tombstones, "concat_ws(' ', record, reason)")
    connection.execute(
        f"update raw.rejected_rows set record = null, reason = {quote_text(REASON)} "
        f"where coalesce(file_id, 0) > {after_file_id} and {named}"
    )
    if _count(
        connection,
        "select count(*) from duckdb_columns() where database_name = current_database() "
        "and schema_name = 'raw' and table_name = 'unread_values' and column_name = 'examples'",
    ):
        named = _names_forgotten(tombstones, "cast(examples as varchar)")
        connection.execute(f"update raw.unread_values set examples = null where {named}")


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0


def _strip_events(connection: duckdb.DuckDBPyConnection, condition: str) -> int:
    count = _count(connection, f"select count(*) from raw.events where {condition}")
    if count:
        bare = ", ".join(f"{column} = {bare_url(column)}" for column in URLS)
        connection.execute(
            "update raw.events set contact_id = null, email = null, visitor_id = null, "
            f"{bare} where {condition}"
        )
    return count


def _drop(connection: duckdb.DuckDBPyConnection, table: str, condition: str) -> int:
    dropped = connection.execute(
        f"select _file_id, count(*) from raw.{table} where {condition} group by _file_id"
    ).fetchall()
    for file_id, rows in dropped:
        connection.execute(
            """
            insert into raw.rejected_rows
            select file_id, table_name, file_name, ?, null
            from raw.files, range(?) where file_id = ?
            """,
            [REASON, rows, file_id],
        )
        connection.execute(
            "update raw.files set rows_accepted = rows_accepted - ?, "
            "rows_rejected = rows_rejected + ? where file_id = ?",
            [rows, rows, file_id],
        )
    if dropped:
        connection.execute(f"delete from raw.{table} where {condition}")
    return sum(rows for _, rows in dropped)


def _drop_additional(
    connection: duckdb.DuckDBPyConnection, tombstones: Tombstones, recent: str
) -> None:
    """A forgotten address is nobody's additional one any more."""
    forgotten = is_forgotten(tombstones, "email", "address")
    connection.execute(
        f"""
        update raw.contacts set additional_emails = nullif(array_to_string(
            list_filter(string_split(additional_emails, ';'), lambda address: not {forgotten}), ';'
        ), '')
        where {recent} and additional_emails is not null
        """
    )


def scrub_texts(connection: duckdb.DuckDBPyConnection, person: Person) -> None:
    """Takes the person out of free text: rejected rows, unread values, samples of checks, names."""
    tokens = [*person.contact_ids, *person.emails, *person.visitor_ids, *person.salesforce_ids]
    found = " or ".join(f"contains(lower(text), {quote_text(token.lower())})" for token in tokens)
    if not found:
        return
    connection.execute(
        f"""
        update raw.rejected_rows set record = null, reason = {quote_text(REASON)}
        where {found.replace("lower(text)", "lower(concat_ws(' ', record, reason))")}
        """
    )
    connection.execute("delete from raw.check_results")
    # An address may stand in a name or in an id that a source made of it.
    for table, column in connection.execute(
        "select table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' "
        "and database_name = current_database() and schema_name = 'raw' and table_name in "
        "('deals', 'campaigns', 'assets', 'budget_items', 'spend_items', 'events')"
    ).fetchall():
        for token in person.emails:
            connection.execute(
                f"update raw.{table} set {column} = regexp_replace({column}, ?, 'erased', 'gi') "
                f"where contains(lower({column}), ?)",
                [escaped(token), token],
            )
    for token in (*person.contact_ids, *person.visitor_ids):
        # Ids that a source made of a person's: the event keeps one, made of the old by a hash.
        connection.execute(
            "update raw.events set event_id = 'erased:' || left(sha256(event_id), 32) "
            "where regexp_matches(event_id, ?)",
            [f"(^|[^A-Za-z0-9]){escaped(token)}($|[^A-Za-z0-9])"],
        )
        for column in URLS:
            connection.execute(
                f"update raw.events set {column} = regexp_replace({column}, ?, '\\1erased\\2', 'g')"
                f" where regexp_matches({column}, ?)",
                [f"(^|[^A-Za-z0-9]){escaped(token)}($|[^A-Za-z0-9])"] * 2,
            )


def escaped(token: str) -> str:
    """A token as a regular expression of RE2 that matches it alone."""
    return "".join(
        character if character.isalnum() else f"\\x{{{ord(character):x}}}" for character in token
    )


def settle_room(settings: Settings) -> None:
    """Compacts the warehouse file where rows of forgotten people were dropped since it last was."""
    tombstones = read_tombstones(settings)
    if tombstones.has_room:
        compact(settings)
        tombstones.has_room = False
        write_tombstones(settings, tombstones)


def compact(settings: Settings) -> None:
    """Writes the warehouse file anew without the room that deleted rows leave behind."""
    fresh = settings.warehouse.with_suffix(".compact")
    fresh.unlink(missing_ok=True)
    connection = duckdb.connect()
    try:
        connection.execute(f"attach {quote_text(str(settings.warehouse))} as warehouse")
        connection.execute("checkpoint warehouse")
        connection.execute(f"attach {quote_text(str(fresh))} as fresh")
        connection.execute("copy from database warehouse to fresh")
        connection.execute("checkpoint fresh")
    finally:
        connection.close()
    os.replace(fresh, settings.warehouse)
    for name in (f"{settings.warehouse.name}.wal", f"{fresh.name}.wal"):
        settings.warehouse.with_name(name).unlink(missing_ok=True)
