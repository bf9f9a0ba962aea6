"""One deal: its status in words, its path as a timeline, every model's credit, and what was left
out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

from orchestration.publishing.report.numbers import NONE
from orchestration.publishing.words import in_order
from orchestration.reading.explain.left_out import (
    left_out_sql,
    left_out_values,
    why_left_out,
)
from orchestration.reading.page import words
from orchestration.reading.page.asked import Asked
from orchestration.reading.page.cells import Cell
from orchestration.reading.page.lists import LISTS
from orchestration.reading.page.publication import NotPublished, page_sql, query
from orchestration.reading.page.views.unrecorded import is_known, survivor_of

TOUCHES, PEOPLE = 200, 200
# What the page asks of a deal, and an id without a record lacks.
NEEDED = ("deal_name", "amount_home", "created_at", "closed_at", "is_closed_won")
# What is true of a contact that was on the deal at its close.
IN_PATH = "Yes, on the deal at the close: {number} of its interactions {are} in the path."
NONE_IN_PATH = (
    "On the deal at the close, but none of its interactions is in the path. Below is what each "
    "lacks."
)
NOTHING_DONE = "On the deal at the close, but it has no interaction."


def deal(asked: Asked) -> dict[str, Any]:
    """Everything about one deal; one without a record has contacts alone. Raises UnknownId and
    BadRequest.
    """
    key = asked.key("id", "deal")
    record = asked.publication.one(
        "select * from @core.fct_deals where deal_id = $key", {"key": key}
    )
    if record is None and not is_known(asked, "deal", key):
        raise asked.publication.near("deal", key, "select deal_id as id from @core.fct_deals")
    found = record or dict.fromkeys(NEEDED)
    people = "select contact_id from @core.fct_deal_contacts where deal_id = $key"
    asked.publication.narrow("core.fct_interactions", f"contact_id in ({people})", {"key": key})
    asked.publication.narrow("marts.attribution_credits", "deal_id = $key", {"key": key})
    contacts = _contacts(asked, key)
    path = _path(asked, key)
    status = _status(asked, key)
    merged_into = _merged_into(asked, key, record)
    return {
        "title": found["deal_name"] or key,
        "key": key,
        "has_record": record is not None,
        "merged_into": merged_into,
        "facts": [
            *(_facts(asked, record) if record else [("ID", key)]),
            *([("Merged into", merged_into)] if merged_into else []),
        ],
        "status": status,
        "lookback": asked.publication.lookback,
        "contacts": contacts,
        "has_more_contacts": len(contacts) == PEOPLE,
        "touches": path["touches"],
        "timeline": _timeline(asked, found, contacts, path["touches"]),
        "ledger": path,
        "left_out": _left_out(asked, key),
        "campaigns": asked.show(LISTS["deal-reasons"], limit=50, deal=key),
        "amount": asked.formats.money(found["amount_home"])
        if found["amount_home"] is not None
        else "no amount in the home currency",
    }


def _facts(asked: Asked, found: dict[str, Any]) -> list[tuple[str, str]]:
    formats = asked.formats
    landed = ""
    if found["amount"] is not None and found["currency"] not in (None, asked.formats.currency):
        landed = f"{formats.amount(found['amount'])} {found['currency']}"
    facts = [
        ("ID", found["deal_id"]),
        ("Stage", " · ".join(str(one) for one in (found["pipeline"], found["stage"]) if one)),
        ("Outcome", "won" if found["is_closed_won"] else "not won"),
        ("As landed", landed),
        ("Created", formats.instant(found["created_at"]) if found["created_at"] else "unknown"),
        ("Closed", formats.instant(found["closed_at"]) if found["closed_at"] else "not known"),
        ("Deleted", "yes" if found["is_deleted"] else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _merged_into(asked: Asked, key: str, record: dict[str, Any] | None) -> Cell | None:
    """The deal that has its contacts, where it was merged away (R66)."""
    into = record["merged_into"] if record else survivor_of(asked, "deal", key)
    if into in (None, key):
        return None
    row = asked.publication.one(
        "select deal_name from @core.fct_deals where deal_id = $key", {"key": into}
    )
    return replace(asked.cells.deal(into, (row or {}).get("deal_name")), sub="")


def _status(asked: Asked, key: str) -> dict[str, Any]:
    """The deal's one reason; `lacking` where the publication does not tell."""
    try:
        row = asked.publication.one(
            "select status, campaigns from @diagnostics.deal_status where deal_id = $key",
            {"key": key},
        )
    except NotPublished as error:
        return {"lacking": error.table}
    if row is None:
        return {}
    reason = words.reason(row["status"], "deal", asked.publication.lookback)
    return {"reason": reason, "campaigns": row["campaigns"]}


def _contacts(asked: Asked, key: str) -> list[dict[str, Any]]:
    rows = asked.publication.rows(
        query(__file__, "deal_contacts"),
        {"key": key, "people": PEOPLE},
    )
    rows.sort(key=lambda row: (row["valid_from"], row["contact_id"]))
    for row in rows:
        row |= {
            "cell": asked.cells.contact(row["contact_id"], row["email"]),
            "from": asked.cells.instant(row["valid_from"]),
            "to": asked.cells.instant(row["valid_to"]) if row["valid_to"] else Cell("still on it"),
            "says": _in_path(asked, row),
            "basis": words.TIME_BASES.get(row["time_basis"], ("", "", ""))[0],
        }
    return rows


