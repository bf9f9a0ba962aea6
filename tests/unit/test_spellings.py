"""One table of spellings × formats × types: a value means the same however it lies in a file, as
the plain reading of the contract says.
"""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest

from orchestration.ground.contract import raw_tables
from orchestration.home.schema import create_raw_schema
from orchestration.landing.land import land
from tests.unit.plain_reading import UNREADABLE, read

DAYS = ["2024-02-29", "2023-02-29", "1970-01-01", "0001-01-01", "9999-12-31", "2024-13-01"]
CLOCKS = ["09:30:58", "9:30", "00:00:00.123456789", "23:59:59.9", "24:00:00", "23:59:60"]
OFFSETS = [
    "",
    "Z",
    " UTC",
    "+00",
    "+05:30",
    "-0430",
    "+23:59",
    "+24:00",
    "+99:99",
    "-05:60",
    " Europe/Berlin",
]
EPOCHS = [
    sign + number + fraction
    for sign, number, fraction in itertools.product(
        ("", "-"),
        (
            "0",
            "1",
            "86400",
            "1706745598",
            "99999999999",
            "100000000000",
            "1706745598123",
            "99999999999999",
            "1706745598123456",
            "99999999999999999",
            "1706745598123456789",
            "9223372036854775807",
            "9223372036854775808",
        ),
        ("", ".0"),
    )
]
TIMES = [
    *DAYS,
    *("".join(parts) for parts in itertools.product(DAYS[:3], "T ", CLOCKS, OFFSETS)),
    *EPOCHS,
    "1706745598.25",
    "1706745598123.5",
    "soon",
    "31/12/2024",
    "20240131",
    "2024-W05",
    "1.7e9",
    "now",
    "infinity",
    "2024-01-31t00:00:00Z",
]
BOOLEANS = [
    "true",
    "TRUE",
    "False",
    "1",
    "0",
    "1.0",
    "0.0",
    "Yes",
    "No",
    "on",
    "t",
    "2",
    "maybe",
    "-1",
]
NUMBERS = [
    "12",
    "-5.00",
    "+1.5",
    ".5",
    "12.",
    "0.1234565",
    "12,500.00",
    "1e3",
    "$5",
    "5 EUR",
    "NaN",
    "inf",
    "9" * 30,
    "1 000",
    "0x10",
    "-0",
]
WHOLE = [
    "12",
    "12.0",
    "12.5",
    "-3",
    "+7",
    "9223372036854775807",
    "9223372036854775808",
    "1e3",
    "1,000",
    "many",
]
# Kind -> the optional column that is read, what every row of its table needs, its key, and the
# spellings.
CASES: dict[str, tuple[str, str, dict[str, Any], str, list[str]]] = {
    "timestamp": ("deals", "closed_at", {"is_closed_won": "true"}, "deal_id", TIMES),
    "decimal(20,6)": ("deals", "amount", {"is_closed_won": "true"}, "deal_id", NUMBERS),
    "date": (
        "campaigns",
        "start_date",
        {"campaign_name": "x", "created_at": "1706745598"},
        "campaign_id",
        TIMES,
    ),
    "boolean": ("assets", "has_form", {"asset_type": "cta"}, "asset_id", BOOLEANS),
    "bigint": (
        "ad_metrics",
        "impressions",
        {"asset_type": "cta", "metric_date": "2024-01-31"},
        "asset_id",
        WHOLE,
    ),
}
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'Asia/Tokyo'")
        create_raw_schema(opened)
        yield opened


def _rows(kind: str) -> list[dict[str, str]]:
    _, column, needed, key, spellings = CASES[kind]
    return [
        {key: str(n), column: text, **needed, "_loaded_at": "1706745598"}
        for n, text in enumerate(spellings)
    ]


