"""One contact, one asset, one interaction, one session."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from orchestration.publishing.report.numbers import NONE
from orchestration.reading.page import words
from orchestration.reading.page.asked import Asked
from orchestration.reading.page.cells import Cell
from orchestration.reading.page.lists import LISTS
from orchestration.reading.page.publication import NotPublished, query
from orchestration.reading.page.showing import show
from orchestration.reading.page.views.uncounted import why_uncounted
from orchestration.reading.page.views.unrecorded import is_known, nobody

SOME = 25
# What a contact's page asks several times, and one contact has little of.
OF_A_CONTACT = (
    "core.dim_contacts",
    "core.fct_interactions",
    "marts.influenced_contacts",
    "marts.attribution_credits",
)


def contact(asked: Asked) -> dict[str, Any]:
    """One contact; the id of a merged one leads to its survivor, which may have no record.

    Raises UnknownId and BadRequest.
    """
    key = asked.key("id", "contact")
    found = asked.publication.one(
        "select * from @core.dim_contacts where contact_id = $key", {"key": key}
    ) or asked.publication.one(
        "select * from @core.dim_contacts where list_contains(merged_contact_ids, $key) limit 1",
        {"key": key},
    )
    if found is None:
        return nobody(asked, key)
    survivor = found["contact_id"]
    for table in OF_A_CONTACT:
        asked.publication.narrow(table, "contact_id = $key", {"key": survivor})
    facts = [
        ("ID", survivor),
        ("Created", asked.formats.instant(found["created_at"])),
        ("Lifecycle stage", found["lifecycle_stage"]),
        ("Merged from", ", ".join(found["merged_contact_ids"] or [])),
        ("Salesforce campaigns", ", ".join(found["salesforce_campaign_ids"] or [])),
        ("Deleted", "yes: it counts in no number of contacts" if found["is_deleted"] else ""),
    ]
    lists = ("first_touch", "last_touch", "influenced", "revenue")
    return {
        "title": found["email"] or survivor,
        "key": survivor,
        "merged": key if key != survivor else "",
        "facts": [(name, str(value)) for name, value in facts if value],
        "nobody": [],
        "statuses": _statuses(asked, survivor),
        "lists": [asked.show(LISTS[name], limit=SOME, contact=survivor) for name in lists],
        "deals": asked.show(LISTS["deal-contacts"], limit=SOME, contact=survivor),
        "interactions": asked.show(LISTS["interactions"], limit=SOME, contact=survivor),
    }


def _statuses(asked: Asked, key: str) -> dict[str, Any]:
    """The contact's reason for each metric; `lacking` where the publication does not tell."""
    try:
        rows = asked.publication.rows(
            query(__file__, "contact_statuses"),
            {"key": key},
        )
    except NotPublished as error:
        return {"lacking": error.table, "rows": []}
    return {
        "lacking": "",
        "rows": [
            {
                "metric": words.metric(row["metric"]),
                "reason": words.reason(row["status"], "contact"),
                "counts": row["status"] == "COUNTED",
                "event": asked.cells.event(
                    row["event_id"],
                    (
                        f"{words.event_type(row['event_type'])}, "
                        f"{asked.formats.instant(row['occurred_at'])}"
                    )
                    if row["event_type"]
                    else "",
                )
                if row["event_id"]
                else None,
            }
            for row in rows
        ],
    }


def asset(asked: Asked) -> dict[str, Any]:
    """One asset; one that only a log or an interaction names is shown, too. Raises UnknownId and
    BadRequest.
    """
    kind, key = asked.key("type", "kind of asset"), asked.key("id", "asset")
    values = {"kind": kind, "key": key}
    found = asked.publication.one(
        "select * from @core.dim_assets where asset_type = $kind and asset_id = $key", values
    )
    has_record = found is not None
    if not has_record and not is_known(asked, "asset", key, type=kind):
        raise asked.publication.near(
            words.asset_type(kind).lower(),
            key,
            "select asset_id as id from @core.dim_assets",
        )
    found = found or {
        "asset_name": None,
        "url": None,
        "network": None,
        "published_at": None,
        "created_at": None,
        "is_deleted": False,
    }
    facts = [
        ("Kind", words.asset_type(kind)),
        ("ID", key),
        ("URL", found["url"]),
        ("Network", found["network"]),
        (
            "Published",
            asked.formats.instant(found["published_at"]) if found["published_at"] else "",
        ),
        ("Deleted", "yes" if found["is_deleted"] else ""),
    ]
    return {
        "title": found["asset_name"] or key,
        "key": key,
        "kind": kind,
        "has_record": has_record,
        "facts": [(name, str(value)) for name, value in facts if value],
        "associations": asked.show(LISTS["associations"], limit=SOME, type=kind, asset=key),
        "visibility": asked.show(LISTS["asset-visibility"], limit=SOME, type=kind, asset=key),
        "performance": asked.show(LISTS["assets"], limit=SOME, type=kind, asset=key),
        "interactions": asked.show(LISTS["interactions"], limit=SOME, asset_type=kind, asset=key),
    }


