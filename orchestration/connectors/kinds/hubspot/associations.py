"""Who belongs to which deal, read anew for every live deal in each pull, by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestration.connectors.kinds.hubspot.client import next_after
from orchestration.connectors.kinds.hubspot.problems import Refused
from orchestration.connectors.kinds.hubspot.reading import ERRORS, Reader, Row, items, row, text
from orchestration.connectors.kinds.hubspot.refusals import IN_A_ROW
from orchestration.connectors.ledger import Asked, Entry

ASSOCIATIONS = "/crm/associations/{v}/deals/contacts/batch/read"
BATCH, SMALL_BATCH = 1000, 100
_NONE = "NO_ASSOCIATIONS_FOUND"


def _live_deals(reader: Reader) -> list[str]:
    """The deals that are not archived, as far as all pulls know."""
    with reader.pull.extracts("deals") as connection:
        rows = connection.execute(
            """
            with newest as (
                select
                    id,
                    kind = 'archived'
                    or coalesce(json_extract_string(payload, '$.archived') = 'true',
                        false) as is_archived
                from deals
                where id is not null
                qualify row_number() over (partition by id order by _load desc, _row desc) = 1
            ),

            listed as (
                select max(_pull) as _pull from ledger
                where table_name = 'deals' and asset_type = 'listing' and is_complete
            ),

            -- Absent from the newest full listing, and not seen since: no deal any more.
            gone as (
                select id from deals
                group by id
                having max(_pull) < (select _pull from listed)
            ),

            -- Merged into another deal: HubSpot knows them no more.
            merged as (
                select unnest(string_split(json_extract_string(payload,
                    '$.properties.hs_merged_object_ids'), ';')) as id
                from deals
            )

            select id from newest
            where
                not is_archived
                and id not in (select id from gone)
                and id not in (select trim(id) from merged where id is not null)
            order by length(id), id
            """
        ).fetchall()
    return [identity for (identity,) in rows]


def _ids_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _ids_in(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _ids_in(one)
    elif (found := text(value)) is not None:
        yield found


def _errors(body: Mapping[str, Any], asked: set[str]) -> tuple[set[str], set[str], bool]:
    """Of the errors of a batch: records without associations, records in error, and whether one
    names no record.
    """
    none: set[str] = set()
    broken: set[str] = set()
    unknown = False
    errors = [error for error in items(body, "errors") if isinstance(error, dict)]
    for error in errors:
        named = {one for one in _ids_in(error.get("context")) if one in asked}
        if not named:
            words = str(error.get("message", "")).replace(",", " ").replace(".", " ").split()
            named = {word.strip("'\"[]()") for word in words} & asked
        is_none = any(
            _NONE in str(error.get(name, "")) for name in ("subCategory", "category", "message")
        )
        if is_none:
            none |= named
        else:
            broken |= named
        unknown = unknown or not named
    count = body.get("numErrors")
    if isinstance(count, int) and count > len(errors):
        unknown = True
    return none, broken, unknown


def read_associations(reader: Reader) -> None:
    """The contacts of every live deal, as they are now."""
    table = "deal_contacts"
    waiting = [deal for deal in _live_deals(reader) if not reader.pull.settled(Asked(table, deal))]
    size, failures = BATCH, 0
    while waiting:
        part, rest = waiting[:size], waiting[size:]
        try:
            _read_batch(reader, table, part)
            failures = 0
        except Refused as error:
            if error.problem.status == 400 and size > SMALL_BATCH:
                size = SMALL_BATCH
                continue
            failures += error.problem.is_failure
            is_over = error.problem.is_refusal or failures >= IN_A_ROW
            for deal in waiting if is_over else part:
                reader.refuse(Asked(table, deal), error.problem)
            if is_over:
                return
        waiting = rest


def _association_rows(deal: str, found: Sequence[Any]) -> list[Row]:
    return [
        row(one, identity=one.get("toObjectId", one.get("id")), parent=deal)
        for one in found
        if isinstance(one, dict)
    ]


def _read_batch(reader: Reader, table: str, deals: Sequence[str]) -> None:
    """One batch, and the further pages of each deal that has some."""
    entries = {deal: Entry(Asked(table, deal), status="200", pages=0) for deal in deals}
    found: dict[str, list[Row]] = {deal: [] for deal in deals}
    cursors: set[tuple[str, str]] = set()
    inputs: list[dict[str, str]] = [{"id": deal} for deal in deals]
    first = True
    while inputs:
        asked = {one["id"] for one in inputs}
        page = reader.api.call(f"{table}", ASSOCIATIONS, body={"inputs": inputs})
        none, broken, unknown = _errors(page.body, asked)
        unknown = unknown or "results" not in page.body
        inputs = []
        answered: set[str] = set()
        for result in items(page.body):
            if not isinstance(result, dict):
                continue
            deal = text((result.get("from") or {}).get("id"))
            if deal not in asked:
                continue
            answered.add(deal)
            rows = _association_rows(deal, items(result, "to"))
            found[deal] += rows
            after = next_after(result)
            if after is not None:
                if not rows:
                    entries[deal].reason = "an empty page with a cursor"
                if (deal, str(after)) in cursors:
                    entries[deal].reason = "a cursor that repeats"
                else:
                    cursors.add((deal, str(after)))
                    inputs.append({"id": deal, "after": str(after)})
        for deal in asked:
            entries[deal].pages += int(first and deal == deals[0])
            is_silent = deal not in answered and deal not in none
            if deal in broken or (is_silent and (unknown or not first or page.status != 200)):
                entries[deal].reason = ERRORS
        first = False
    for deal, entry in entries.items():
        entry.status = "200" if entry.reason is None else "207"
        entry.rows = reader.pull.add(table, found[deal])
        entry.is_complete = entry.reason is None
        reader.settle(entry)
