"""How a landed value is read: one SQL expression per target type, for text and for each type that Parquet can have.

Every reader returns a `Reading`: the typed value (null where absent or unreadable) and whether it was present but could
not be read. Text is parsed by pattern first, because DuckDB's casts accept more spellings than the raw contract does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orchestration.landing.contract import RawColumn

_TIME = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01]?[0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?: UTC|Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_EPOCH_MILLISECONDS = r"-?[0-9]{1,18}(?:\.0+)?"
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_WHOLE_NUMBER = r"[+-]?[0-9]+(?:\.0+)?"

_WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
_FLOAT_TYPES = ("FLOAT", "DOUBLE")
_NESTED_MARKS = ("[]", "STRUCT(", "MAP(", "UNION(")


@dataclass(frozen=True)
class Reading:
    """`value`: SQL of the typed value. `unreadable`: SQL of a boolean, or None where it cannot happen."""

    value: str
    unreadable: str | None = None


def quote_name(name: str) -> str:
    """An SQL identifier for any text."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """An SQL string literal for any text."""
    return "'" + text.replace("'", "''") + "'"


def _present(text: str) -> str:
    return f"{text} is not null"


def _checked_time(timestamp: str) -> str:
    """Null outside the years 1 to 9999, which not every reader can hold."""
    return (
        f"case when {timestamp} >= timestamp '0001-01-01 00:00:00' "
        f"and {timestamp} < timestamp '9999-12-31 23:59:59.999999' + interval 1 microsecond then {timestamp} end"
    )


def _is_unset_day(timestamp: str) -> str:
    return f"({timestamp} >= timestamp '1970-01-01 00:00:00' and {timestamp} < timestamp '1970-01-02 00:00:00')"


def _epoch(milliseconds: str) -> str:
    return f"try(epoch_ms(try_cast({milliseconds} as bigint)))"


def _text_to_time(text: str) -> str:
    parsed = (
        f"case when regexp_full_match({text}, '{_EPOCH_MILLISECONDS}') "
        f"then {_epoch(f'split_part({text}, chr(46), 1)')} "
        f"when regexp_full_match({text}, '{_TIME}') then try_cast({text} as timestamptz) at time zone 'UTC' end"
    )
    return _checked_time(f"({parsed})")


def _unset_text(text: str) -> str:
    return f"({text} = '0' or starts_with({text}, '1970-01-01'))"


def _time_from_text(text: str) -> Reading:
    parsed = _text_to_time(text)
    value = f"case when {_unset_text(text)} or {_is_unset_day(f'({parsed})')} then null else {parsed} end"
    return Reading(value, f"({_present(text)} and not {_unset_text(text)} and ({parsed}) is null)")


def _date_from_text(text: str) -> Reading:
    parsed = (
        f"case when regexp_full_match({text}, '{_DATE}') then try_cast({text} as date) "
        f"else cast({_text_to_time(text)} as date) end"
    )
    known = f"case when {parsed} >= date '0001-01-01' and {parsed} <= date '9999-12-31' then {parsed} end"
    value = f"case when {_unset_text(text)} then null else nullif({known}, date '1970-01-01') end"
    return Reading(value, f"({_present(text)} and not {_unset_text(text)} and ({known}) is null)")


def _boolean_from_text(text: str) -> Reading:
    value = f"case when lower({text}) in ('true', '1') then true when lower({text}) in ('false', '0') then false end"
    return Reading(value, f"({_present(text)} and lower({text}) not in ('true', '1', 'false', '0'))")


def _number_from_text(text: str, pattern: str, data_type: str) -> Reading:
    value = f"case when regexp_full_match({text}, '{pattern}') then try_cast({text} as {data_type}) end"
    return Reading(value, f"({_present(text)} and ({value}) is null)")


def read_text(text: str, column: RawColumn) -> Reading:
    """`text`: SQL of a VARCHAR that is already null where it is empty."""
    kind = column.data_type
    if kind == "varchar":
        return Reading(text)
    if kind == "timestamp":
        return _time_from_text(text)
    if kind == "date":
        return _date_from_text(text)
    if kind == "boolean":
        return _boolean_from_text(text)
    return _number_from_text(text, _WHOLE_NUMBER if kind == "bigint" else _NUMBER, kind)


def _unreadable_if_null(source: str, value: str) -> Reading:
    return Reading(value, f"({source} is not null and ({value}) is null)")


def _typed_time(source: str, found: str) -> Reading:
    if found.startswith("TIMESTAMP WITH TIME ZONE"):
        instant = f"({source} at time zone 'UTC')"
    elif found == "TIMESTAMP_NS":  # cut, as text with nine digits is; a cast would round
        instant = f"make_timestamp(epoch_ns({source}) // 1000)"
    elif found.startswith("TIMESTAMP"):
        instant = f"cast({source} as timestamp)"
    elif found in _WHOLE_TYPES:
        instant = _epoch(source)
    else:
        instant = _epoch(f"floor({source})")
    checked = _checked_time(instant)
    value = f"case when {_is_unset_day(instant)} then null else {checked} end"
    return Reading(value, f"({source} is not null and ({checked}) is null)")


def _typed_date(source: str, found: str) -> Reading:
    if found == "DATE":
        known = f"case when {source} >= date '0001-01-01' and {source} <= date '9999-12-31' then {source} end"
        return Reading(f"nullif({known}, date '1970-01-01')", f"({source} is not null and ({known}) is null)")
    time = _typed_time(source, found)
    return Reading(f"cast({time.value} as date)", time.unreadable)


def _typed_text(source: str, found: str) -> Reading:
    if found in _FLOAT_TYPES:  # an id that a loader widened to a float: 12.0 is 12
        whole = f"{source} = floor({source}) and abs({source}) < 9007199254740992"
        return Reading(f"case when {whole} then cast(cast({source} as bigint) as varchar) else cast({source} as varchar) end")
    if found == "BLOB":
        return _unreadable_if_null(source, f"nullif(try(decode({source})), '')")
    return Reading(f"nullif(cast({source} as varchar), '')")


def _typed_boolean(source: str, found: str) -> Reading:
    if found == "BOOLEAN":
        return Reading(source)
    value = f"case when {source} = 1 then true when {source} = 0 then false end"
    return _unreadable_if_null(source, value)


def _is_number(found: str) -> bool:
    return found in _WHOLE_TYPES or found in _FLOAT_TYPES or found.startswith("DECIMAL")


def read_typed(source: str, found: str, column: RawColumn) -> Reading:
    """`source`: SQL of a Parquet column of DuckDB type `found`. Typed columns are never turned into text and back."""
    kind = column.data_type
    if found.startswith("ENUM"):
        return read_text(f"nullif(cast({source} as varchar), '')", column)
    if found == "VARCHAR":
        return read_text(f"nullif({source}, '')", column)
    if any(mark in found for mark in _NESTED_MARKS) or (found == "BLOB" and kind != "varchar"):
        return Reading(f"cast(null as {kind})", f"({source} is not null)")
    readers: dict[str, tuple[bool, Callable[[], Reading]]] = {
        "varchar": (True, lambda: _typed_text(source, found)),
        "timestamp": (found.startswith("TIMESTAMP") or _is_number(found), lambda: _typed_time(source, found)),
        "date": (found == "DATE" or found.startswith("TIMESTAMP") or _is_number(found), lambda: _typed_date(source, found)),
        "boolean": (found == "BOOLEAN" or _is_number(found), lambda: _typed_boolean(source, found)),
    }
    fits, reader = readers.get(kind, (_is_number(found), lambda: _typed_number(source, found, kind)))
    if fits:
        return reader()
    return Reading(f"cast(null as {kind})", f"({source} is not null)")


def _typed_number(source: str, found: str, kind: str) -> Reading:
    if kind == "bigint" and found in _WHOLE_TYPES[:7]:
        return Reading(f"cast({source} as bigint)")
    if kind == "bigint":
        return _unreadable_if_null(source, f"case when {source} = floor({source}) then try_cast({source} as bigint) end")
    return _unreadable_if_null(source, f"try_cast({source} as {kind})")
