"""Looks at a list in one pull and the one before: what has gone."""

from __future__ import annotations

from orchestration.connectors.ledger import Asked
from orchestration.connectors.pull import Pull


def lost(pull: Pull, asked: Asked) -> set[str]:
    """What the last whole look at the same list had, and this pull has not."""
    with pull.extracts() as connection:
        row = connection.execute(
            """
            select max(_pull) from ledger
            where
                table_name = ? and parent_id is not distinct from ?
                and asset_type is not distinct from ? and is_complete and _pull < ?
            """,
            [asked.table, asked.parent, asked.asset_type, pull.number],
        ).fetchone()
    before = row[0] if row else None
    if before is None:
        return set()
    return _ids(pull, asked, before) - _ids(pull, asked, pull.number)


def _ids(pull: Pull, asked: Asked, number: int) -> set[str]:
    with pull.extracts(asked.table, of=number) as connection:
        rows = connection.execute(
            f"select distinct id from {asked.table} where _pull = ? and id is not null "
            "and parent_id is not distinct from ? and kind is not distinct from ?",
            [number, asked.parent, asked.asset_type],
        ).fetchall()
    return {identity for (identity,) in rows}
