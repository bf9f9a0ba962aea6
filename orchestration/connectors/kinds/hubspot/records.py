"""Contacts and deals: full listings, what changed since, and what is archived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestration.connectors.kinds.hubspot.looks import lost
from orchestration.connectors.kinds.hubspot.problems import Problem, Refused
from orchestration.connectors.kinds.hubspot.reading import (
    ERRORS,
    Reader,
    batches,
    has_errors,
    items,
    row,
    text,
)
from orchestration.connectors.ledger import Asked, Entry

# HubSpot's search sees a change some time after it was made.
LAG = timedelta(minutes=15)
SEARCH_PAGE, SEARCH_LIMIT = 200, 10_000
LISTING, ARCHIVED, CHANGED, RESTORED = "listing", "archived", "changed", "restored"


@dataclass(frozen=True)
class Objects:
    """A kind of CRM record: its table, its place in paths, the properties asked for, and the ones
    that say when it changed.
    """

    table: str
    path: str
    properties: tuple[str, ...]
    changed_by: tuple[str, ...]
    history: tuple[str, ...] = ()

    @property
    def page(self) -> int:
        return 50 if self.history else 100


CONTACTS = Objects(
    "contacts",
    "contacts",
    (
        "email",
        "hs_additional_emails",
        "createdate",
        "lastmodifieddate",
        "lifecyclestage",
        "salesforcecampaignids",
        "salesforcecontactid",
        "salesforceleadid",
        "hs_merged_object_ids",
        "hs_calculated_merged_vids",
        "hs_calculated_form_submissions",
        "hs_analytics_num_page_views",
        "hs_object_id",
    ),
    ("lastmodifieddate", "hs_lastmodifieddate"),
    ("email",),
)
DEALS = Objects(
    "deals",
    "0-3",
    (
        "dealname",
        "pipeline",
        "dealstage",
        "amount",
        "deal_currency_code",
        "createdate",
        "closedate",
        "hs_is_closed",
        "hs_is_closed_won",
        "hs_lastmodifieddate",
        "lastmodifieddate",
        "hs_merged_object_ids",
        "hs_object_id",
    ),
    ("hs_lastmodifieddate", "lastmodifieddate"),
)


def read_since(reader: Reader, objects: Objects) -> datetime | None:
    """The start of the newest earlier pull that read these records whole, None where none did."""
    with reader.pull.extracts() as connection:
        row = connection.execute(
            (
                "select max(started_at) from ledger where table_name = ? and asset_type in (?, ?) "
                "and is_complete and _pull < ?"
            ),
            [objects.table, LISTING, CHANGED, reader.pull.number],
        ).fetchone()
    return row[0] if row else None


def _changed_by(reader: Reader, objects: Objects) -> str | None:
    """The property by which the records that came say when they changed, None where none of them
    does.
    """
    with reader.pull.extracts(objects.table) as connection:
        for name in objects.changed_by:
            found = connection.execute(
                f"select 1 from {objects.table} where json_extract_string(payload, "
                f"'$.properties.{name}') is not null limit 1"
            ).fetchone()
            if found:
                return name
    return None


def read_objects(reader: Reader, objects: Objects) -> None:
    """All records in the first pull and in full ones; else those that changed since the last that
    was whole. The archived ones always, and those that are archived no more.
    """
    listed, changed = (Asked(objects.table, None, kind) for kind in (LISTING, CHANGED))
    under_way = listed in reader.pull.entries
    since = None if reader.pull.full or under_way else read_since(reader, objects)
    by = _changed_by(reader, objects) if since is not None else None
    is_listed = False
    if since is None or by is None:
        is_listed = _list(reader, objects, LISTING)
    elif not reader.pull.settled(changed):
        _read_changed(reader, objects, changed, by, since - LAG)
    if _list(reader, objects, ARCHIVED) and not is_listed:
        _read_restored(reader, objects)
    reader.note_unknown(objects.table)


def _list(reader: Reader, objects: Objects, kind: str) -> bool:
    params: dict[str, Any] = {
        "limit": objects.page,
        "archived": "true" if kind == ARCHIVED else "false",
        "properties": ",".join(objects.properties),
    }
    if objects.history:
        params["propertiesWithHistory"] = ",".join(objects.history)
    return reader.read(
        Asked(objects.table, None, kind),
        f"/crm/objects/{{v}}/{objects.path}",
        lambda item: row(item, kind=kind),
        params=params,
    )


def _read_restored(reader: Reader, objects: Objects) -> None:
    """What is archived no more: back, which need not count as a change, or gone for good."""
    asked = Asked(objects.table, None, RESTORED)
    ids = sorted(lost(reader.pull, Asked(objects.table, None, ARCHIVED)), key=_number)
    if not ids or reader.pull.settled(asked):
        return
    entry = Entry(asked, True, "200")
    try:
        # Those that are gone are missing from the answer: no gap.
        entry.rows, entry.pages, _ = _batch_read(reader, objects, ids)
    except Refused as error:
        status, reason = str(error.problem.status), error.problem.reason
        entry = Entry(asked, False, status, reason)
        # No whole look: the next pull compares with the one before, and asks for them again.
        archived = reader.pull.entries[Asked(objects.table, None, ARCHIVED)]
        reader.pull.note(replace(archived, is_complete=False, reason=reason))
    reader.settle(entry)


def _number(identity: str) -> tuple[int, str]:
    return (int(identity), "") if identity.isdigit() else (0, identity)


def _search(
    reader: Reader, objects: Objects, by: str, since: datetime, behind: str | None
) -> Iterator[tuple[Sequence[Mapping[str, Any]], str | None]]:
    """Pages of records changed since an instant, by id, each behind the last id of the one before.

    So no search comes near its limit of 10,000, records of equal times are told apart, and what
    changes or goes meanwhile moves no other record to a page that was read. Where ids do not come
    in order, the search's own cursor is followed, up to its limit.
    """
    milliseconds = int(since.replace(tzinfo=UTC).timestamp() * 1000)
    path = f"/crm/objects/{{v}}/{objects.path}/search"
    filters = [{"propertyName": by, "operator": "GTE", "value": str(milliseconds)}]
    body: dict[str, Any] = {
        "properties": list(objects.properties),
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        "limit": SEARCH_PAGE,
    }
    last = behind
    while True:
        more = (
            [{"propertyName": "hs_object_id", "operator": "GT", "value": last}]
            if last is not None
            else []
        )
        try:
            page = reader.api.call(
                f"{objects.table} {CHANGED}",
                path,
                body={**body, "filterGroups": [{"filters": [*filters, *more]}]},
            )
        except Refused as error:
            if error.problem.status != 400:
                raise
            break
        found = [item for item in items(page.body) if isinstance(item, dict)]
        ids = [identity for item in found if (identity := text(item.get("id")))]
        in_order = ids == sorted(ids, key=_number) and (
            last is None or not ids or _number(ids[0]) > _number(last)
        )
        after = page.after
        if has_errors(page):
            raise Refused(Problem(page.status, ERRORS))
        if not isinstance(page.body.get("results"), list):
            raise Refused(Problem(page.status, "an answer without results"))
        if not in_order:
            break
        if not found and after is not None:
            raise Refused(Problem(page.status, "an empty page with a cursor"))
        last = ids[-1] if ids else last
        is_last = after is None
        yield found, None if is_last else last
        if is_last:
            return
    yield from _search_by_cursor(
        reader, objects, path, {**body, "filterGroups": [{"filters": filters}]}
    )


def _search_by_cursor(
    reader: Reader, objects: Objects, path: str, body: dict[str, Any]
) -> Iterator[tuple[Sequence[Mapping[str, Any]], str | None]]:
    """The same by the search's own cursor, for a server that does not sort by id."""
    count = 0
    for page in reader.api.pages(f"{objects.table} {CHANGED}", path, body=body):
        found = [item for item in items(page.body) if isinstance(item, dict)]
        if has_errors(page) or (page.after is not None and not found):
            raise Refused(Problem(page.status, ERRORS if found else "an empty page with a cursor"))
        count += len(found)
        if page.after is not None and count >= SEARCH_LIMIT:
            raise Refused(Problem(page.status, "a search at its limit of 10,000"))
        yield found, None


