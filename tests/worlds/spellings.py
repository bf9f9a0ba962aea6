"""Every way in which a loader may write a value (raw contract)."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

EPOCH = datetime(1970, 1, 1)
# How many microseconds an epoch's unit has; below one: nanoseconds.
EPOCH_UNITS = (10**6, 10**3, 1, 0)
UNREADABLE = {
    "time": ("soon", "2024-13-01T00:00:00Z", "2024-01-01T25:00:00Z", "01/02/2024"),
    "date": ("soon", "2024-02-30"),
    "bool": ("maybe", "yes"),
    "number": ("many", "1,000", "1e3"),
    "count": ("many", "1.5"),
    "choice": ("guessed",),
}


def epoch(value: datetime, rng: random.Random) -> int | None:
    """A naive UTC instant as seconds, milli-, micro- or nanoseconds, whichever loses nothing."""
    microseconds = (value - EPOCH) // timedelta(microseconds=1)
    unit = rng.choice(EPOCH_UNITS)
    if unit == 0:
        return microseconds * 1000
    return None if microseconds % unit else microseconds // unit


def time_text(value: datetime, rng: random.Random) -> str:
    """A naive UTC instant as text."""
    number = epoch(value, rng) if rng.random() < 0.3 else None
    if number is not None:
        return str(number)
    if value.time() == time(0) and rng.random() < 0.2:
        return value.date().isoformat()
    zone = rng.choice(("", "Z", "Z", " UTC", "+05:30", "-03:00", "+00:00"))
    if zone[-3:-2] == ":":
        sign = -1 if zone[0] == "-" else 1
        offset = sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
        value = value.replace(tzinfo=UTC).astimezone(timezone(offset))
    fraction = f".{value.microsecond:06d}" if value.microsecond else ""
    if fraction and rng.random() < 0.5:
        fraction = fraction.rstrip("0")
    elif not fraction and rng.random() < 0.2:
        fraction = ".000"
    hour = f"{value.hour:02d}" if rng.random() < 0.8 else str(value.hour)
    return f"{value:%Y-%m-%d}{rng.choice('T ')}{hour}:{value:%M:%S}{fraction}{zone}"


def text(kind: str, value: object, rng: random.Random) -> str:
    """Any value as a CSV field or a JSON text."""
    if value is None:
        return rng.choice(("", "", "0", "1970-01-01T00:00:00Z")) if kind == "time" else ""
    if kind == "time":
        return time_text(value, rng)
    if kind == "date":
        if rng.random() < 0.3:
            midnight = datetime.combine(value, time(0))
            return time_text(midnight + timedelta(seconds=rng.randrange(86_400)), rng)
        return value.isoformat()
    if kind == "bool":
        return rng.choice(("true", "TRUE", "1") if value else ("false", "FALSE", "0"))
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def json_value(kind: str, value: object, rng: random.Random) -> object:
    """Any value as JSON can hold it."""
    if value is None:
        return rng.choice((None, None, "", 0)) if kind == "time" else rng.choice((None, None, ""))
    if kind == "text" and is_number(value) and rng.random() < 0.3:
        return int(value)
    if kind == "bool" and rng.random() < 0.7:
        return value if rng.random() < 0.6 else int(value)
    if kind in ("number", "count") and rng.random() < 0.6 and Decimal(repr(float(value))) == value:
        return int(value) if value == int(value) else float(value)
    spelled = text(kind, value, rng)
    return int(spelled) if kind == "time" and spelled.isdigit() and rng.random() < 0.5 else spelled


def is_number(value: str) -> bool:
    """Whether an id can be sent as a number and come back as it was."""
    return (
        value.isascii()
        and value.isdigit()
        and (value == "0" or value[0] != "0")
        and len(value) <= 18
    )


def parquet_column(kind: str, values: list[object], rng: random.Random) -> tuple[str, list[object]]:
    """A type that a Parquet column of that kind may have, and its values."""
    known = [value for value in values if value is not None]
    if kind == "time" and rng.random() < 0.7:
        return _parquet_times(values, known, rng)
    if kind == "date" and rng.random() < 0.7:
        if rng.random() < 0.3:
            return "timestamp", [None if value is None else _noon(value) for value in values]
        return "date", values
    if kind == "bool" and rng.random() < 0.7:
        return rng.choice(("boolean", "integer")), values
    if kind == "count" and rng.random() < 0.7:
        return rng.choice(("bigint", "integer")), values
    if kind == "number" and rng.random() < 0.7:
        if all(Decimal(repr(float(value))) == value for value in known) and rng.random() < 0.5:
            return "double", [None if value is None else float(value) for value in values]
        return "decimal(24,10)", values
    if kind == "text" and known and all(map(is_number, known)) and rng.random() < 0.5:
        return "bigint", [None if value is None else int(value) for value in values]
    return "varchar", [
        text(kind, value, rng) if value is not None or rng.random() < 0.3 else None
        for value in values
    ]


def _parquet_times(
    values: list[object], known: list[datetime], rng: random.Random
) -> tuple[str, list[object]]:
    if all(value.time() == time(0) for value in known) and rng.random() < 0.3:
        return "date", [None if value is None else value.date() for value in values]
    if rng.random() < 0.3:
        whole = [value for value in values if value is None or value.microsecond % 1000 == 0]
        unit = 1 if len(whole) < len(values) else rng.choice((1, 1000))
        step = timedelta(microseconds=unit)
        return "bigint", [None if value is None else (value - EPOCH) // step for value in values]
    if rng.random() < 0.5:
        return "timestamptz", [
            None if value is None else value.replace(tzinfo=UTC) for value in values
        ]
    return "timestamp", values


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12))


def header(name: str, style: str) -> str:
    """A column's name in one of the spellings of a header."""
    return {"upper": name.upper(), "title": name.title(), "spaced": f" {name} "}.get(style, name)


HEADER_STYLES = ("plain", "plain", "upper", "title", "spaced")
