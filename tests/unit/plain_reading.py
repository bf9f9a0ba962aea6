"""The raw contract's reading of one row, in plain Python and from its words alone: what the landing
step is judged by.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.ground.contract import RawTable

UNREADABLE = object()
REJECTED = None

_DAY = r"(\d{4})-(\d\d)-(\d\d)"
_CLOCK = r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
_ZONE = r"( UTC|Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?"
_INSTANT = re.compile(f"{_DAY}[T ]{_CLOCK}{_ZONE}", re.ASCII)
_EPOCH = datetime(1970, 1, 1)


def _epoch(text: str) -> Any:
    """Seconds, milliseconds, microseconds or nanoseconds by size, cut to microseconds where whole
    and rounded where not.
    """
    number = Decimal(text)
    if number == number.to_integral_value() and not -(2**63) <= number < 2**63:
        return UNREADABLE
    size = abs(number)
    whole = number == number.to_integral_value()
    if size < 10**11:
        micros = number * 10**6
    elif size < 10**14:
        micros = number * 1000
    elif size < 10**17:
        micros = number
    else:
        micros = number / 1000
    rounding = ROUND_FLOOR if whole or size >= 10**14 else ROUND_HALF_UP
    try:
        return _EPOCH + timedelta(microseconds=int(micros.to_integral_value(rounding)))
    except OverflowError:
        return UNREADABLE


def _time(text: str, zone: str = "UTC") -> Any:
    """A time; `zone` is whose clock it shows where it has no offset."""
    if text == "0" or text.startswith("1970-01-01"):
        return None
    if re.fullmatch(r"-?\d{1,19}(\.\d{1,9})?", text, re.ASCII):
        found = _epoch(text)
        return None if isinstance(found, datetime) and found.date() == _EPOCH.date() else found
    if re.fullmatch(_DAY, text, re.ASCII):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return UNREADABLE
    match = _INSTANT.fullmatch(text)
    if not match:
        return UNREADABLE
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        found = datetime(
            int(year),
            int(month),
            int(day),
            int(hour),
            int(minute),
            int(second or 0),
            int((fraction or "0").ljust(6, "0")[:6]),
        )
        if offset and offset[0] in "+-":
            digits = offset[1:].replace(":", "").ljust(4, "0")
            by = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
            found = found - by if offset[0] == "+" else found + by
        elif not offset:
            found = found.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return UNREADABLE
    return None if found.date() == _EPOCH.date() else found


def _date(text: str) -> Any:
    if re.fullmatch(_DAY, text, re.ASCII):
        try:
            found = date.fromisoformat(text)
        except ValueError:
            return UNREADABLE
        return None if found == _EPOCH.date() else found
    found = _time(text)
    return found.date() if isinstance(found, datetime) else found


def _number(text: str, kind: str) -> Any:
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text, re.ASCII):
        return UNREADABLE
    digits, scale = map(int, re.fullmatch(r"decimal\((\d+), ?(\d+)\)", kind).groups())
    try:
        rounded = Decimal(text).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, Context(60))
    except InvalidOperation:
        return UNREADABLE
    return rounded if abs(rounded) < Decimal(10) ** (digits - scale) else UNREADABLE


def _whole(text: str) -> Any:
    if not re.fullmatch(r"[+-]?\d+(\.0+)?", text, re.ASCII):
        return UNREADABLE
    found = int(text.split(".")[0])
    return found if -(2**63) <= found < 2**63 else UNREADABLE


def _boolean(text: str) -> Any:
    if re.fullmatch(r"[01](\.0+)?", text, re.ASCII):
        return text[0] == "1"
    return {"true": True, "false": False}.get(text.lower(), UNREADABLE)


def read(text: str | None, kind: str) -> Any:
    """The value of a field; UNREADABLE for what is none."""
    if text is None or text == "":
        return None
    if kind == "varchar":
        return text
    if kind == "timestamp":
        return _time(text)
    if kind == "date":
        return _date(text)
    if kind == "boolean":
        return _boolean(text)
    return _whole(text) if kind == "bigint" else _number(text, kind)


def accepted_row(table: RawTable, texts: dict[str, str | None]) -> tuple | None:
    """The typed row of a table, or REJECTED.

    `texts` has no entry, None or "" for what is missing, and UNREADABLE for what is no text.
    """
    values = {}
    for column in table.columns:
        text = texts.get(column.name)
        values[column.name] = UNREADABLE if text is UNREADABLE else read(text, column.data_type)
    is_deleted = values.get("_deleted") is True
    for column in table.columns:
        value = values[column.name]
        if column.accepted and value is not None and value not in column.accepted:
            value = UNREADABLE
        if column.required:
            if value is UNREADABLE:
                return REJECTED
            if value is None and not (is_deleted and column.name not in (*table.key, "_loaded_at")):
                return REJECTED
        elif value is UNREADABLE:
            value = None
        if value is None and column.absent_means is not None:
            value = column.absent_means == "true"
        values[column.name] = value
    return tuple(values.values())
