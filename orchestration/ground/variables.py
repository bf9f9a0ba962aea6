"""The variables of a run, listed once: what each is, in which unit, and which values it may have.

Defaults are in dbt_project.yml, where dbt reads them. `make variables` writes the tables of the
documentation from this list.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

import yaml

from orchestration.ground.contract import raw_tables
from orchestration.ground.errors import SettingsError
from orchestration.ground.paths import DBT_PROJECT

# Formats of tables on Spark.
FILE_FORMATS = ("parquet", "delta", "iceberg")
_MILLION = 1_000_000

# The value of a variable in its own type, from its name and text. Raises SettingsError.
Read = Callable[[str, str], object]


def _whole(most: int, least: int = 0) -> Read:
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


def _share(name: str, text: str) -> float:
    number = _number(text)
    if not 0 <= number <= 1:
        raise SettingsError(f"{name} must be a share between 0 and 1, not {text!r}")
    return number


def _positive(name: str, text: str) -> float:
    number = _number(text)
    if not 0 < number <= _MILLION:
        raise SettingsError(f"{name} must be a number above 0 and up to {_MILLION}, not {text!r}")
    return number


def _or_none(read: Read) -> Read:
    return lambda name, text: "none" if text.lower() in ("none", "null", "") else read(name, text)


def _locale(name: str, text: str) -> str:
    from babel.core import Locale, UnknownLocaleError

    try:
        if re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}", text):
            return str(Locale.parse(text.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        pass
    raise SettingsError(f"{name} {text!r} is no locale; write one such as en_US or de_DE")


def _timezone(name: str, text: str) -> str:
    if text not in available_timezones() - {"localtime"}:
        raise SettingsError(
            f"{name} {text!r} is no time zone; write an IANA name such as Europe/Berlin"
        )
    return text


def _currency(name: str, text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", text):
        raise SettingsError(f"{name} {text!r} is no currency; write an ISO 4217 code such as USD")
    return text


# What interactions may be credited with besides won deals.
CONVERSIONS = ("contact_created", "deal_created")


def _conversions(name: str, text: str) -> str:
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


def _one_of(known: tuple[str, ...]) -> Read:
    def read(name: str, text: str) -> str:
        if text.lower() not in known:
            raise SettingsError(f"{name} {text!r} is none; choose {', '.join(known)}")
        return text.lower()

    return read


def _flag(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false", "yes", "no", "1", "0"):
        raise SettingsError(f"{name} must be true or false, not {text!r}")
    return text.lower() in ("true", "yes", "1")


def _file_format(name: str, text: str) -> str:
    if text not in FILE_FORMATS:
        raise SettingsError(f"{name} {text!r} is none; choose {', '.join(FILE_FORMATS)}")
    return text


def _least_and_most(unit: str) -> tuple[float, float]:
    if unit == "%":
        return 1, 100
    return (64, 999_999) if unit[0] in "mM" else (0.1, 100_000)


def _size(name: str, text: str) -> str:
    size = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)\s*(%|[MGT]i?B)", text, re.IGNORECASE)
    least, most = _least_and_most(size[2]) if size else (1, 0)
    if not size or not least <= float(size[1]) <= most:
        raise SettingsError(
            f"{name} {text!r} is no size; write one such as 8GB, at least 64MB, or 70%"
        )
    return text


@dataclass(frozen=True)
class Variable:
    """One variable. `unit` is what its value counts or is; `says` is what it decides."""

    name: str
    unit: str
    says: str
    read: Read


RULES, ENGINE, THRESHOLDS, FRESHNESS = "Rules", "Engine", "Thresholds", "Freshness"
_SHARE = "share, 0 to 1"

_GROUPS: dict[str, tuple[Variable, ...]] = {
    RULES: (
        Variable("home_currency", "ISO 4217 code", "currency of every published amount", _currency),
        Variable(
            "report_locale",
            "language and territory, such as de_DE",
            "how `report.html` writes numbers and dates",
            _locale,
        ),
        Variable("portal_timezone", "IANA name", "time zone in which days are days", _timezone),
        Variable(
            "naive_timezone",
            "IANA name",
            "time zone of landed times that are text without an offset",
            _timezone,
        ),
        Variable(
            "session_gap_minutes",
            "minutes",
            "inactivity that ends a session (R40)",
            _whole(10 * _MILLION),
        ),
        Variable(
            "conversion_tolerance_minutes",
            "minutes, either side",
            "distance of a conversion from the contact's creation (R51)",
            _whole(10 * _MILLION),
        ),
        Variable(
            "social_post_cap",
            "posts",
            "social posts that a campaign may hold at a time (R22)",
            _whole(1_000 * _MILLION),
        ),
        Variable(
            "attribution_lookback_days",
            "days of 24 hours, or none",
            "look-back window before the close (R70)",
            _or_none(_positive),
        ),
        Variable(
            "conversions",
            "contact_created, deal_created, both with a comma, or none",
            "what is credited besides won deals (R100)",
            _conversions,
        ),
        Variable(
            "reject_rate_limit",
            _SHARE,
            "newly landed rows of a table that may be rejected before a run fails",
            _share,
        ),
        Variable(
            "contact_emails",
            ", ".join(EMAILS),
            "how addresses of contacts are published",
            _one_of(EMAILS),
        ),
        Variable(
            "publish_parquet",
            "true or false",
            "whether tables are published as Parquet, too",
            _flag,
        ),
        Variable(
            "keep_restatements",
            "runs",
            "runs whose restatements stay in the log",
            _whole(_MILLION, least=1),
        ),
        Variable(
            "backdate_associations",
            "true or false",
            "whether an asset counts for its first campaign from its own creation on",
            _flag,
        ),
    ),
    ENGINE: (
        Variable(
            "memory_limit",
            "size such as 8GB, or % of the machine's",
            "memory that DuckDB may use before it spills to disk",
            _size,
        ),
        Variable(
            "threads", "threads, 0 = one per core", "threads that DuckDB may use", _whole(1024)
        ),
        Variable(
            "slice_events",
            "events, 0 = all",
            "events that a build on DuckDB computes at a time where memory would run out",
            _whole(10**12 - 1),
        ),
        Variable(
            "spark_file_format",
            ", ".join(FILE_FORMATS),
            "format of tables on Spark",
            _file_format,
        ),
        Variable(
            "spark_buckets",
            "buckets",
            "buckets of event-sized tables on Spark",
            _whole(100_000, least=1),
        ),
    ),
    THRESHOLDS: (
        Variable("anonymous_share_warning", _SHARE, "events that are nobody's", _share),
        Variable("filtered_share_warning", _SHARE, "events that are filtered", _share),
        Variable(
            "unmatched_utm_share_warning",
            _SHARE,
            "tagged page views that no campaign collects",
            _share,
        ),
        Variable(
            "contactless_deal_share_warning", _SHARE, "won deals that never had a contact", _share
        ),
        Variable(
            "volume_drop_warning",
            _SHARE,
            "rows that a table lost since the last published run",
            _share,
        ),
        Variable(
            "event_mix_warning",
            _SHARE,
            "events whose type changed since the last published run",
            _share,
        ),
        Variable(
            "volume_minimum_rows",
            "rows",
            "rows below which neither volume nor mix is judged",
            _whole(10**12 - 1),
        ),
        Variable("session_hours_warning", "hours", "length of a session", _whole(_MILLION)),
        Variable(
            "freshness_warning_days",
            "days before as-of",
            "age of the newest event",
            _whole(_MILLION),
        ),
        Variable(
            "silent_type_warning_days",
            "days before the newest event",
            "age of the newest event of each type",
            _whole(_MILLION),
        ),
    ),
}


def _freshness() -> tuple[Variable, ...]:
    return tuple(
        Variable(
            f"freshness_days_{table}",
            "days before as-of, or none",
            f"age of the newest `_loaded_at` in `{table}`; none = not watched",
            _or_none(_whole(_MILLION)),
        )
        for table in raw_tables()
    )


@cache
def variable_groups() -> dict[str, tuple[Variable, ...]]:
    """All variables by group, in the order of the documentation."""
    return {**_GROUPS, FRESHNESS: _freshness()}


@cache
def variables() -> dict[str, Variable]:
    """All variables by name."""
    return {one.name: one for group in variable_groups().values() for one in group}


@cache
def default_variables() -> dict[str, object]:
    """The defaults by name, from dbt_project.yml."""
    return yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def checked(name: str, value: object) -> object:
    """The value of a variable in its own type. Raises SettingsError naming what would do."""
    return variables()[name].read(name, str(value).strip())
