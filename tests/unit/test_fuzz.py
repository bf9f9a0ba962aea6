"""Ten thousand mutated rows and a dozen broken files: nothing is lost, nothing crashes, every reason can be read."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.contract import RawTable, raw_tables
from orchestration.landing.land import create_raw_schema, land

GOOD = {"varchar": "x{n}", "timestamp": "2024-01-0{d}T00:00:00Z", "date": "2024-01-0{d}", "boolean": "true", "bigint": "{n}"}
HOSTILE = [
    "", " ", "null", "NaN", "-0", "1e400", "9" * 400, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1970-01-01", "2024-02-30T00:00:00Z",
    "'; drop table raw.events; --", "{{ env_var('HOME') }}", "{% raw %}", "=cmd|'/c calc'!A1", "\x1b[2J\x1b]0;x\x07", "../../etc/passwd", "\u202eabc",
    "é" * 1000, "\0", "\ufeff", "a\nb", 'say "hi"', "a,b;c", "\\", "NULL", "true", "[1]", '{"a": 1}', "𝕏" * 50, "x" * 100_000,
]  # fmt: skip


def _value(data_type: str, n: int) -> str:
    return GOOD.get(data_type, "{n}.5").format(n=n, d=1 + n % 9)


def _row(table: RawTable, n: int, rng: random.Random) -> dict[str, object]:
    row: dict[str, object] = {c.name: rng.choice(c.accepted) if c.accepted else _value(c.data_type, n) for c in table.columns}
    for _ in range(rng.choice([0, 1, 1, 2, 5])):
        row[rng.choice(list(row))] = rng.choice([*HOSTILE, None, True, 12, 1.5, -1, 10**30, ["x"], {"a": None}])
    for name in list(row):
        if rng.random() < 0.03:
            del row[name]
    return row


def _as_csv(rows: list[dict[str, object]], table: RawTable, rng: random.Random) -> tuple[bytes, int]:
    """CSV in which some rows are ragged; rows, not lines, are counted."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [column.name for column in table.columns]
    writer.writerow(names)
    for row in rows:
        fields = ["" if row.get(name) is None else str(row[name]) for name in names]
        if rng.random() < 0.05:
            fields = fields[:-1] if rng.random() < 0.5 else [*fields, "more"]
        writer.writerow(fields)
    return text.getvalue().encode(), len(rows)


def _as_json_lines(rows: list[dict[str, object]], rng: random.Random) -> tuple[bytes, int]:
    """JSON lines of which some are cut, doubled or no objects."""
    lines = []
    for row in rows:
        line = json.dumps(row, ensure_ascii=rng.random() < 0.5).encode("utf-8")
        if rng.random() < 0.05:
            line = rng.choice([line[: len(line) // 2], line + line, b"[]", b'"x"', b"\xff\xfe", b"nil"])
        lines.append(line)
    return b"\n".join(lines), len(lines)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)])
def test_fuzzed_rows_are_accepted_or_rejected_with_a_reason(landing: Path, seed: int) -> None:
    rng = random.Random(seed)
    written: dict[str, int] = {}
    for table in raw_tables().values():
        for number in range(4):
            rows = [_row(table, n, rng) for n in range(number * 200, number * 200 + 200)]
            ending = ("csv", "jsonl")[number % 2]
            content, count = _as_csv(rows, table, rng) if ending == "csv" else _as_json_lines(rows, rng)
            name = f"{table.name}/{number}.{ending}"
            (landing / name).parent.mkdir(exist_ok=True)
            (landing / name).write_bytes(content)
            written[name] = count
    for number in range(12):
        kind = rng.choice(["parquet", "csv", "jsonl"])
        (landing / "events" / f"broken{number}.{kind}").write_bytes(rng.randbytes(rng.choice([1, 50, 5000])))
    assert sum(written.values()) >= 10_000

    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        create_raw_schema(connection)
        report = land(connection, landing, "run", skip_bad_files=True)
        files = dict(
            (name, counts)
            for name, *counts in connection.execute("select file_name, rows_landed, rows_accepted, rows_rejected from raw.files").fetchall()
        )
        for name, rows in written.items():
            landed, accepted, rejected = files[name]
            assert landed == accepted + rejected, name
            assert landed == rows, name
        total = report.total
        assert total.landed == total.accepted + total.rejected
        there = sum(connection.execute(f"select count(*) from raw.{table}").fetchone()[0] for table in raw_tables())
        assert there == total.accepted
        reasons = connection.execute("select reason, count(*) from raw.rejected_rows group by reason").fetchall()
        assert sum(count for _, count in reasons) == total.rejected
        assert all(reason and len(reason) > 10 and "\n" not in reason and len(reason) < 700 for reason, _ in reasons)
        # Text is text: what looks like SQL landed as a value and did nothing.
        assert connection.execute("select count(*) from raw.events").fetchone()[0] > 0