def _in_path(asked: Asked, row: dict[str, Any]) -> Cell:
    """Whether a contact's time on the deal brings interactions to its path, or why not."""
    if row["reason"]:
        why = words.reason(row["reason"], "deal_contact")
        return Cell(why.meaning, title=f"Rule {why.rule}.")
    if row["in_path"]:
        number = asked.formats.count(row["in_path"])
        are = "is" if row["in_path"] == 1 else "are"
        return Cell(IN_PATH.format(number=number, are=are), title="Rule R60.")
    if row["is_at_close"] is None:  # an older publication
        return Cell(NONE)
    return Cell(NONE_IN_PATH if row["has_interactions"] else NOTHING_DONE, title="Rule R60.")


def _path(asked: Asked, key: str) -> dict[str, Any]:
    """Touches in order, with their campaigns and what every model gives them; `more` are not
    shown.
    """
    rows = asked.publication.rows(
        query(__file__, "deal_path"),
        {"key": key, "touches": TOUCHES},
    )
    totals = asked.publication.rows(
        (
            "select model, sum(credit) as credit, count(distinct (event_id, campaign_id)) as "
            "number from @marts.attribution_credits where deal_id = $key group by model"
        ),
        {"key": key},
    )
    sums = {row["model"]: row["credit"] for row in totals}
    models = in_order(set(sums))
    number = 0
    previous = None
    for row in rows:
        if row["event_id"] != previous:
            number, previous = number + 1, row["event_id"]
        given = {one["model"]: one for one in row["models"]}
        row["number"] = number
        row["given"] = given
        row["campaign"] = asked.cells.campaign(row["campaign_id"], row["campaign_name"])
        row["cells"] = [_credit(asked, given.get(model)) for model in models]
    return {
        "touches": rows,
        "models": [(model, words.model(model)) for model in models],
        "sums": [asked.formats.amount(sums[model]) for model in models],
        "more": max((row["number"] for row in totals), default=0) - len(rows),
    }


def _credit(asked: Asked, given: dict[str, Any] | None) -> Cell:
    if given is None:
        return Cell(NONE)
    return Cell(asked.formats.amount(given["credit"]), sub=asked.formats.share(given["weight"], 1))


def _timeline(
    asked: Asked,
    found: dict[str, Any],
    contacts: list[dict[str, Any]],
    touches: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Touches and milestones (a contact created, the deal created, closed) in the order of time."""
    entries: list[dict[str, Any]] = []
    by_event: dict[str, dict[str, Any]] = {}
    model = asked.selection.model
    for row in touches:
        entry = by_event.get(row["event_id"])
        if entry is None:
            entry = by_event[row["event_id"]] = {
                "at": row["occurred_at"],
                "rank": 1,
                "number": row["number"],
                "what": Cell(
                    words.event_type(row["event_type"]), f"/event?id={_quoted(row['event_id'])}"
                ),
                "asset": asked.cells.asset(row["asset_type"], row["asset_id"], row["asset_name"])
                if row["asset_id"]
                else None,
                "url": row["url"] if not row["asset_id"] else "",
                "contact": asked.cells.contact(row["contact_id"], row["email"]),
                "channel": words.spelled(row["channel"]) if row["channel"] else "",
                "campaigns": [],
                "credit": Decimal(0),
            }
            entries.append(entry)
        label, meaning, rule = words.BASES.get(row["basis"], ("", "", ""))
        entry["campaigns"].append(
            (row["campaign"], Cell(label, title=f"{meaning} Rule {rule}.") if label else None)
        )
        entry["credit"] += row["given"].get(model, {}).get("credit") or Decimal(0)
    milestones = [
        (found["created_at"], 2, "Deal created"),
        (found["closed_at"], 3, "Deal won" if found["is_closed_won"] else "Deal closed, not won"),
    ]
    milestones += [
        (row["created_at"], 2, f"Contact {row['email'] or row['contact_id']} created")
        for row in _oldest(contacts, 20)
    ]
    entries += [
        {"at": at, "rank": rank, "milestone": says}
        for at, rank, says in milestones
        if at is not None
    ]
    entries.sort(key=lambda entry: (entry["at"], entry["rank"]))
    for entry in entries:
        entry["when"] = asked.cells.instant(entry["at"])
        if "credit" in entry:
            entry["credit"] = asked.formats.money(entry["credit"]) if entry["credit"] else NONE
    return entries


def _oldest(contacts: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    """Contacts at the close, by their creation: a position is the oldest one's (R71)."""
    at_close = [row for row in contacts if row["is_at_close"] and row["created_at"]]
    return sorted(at_close, key=lambda row: (row["created_at"], row["contact_id"]))[:number]


def _quoted(text: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(text)


def _left_out(asked: Asked, key: str) -> list[dict[str, Any]]:
    """Interactions of the deal's contacts which are not in the path, by kind and reason."""
    variables = asked.publication.variables
    rows = asked.publication.rows(
        f"""
        with events as ({page_sql(left_out_sql(variables))})
        select event_type, subject, reason, count(*) as interactions from events group by all
        """,
        left_out_values(key, variables),
    )
    numbers: Counter[tuple[str, str]] = Counter()
    for row in rows:
        numbers[row["event_type"], why_left_out(row, variables)] += row["interactions"]
    return [
        {
            "what": words.event_type(kind),
            "number": asked.formats.count(number),
            "why": Cell(label, title=title),
        }
        for (kind, why), number in sorted(numbers.items(), key=lambda one: (-one[1], one[0]))
        for label, title in (words.with_rule(why),)
    ]