def _read_changed(reader: Reader, objects: Objects, asked: Asked, by: str, since: datetime) -> None:
    entry = reader.go_on(asked)
    try:
        for found, cursor in _search(reader, objects, by, since, entry.cursor):
            entry.pages += 1
            if objects.history:
                ids = [identity for item in found if (identity := text(item.get("id")))]
                came, pages, reason = _batch_read(reader, objects, ids)
                entry.rows += came
                entry.pages += pages
                entry.reason = entry.reason or reason
            else:
                entry.rows += reader.pull.add(
                    objects.table, [row(item, kind=CHANGED) for item in found]
                )
            entry.cursor = cursor
            if cursor is not None and reader.pull.is_due():
                reader.note_part(entry)
                reader.pull.write()
    except Refused as error:
        entry.status, entry.reason = str(error.problem.status), error.problem.reason
    except Exception:
        if entry.cursor is not None:
            reader.note_part(entry)
        raise
    entry.is_complete = entry.reason is None
    entry.cursor = None
    reader.settle(entry)


def _batch_read(
    reader: Reader, objects: Objects, ids: Sequence[str]
) -> tuple[int, int, str | None]:
    """Records by id with their history: rows, requests, and why they are not all there."""
    came = pages = 0
    reason = None
    for part in batches(ids, objects.page):
        page = reader.api.call(
            f"{objects.table} {CHANGED}",
            f"/crm/objects/{{v}}/{objects.path}/batch/read",
            body={
                "inputs": [{"id": identity} for identity in part],
                "properties": list(objects.properties),
                "propertiesWithHistory": list(objects.history),
            },
        )
        pages += 1
        found = [item for item in items(page.body) if isinstance(item, dict)]
        came += reader.pull.add(objects.table, [row(item, kind=CHANGED) for item in found])
        missing = set(part) - {text(item.get("id")) for item in found}
        if has_errors(page) or missing:
            # Gone since the search: the next pull looks again.
            reason = ERRORS if has_errors(page) else "records missing from an answer"
    return came, pages, reason
