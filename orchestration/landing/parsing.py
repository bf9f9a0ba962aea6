"""How a landed value is read: SQL per target type, for text and for each type that Parquet can
have.

Text is parsed by pattern first, because DuckDB's casts accept more spellings than the raw contract
does. Typed columns are never turned into text and back. Every value is read in three stages, so
that nothing is evaluated twice: what lies there (`source`), what it parses to (`parsed`), and the
value with its fault (`value`, `unreadable`) and what was assumed of it (`is_day`, `is_naive`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from orchestration.ground.contract import RawColumn
from orchestration.ground.sql import quote_name, quote_text
from orchestration.landing.times import (
    BEYOND_DATE,
    BEYOND_TIME,
    HAS_NO_OFFSET,
    IS_BARE_DAY,
    UNSET_INSTANT,
    UNSET_TEXT,
    is_day,
    matches,
    number_epoch,
    text_time,
    typed_time,
    whole_epoch,
)

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_WHOLE_NUMBER = r"[+-]?[0-9]+(?:\.0+)?"

_WHOLE_TYPES = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "HUGEINT",
)
_FLOAT_TYPES = ("FLOAT", "DOUBLE")
_NESTED_MARKS = ("[]", "STRUCT(", "MAP(", "UNION(")


@dataclass(frozen=True)
class Reading:
    """How one column is read.

    `source` is SQL over the file's columns. `parsed` is SQL over `{s}`, the source; the rest is SQL
    over `{s}` and `{p}`, what it parsed to. `unreadable`, `is_day` (a bare day that counts as its
    midnight) and `is_naive` (a time of day without an offset) are booleans, false where they are
    null; where one is None it never is.
    """

    source: str
    parsed: str = "{s}"
    value: str = "{p}"
    unreadable: str | None = None
    is_day: str | None = None
    is_naive: str | None = None


FLAGS = ("unreadable", "is_day", "is_naive")


def flag(kind: str, column: str) -> str:
    """The name of the boolean that says of a column what `kind`, one of FLAGS, means."""
    return quote_name(f"{kind}_{column}")


# --- Pieces ---------------------------------------------------------------------------------------

_FAILS = "({s} is not null and {p} is null)"


def _doubled(text: str) -> str:
    """A text inside a template: its own braces are no placeholders."""
    return text.replace("{", "{{").replace("}", "}}")


def _time(source: str, parsed: str, unset: str = "false") -> Reading:
    return Reading(
        source,
        parsed,
        f"case when {unset} or {UNSET_INSTANT} or {BEYOND_TIME} then null else {{p}} end",
        f"({{s}} is not null and not {unset} and ({{p}} is null or {BEYOND_TIME}))",
    )


def _date(source: str, parsed: str, unset: str = "false") -> Reading:
    return Reading(
        source,
        parsed,
        f"case when {unset} or {{p}} = date '1970-01-01' or {BEYOND_DATE} then null else {{p}} end",
        f"({{s}} is not null and not {unset} and ({{p}} is null or {BEYOND_DATE}))",
    )


def _nested(source: str, data_type: str) -> Reading:
    return Reading(f"({source} is not null)", "{s}", f"cast(null as {data_type})", "{s}")


def absent(data_type: str) -> Reading:
    """The reading of a column that a file does not have."""
    return Reading(f"cast(null as {data_type})")


# --- Text -----------------------------------------------------------------------------------------


def read_text(text: str, column: RawColumn, zone: str = "UTC") -> Reading:
    """`text`: SQL of a VARCHAR that is already null where it is empty.

    `zone`: whose clock a time without an offset shows.
    """
    kind = column.data_type
    if kind == "varchar" and column.accepted and not column.required:
        listed = ", ".join(quote_text(value) for value in column.accepted)
        return Reading(
            text, f"case when {{s}} in ({_doubled(listed)}) then {{s}} end", "{p}", _FAILS
        )
    if kind == "varchar":
        return Reading(text)
    if kind == "timestamp":
        return replace(
            _time(text, text_time("{s}", zone), UNSET_TEXT),
            is_day=f"({IS_BARE_DAY} and not {UNSET_TEXT})",
            is_naive=f"({HAS_NO_OFFSET} and not {UNSET_TEXT})",
        )
    if kind == "date":
        parsed = (
            f"case when {is_day('{s}')} then try_cast({{s}} as date) else "
            f"cast({text_time('{s}', zone)} as date) end"
        )
        return replace(
            _date(text, parsed, UNSET_TEXT), is_naive=f"({HAS_NO_OFFSET} and not {UNSET_TEXT})"
        )
    if kind == "boolean":
        one, zero = matches("{s}", r"1(?:\.0+)?"), matches("{s}", r"0(?:\.0+)?")
        parsed = (
            "case when lower({s}) = 'true' then true when lower({s}) = 'false' then false "
            f"when {one} then true when {zero} then false end"
        )
        return Reading(text, parsed, "{p}", _FAILS)
    pattern = _WHOLE_NUMBER if kind == "bigint" else _NUMBER
    return Reading(
        text,
        f"case when {matches('{s}', pattern)} then try_cast({{s}} as {kind}) end",
        "{p}",
        _FAILS,
    )


# --- Typed columns --------------------------------------------------------------------------------


def _is_number(found: str) -> bool:
    return found in _WHOLE_TYPES or found in _FLOAT_TYPES or found.startswith("DECIMAL")


def _instant(found: str) -> str | None:
    """SQL of the UTC instant of `{s}`, a column of type `found`; None where the type is none that
    times have.
    """
    if found in _WHOLE_TYPES:
        return whole_epoch("try_cast({s} as bigint)")
    return number_epoch("{s}") if _is_number(found) else typed_time("{s}", found)


def _typed_text(source: str, found: str) -> Reading:
    if found in _FLOAT_TYPES:  # an id that a loader widened to a float: 12.0 is 12
        whole = "{s} = floor({s}) and abs({s}) < 9007199254740992"
        return Reading(
            source,
            (
                f"case when {whole} then cast(cast({{s}} as bigint) as varchar) else cast({{s}} "
                f"as varchar) end"
            ),
        )
    if found == "BLOB":
        return Reading(source, "try(decode({s}))", "nullif({p}, '')", _FAILS)
    return Reading(source, "nullif(cast({s} as varchar), '')")


def _typed_number(source: str, found: str, kind: str) -> Reading:
    if kind == "bigint" and found in _WHOLE_TYPES[:7]:
        return Reading(source, "cast({s} as bigint)")
    if kind == "bigint":
        return Reading(
            source, "case when {s} = floor({s}) then try_cast({s} as bigint) end", "{p}", _FAILS
        )
    return Reading(source, f"try_cast({{s}} as {kind})", "{p}", _FAILS)


def read_typed(source: str, found: str, column: RawColumn, zone: str = "UTC") -> Reading:
    """`source`: SQL of a Parquet column of DuckDB type `found`. `zone`: as of `read_text`."""
    kind = column.data_type
    if found == "VARCHAR" or found.startswith("ENUM"):
        return read_text(f"nullif(cast({source} as varchar), '')", column, zone)
    if any(mark in found for mark in _NESTED_MARKS) or (found == "BLOB" and kind != "varchar"):
        return _nested(source, kind)
    if kind == "varchar":
        return _typed_text(source, found)
    if kind == "date" and found == "DATE":
        return _date(source, "{s}")
    if kind in ("timestamp", "date"):
        instant = _instant(found)
        if instant is None:
            return _nested(source, kind)
        if kind == "date":
            return _date(source, f"cast({instant} as date)")
        is_day = f"({{p}} is not null and not {UNSET_INSTANT})" if found == "DATE" else None
        return replace(_time(source, instant), is_day=is_day)
    if kind == "boolean" and found == "BOOLEAN":
        return Reading(source)
    if not _is_number(found):
        return _nested(source, kind)
    if kind == "boolean":
        return Reading(
            source, "case when {s} = 1 then true when {s} = 0 then false end", "{p}", _FAILS
        )
    return _typed_number(source, found, kind)


# --- Stages ---------------------------------------------------------------------------------------


def read_columns(readings: dict[str, Reading], relation: str, kept: list[str]) -> str:
    """A select over `relation`: every column's typed value under its name, its flags, and the
    `kept` columns.
    """
    numbers = {name: index for index, name in enumerate(readings)}

    def names(name: str) -> dict[str, str]:
        return {"s": f"s{numbers[name]}", "p": f"p{numbers[name]}"}

    keep = "".join(f", {column}" for column in kept)
    sources = ", ".join(
        f"{reading.source} as s{numbers[name]}" for name, reading in readings.items()
    )
    parsed = ", ".join(
        f"s{numbers[name]}, {reading.parsed.format(**names(name))} as p{numbers[name]}"
        for name, reading in readings.items()
    )
    values = ", ".join(
        f"{reading.value.format(**names(name))} as {quote_name(name)}"
        for name, reading in readings.items()
    )
    faults = "".join(
        f", coalesce({test.format(**names(name))}, false) as {flag(kind, name)}"
        for name, reading in readings.items()
        for kind in FLAGS
        if (test := getattr(reading, kind)) is not None
    )
    return (
        f"select {values}{faults}{keep} from (select {parsed}{keep} from (select {sources}{keep} "
        f"from {relation}))"
    )
