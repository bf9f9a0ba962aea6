"""Requests within HubSpot's limits: so many in so many seconds, and so many in a pull."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from orchestration.connectors.kind import SourceFailed
from orchestration.connectors.pull import PullStopped
from orchestration.ground.clock import now

# HubSpot allows 190 requests in 10 seconds, and 5 searches in one. A little is left for clocks that
# differ.
REQUESTS, SECONDS = 185, 10.3
SEARCHES, SEARCH_SECONDS = 4, 1.05
# Seconds that a pull waits where HubSpot asks it to. Longer is for the next pull.
PATIENCE = 300


class Pace:
    """At most so many in so many seconds, whoever sent them: `wait` returns when one more may go.

    What was sent in the last seconds is kept in a file, so that a pull right after another, or
    after one that was killed, counts it.
    """

    EVERY = 20

    def __init__(self, most: int, seconds: float, file: Path | None = None) -> None:
        self.most, self.seconds, self._file = most, seconds, file
        self._lock = threading.Lock()
        self._sent: deque[float] = deque()
        with suppress(OSError, ValueError):
            kept = json.loads(file.read_text(encoding="utf-8")) if file else []
            now_at = time.time()
            self._sent.extend(at for at in kept if now_at - seconds < at <= now_at)

    def wait(self) -> None:
        with self._lock:
            while True:
                at = time.time()
                # A clock that was set back counts nothing.
                while self._sent and not 0 <= at - self._sent[0] < self.seconds:
                    self._sent.popleft()
                if len(self._sent) < self.most:
                    self._sent.append(at)
                    if len(self._sent) % self.EVERY == 0:
                        self.keep()
                    return
                time.sleep(self.seconds - (at - self._sent[0]))

    def keep(self) -> None:
        """Writes what was sent in the last seconds."""
        if self._file is not None:
            with suppress(OSError):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.write_text(json.dumps(list(self._sent)), encoding="utf-8")


class Adapter(HTTPAdapter):
    """Sends within the limits, retries among them counted, and stops at `max_requests`."""

    def __init__(self, max_requests: int | None, pace: Pace) -> None:
        super().__init__()
        self.max_requests = max_requests
        self.sent = 0
        self.at = "the account"
        self.first_date: datetime | None = None
        self.pace = pace
        self._searches = Pace(SEARCHES, SEARCH_SECONDS)

    def send(self, request: PreparedRequest, *arguments: Any, **named: Any) -> Response:  # type: ignore[override]
        if self.max_requests is not None and self.sent >= self.max_requests:
            raise PullStopped(
                f"stopped after {self.sent:,} requests, as max_requests says; the next pull goes "
                f"on at {self.at}"
            )
        if (request.path_url or "").partition("?")[0].endswith("/search"):
            self._searches.wait()
        self.pace.wait()
        self.sent += 1
        response = super().send(request, *arguments, **named)
        if self.first_date is None:
            self.first_date = _date(response) or now()
        self._heed(response)
        asked = _asked_to_wait(response)
        if asked > PATIENCE:
            raise SourceFailed(
                f"HubSpot asks to wait for {asked:,.0f} seconds (answer {response.status_code}); "
                f"what had come is kept, and the next pull goes on at {self.at}"
            )
        return response

    def _heed(self, response: Response) -> None:
        """Goes slower where the account's limit is lower than the usual one."""
        try:
            most = int(response.headers.get("X-HubSpot-RateLimit-Max", ""))
            span = int(response.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "10000"))
        except ValueError:
            return
        if most > 0 and 1_000 <= span <= 60_000:
            allowed = max(1, int(most * 0.97 * (10_000 / span)))
            self.pace.most = min(REQUESTS, allowed)


def _asked_to_wait(response: Response) -> float:
    """The seconds that `Retry-After` of an answer says, as a number or a date; 0 without."""
    said = response.headers.get("Retry-After", "").strip()
    if response.status_code < 400 or not said:
        return 0
    if said.isdigit():
        return int(said)
    try:
        until = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return 0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return until.timestamp() - now().replace(tzinfo=UTC).timestamp()


def _date(response: Response) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, TypeError, ValueError):
        return None
    return parsed.astimezone(UTC).replace(tzinfo=None) if parsed.tzinfo else parsed
