"""HubSpot's API by dlt's REST client: paged, retried, within HubSpot's limits, and every answer
judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from requests import Response
from requests.exceptions import HTTPError, JSONDecodeError, ReadTimeout, RetryError

from orchestration.connectors.kind import Source, SourceFailed
from orchestration.connectors.kinds.hubspot import pace
from orchestration.connectors.kinds.hubspot.pace import Adapter, Pace
from orchestration.connectors.kinds.hubspot.problems import (
    NO_ANSWER,
    NO_JSON,
    Problem,
    Refused,
    judge,
)
from orchestration.connectors.kinds.hubspot.properties import Properties
from orchestration.connectors.library import quiet_dlt
from orchestration.connectors.secrets import need_secret, variable

DEFAULT_URL = "https://api.hubapi.com"
DEFAULT_VERSION = "2026-03"
# What every token may ask.
ACCOUNT = "/account-info/v3/details"
# Endpoints that fail one after the other until the source counts as failed.
FAILURES_IN_A_ROW = 3


@dataclass(frozen=True)
class Page:
    """One answer: its body, its status, and the cursor of the next one, None at the end."""

    body: Mapping[str, Any]
    status: int
    after: str | None


def next_after(body: object, name: str = "after") -> str | None:
    """The cursor of the next page as an answer's `paging` says it, in a link where nowhere else."""
    paging = body.get("paging") if isinstance(body, Mapping) else None
    following = paging.get("next") if isinstance(paging, Mapping) else None
    if not isinstance(following, Mapping):
        return None
    if following.get(name) is not None:
        return str(following[name])
    return next(
        iter(parse_qs(urlsplit(str(following.get("link") or "")).query).get(name, [])), None
    )


def _cursor(where: str, name: str, *, in_body: bool) -> Any:
    """dlt's paginator by a cursor, which finds it in a link, too."""
    from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator

    class Cursor(JSONResponseCursorPaginator):
        def update_state(self, response: Response, data: list[Any] | None = None) -> None:
            super().update_state(response, data)
            linked = None if self._next_reference else next_after(response.json(), name)
            if linked is not None:
                self._next_reference, self._has_next_page = linked, True

    if in_body:
        return Cursor(where, cursor_body_path=name)
    return Cursor(where, cursor_param=name)


def _is_cut_off(response: Response | None, error: BaseException | None) -> bool:
    """Whether a good answer of JSON broke off in the middle: worth another try."""
    if error is not None or response is None or response.status_code >= 300:
        return False
    text = response.content.rstrip()
    return bool(text) and not text.endswith((b"}", b"]"))


