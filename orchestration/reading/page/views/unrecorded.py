"""Ids without a record: what the publication says of them all the same (R10, R12, R84)."""

from __future__ import annotations

from typing import Any

from orchestration.reading.explain.contact import no_record
from orchestration.reading.explain.finding import SUBJECTS
from orchestration.reading.page import words
from orchestration.reading.page.asked import Asked
from orchestration.reading.page.cells import Cell
from orchestration.reading.page.lists import LISTS
from orchestration.reading.page.publication import NotPublished, page_sql, query

SOME = 25
# Ids that lists of the page have beside those that `explain` knows.
LISTED = {
    "contact": ("diagnostics.parity_contacts",),
    "campaign": ("diagnostics.utm_audit", "diagnostics.parity"),
}


def is_known(asked: Asked, subject: str, key: str, **values: str) -> bool:
    """Whether the publication speaks of an id, with a record or without."""
    more = "".join(
        f" union all select {subject}_id, null from @{table}"
        for table in LISTED.get(subject, ())
        if asked.publication.has(table)
    )
    ids = page_sql(SUBJECTS[subject]) + more
    try:
        found = asked.publication.one(
            f"select 1 from ({ids}) as ids where id = $key limit 1", values | {"key": key}
        )
    except NotPublished:
        return False
    return found is not None


def survivor_of(asked: Asked, subject: str, key: str) -> str:
    """What a merged-away id is part of; the id itself where it was not merged."""
    merge = asked.publication.one(
        "select survivor_id from @diagnostics.merges where subject = $subject and merged_id = $key",
        {"subject": subject, "key": key},
    )
    return merge["survivor_id"] if merge else key


def nobody(asked: Asked, key: str) -> dict[str, Any]:
    """The page of a contact id without a record, or of one merged into such an id. Raises
    UnknownId.
    """
    if not is_known(asked, "contact", key):
        raise asked.publication.near(
            "contact", key, "select contact_id as id from @core.dim_contacts"
        )
    survivor = survivor_of(asked, "contact", key)
    asked.publication.narrow("core.fct_interactions", "contact_id = $key", {"key": survivor})
    return {
        "title": survivor,
        "key": survivor,
        "merged": key if key != survivor else "",
        "facts": [],
        "nobody": [_cell(sentence) for sentence in no_record(_lost(asked, survivor))],
        "reported": asked.show(LISTS["parity-contacts"], limit=SOME, contact=key),
        "deals": asked.show(LISTS["deal-contacts"], limit=SOME, contact=survivor),
        "interactions": asked.show(LISTS["interactions"], limit=SOME, contact=survivor),
    }


def _cell(sentence: str) -> Cell:
    label, title = words.without_rules(sentence)
    return Cell(label, title=title)


def _lost(asked: Asked, key: str) -> dict[str, Any]:
    """What `explain` says its sentences from."""
    events = asked.publication.one(query(__file__, "interactions_of_nobody"), {"key": key})
    examples = [
        f"{words.event_type(one['event_type'])} {one['event_id']}" for one in events["examples"]
    ]
    campaigns = asked.publication.rows(query(__file__, "campaigns_of_nobody"), {"key": key})
    merged = asked.publication.rows(
        "select merged_id from @diagnostics.merges where subject = 'contact' and survivor_id = "
        "$key order by merged_id",
        {"key": key},
    )
    return {
        "contact_id": key,
        "merged_ids": [row["merged_id"] for row in merged],
        "events": events | {"examples": examples, "campaigns": campaigns},
        "deals": asked.publication.rows(
            "select deal_id from @core.fct_deal_contacts where contact_id = $key", {"key": key}
        ),
    }
