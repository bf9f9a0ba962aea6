"""Reading lists of HubSpot into extracts: every page's rows, and in the ledger whether the list was
whole.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from orchestration.connectors.kind import NO_COLUMN
from orchestration.connectors.kinds.hubspot.client import Api, Page
from orchestration.connectors.kinds.hubspot.looks import lost
from orchestration.connectors.kinds.hubspot.problems import Problem, Refused
from orchestration.connectors.kinds.hubspot.refusals import Refusals
from orchestration.connectors.ledger import UNDER_WAY, Asked, Entry
from orchestration.connectors.pull import Pull
from orchestration.ground.clock import now
from orchestration.terminal import progress

Row = dict[str, str | None]
Body = Mapping[str, Any]
# Sizes of a page that are tried where a larger one is refused.
PAGES = (100, 50, 20)
# Seconds.
SIGN_OF_LIFE = 10
EMPTY_PAGE = "an empty page with a cursor"
ERRORS = "an answer with errors (207)"


def text(value: object) -> str | None:
    """An id as text; None where there is none."""
    if value is None or isinstance(value, (dict, list, bool)):
        return None
    return str(value).strip() or None


def whole_characters(value: str) -> str:
    """A text in which half a character, left where HubSpot cut a value, is U+FFFD: no file takes
    it.
    """
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def row(item: Body, *, identity: object = None, parent: str | None = None, kind: str | None = None):
    """A row of an extract: the item as it came."""
    given = identity if identity is not None else item.get("id")
    payload = json.dumps(item, ensure_ascii=False, separators=(",", ":"))
    if not payload.isascii():
        payload = whole_characters(payload)
    return {"id": text(given), "parent_id": parent, "kind": kind, "payload": payload}


def items(body: Body, name: str = "results") -> list[Any]:
    """The items of an answer; none where the key is absent."""
    found = body.get(name)
    return found if isinstance(found, list) else []


def has_errors(page: Page) -> bool:
    """Whether an answer names errors beside its results."""
    return page.status == 207 or bool(page.body.get("errors")) or bool(page.body.get("numErrors"))


def smaller_page(
    params: Mapping[str, Any] | None, body: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """The same question for fewer at a time, None where there is none: limits differ from endpoint
    to endpoint, and over time.
    """
    for where, name in (("params", "limit"), ("body", "count")):
        given = {"params": params, "body": body}[where]
        if given and name in given:
            fewer = [size for size in PAGES if size < given[name]]
            rest = {key: value for key, value in given.items() if key != name}
            return {where: {**rest, name: fewer[0]} if fewer else rest}
    return None


class Reader:
    """Reads one thing after the other, skipping what this pull has read already, and shows progress
    by table.
    """

    def __init__(self, api: Api, pull: Pull) -> None:
        self.api, self.pull = api, pull
        self._refusals = Refusals()
        for asked, entry in pull.entries.items():  # of a pull that is taken up
            if entry.is_complete:
                self._refusals.answered(asked)
        self._counts: dict[str, list[int]] = {}
        self._shown_at = time.monotonic()

    def settle(self, entry: Entry) -> None:
        """Notes how reading one thing came out, and writes when it is time."""
        entry.ended_at = now()
        self.pull.note(entry)
        counts = self._counts.setdefault(entry.asked.table, [0, 0])
        counts[0] += entry.rows
        counts[1] += entry.pages
        if self.pull.is_due():
            self.pull.write()

    def _show(self, table: str, entry: Entry) -> None:
        """A sign of life where a table takes long."""
        if time.monotonic() - self._shown_at > SIGN_OF_LIFE:
            self._shown_at = time.monotonic()
            rows = self._counts.get(table, [0, 0])[0] + entry.rows
            progress.item(f"  {table}: {rows:,} rows so far")

    def report(self, *tables: str) -> None:
        """Says how much came of tables that are read."""
        for table in tables:
            rows, pages = self._counts.get(table, (0, 0))
            gaps = sorted(
                {
                    entry.reason or "not read to its end"
                    for asked, entry in self.pull.entries.items()
                    if asked.table == table and not entry.is_complete
                }
            )
            says = f"; {', '.join(gaps)}" if gaps else ""
            if pages or gaps:
                progress.item(f"  {table}: {rows:,} rows, {pages:,} requests{says}")

    def refuse(self, asked: Asked, problem: Problem) -> None:
        """Notes that a thing cannot be read, and why."""
        self.settle(Entry(asked, status=str(problem.status), reason=problem.reason))

    def note_unknown(self, table: str) -> None:
        """Notes the properties of a table that the account does not have."""
        for name in self.api.properties.unknown(table):
            self.refuse(Asked(table, None, name), Problem(400, NO_COLUMN))

    def settle_read(self, asked: Asked, *, rows: int) -> None:
        """Notes that one answer brought all there is of a thing."""
        self.settle(Entry(asked, True, "200", pages=1, rows=rows))

    def read(
        self,
        asked: Asked,
        path: str,
        make_row: Callable[[Body], Row | None],
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        results: str = "results",
        cursor: tuple[str, str] = ("paging.next.after", "after"),
        goes_on: Callable[[Body], bool] | None = None,
        enough: Callable[[Sequence[Body]], bool] | None = None,
        seen: Callable[[Sequence[Body]], None] | None = None,
        is_look: bool = False,
    ) -> bool:
        """Reads a list to its end; returns whether it was whole.

        `enough` ends it early where a page says that the rest is known; such a list counts as
        whole. What a look (`is_look`) has no more is removed: where a look of several pages lost
        something it is read once more, for what goes while pages are counted off moves something
        else past the reader.
        """
        named: dict[str, Any] = {
            "results": results,
            "cursor": cursor,
            "goes_on": goes_on,
            "enough": enough,
            "seen": seen,
        }
        if self.pull.settled(asked):
            return self.pull.entries[asked].is_complete
        refused = self._refusals.of(asked)
        if refused is not None:
            self.refuse(asked, refused)
            return False
        entry = self.go_on(asked)
        resumed = entry.cursor is not None
        at = " ".join(filter(None, (asked.table, asked.asset_type, asked.parent)))
        try:
            for page in self.api.pages(
                at,
                path,
                params=params,
                body=body,
                after=entry.cursor,
                cursor=cursor,
                goes_on=goes_on,
            ):
                self._refusals.answered(asked)
                entry.pages += 1
                entry.status = str(page.status)
                found = items(page.body, results)
                entry.rows += self._keep(asked.table, found, make_row)
                if seen is not None:
                    seen(found)
                if page.after is not None and not found:
                    entry.reason = EMPTY_PAGE
                if not isinstance(page.body.get(results), list):
                    entry.reason = f"an answer without {results}"
                if has_errors(page):
                    entry.reason = ERRORS
                self._show(asked.table, entry)
                if enough is not None and enough(found):
                    break
                entry.cursor = page.after
                if page.after is not None and self.pull.is_due():
                    self.note_part(entry)
                    self.pull.write()
        except Refused as error:
            again = named | {"params": params, "body": body, "is_look": is_look}
            if error.problem.status == 400 and resumed:
                # The cursor of an interrupted pull is no longer good: from the beginning.
                self.pull.entries.pop(asked)
                return self.read(asked, path, make_row, **again)
            smaller = smaller_page(params, body)
            if error.problem.status == 400 and entry.pages == 0 and smaller is not None:
                return self.read(asked, path, make_row, **again | smaller)
            entry.status, entry.reason = str(error.problem.status), error.problem.reason
            self._refusals.refused(asked, error.problem)
        except Exception:
            # The pull stops here: the next one goes on behind the pages that came.
            if entry.cursor is not None:
                self.note_part(entry)
            raise
        entry.is_complete = entry.reason is None
        entry.cursor = None
        if is_look and entry.is_complete and entry.pages > 1 and lost(self.pull, asked):
            self.pull.entries.pop(asked, None)
            return self.read(asked, path, make_row, params=params, body=body, **named)
        self.settle(entry)
        return entry.is_complete

    def _keep(
        self, table: str, found: Iterable[Any], make_row: Callable[[Body], Row | None]
    ) -> int:
        rows = [made for item in found if isinstance(item, dict) and (made := make_row(item))]
        return self.pull.add(table, rows)

    def go_on(self, asked: Asked) -> Entry:
        """The entry of what is to be read now: as an interrupted pull left it, or a new one."""
        before = self.pull.entries.get(asked)
        if before is None or before.is_settled:
            return Entry(asked, status="200")
        return replace(before, status="200")

    def note_part(self, entry: Entry) -> None:
        """Notes the pages so far, so that an interrupted pull goes on behind them."""
        self.pull.note(replace(entry, status=UNDER_WAY, is_complete=False))

    def read_one(
        self, asked: Asked, path: str, make_row: Callable[[Body], Row], **named: Any
    ) -> bool:
        """Reads a single body; returns whether it came."""
        if self.pull.settled(asked):
            return self.pull.entries[asked].is_complete
        refused = self._refusals.of(asked)
        if refused is not None:
            self.refuse(asked, refused)
            return False
        at = " ".join(filter(None, (asked.table, asked.asset_type, asked.parent)))
        try:
            page = self.api.call(at, path, **named)
        except Refused as error:
            self._refusals.refused(asked, error.problem)
            self.refuse(asked, error.problem)
            return False
        self._refusals.answered(asked)
        entry = Entry(asked, status=str(page.status), pages=1, rows=1)
        entry.is_complete = not has_errors(page)
        if not entry.is_complete:
            entry.reason = ERRORS
        self.pull.add(asked.table, [make_row(page.body)])
        self.settle(entry)
        return entry.is_complete


def batches(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The values in lists of at most `size`."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
