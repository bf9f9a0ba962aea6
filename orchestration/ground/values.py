"""Values of variables: each reads a text into its type, or says what would do."""

from __future__ import annotations

import re
from collections.abc import Callable
from zoneinfo import available_timezones

from orchestration.ground.errors import SettingsError

# Formats of tables on Spark.
FILE_FORMATS = ("parquet", "delta", "iceberg")


MILLION = 1_000_000


# The value of a variable in its own type, from its name and text. Raises SettingsError.
Read = Callable[[str, str], object]


def whole(most: int, least: int = 0) -> Read:
    def read(name: str, text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) > most:
            raise SettingsError(f"{name} must be a whole number from 0 to {most}, not {text!r}")
        return max(int(text), least)

    return read


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0


def share(name: str, text: str) -> float:
    number = _number(text)
    if not 0 <= number <= 1:
        raise SettingsError(f"{name} must be a share between 0 and 1, not {text!r}")
    return number


def positive(name: str, text: str) -> float:
    number = _number(text)
    if not 0 < number <= MILLION:
        raise SettingsError(f"{name} must be a number above 0 and up to {MILLION}, not {text!r}")
    return number


def or_none(read: Read) -> Read:
    return lambda name, text: "none" if text.lower() in ("none", "null", "") else read(name, text)


def locale(name: str, text: str) -> str:
    from babel.core import Locale, UnknownLocaleError

    try:
        if re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}", text):
            return str(Locale.parse(text.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        pass
    raise SettingsError(f"{name} {text!r} is no locale; write one such as en_US or de_DE")


def timezone(name: str, text: str) -> str:
    if text not in available_timezones() - {"localtime"}:
        raise SettingsError(
            f"{name} {text!r} is not a time zone; write an IANA name such as Europe/Berlin"
        )
    return text


def currency(name: str, text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", text):
        raise SettingsError(f"{name} {text!r} is no currency; write an ISO 4217 code such as USD")
    return text.upper()


# What interactions may be credited with besides won deals.
CONVERSIONS = ("contact_created", "deal_created")


def conversions(name: str, text: str) -> str:
    named = {part.strip() for part in text.split(",")}
    if named <= {"none", ""}:
        return "none"
    if not named <= set(CONVERSIONS):
        raise SettingsError(
            f"{name} {text!r} must be {' or '.join(CONVERSIONS)}, both with a comma between, or "
            f"none"
        )
    return ",".join(known for known in CONVERSIONS if known in named)


EMAILS = ("plain", "hashed", "none")


def one_of(known: tuple[str, ...]) -> Read:
    def read(name: str, text: str) -> str:
        if text.lower() not in known:
            raise SettingsError(f"{name} {text!r} is none; choose {', '.join(known)}")
        return text.lower()

    return read


def flag(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false", "yes", "no", "1", "0"):
        raise SettingsError(f"{name} must be true or false, not {text!r}")
    return text.lower() in ("true", "yes", "1")


def file_format(name: str, text: str) -> str:
    if text not in FILE_FORMATS:
        raise SettingsError(f"{name} {text!r} is none; choose {', '.join(FILE_FORMATS)}")
    return text


def _least_and_most(unit: str) -> tuple[float, float]:
    if unit == "%":
        return 1, 100
    return (64, 999_999) if unit[0] in "mM" else (0.1, 100_000)


def size(name: str, text: str) -> str:
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)\s*(%|[MGT]i?B)", text, re.IGNORECASE)
    least, most = _least_and_most(found[2]) if found else (1, 0)
    if not found or not least <= float(found[1]) <= most:
        raise SettingsError(
            f"{name} {text!r} is no size; write one such as 8GB, at least 64MB, or 70%"
        )
    return text
