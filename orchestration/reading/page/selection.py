"""What a request chooses: model, conversion, channel, period and page, read from its query string
and checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

DEFAULT_MODEL = "linear"
CONVERSIONS = {
    "deal_won": "Won deals",
    "contact_created": "Created contacts",
    "deal_created": "Created deals (pipeline)",
}
ROWS = 100
MOST_PAGES = 100_000
LONGEST = 2_000


class BadRequest(Exception):
    """A parameter that cannot be used. The message says what would do."""


def day(name: str, text: str) -> date | None:
    """A date from a query string, None where it is empty. Raises BadRequest."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest(
            f"“{text}” is not a date for “{name}”. Write a date such as 2026-06-30."
        ) from None


def page_number(text: str) -> int:
    """The page asked for, 1 where none is. Raises BadRequest."""
    if not text:
        return 1
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_PAGES and len(text) < 10:
        return int(text)
    raise BadRequest(f"“{text}” is not a page number. Write a whole number from 1 on.")


def _instant(of: date, timezone: str) -> datetime:
    """The first instant of a day in a time zone, naive UTC."""
    local = datetime.combine(of, clock.min, tzinfo=ZoneInfo(timezone))
    return local.astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Selection:
    """The choices of one request.

    `first` and `last` are days in the portal's time zone, both included.
    """

    model: str = DEFAULT_MODEL
    conversion: str = "deal_won"
    channel: str = ""
    first: date | None = None
    last: date | None = None
    timezone: str = "UTC"
    given: dict[str, str] = field(default_factory=dict)

    @property
    def has_period(self) -> bool:
        return self.first is not None or self.last is not None

    @property
    def values(self) -> dict[str, object]:
        """For SQL: `$model`, `$channel`, and the period as days and as instants, bounds included
        and excluded.
        """
        after = self.last + timedelta(1) if self.last and self.last < date.max else None
        return {
            "model": self.model,
            "conversion": self.conversion,
            "channel": self.channel,
            "first_day": self.first,
            "last_day": self.last,
            "from_instant": _instant(self.first, self.timezone) if self.first else None,
            "to_instant": _instant(after, self.timezone) if after else None,
        }

    def in_period(self, column: str) -> str:
        """SQL: whether an instant lies in the period."""
        parts = []
        if self.first:
            parts.append(f"{column} >= $from_instant")
        if self.last and self.last < date.max:
            parts.append(f"{column} < $to_instant")
        return " and ".join(parts) or "true"

    def in_days(self, column: str) -> str:
        """SQL: whether a day lies in the period."""
        parts = []
        if self.first:
            parts.append(f"{column} >= $first_day")
        if self.last:
            parts.append(f"{column} <= $last_day")
        return " and ".join(parts) or "true"

    @property
    def parameters(self) -> dict[str, str]:
        """The choices that differ from the defaults, for links."""
        chosen = {
            "model": self.model if self.model != DEFAULT_MODEL else "",
            "conversion": self.conversion if self.conversion != "deal_won" else "",
            "channel": self.channel,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
        }
        return {name: value for name, value in chosen.items() if value}

    def link(self, path: str, **more: object) -> str:
        """A link that keeps the choices; a None in `more` drops one.

        `from_` and `to` change the period.
        """
        merged = self.parameters | {
            name.rstrip("_"): None if value is None else str(value) for name, value in more.items()
        }
        query = urlencode({name: value for name, value in merged.items() if value is not None})
        return f"{path}?{query}" if query else path


def plain_link(path: str, **given: object) -> str:
    """A link without choices; a None is left out."""
    query = urlencode({name.rstrip("_"): str(v) for name, v in given.items() if v is not None})
    return f"{path}?{query}" if query else path


def _one_of(name: str, value: str, known: Iterable[str]) -> str:
    listed = list(known)
    if value not in listed:
        raise BadRequest(
            f"There is no {name} “{value}” in this publication. There are {', '.join(listed)}."
        )
    return value


def read(
    query: QueryParams, models: Iterable[str], channels: Iterable[str], timezone: str
) -> Selection:
    """The choices of a query string. Raises BadRequest."""
    for name, value in query.multi_items():
        if len(value) > LONGEST or len(name) > 60:
            raise BadRequest(f"A parameter is longer than {LONGEST} characters.")
        if "\x00" in value:
            raise BadRequest("A parameter has a NUL character. Remove it.")
    known = list(models)
    model = query.get("model", "") or DEFAULT_MODEL
    if known and (model != DEFAULT_MODEL or query.get("model")):
        _one_of("model", model, known)
    channel = query.get("channel", "")
    if channel:
        _one_of("channel", channel, channels)
    first, last = day("from", query.get("from", "")), day("to", query.get("to", ""))
    if first and last and first > last:
        raise BadRequest("The period ends before it begins. Exchange “from” and “to”.")
    return Selection(
        model=model,
        conversion=_one_of("conversion", query.get("conversion", "") or "deal_won", CONVERSIONS),
        channel=channel,
        first=first,
        last=last,
        timezone=timezone,
        given={name: value for name, value in query.items() if value},
    )


def presets(today: date) -> list[tuple[str, date, date]]:
    """Periods that people ask for, up to `today`: label, first and last day."""
    month = today.replace(day=1)
    last_month = (month - timedelta(1)).replace(day=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    before = quarter - timedelta(1)
    last_quarter = before.replace(month=(before.month - 1) // 3 * 3 + 1, day=1)
    return [
        ("Last 30 days", today - timedelta(29), today),
        ("This month", month, today),
        ("Last month", last_month, month - timedelta(1)),
        ("This quarter", quarter, today),
        ("Last quarter", last_quarter, before),
        ("This year", today.replace(month=1, day=1), today),
    ]
