"""A HubSpot server on loopback: serves a World page by page, within limits and scopes, and fails
where a test says so.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.hubspot.world import CONTENT, World, iso, ms

TOKEN = "pat-eu1-secret-7f3a9c51"
LIMIT, SECONDS = 190, 10.0
SEARCH_LIMIT = 10_000
PATHS = {
    "landing_pages": "/cms/pages/{v}/landing-pages",
    "site_pages": "/cms/pages/{v}/site-pages",
    "blog_posts": "/cms/blogs/{v}/posts",
    "marketing_emails": "/marketing/emails/{v}",
}


class Answer(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, body: Any = None, headers: dict[str, str] | None = None):
        super().__init__(status)
        self.status, self.body, self.headers = status, body or {"status": "error"}, headers or {}


def missing_scope() -> Answer:
    return Answer(
        403,
        {
            "status": "error",
            "category": "MISSING_SCOPES",
            "message": "One or more of the following scopes are required.",
        },
    )


# What a fault sees of a request: its method, its path, its parameters and body; it raises an
# Answer, or gives a body to answer with.
Fault = Callable[["Request"], Any]


class Request:
    def __init__(self, method: str, path: str, params: dict[str, str], body: Any, number: int):
        self.method, self.path, self.params, self.body, self.number = (
            method,
            path,
            params,
            body,
            number,
        )


class FakeHubSpot:
    """Routes and their answers.

    `faults` are asked first; `after` is called once a request was answered.
    """

    def __init__(self, world: World, version: str = "2026-03", page: int | None = None) -> None:
        self.world, self.version, self.page = world, version, page
        self.faults: list[Fault] = []
        self.after: Callable[[Request], None] | None = None
        self.requests: list[Request] = []
        self.sent_at: deque[float] = deque()
        self.most_in_ten_seconds = 0
        self.enforces_limit = True
        self.search_limit = SEARCH_LIMIT
        self.lock = threading.Lock()
        self.url = ""
        v = re.escape(version)
        guid = r"([^/]+)"
        self.routes: list[tuple[str, re.Pattern[str], Callable[..., Any]]] = [
            ("GET", re.compile(r"/account-info/v3/details"), lambda r: self.world.account),
            ("GET", re.compile(rf"/settings/currencies/{v}/exchange-rates"), self._rates),
            ("GET", re.compile(rf"/marketing/campaigns/{v}"), self._campaigns),
            ("GET", re.compile(rf"/marketing/campaigns/{v}/{guid}/assets/{guid}"), self._assets),
            ("GET", re.compile(rf"/marketing/campaigns/{v}/{guid}/budget/totals"), self._budget),
            ("GET", re.compile(rf"/marketing/campaigns/{v}/{guid}/reports/metrics"), self._metrics),
            (
                "GET",
                re.compile(rf"/marketing/campaigns/{v}/{guid}/reports/contacts/{guid}"),
                self._reported,
            ),
            ("GET", re.compile(rf"/marketing/campaigns/{v}/{guid}/reports/revenue"), self._revenue),
            ("GET", re.compile(r"/marketing/v3/forms"), self._forms),
            (
                "GET",
                re.compile(rf"/form-integrations/v1/submissions/forms/{guid}"),
                self._submissions,
            ),
            ("POST", re.compile(rf"/crm/lists/{v}/search"), self._lists),
            ("GET", re.compile(rf"/crm/lists/{v}/{guid}"), self._list),
            ("GET", re.compile(rf"/crm/lists/{v}/{guid}/memberships/join-order"), self._members),
            (
                "GET",
                re.compile(r"/automation/v4/flows"),
                lambda r: self._paged(r, [*self.world.flows.values()]),
            ),
            (
                "GET",
                re.compile(rf"/marketing/marketing-events/{v}"),
                lambda r: self._paged(r, [*self.world.marketing_events.values()]),
            ),
            (
                "GET",
                re.compile(rf"/marketing/v3/marketing-events/participations/{guid}/breakdown"),
                lambda r, e: self._paged(r, self.world.participations.get(e, [])),
            ),
            ("GET", re.compile(rf"/crm/objects/{v}/{guid}"), self._objects),
            ("POST", re.compile(rf"/crm/objects/{v}/{guid}/search"), self._search),
            ("POST", re.compile(rf"/crm/objects/{v}/{guid}/batch/read"), self._batch),
            (
                "POST",
                re.compile(rf"/crm/associations/{v}/deals/contacts/batch/read"),
                self._associations,
            ),
            ("GET", re.compile(r"/email/public/v1/events"), self._email_events),
            ("GET", re.compile(rf"/events/event-occurrences/{v}"), self._occurrences),
        ]
        for table in CONTENT:
            path = re.escape(PATHS[table].format(v=version))
            self.routes.append(
                ("GET", re.compile(path), lambda r, table=table: self._content(r, table))
            )
            self.routes.append(
                (
                    "GET",
                    re.compile(f"{path}/{guid}/revisions"),
                    lambda r, i, table=table: self._paged(
                        r, self.world.revisions.get((table, i), [])
                    ),
                )
            )

    # --- what is served ---------------------------------------------------------------------------

    def _paged(self, request: Request, found: list[Any], default: int = 10) -> dict[str, Any]:
        limit = min(int(request.params.get("limit", default)), self.page or 10_000)
        start = int(request.params.get("after", 0))
        body: dict[str, Any] = {"results": found[start : start + limit]}
        if start + limit < len(found):
            after = str(start + limit)
            body["paging"] = {
                "next": {
                    "after": after,
                    "link": f"https://api.hubapi.com{request.path}?after={after}",
                }
            }
        return body

    def _rates(self, request: Request) -> Any:
        return self._paged(request, self.world.rates)

    def _campaigns(self, request: Request) -> Any:
        asked = [*filter(None, request.params.get("properties", "").split(","))]
        found = []
        for one in self.world.campaigns.values():
            kept = {name: one["properties"][name] for name in asked if one["properties"].get(name)}
            found.append({**one, "properties": kept})
        return {"total": len(found), **self._paged(request, found)}

    def _known_campaign(self, campaign: str) -> None:
        if campaign not in self.world.campaigns:
            raise Answer(404, {"status": "error", "message": "no such campaign"})

    def _assets(self, request: Request, campaign: str, kind: str) -> Any:
        self._known_campaign(campaign)
        found = self.world.assets.get((campaign, kind), {})
        return self._paged(request, [{"id": i, "name": name} for i, name in found.items()])

    def _budget(self, request: Request, campaign: str) -> Any:
        self._known_campaign(campaign)
        budget = self.world.budgets[campaign]
        total = sum(item["amount"] for item in budget["budgetItems"])
        spent = sum(item["amount"] for item in budget["spendItems"])
        return {
            **budget,
            "budgetTotal": total,
            "spendTotal": spent,
            "remainingBudget": total - spent,
        }

    def _metrics(self, request: Request, campaign: str) -> Any:
        zero = dict.fromkeys(
            ("sessions", "newContactsFirstTouch", "newContactsLastTouch", "influencedContacts"), 0
        )
        return self.world.metrics.get(campaign, zero)

    def _reported(self, request: Request, campaign: str, kind: str) -> Any:
        found = self.world.reported.get((campaign, kind), [])
        return self._paged(request, [{"id": contact} for contact in found])

    def _revenue(self, request: Request, campaign: str) -> Any:
        model = request.params["attributionModel"]
        return self.world.revenue.get((campaign, model), {})

    def _archived(self, request: Request, found: dict[str, Any]) -> list[Any]:
        wanted = request.params.get("archived", "false") == "true"
        return [one for one in found.values() if bool(one.get("archived")) == wanted]

    def _forms(self, request: Request) -> Any:
        return self._paged(request, self._archived(request, self.world.forms))

    def _content(self, request: Request, table: str) -> Any:
        found = self._archived(request, self.world.content[table])
        return {"total": len(found), **self._paged(request, found)}

    def _submissions(self, request: Request, form: str) -> Any:
        if int(request.params.get("limit", 20)) > 50:
            raise Answer(400)
        return self._paged(request, self.world.submissions.get(form, []), 20)

    def _lists(self, request: Request) -> Any:
        found = [*self.world.lists.values()]
        start, count = int(request.body.get("offset", 0)), int(request.body.get("count", 20))
        count = min(count, self.page or 500)
        return {
            "offset": start + count,
            "hasMore": start + count < len(found),
            "lists": found[start : start + count],
            "total": len(found),
        }

    def _list(self, request: Request, identity: str) -> Any:
        if identity not in self.world.lists:
            raise Answer(404)
        return {"list": self.world.lists[identity]}

    def _members(self, request: Request, identity: str) -> Any:
        found = self.world.members.get(identity, {})
        return self._paged(
            request, [{"recordId": i, "membershipTimestamp": at} for i, at in found.items()]
        )

    def _records(self, name: str) -> dict[str, Any]:
        if name == "contacts":
            return self.world.contacts
        if name in ("0-3", "deals"):
            return self.world.deals
        raise Answer(404)

    def _shown(self, record: Any, properties: list[str], history: list[str]) -> Any:
        shown = {
            name: record[name]
            for name in ("id", "createdAt", "updatedAt", "archived", "archivedAt")
            if name in record
        }
        shown["properties"] = {name: record["properties"].get(name) for name in properties}
        if history:
            shown["propertiesWithHistory"] = {
                name: [{**version, "sourceType": "CRM_UI"} for version in record["history"][name]]
                for name in history
            }
        return shown

    def _objects(self, request: Request, name: str) -> Any:
        properties = [*filter(None, request.params.get("properties", "").split(","))]
        history = [*filter(None, request.params.get("propertiesWithHistory", "").split(","))]
        if int(request.params.get("limit", 10)) > (50 if history else 100):
            raise Answer(400, {"status": "error", "message": "limit"})
        found = sorted(self._archived(request, self._records(name)), key=lambda one: int(one["id"]))
        # By id, so that what changes meanwhile moves nobody to another page.
        after = int(request.params.get("after", 0))
        limit = min(int(request.params.get("limit", 10)), self.page or 100)
        left = [one for one in found if int(one["id"]) > after]
        body: dict[str, Any] = {
            "results": [self._shown(one, properties, history) for one in left[:limit]]
        }
        if len(left) > limit:
            body["paging"] = {"next": {"after": left[limit - 1]["id"]}}
        return body

    @staticmethod
    def _matches(record: Any, condition: Any) -> bool:
        value = record["properties"].get(condition["propertyName"])
        if value is None:
            return False
        given = condition["value"]
        if str(value)[4:5] == "-":
            value = ms(datetime.fromisoformat(value))
        left, right = float(value), float(given)
        return {
            "GTE": left >= right,
            "GT": left > right,
            "LTE": left <= right,
            "LT": left < right,
            "EQ": left == right,
        }[condition["operator"]]

    def _search(self, request: Request, name: str) -> Any:
        found = [
            one
            for one in self._records(name).values()
            if not one["archived"]
            and any(
                all(self._matches(one, condition) for condition in group["filters"])
                for group in request.body["filterGroups"]
            )
        ]
        for sort in request.body.get("sorts", []):
            key = sort["propertyName"]
            found.sort(
                key=lambda one: (
                    float(one["properties"][key])
                    if key == "hs_object_id"
                    else one["properties"][key]
                )
            )
        limit = min(int(request.body.get("limit", 10)), self.page or 200)
        start = int(request.body.get("after", 0))
        if start + limit > self.search_limit:
            raise Answer(400, {"status": "error", "message": "paging too deep"})
        body: dict[str, Any] = {
            "total": len(found),
            "results": [
                self._shown(one, request.body.get("properties", []), [])
                for one in found[start : start + limit]
            ],
        }
        if start + limit < len(found):
            body["paging"] = {"next": {"after": str(start + limit)}}
        return body

    def _batch(self, request: Request, name: str) -> Any:
        history = request.body.get("propertiesWithHistory", [])
        if len(request.body["inputs"]) > (50 if history else 100):
            raise Answer(400)
        records, results, errors = self._records(name), [], []
        for one in request.body["inputs"]:
            record = records.get(one["id"])
            if record is None or record["archived"]:
                errors.append(
                    {
                        "status": "error",
                        "category": "OBJECT_NOT_FOUND",
                        "message": "not found",
                        "context": {"ids": [one["id"]]},
                    }
                )
            else:
                results.append(self._shown(record, request.body.get("properties", []), history))
        body = {"status": "COMPLETE", "results": results}
        if errors:
            raise Answer(207, {**body, "numErrors": len(errors), "errors": errors})
        return body

    def _associations(self, request: Request) -> Any:
        if len(request.body["inputs"]) > 1000:
            raise Answer(400)
        results, errors = [], []
        page = self.page or 500
        for one in request.body["inputs"]:
            pairs = [*self.world.associations.get(one["id"], {}).items()]
            if not pairs:
                errors.append(
                    {
                        "status": "error",
                        "category": "OBJECT_NOT_FOUND",
                        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
                        "message": f"No contact is associated with deals {one['id']}.",
                        "context": {"fromObjectId": [one["id"]]},
                    }
                )
                continue
            start = int(one.get("after", 0))
            result: dict[str, Any] = {
                "from": {"id": one["id"]},
                "to": [
                    {
                        "toObjectId": contact,
                        "associationTypes": [
                            {
                                "category": "HUBSPOT_DEFINED" if label is None else "USER_DEFINED",
                                "typeId": 3 if label is None else 40 + len(label),
                                "label": label,
                            }
                            for label in labels
                        ],
                    }
                    for contact, labels in pairs[start : start + page]
                ],
            }
            if start + page < len(pairs):
                result["paging"] = {"next": {"after": str(start + page)}}
            results.append(result)
        body = {"status": "COMPLETE", "results": results}
        if errors:
            raise Answer(207, {**body, "numErrors": len(errors), "errors": errors})
        return body

    def _email_events(self, request: Request) -> Any:
        start = int(request.params.get("startTimestamp", 0))
        end = int(request.params.get("endTimestamp", 10**15))
        found = [one for one in self.world.email_events if start <= one["created"] < end]
        found.sort(key=lambda one: -one["created"])
        at = int(request.params.get("offset", 0))
        limit = min(int(request.params.get("limit", 10)), self.page or 1000)
        more = at + limit < len(found)
        return {"hasMore": more, "offset": str(at + limit), "events": found[at : at + limit]}

    def _occurrences(self, request: Request) -> Any:
        asked = request.params
        found = [
            one
            for one in self.world.occurrences
            if one["eventType"] == asked["eventType"]
            and one["objectId"] == asked.get("objectId", one["objectId"])
            and asked.get("occurredAfter", "") <= one["occurredAt"]
            and one["occurredAt"] < asked.get("occurredBefore", "9")
        ]
        return self._paged(request, found)

    # --- how it is served -------------------------------------------------------------------------

    def _count(self) -> None:
        at = time.monotonic()
        self.sent_at.append(at)
        while at - self.sent_at[0] > SECONDS:
            self.sent_at.popleft()
        self.most_in_ten_seconds = max(self.most_in_ten_seconds, len(self.sent_at))
        if self.enforces_limit and len(self.sent_at) > LIMIT:
            raise Answer(429, {"status": "error", "errorType": "RATE_LIMIT"})

    def answer(self, method: str, target: str, body: Any, token: str) -> tuple[int, Any, dict]:
        parts = urlsplit(target)
        params = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with self.lock:
            request = Request(method, parts.path, params, body, len(self.requests) + 1)
            self.requests.append(request)
            try:
                self._count()
                if token != f"Bearer {TOKEN}":
                    raise Answer(401, {"status": "error", "category": "INVALID_AUTHENTICATION"})
                for fault in self.faults:
                    given = fault(request)
                    if given is not None:
                        return 200, given, {}
                for verb, pattern, handler in self.routes:
                    found = pattern.fullmatch(parts.path)
                    if found and verb == method:
                        return 200, handler(request, *found.groups()), {}
                raise Answer(404, {"status": "error", "message": "no such path"})
            except Answer as given:
                return given.status, given.body, given.headers
            finally:
                if self.after is not None:
                    self.after(request)

    def count(self, part: str) -> int:
        """Requests whose path has `part` in it."""
        return sum(part in request.path for request in self.requests)


def _handler(fake: FakeHubSpot) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = json.loads(self.rfile.read(length)) if length else None
            token = self.headers.get("Authorization", "")
            status, body, headers = fake.answer(self.command, self.path, sent, token)
            text = json.dumps(body).encode()
            self.send_response_only(status)
            self.send_header("Date", format_datetime(fake.world.now.astimezone(UTC), usegmt=True))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _serve

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler


@contextmanager
def serving(fake: FakeHubSpot) -> Iterator[FakeHubSpot]:
    """The server on a free port of loopback; `fake.url` is its base."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

    server = Server(("127.0.0.1", 0), _handler(fake))
    server.socket.setsockopt(6, 1, 1)  # no waiting for more to send
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


__all__ = ["TOKEN", "Answer", "FakeHubSpot", "iso", "missing_scope", "serving"]