def event(asked: Asked) -> dict[str, Any]:
    """One interaction: what it was, for which campaigns it counts and why, and what it earned.

    Raises UnknownId and BadRequest.
    """
    key = asked.key("id", "interaction")
    found = asked.publication.one(
        query(__file__, "interaction"),
        {"key": key},
    )
    if found is None:
        raise asked.publication.near(
            "interaction", key, "select event_id as id from @core.fct_interactions limit 20000"
        )
    counted = asked.publication.rows(
        query(__file__, "interaction_campaigns"),
        {"key": key},
    )
    basis = [words.BASES.get(row["basis"], (row["basis"], "", "")) for row in counted]
    facts: list[tuple[str, Cell]] = [
        ("When", asked.cells.instant(found["occurred_at"])),
        ("Contact", asked.cells.contact(found["contact_id"], found["email"])),
        ("Asset", asked.cells.asset(found["asset_type"], found["asset_id"], found["asset_name"])),
        ("URL", Cell(found["url"] or NONE)),
        ("utm_campaign", Cell(found["utm_campaign"] or NONE)),
        ("Channel", Cell(words.spelled(found["channel"]) if found["channel"] else NONE)),
        ("Session", asked.cells.session(found["session_id"])),
        ("ID", Cell(key)),
    ]
    # The page names no period and no channel: what it shows is all there is.
    own = replace(asked.selection, channel="", first=None, last=None, given={"event": key})
    return {
        "title": words.event_type(found["event_type"]),
        "key": key,
        "facts": facts,
        "is_filtered": found["is_filtered"],
        "counted": [
            {
                "campaign": asked.cells.campaign(row["campaign_id"], row["campaign_name"]),
                "basis": Cell(label, title=f"Rule {rule}." if rule else ""),
                "why": meaning,
                "influences": row["influences"],
                "earns": row["earns_revenue"],
            }
            for row, (label, meaning, rule) in zip(counted, basis, strict=True)
        ],
        "uncounted": [] if counted else why_uncounted(asked, found),
        "last_touches": show(asked.publication, LISTS["last_touch"], own, limit=SOME),
        "associations": asked.show(
            LISTS["associations"], limit=SOME, type=found["asset_type"], asset=found["asset_id"]
        )
        if found["asset_id"] and found["asset_type"]
        else None,
        "credits": show(asked.publication, LISTS["credits"], own, limit=SOME),
    }


def session(asked: Asked) -> dict[str, Any]:
    """One session and its interactions. Raises UnknownId and BadRequest."""
    key = asked.key("id", "session")
    found = asked.publication.one(
        query(__file__, "session"),
        {"key": key},
    )
    if found is None:
        raise asked.publication.near(
            "session", key, "select session_id as id from @core.fct_sessions limit 20000"
        )
    asked.publication.narrow(
        "core.fct_interactions",
        "session_id = $key and occurred_at >= $first and occurred_at <= $last",
        {"key": key, "first": found["started_at"], "last": found["ended_at"]},
    )
    facts: list[tuple[str, Cell]] = [
        ("Started", asked.cells.instant(found["started_at"])),
        ("Ended", asked.cells.instant(found["ended_at"])),
        ("Contact", asked.cells.contact(found["contact_id"], found["email"])),
        ("Channel", Cell(words.spelled(found["channel"]) if found["channel"] else NONE)),
        ("Source", Cell(found["source"] or NONE)),
        (
            "Link",
            Cell(
                " · ".join(
                    found[name]
                    for name in ("utm_source", "utm_medium", "utm_campaign")
                    if found[name]
                )
                or NONE
            ),
        ),
        ("ID", Cell(key)),
    ]
    return {
        "title": "Session",
        "key": key,
        "facts": facts,
        "interactions": asked.show(LISTS["interactions"], session=key),
    }