class Api:
    """HubSpot's API for one source; `memory` is the file of its pace.

    Raises Refused, SourceFailed, PullStopped, or what requests raises where there is no answer.
    """

    def __init__(
        self, source: Source, *, memory: Path | None = None, attempts: int | None = None
    ) -> None:
        quiet_dlt()
        from dlt.common.configuration.resolve import resolve_configuration
        from dlt.common.configuration.specs import RuntimeConfiguration
        from dlt.sources.helpers.requests import Client
        from dlt.sources.helpers.rest_client import RESTClient
        from dlt.sources.helpers.rest_client.auth import BearerTokenAuth

        stated = resolve_configuration(RuntimeConfiguration())
        self.source = source
        self.version = str(source.options.get("version", DEFAULT_VERSION))
        url = str(source.options.get("url", DEFAULT_URL)).rstrip("/")
        limit = source.options.get("max_requests")
        self._adapter = Adapter(
            limit if isinstance(limit, int) else None, Pace(pace.REQUESTS, pace.SECONDS, memory)
        )
        session = Client(
            request_timeout=stated.request_timeout,
            raise_for_status=False,
            request_max_attempts=attempts or stated.request_max_attempts,
            request_backoff_factor=stated.request_backoff_factor,
            request_max_retry_delay=stated.request_max_retry_delay,
            retry_condition=_is_cut_off,
        ).session
        session.mount("http://", self._adapter)
        session.mount("https://", self._adapter)
        token = need_secret(source, "token")
        self._client = RESTClient(base_url=url, auth=BearerTokenAuth(token=token), session=session)
        self.properties = Properties()
        # Tables that failed since the last answer.
        self._failing: set[str] = set()

    @property
    def sent(self) -> int:
        """Requests sent so far, retries among them."""
        return self._adapter.sent

    @property
    def started_at(self) -> datetime | None:
        """The `Date` of the first answer, naive UTC; None before it."""
        return self._adapter.first_date

    def path(self, template: str) -> str:
        """A path of the configured version."""
        return template.replace("{v}", self.version)

    def pages(
        self,
        at: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        after: str | None = None,
        cursor: tuple[str, str] = ("paging.next.after", "after"),
        goes_on: Callable[[Mapping[str, Any]], bool] | None = None,
    ) -> Iterator[Page]:
        """The pages of a list, by GET, or by POST where there is a `body`, from the cursor `after`
        on.

        `cursor` is where the next cursor stands in an answer, and the parameter (or key of the
        body) that takes it; `goes_on` says whether an answer has a next page at all. `at` says, for
        people, what is being read; its first word is the table. Properties that the account does
        not have are left out.
        """
        table = at.partition(" ")[0]
        while True:
            given = self.properties.without_unknown(table, params)
            sent = self.properties.without_unknown(table, body)
            came = False
            try:
                for page in self._pages(at, path, given, sent, after, cursor, goes_on):
                    came = True
                    yield page
                return
            except Refused as error:
                if came or not self.properties.learn(table, error.problem.text, given, sent):
                    raise

    def _pages(
        self,
        at: str,
        path: str,
        params: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
        after: str | None,
        cursor: tuple[str, str],
        goes_on: Callable[[Mapping[str, Any]], bool] | None,
    ) -> Iterator[Page]:
        self._adapter.at = at
        where, name = cursor
        given, sent = dict(params or {}), None if body is None else dict(body)
        if after is not None:
            going_on = int(after) if name == "offset" and after.isdigit() else after
            (given if sent is None else sent)[name] = going_on
        paginator = _cursor(where, name, in_body=sent is not None)
        seen = {after}
        try:
            for page in self._client.paginate(
                self.path(path),
                method="GET" if sent is None else "POST",
                params=given,
                json=sent,
                paginator=paginator,
                data_selector="$",
            ):
                self._failing.clear()
                answer = page[0] if page and isinstance(page[0], dict) else {}
                following = paginator._next_reference if paginator.has_next_page else None
                following = None if following is None else str(following)
                is_cut_off = False
                if goes_on is not None:
                    is_cut_off = goes_on(answer) and following is None
                    following = following if goes_on(answer) else None
                repeats = following is not None and following in seen
                seen.add(following)
                yield Page(answer, page.response.status_code, None if repeats else following)
                if repeats:
                    raise Refused(Problem(page.response.status_code, "a cursor that repeats"))
                if is_cut_off:
                    raise Refused(Problem(page.response.status_code, "more, and no cursor to it"))
                if following is None:
                    return
        except HTTPError as error:
            raise self._refused(error.response) from None
        except (JSONDecodeError, RetryError) as error:
            self._failed(f"no JSON: {error}")
            raise Refused(Problem(200, NO_JSON)) from None
        except ReadTimeout:
            self._failed(NO_ANSWER)
            raise Refused(Problem(504, NO_ANSWER)) from None

    def call(
        self,
        at: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Page:
        """One answer. A list's further pages are not asked for."""
        for page in self.pages(at, path, params=params, body=body):
            return page
        raise Refused(Problem(200, "no answer"))

    def close(self) -> None:
        """Keeps what was sent in the last seconds for whoever asks next."""
        self._adapter.pace.keep()

    def forgive(self) -> None:
        """Failures so far do not count towards giving up."""
        self._failing.clear()

    def _refused(self, response: Response) -> Exception:
        problem = judge(response)
        if problem.status == 401 and not self._knows_token():
            return SourceFailed(
                f"HubSpot refused the token (401); set {variable(self.source, 'token')} to a "
                f"valid service key"
            )
        if problem.status == 429:
            return SourceFailed(
                f"HubSpot's limit of requests is reached ({problem.message or '429'}); what had "
                f"come is kept, and the next pull goes on at {self._adapter.at}"
            )
        if problem.status >= 500:
            self._failed(problem.reason)
        return Refused(problem)

    def _knows_token(self) -> bool:
        """Whether HubSpot takes the token elsewhere: some endpoints refuse a kind of token as if it
        were none.
        """
        return self._client.get(ACCOUNT).status_code != 401

    def _failed(self, reason: str) -> None:
        self._failing.add(self._adapter.at.partition(" ")[0])
        if len(self._failing) >= FAILURES_IN_A_ROW:
            raise SourceFailed(
                f"HubSpot {reason} {len(self._failing)} times in a row; what had come is kept, and "
                f"the next pull goes on at {self._adapter.at}"
            )
