"""How a landed value is read: SQL per target type, for text and for each type that Parquet can have.

Text is parsed by pattern first, because DuckDB's casts accept more spellings than the raw contract does. Typed columns are never turned
into text and back. Every value is read in three stages, so that nothing is evaluated twice: what lies there (`source`), what it
parses to (`parsed`), and the value with its fault (`value`, `unreadable`).
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.ground.contract import RawColumn
from orchestration.ground.sql import quote_name, quote_text

_TIME = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01]?[0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?: UTC|Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_EPOCH_MILLISECONDS = r"-?[0-9]{1,18}(?:\.0+)?"
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

    `source` is SQL over the file's columns. `parsed` is SQL over `{s}`, the source; `value` and `unreadable` (a boolean,
    never null) are SQL over `{s}` and `{p}`, what it parsed to. Where `unreadable` is None nothing can be.
    """

    source: str
    parsed: str = "{s}"
    value: str = "{p}"
    unreadable: str | None = None


# --- Pieces ---------------------------------------------------------------------------------------------------------

_FAILS = "({s} is not null and {p} is null)"
_UNSET_TEXT = "({s} = '0' or starts_with({s}, '1970-01-01'))"
_UNSET_DAY = "({p} >= timestamp '1970-01-01 00:00:00' and {p} < timestamp '1970-01-02 00:00:00')"
# Outside the years 1 to 9999, which not every reader can hold.
_BEYOND_TIME = (
    "({p} < timestamp '0001-01-01 00:00:00' or {p} > timestamp '9999-12-31 23:59:59.999999')"
)
_BEYOND_DATE = "({p} < date '0001-01-01' or {p} > date '9999-12-31')"


def _epoch(milliseconds: str) -> str:
    return f"try(epoch_ms(try_cast({milliseconds} as bigint)))"


def _parse_time(text: str) -> str:
    return (
        f"case when regexp_full_match({text}, '{_braces(_EPOCH_MILLISECONDS)}') then {_epoch(f'split_part({text}, chr(46), 1)')} "
        f"when regexp_full_match({text}, '{_braces(_TIME)}') then try_cast({text} as timestamptz) at time zone 'UTC' end"
    )


def _braces(pattern: str) -> str:
    """A pattern inside a template: its own braces are no placeholders."""
    return pattern.replace("{", "{{").replace("}", "}}")


def _time(source: str, parsed: str, unset: str = "false") -> Reading:
    return Reading(
        source,
        parsed,
        f"case when {unset} or {_UNSET_DAY} or {_BEYOND_TIME} then null else {{p}} end",
        f"({{s}} is not null and not {unset} and ({{p}} is null or {_BEYOND_TIME}))",
    )


def _date(source: str, parsed: str, unset: str = "false") -> Reading:
    return Reading(
        source,
        parsed,
        f"case when {unset} or {{p}} = date '1970-01-01' or {_BEYOND_DATE} then null else {{p}} end",
        f"({{s}} is not null and not {unset} and ({{p}} is null or {_BEYOND_DATE}))",
    )


def _nested(source: str, data_type: str) -> Reading:
    return Reading(f"({source} is not null)", "{s}", f"cast(null as {data_type})", "{s}")


def absent(data_type: str) -> Reading:
    """The reading of a column that a file does not have."""
    return Reading(f"cast(null as {data_type})")


# --- Text -----------------------------------------------------------------------------------------------------------


def read_text(text: str, column: RawColumn) -> Reading:
    """`text`: SQL of a VARCHAR that is already null where it is empty."""
    kind = column.data_type
    if kind == "varchar" and column.accepted and not column.required:
        listed = ", ".join(quote_text(value) for value in column.accepted)
        return Reading(
            text, f"case when {{s}} in ({_braces(listed)}) then {{s}} end", "{p}", _FAILS
        )
    if kind == "varchar":
        return Reading(text)
    if kind == "timestamp":
        return _time(text, _parse_time("{s}"), _UNSET_TEXT)
    if kind == "date":
        parsed = f"case when regexp_full_match({{s}}, '{_braces(_DATE)}') then try_cast({{s}} as date) else cast({_parse_time('{s}')} as date) end"
        return _date(text, parsed, _UNSET_TEXT)
    if kind == "boolean":
        parsed = "case lower({s}) when 'true' then true when '1' then true when 'false' then false when '0' then false end"
        return Reading(text, parsed, "{p}", _FAILS)
    pattern = _WHOLE_NUMBER if kind == "bigint" else _NUMBER
    return Reading(
        text,
        f"case when regexp_full_match({{s}}, '{_braces(pattern)}') then try_cast({{s}} as {kind}) end",
        "{p}",
        _FAILS,
    )


# --- Typed columns --------------------------------------------------------------------------------------------------


def _is_number(found: str) -> bool:
    return found in _WHOLE_TYPES or found in _FLOAT_TYPES or found.startswith("DECIMAL")


def _instant(found: str) -> str | None:
    """SQL of the UTC instant of `{s}`, a column of type `found`; None where the type is none that times have."""
    if found.startswith("TIMESTAMP WITH TIME ZONE"):
        return "({s} at time zone 'UTC')"
    if found == "TIMESTAMP_NS":  # cut, as text with nine digits is; a cast would round
        return "make_timestamp(epoch_ns({s}) // 1000)"
    if found.startswith("TIMESTAMP"):
        return "cast({s} as timestamp)"
    if found in _WHOLE_TYPES:
        return _epoch("{s}")
    return _epoch("floor({s})") if _is_number(found) else None


def _typed_text(source: str, found: str) -> Reading:
    if found in _FLOAT_TYPES:  # an id that a loader widened to a float: 12.0 is 12
        whole = "{s} = floor({s}) and abs({s}) < 9007199254740992"
        return Reading(
            source,
            f"case when {whole} then cast(cast({{s}} as bigint) as varchar) else cast({{s}} as varchar) end",
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


def read_typed(source: str, found: str, column: RawColumn) -> Reading:
    """`source`: SQL of a Parquet column of DuckDB type `found`."""
    kind = column.data_type
    if found == "VARCHAR" or found.startswith("ENUM"):
        return read_text(f"nullif(cast({source} as varchar), '')", column)
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
        return (
            _time(source, instant)
            if kind == "timestamp"
            else _date(source, f"cast({instant} as date)")
        )
    if kind == "boolean" and found == "BOOLEAN":
        return Reading(source)
    if not _is_number(found):
        return _nested(source, kind)
    if kind == "boolean":
        return Reading(
            source, "case when {s} = 1 then true when {s} = 0 then false end", "{p}", _FAILS
        )
    return _typed_number(source, found, kind)


# --- Stages ---------------------------------------------------------------------------------------------------------


def read_columns(readings: dict[str, Reading], relation: str, kept: list[str]) -> str:
    """A select over `relation`: every column's typed value under its name, `unreadable_<name>` where it can fail, and the `kept` columns."""
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
        f", coalesce({reading.unreadable.format(**names(name))}, false) as {quote_name('unreadable_' + name)}"
        for name, reading in readings.items()
        if reading.unreadable is not None
    )
    return f"select {values}{faults}{keep} from (select {parsed}{keep} from (select {sources}{keep} from {relation}))"