def _csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _json_lines(rows: list[dict[str, str]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _json_numbers(rows: list[dict[str, str]], column: str) -> bytes:
    """Numbers without quotes, where JSON can spell them; one with a fraction is a double there,
    exact to 15 digits.
    """
    lines = []
    for row in rows:
        line = json.dumps(row)
        if NUMBER.fullmatch(row[column]) and ("." not in row[column] or len(row[column]) < 17):
            line = line.replace(json.dumps(row[column]), row[column])
        lines.append(line + "\n")
    return "".join(lines).encode()


def _write(landing: Path, kind: str) -> list[str]:
    table, column, *_ = CASES[kind]
    rows, folder = _rows(kind), landing / table
    folder.mkdir(exist_ok=True)
    name = column
    (folder / f"{name}.csv").write_bytes(_csv(rows))
    (folder / f"{name}.csv.gz").write_bytes(gzip.compress(_csv(rows)))
    (folder / f"{name}.jsonl").write_bytes(_json_lines(rows))
    (folder / f"{name}-numbers.ndjson.gz").write_bytes(gzip.compress(_json_numbers(rows, column)))
    parquet.write_table(arrow.Table.from_pylist(rows), folder / f"{name}.parquet")
    return [f"{table}/{file.name}" for file in folder.iterdir() if file.name.startswith(name)]


@pytest.mark.parametrize("kind", CASES)
def test_every_spelling_means_the_same_in_every_format(
    landing: Path, connection: duckdb.DuckDBPyConnection, kind: str
) -> None:
    table, column, _, key, spellings = CASES[kind]
    assert next(c.data_type for c in raw_tables()[table].columns if c.name == column) == kind
    expected = [read(text, kind) for text in spellings]
    files = _write(landing, kind)
    assert len(files) == 5
    land(connection, landing, "run")
    unread = dict(
        connection.execute(
            "select file_name, rows from raw.unread_values where column_name = ?", [column]
        ).fetchall()
    )
    for name in files:
        found = [
            value
            for (value,) in connection.execute(
                f"select {column} from raw.{table} where _file_id = (select file_id from "
                f"raw.files where file_name = ?) "
                f"order by {key}::integer",
                [name],
            ).fetchall()
        ]
        wanted = [None if value is UNREADABLE else value for value in expected]
        wrong = [
            (text, got, value)
            for text, got, value in zip(spellings, found, wanted, strict=True)
            if got != value
        ]
        assert wrong == [], name
        assert unread.get(name, 0) == expected.count(UNREADABLE), name
    assert connection.execute("select max(len(examples)) from raw.unread_values").fetchone()[0] == 3


# --- Parquet's own types --------------------------------------------------------------------------

INSTANT = datetime(2024, 1, 31, 23, 59, 58)
UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
SECONDS = int((INSTANT - datetime(1970, 1, 1)) / timedelta(seconds=1))


def _typed() -> Iterator[tuple[str, arrow.Array, datetime | None, bool]]:
    """(name, a column of one value, the instant it is, whether it cannot be read)."""
    for (unit, scale), zone in itertools.product(UNITS.items(), (None, "UTC", "Japan")):
        kind = arrow.timestamp(unit, zone)
        yield f"timestamp {unit} {zone}", arrow.array([SECONDS * scale], kind), INSTANT, False
        yield f"unset {unit} {zone}", arrow.array([0], kind), None, False
        if unit != "ns":
            yield (
                f"beyond {unit} {zone}",
                arrow.array([9 * 10**15 * scale // 10**3], kind),
                None,
                True,
            )
    for unit, scale in UNITS.items():
        yield f"epoch {unit}", arrow.array([SECONDS * scale], arrow.int64()), INSTANT, False
        yield f"double {unit}", arrow.array([float(SECONDS * scale)]), INSTANT, False
        yield (
            f"decimal {unit}",
            arrow.array([Decimal(SECONDS * scale)], arrow.decimal128(38, 2)),
            INSTANT,
            False,
        )
        yield f"unsigned {unit}", arrow.array([SECONDS * scale], arrow.uint64()), INSTANT, False
    midnight = datetime(2024, 1, 31)
    yield "date32", arrow.array([date(2024, 1, 31)], arrow.date32()), midnight, False
    yield "date64", arrow.array([date(2024, 1, 31)], arrow.date64()), midnight, False
    yield "late date", arrow.array([2**31 - 2], arrow.date32()), None, True
    yield "text", arrow.array(["2024-01-31 23:59:58"]).dictionary_encode(), INSTANT, False
    yield "bytes", arrow.array([b"2024-01-31"]), None, True
    yield "boolean", arrow.array([True]), None, True
    yield "list", arrow.array([[1]]), None, True
    yield "time of day", arrow.array([5], arrow.time64("us")), None, True
    yield "not a number", arrow.array([float("nan")]), None, True
    yield "null", arrow.nulls(1), None, False


@pytest.mark.parametrize("version", ["1.0", "2.6"])
def test_every_parquet_type_is_a_time_or_a_value_that_cannot_be_read(
    landing: Path, connection: duckdb.DuckDBPyConnection, version: str
) -> None:
    folder = landing / "deals"
    folder.mkdir()
    cases = {name: (array, instant, fails) for name, array, instant, fails in _typed()}
    if version == "1.0":  # has no nanoseconds; they are written as microseconds
        cases = {name: case for name, case in cases.items() if "ns" not in name.split()}
    for name, (array, _, _) in cases.items():
        columns = {
            "deal_id": arrow.array([name]),
            "is_closed_won": arrow.array([True]),
            "closed_at": array,
            "_loaded_at": arrow.array([INSTANT], arrow.timestamp("us")),
        }
        parquet.write_table(arrow.table(columns), folder / f"{name}.parquet", version=version)
    land(connection, landing, "run")
    found = dict(connection.execute("select deal_id, closed_at from raw.deals").fetchall())
    assert {name: (found[name], True) for name in cases} == {
        name: (instant, True) for name, (_, instant, _) in cases.items()
    }
    unread = connection.execute("select file_name from raw.unread_values").fetchall()
    assert {Path(name).stem for (name,) in unread} == {
        name for name, (_, _, fails) in cases.items() if fails
    }
