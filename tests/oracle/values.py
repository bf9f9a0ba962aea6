"""One landed value as the raw contract reads it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal

from .contract import CHOICES

EPOCH = datetime(1970, 1, 1)
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
    r"(?: ?(UTC|Z)|([+-])(\d\d)(?::?(\d\d))?)?",
    re.ASCII,
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
# Up to which size an epoch is in which unit; none of these: nanoseconds.
_EPOCH_UNITS = ((10**11, Decimal(1)), (10**14, Decimal(10**3)), (10**17, Decimal(10**6)))
_NANOSECONDS = Decimal(10**9)


class Unreadable(ValueError):
    """A value that is none of the spellings of its kind."""


def read(kind: str, column: str, value: object, naive: tzinfo = UTC) -> object:
    """A landed value as a value of a kind; None is null. Raises Unreadable.

    `naive` is the time zone of a text with date and time and no offset.
    """
    if value is None or value == "":
        return None
    if isinstance(value, (dict, list)):
        raise Unreadable(value)
    if kind == "text":
        return _text(value)
    if kind == "bool":
        return _bool(value)
    if kind == "time":
        return _instant(value, naive)
    if kind == "date":
        instant = _instant(value, naive)
        return None if instant is None else instant.date()
    if kind == "choice":
        if value not in CHOICES[column]:
            raise Unreadable(value)
        return value
    number = _number(value)
    if kind == "number":
        return number
    if number != int(number):
        raise Unreadable(value)
    return int(number)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _bool(value: object) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    text = _text(value).lower()
    if text not in known:
        raise Unreadable(value)
    return known[text]


def _number(value: object) -> Decimal:
    if isinstance(value, bool):
        raise Unreadable(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, (int, Decimal)):
        return Decimal(value)
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise Unreadable(value)
    return Decimal(value)


def _instant(value: object, naive: tzinfo) -> datetime | None:
    """A naive UTC instant; 1970-01-01 and 0 are null."""
    if isinstance(value, bool):
        raise Unreadable(value)
    if isinstance(value, datetime):
        instant = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    elif isinstance(value, date):
        instant = datetime(value.year, value.month, value.day)
    elif isinstance(value, (int, float, Decimal)):
        instant = _of_epoch(Decimal(str(value)))
    elif str(value).startswith("1970-01-01"):
        return None
    else:
        instant = _of_text(str(value), naive)
    return None if instant.date() == EPOCH.date() else instant


def _of_epoch(number: Decimal) -> datetime:
    unit = next((unit for limit, unit in _EPOCH_UNITS if number < limit), _NANOSECONDS)
    try:
        return EPOCH + timedelta(microseconds=int(number / unit * 10**6))
    except OverflowError as error:
        raise Unreadable(number) from error


def _of_text(text: str, naive: tzinfo) -> datetime:
    if _NUMBER.fullmatch(text):
        return _of_epoch(Decimal(text))
    try:
        if _DAY.fullmatch(text):
            return datetime.fromisoformat(text)
        found = _TIME.fullmatch(text)
        if found is None:
            raise Unreadable(text)
        year, month, day, hour, minute = map(int, found.group(1, 2, 3, 4, 5))
        second = int(found[6] or 0)
        microsecond = int((found[7] or "0").ljust(6, "0")[:6])
        offset = timedelta(hours=int(found[10] or 0), minutes=int(found[11] or 0))
        zone = timezone(-offset if found[9] == "-" else offset)
        if found[8] is None and found[9] is None:
            zone = naive
        local = datetime(year, month, day, hour, minute, second, microsecond, zone)
        return local.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise Unreadable(text) from error
