"""How a landed value is read: every spelling of the raw contract, and nothing else."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from orchestration.ground.contract import RawColumn
from orchestration.ground.sql import quote_text
from orchestration.landing.parsing import Reading, read_columns, read_text, read_typed

INSTANT = datetime(2024, 1, 31, 23, 59, 58)


def _result(reading: Reading, relation: str, *values: object, time_zone: str = "UTC") -> tuple:
    """(value, whether it is unreadable)."""
    with duckdb.connect() as connection:
        connection.execute(f"set TimeZone = '{time_zone}'")
        row = connection.execute(
            read_columns({"value": reading}, relation, []), list(values)
        ).fetchone()
    return (*row, False) if reading.unreadable is None else row[:2]


def _read_text(text: str, data_type: str) -> tuple:
    return _result(
        read_text("value", RawColumn("value", data_type)), "(select nullif(?, '') as value)", text
    )


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31T23:59:58Z",
        "2024-01-31 23:59:58",
        "2024-01-31T23:59:58",
        "2024-01-31 23:59:58 UTC",
        "2024-02-01T09:29:58+09:30",
        "2024-01-31T19:29:58-0430",
        "2024-01-31T23:59:58+00",
        "2024-01-31 23:59:58.000",
        "2024-01-31T23:59:58.000000Z",
        "1706745598000",
        "1706745598000.0",
        "1706745598",
        "1706745598.0",
        "1706745598000000",
        "1706745598000000999",
    ],
)
def test_times_in_every_spelling(text: str) -> None:
    assert _read_text(text, "timestamp") == (INSTANT, False)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-01-31T1:02:03Z", datetime(2024, 1, 31, 1, 2, 3)),
        ("2024-01-31T01:02", datetime(2024, 1, 31, 1, 2)),
        ("2024-01-31T01:02:03.5Z", datetime(2024, 1, 31, 1, 2, 3, 500000)),
        ("2024-01-31T01:02:03.123456789Z", datetime(2024, 1, 31, 1, 2, 3, 123456)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59)),
        ("-86400", datetime(1969, 12, 31)),
        ("1706745598.25", datetime(2024, 1, 31, 23, 59, 58, 250000)),
        ("99999999999", datetime(5138, 11, 16, 9, 46, 39)),
        ("100000000000", datetime(1973, 3, 3, 9, 46, 40)),
        ("99999999999999", datetime(5138, 11, 16, 9, 46, 39, 999000)),
        ("100000000000000", datetime(1973, 3, 3, 9, 46, 40)),
        ("99999999999999999", datetime(5138, 11, 16, 9, 46, 39, 999999)),
        ("100000000000000000", datetime(1973, 3, 3, 9, 46, 40)),
        ("2024-01-31", datetime(2024, 1, 31)),
        ("2024-01-31T00:00:00+23:59", datetime(2024, 1, 30, 0, 1)),
    ],
)
def test_times_at_the_edges(text: str, instant: datetime) -> None:
    assert _read_text(text, "timestamp") == (instant, False)


@pytest.mark.parametrize(
    "text", ["", "0", "1970-01-01", "1970-01-01T00:00:00Z", "1969-12-31T19:00:00-05:00"]
)
def test_unset_times_are_null_and_no_fault(text: str) -> None:
    assert _read_text(text, "timestamp") == (None, False)


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "31/12/2024",
        "2024-1-31",
        "2024-02-30",
        "2024-02-30T00:00:00Z",
        "2024-01-31T00:00:00+24:00",
        "2024-01-31T00:00:00+99:99",
        "2024-01-31T00:00:00-05:60",
        "2024-01-31T24:00:00Z",
        "2024-01-31T23:59:60Z",
        "infinity",
        "epoch",
        "20240131T000000Z",
        "2024-W05",
        "1.7e12",
        "99999999999999999999",
        "0001-01-01T00:00:00+09:00",
        "now",
        " 2024-01-31T00:00:00Z",
    ],
)
def test_nothing_else_is_a_time(text: str) -> None:
    assert _read_text(text, "timestamp") == (None, True)


@pytest.mark.parametrize(
    ("text", "day", "unreadable"),
    [
        ("2024-02-29", date(2024, 2, 29), False),
        ("2024-02-29T23:30:00-05:00", date(2024, 3, 1), False),
        ("1709164800000", date(2024, 2, 29), False),
        ("1970-01-01", None, False),
        ("0", None, False),
        ("29.02.2024", None, True),
        ("2023-02-29", None, True),
    ],
)
def test_dates_and_times_in_date_columns(text: str, day: date | None, unreadable: bool) -> None:
    assert _read_text(text, "date") == (day, unreadable)


@pytest.mark.parametrize(
    ("text", "value", "unreadable"),
    [
        ("true", True, False),
        ("TRUE", True, False),
        ("1", True, False),
        ("False", False, False),
        ("0", False, False),
        ("1.0", True, False),
        ("0.00", False, False),
        ("", None, False),
        ("maybe", None, True),
        ("Yes", None, True),
        ("yes", None, True),
        ("2", None, True),
    ],
)
def test_booleans(text: str, value: bool | None, unreadable: bool) -> None:
    assert _read_text(text, "boolean") == (value, unreadable)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("-5.00", "-5"),
        ("+1.5", "1.5"),
        (".5", "0.5"),
        ("1000000000000", "1000000000000"),
        ("0.1234565", "0.123457"),
    ],
)
def test_money_is_a_plain_number(text: str, value: str) -> None:
    assert _read_text(text, "decimal(20,6)") == (Decimal(value), False)


@pytest.mark.parametrize(
    "text", ["ten", "1,000", "1e5", "NaN", "inf", "$5", "1 000", "0x10", "9" * 30]
)
def test_what_is_no_plain_number(text: str) -> None:
    assert _read_text(text, "decimal(20,6)") == (None, True)


@pytest.mark.parametrize(
    ("sql", "data_type", "value", "unreadable"),
    [
        ("timestamptz '2024-02-01 01:59:58+02'", "timestamp", INSTANT, False),
        ("timestamp_ns '2024-01-31 23:59:58.000000999'", "timestamp", INSTANT, False),
        ("timestamp_s '2024-01-31 23:59:58'", "timestamp", INSTANT, False),
        ("1706745598000::bigint", "timestamp", INSTANT, False),
        ("1706745598000.0::double", "timestamp", INSTANT, False),
        ("'nan'::double", "timestamp", None, True),
        (
            "9223372036854775807::bigint",
            "timestamp",
            datetime(2262, 4, 11, 23, 47, 16, 854775),
            False,
        ),
        ("18446744073709551615::ubigint", "timestamp", None, True),
        ("1706745598::integer", "timestamp", INSTANT, False),
        ("1706745598.25::double", "timestamp", INSTANT.replace(microsecond=250000), False),
        ("1706745598000000999::bigint", "timestamp", INSTANT, False),
        ("1706745598.000000::decimal(20,6)", "timestamp", INSTANT, False),
        ("timestamp '1970-01-01 00:00:00'", "timestamp", None, False),
        ("timestamp 'infinity'", "timestamp", None, True),
        ("date '2024-01-31'", "timestamp", datetime(2024, 1, 31), False),
        ("date 'infinity'", "timestamp", None, True),
        ("date '5000000-01-31'", "timestamp", None, True),
        (
            "timestamp_ns '2024-01-31 23:59:58.000000999'::timestamptz_ns",
            "timestamp",
            INSTANT,
            False,
        ),
        ("true", "timestamp", None, True),
        ("timestamp '2024-01-31 23:59:58'", "date", date(2024, 1, 31), False),
        ("date '1970-01-01'", "date", None, False),
        ("12.0::double", "varchar", "12", False),
        ("9007199254740993::bigint", "varchar", "9007199254740993", False),
        (
            "'3f2504e0-4f89-41d3-9a0c-0305e82c3301'::uuid",
            "varchar",
            "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            False,
        ),
        ("'abc'::blob", "varchar", "abc", False),
        ("'\\xFF'::blob", "varchar", None, True),
        ("[1, 2]", "varchar", None, True),
        ("{'a': 1}", "varchar", None, True),
        ("''", "varchar", None, False),
        ("1::integer", "boolean", True, False),
        ("2::integer", "boolean", None, True),
        ("0.0::double", "boolean", False, False),
        ("21733.82::double", "decimal(20,6)", Decimal("21733.82"), False),
        ("'nan'::double", "decimal(20,6)", None, True),
        ("12.5::decimal(9,2)", "decimal(20,6)", Decimal("12.5"), False),
        ("true", "decimal(20,6)", None, True),
        ("12::integer", "bigint", 12, False),
        ("12.5::double", "bigint", None, True),
    ],
)
def test_parquet_types_without_text(
    sql: str, data_type: str, value: object, unreadable: bool
) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(f"select typeof({sql})").fetchone()[0]
    reading = read_typed("value", found, RawColumn("value", data_type))
    assert _result(reading, f"(select {sql} as value)") == (value, unreadable)


def test_the_time_zone_of_the_session_changes_nothing_typed() -> None:
    reading = read_typed("value", "TIMESTAMP WITH TIME ZONE", RawColumn("value", "timestamp"))
    relation = "(select timestamptz '2024-01-31 23:59:58+00' as value)"
    assert _result(reading, relation, time_zone="Asia/Tokyo") == (INSTANT, False)


def test_text_literals_are_quoted() -> None:
    with duckdb.connect() as connection:
        assert (
            connection.execute(f"select {quote_text(chr(39) + '; drop table x; --')}").fetchone()[0]
            == "'; drop table x; --"
        )
