"""Times as the raw contract spells them, as SQL: text, numbers and Parquet's types become UTC
instants of microseconds.

Every function takes and returns SQL. `{s}` is what lies there, `{p}` what it parsed to; a text that
holds `{` or `}` for other reasons doubles them. What is no time parses to null.
"""

from __future__ import annotations

from orchestration.ground.sql import quote_text

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"(?:[01]?[0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
_OFFSET = r"(?: UTC|Z|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)"
_EPOCH = r"-?[0-9]{1,19}(?:\.[0-9]{1,9})?"

# An epoch counts seconds, milliseconds, microseconds or nanoseconds, by its size: the largest of
# the first three.
_SECONDS, _MILLISECONDS, _MICROSECONDS = 10**11 - 1, 10**14 - 1, 10**17 - 1

UNSET_TEXT = "({s} = '0' or starts_with({s}, '1970-01-01'))"
UNSET_INSTANT = "({p} >= timestamp '1970-01-01 00:00:00' and {p} < timestamp '1970-01-02 00:00:00')"
# Outside the years 1 to 9999, which not every reader can hold.
BEYOND_TIME = (
    "({p} < timestamp '0001-01-01 00:00:00' or {p} > timestamp '9999-12-31 23:59:59.999999')"
)
BEYOND_DATE = "({p} < date '0001-01-01' or {p} > date '9999-12-31')"

# Of a text that was parsed: whether it is a bare day, and whether it is a time of day without an
# offset.
IS_BARE_DAY = "({p} is not null and length({s}) = 10 and {s}[5] = '-')"
HAS_NO_OFFSET = (
    "({p} is not null and length({s}) > 10 and {s}[5] = '-' and right({s}, 1) not in ('Z', 'C') "
    "and not contains({s}[12:], '+') and not contains({s}[12:], '-'))"
)


def matches(text: str, pattern: str) -> str:
    """Whether the whole of a text matches."""
    doubled = pattern.replace("{", "{{").replace("}", "}}")
    return f"regexp_full_match({text}, '{doubled}')"


def is_day(text: str) -> str:
    return matches(text, _DAY)


def _floor_thousandth(number: str) -> str:
    """A whole division that rounds down, as DuckDB's does not below zero."""
    return f"({number} // 1000 - cast({number} % 1000 < 0 as integer))"


def whole_epoch(number: str) -> str:
    """The instant of a BIGINT; null beyond what a timestamp holds."""
    return (
        f"try(make_timestamp(case when {number} between -{_SECONDS} and {_SECONDS} then {number} "
        f"* 1000000 "
        f"when {number} between -{_MILLISECONDS} and {_MILLISECONDS} then {number} * 1000 "
        f"when {number} between -{_MICROSECONDS} and {_MICROSECONDS} then {number} "
        f"else {_floor_thousandth(number)} end))"
    )


def _fractional_epoch(number: str) -> str:
    """The instant of a DOUBLE, to the microsecond: a double is no more precise at today's dates."""
    return (
        f"try(make_timestamp(cast(case when abs({number}) <= {_SECONDS} then round({number} * "
        f"1000000) "
        f"when abs({number}) <= {_MILLISECONDS} then round({number} * 1000) "
        f"when abs({number}) <= {_MICROSECONDS} then floor({number}) else floor({number} / 1000) "
        f"end as bigint)))"
    )


def number_epoch(number: str) -> str:
    """The instant of a number of any type. A whole one is counted exactly."""
    whole, double = f"try_cast({number} as bigint)", f"cast({number} as double)"
    return (
        f"case when {number} = floor({number}) then {whole_epoch(whole)} "
        f"else {_fractional_epoch(double)} end"
    )


def _text_epoch(text: str) -> str:
    double = f"try_cast({text} as double)"
    whole = f"try_cast(split_part({text}, chr(46), 1) as bigint)"
    has_fraction = matches(text, r".*\.0*[1-9][0-9]*")
    return (
        f"case when {has_fraction} then {_fractional_epoch(double)} else {whole_epoch(whole)} end"
    )


def _without_offset(text: str, zone: str) -> str:
    """The instant of a text without an offset, by the clock of `zone`, an IANA name."""
    local = f"try_cast({text} as timestamp)"
    if zone == "UTC":
        return local
    return f"try(timezone({quote_text(zone)}, {local}) at time zone 'UTC')"


def text_time(text: str, zone: str) -> str:
    """The instant of a text. The session's time zone plays no part."""
    return (
        f"case when {matches(text, f'{_DAY}[T ]{_CLOCK}{_OFFSET}')} then try_cast({text} as "
        f"timestamptz) at time zone 'UTC' "
        f"when {matches(text, f'{_DAY}[T ]{_CLOCK}')} then {_without_offset(text, zone)} "
        f"when {is_day(text)} then try_cast({text} as timestamp) "
        f"when {matches(text, _EPOCH)} then {_text_epoch(text)} end"
    )


def typed_time(source: str, found: str) -> str | None:
    """The instant of a column of DuckDB type `found`; None where the type is none that times
    have.
    """
    if found in ("TIMESTAMP_NS", "TIMESTAMPTZ_NS"):  # cut, as text with nine digits is
        return f"try(make_timestamp({_floor_thousandth(f'epoch_ns({source})')}))"
    if found.startswith("TIMESTAMP WITH TIME ZONE"):
        return f"({source} at time zone 'UTC')"
    if found.startswith("TIMESTAMP") or found == "DATE":
        return f"try_cast({source} as timestamp)"
    return None
