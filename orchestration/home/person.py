"""Everything in what has landed that is known to be one person's."""

from __future__ import annotations

import duckdb

from orchestration.ground.sql import quote_text
from orchestration.home.erasure import _count
from orchestration.home.tombstones import Person


def find_person(
    connection: duckdb.DuckDBPyConnection,
    *,
    contact_id: str | None = None,
    email: str | None = None,
) -> Person:
    """Everything that has landed as one person's: merged records, addresses, visitors."""
    connection.execute("create or replace temp table person (contact_id varchar)")
    if contact_id is not None:
        connection.execute(
            """
            insert into temp.person
            select $1 where exists (select 1 from raw.contacts where contact_id = $1)
                or exists (select 1 from raw.events where contact_id = $1)
                or exists (select 1 from raw.deal_contact_log where contact_id = $1)
                or exists (select 1 from raw.contact_merges
                    where loser_contact_id = $1 or winner_contact_id = $1)
            """,
            [contact_id],
        )
    if email is not None:
        connection.execute(
            """
            insert into temp.person
            select distinct contact_id from raw.contacts
            where lower(trim(email)) = lower(trim($1)) or list_contains(
                list_transform(string_split(additional_emails, ';'),
                    lambda part: lower(trim(part))),
                lower(trim($1))
            )
            """,
            [email],
        )
    _follow_merges(connection)
    contacts = _texts(connection, "select distinct contact_id from temp.person order by all")
    emails = _texts(
        connection,
        """
        select distinct lower(trim(address)) from (
            select email as address from raw.contacts semi join temp.person using (contact_id)
            union all
            select unnest(string_split(additional_emails, ';'))
            from raw.contacts semi join temp.person using (contact_id)
        ) where trim(address) <> '' order by all
        """,
    )
    if email is not None:
        seen = _count(
            connection,
            "select count(*) from (select email from raw.events union all select email from "
            f"raw.visitor_emails) where lower(trim(email)) = lower(trim({quote_text(email)}))",
        )
        if seen or contacts:
            emails = tuple(sorted({*emails, email.strip().lower()}))
    salesforce = _texts(
        connection,
        """
        select distinct trim(id) from (
            select unnest(string_split(salesforce_ids, ';')) as id
            from raw.contacts semi join temp.person using (contact_id)
        ) where trim(id) <> '' order by all
        """,
    )
    visitors, shared = _visitors(connection, emails)
    return Person(contacts, emails, visitors, salesforce, shared)


def _follow_merges(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds every record that is merged with one of the person, whichever way."""
    while connection.execute(
        """
        insert into temp.person
        select distinct other from (
            select winner_contact_id as other, loser_contact_id as one from raw.contact_merges
            union all
            select loser_contact_id, winner_contact_id from raw.contact_merges
        )
        where one in (from temp.person) and other not in (from temp.person)
        returning contact_id
        """
    ).fetchall():
        pass


def _visitors(
    connection: duckdb.DuckDBPyConnection, emails: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The person's visitors: theirs alone, and those that somebody else was, too."""
    listed = ", ".join(quote_text(email) for email in emails) or "null"
    connection.execute(
        f"""
        create or replace temp table known_visitors as
        select visitor_id, bool_or(is_person) as is_person,
            bool_or(not is_person) as
                     is_other
            from (
            select visitor_id, contact_id in (from temp.person) as is_person
            from raw.visitor_identities
            union all
            select visitor_id, coalesce(lower(trim(email)) in ({listed}), false)
            from raw.visitor_emails
            union all
            select visitor_id, coalesce(contact_id in (from temp.person), false)
                or coalesce(lower(trim(email)) in ({listed}), false)
            from raw.events
            where visitor_id is not null and (contact_id is not null or email is not null)
        ) group by visitor_id
        """
    )
    own = "select visitor_id from temp.known_visitors where is_person and not is_other order by all"
    shared = "select visitor_id from temp.known_visitors where is_person and is_other order by all"
    return _texts(connection, own), _texts(connection, shared)


def _texts(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[str, ...]:
    return tuple(row[0] for row in connection.execute(sql).fetchall())
