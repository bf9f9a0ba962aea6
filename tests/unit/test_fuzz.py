"""Ten thousand mutated rows and a dozen broken files: nothing is lost, nothing crashes, every
reason can be read.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import tempfile
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from orchestration.ground.contract import RawTable, raw_tables
from orchestration.home.schema import create_raw_schema
from orchestration.landing.land import land
from tests.unit.plain_reading import UNREADABLE, accepted_row

GOOD = {
    "varchar": "x{n}",
    "timestamp": "2024-01-0{d}T00:00:00Z",
    "date": "2024-01-0{d}",
    "boolean": "true",
    "bigint": "{n}",
}
HOSTILE = [
    "",
    " ",
    "null",
    "NaN",
    "-0",
    "1e400",
    "9" * 400,
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "1970-01-01",
    "2024-02-30T00:00:00Z",
    "'; drop table raw.events; --",
    "{{ env_var('HOME') }}",
    "{% raw %}",
    "=cmd|'/c calc'!A1",
    "\x1b[2J\x1b]0;x\x07",
    "../../etc/passwd",
    "\u202eabc",
    "é" * 1000,
    "\0",
    "\ufeff",
    "a\nb",
    'say "hi"',
    "a,b;c",
    "\\",
    "NULL",
    "true",
    "[1]",
    '{"a": 1}',
    "𝕏" * 50,
    "x" * 100_000,
]


def _value(data_type: str, n: int) -> str:
    return GOOD.get(data_type, "{n}.5").format(n=n, d=1 + n % 9)


SPELLINGS = {
    "timestamp": [
        "2024-01-05 9:07",
        "2024-02-29T23:59:60Z",
        "2024-01-05T09:07:00.123456789Z",
        "2024-01-05T09:07:00+0530",
        "2024-01-05T09:07:00-14",
        "1704445620000",
        "1704445620000.0",
        "-62135596800001",
        "253402300800000",
        "1e12",
        "2024-01-05",
        "05/01/2024",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2024-01-05T24:00:00Z",
        "2024-1-5T00:00:00Z",
        "2024-01-05T00:00:00 Europe/Berlin",
        "0000-01-01T00:00:00Z",
    ],
    "date": [
        "2024-02-29",
        "2023-02-29",
        "0001-01-01",
        "9999-12-31",
        "10000-01-01",
        "2024-01-05T23:59:59-02:00",
        "1704445620000",
        "20240105",
        "0",
    ],
    "boolean": ["TRUE", "False", "1", "0", "yes", "t", "1.0", "on"],
    "bigint": [
        "12.0",
        "12.5",
        "-3",
        "+7",
        "9223372036854775807",
        "9223372036854775808",
        "1e3",
        "0x10",
        "1_000",
        "1,000",
    ],
    "decimal": [
        "1,234.50",
        "12.",
        ".5",
        "1.0000005",
        "-0.0000005",
        "99999999999999",
        "100000000000000",
        "1e5",
        "$5",
        "5 EUR",
        "1.2.3",
        "٣",
        "0x1F",
    ],
}


def _mutated(text: str, rng: random.Random) -> str:
    """A text with one character too many, too few or another."""
    place = rng.randrange(len(text) + 1)
    return (
        text[:place]
        + rng.choice(["", "", "0", "9", "-", ":", "T", "Z", " ", ".", "+", "é", "\t", "\u00a0"])
        + text[place + rng.randrange(2) :]
    )


def _row(table: RawTable, n: int, rng: random.Random) -> dict[str, object]:
    row: dict[str, object] = {
        c.name: rng.choice(c.accepted) if c.accepted else _value(c.data_type, n)
        for c in table.columns
    }
    for _ in range(rng.choice([0, 1, 1, 2, 5])):
        row[rng.choice(list(row))] = rng.choice(
            [*HOSTILE, None, True, 12, 1.5, -1, 10**30, ["x"], {"a": None}]
        )
    for column in table.columns:
        chance = rng.random()
        if chance < 0.06:
            row[column.name] = _mutated(str(row[column.name]), rng)
        elif chance < 0.12:
            row[column.name] = rng.choice(SPELLINGS.get(column.data_type.split("(")[0], HOSTILE))
    for name in list(row):
        if rng.random() < 0.03:
            del row[name]
    return row


Rows = list[tuple | None]


def _text_of_json(value: object) -> object:
    """What a JSON value is as text: a number as it is spelled; nested values are none."""
    if value is None or isinstance(value, str):
        return value
    return UNREADABLE if isinstance(value, (list, dict)) else json.dumps(value)


def _as_csv(
    rows: list[dict[str, object]], table: RawTable, rng: random.Random
) -> tuple[bytes, Rows]:
    """CSV in which some rows are ragged, and what each row is to become."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [column.name for column in table.columns]
    writer.writerow(names)
    expected: Rows = []
    for row in rows:
        fields = ["" if row.get(name) is None else str(row[name]) for name in names]
        expected.append(accepted_row(table, dict(zip(names, fields, strict=True))))
        if rng.random() < 0.05:
            fields = fields[:-1] if rng.random() < 0.5 else [*fields, "more"]
            expected[-1] = None
        writer.writerow(fields)
    return text.getvalue().encode(), expected


def _as_json_lines(
    rows: list[dict[str, object]], table: RawTable, rng: random.Random
) -> tuple[bytes, Rows]:
    """JSON lines of which some are cut, doubled or no objects, and what each line is to become."""
    lines = []
    expected: Rows = []
    for row in rows:
        line = json.dumps(row, ensure_ascii=rng.random() < 0.5).encode("utf-8")
        expected.append(
            accepted_row(table, {name: _text_of_json(value) for name, value in row.items()})
        )
        if rng.random() < 0.05:
            expected[-1] = None
            line = rng.choice(
                [line[: len(line) // 2], line + line, b"[]", b'"x"', b"\xff\xfe", b"nil"]
            )
        lines.append(line)
    return b"\n".join(lines), expected


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)]
)
def test_fuzzed_rows_are_accepted_or_rejected_with_a_reason(landing: Path, seed: int) -> None:
    rng = random.Random(seed)
    written: dict[str, Rows] = {}
    for table in raw_tables().values():
        for number in range(4):
            rows = [_row(table, n, rng) for n in range(number * 200, number * 200 + 200)]
            ending = ("csv", "jsonl")[number % 2]
            content, expected = (_as_csv if ending == "csv" else _as_json_lines)(rows, table, rng)
            name = f"{table.name}/{number}.{ending}"
            (landing / name).parent.mkdir(exist_ok=True)
            (landing / name).write_bytes(content)
            written[name] = expected
    for number in range(12):
        kind = rng.choice(["parquet", "csv", "jsonl"])
        (landing / "events" / f"broken{number}.{kind}").write_bytes(
            rng.randbytes(rng.choice([1, 50, 5000]))
        )
    assert sum(map(len, written.values())) >= 10_000

    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        create_raw_schema(connection)
        report = land(connection, landing, "run", skip_bad_files=True)
        files = dict(
            (name, counts)
            for name, *counts in connection.execute(
                "select file_name, rows_landed, rows_accepted, rows_rejected from raw.files"
            ).fetchall()
        )
        for name, rows in written.items():
            landed, accepted, rejected = files[name]
            assert landed == accepted + rejected, name
            assert landed == len(rows), name
            table = raw_tables()[name.split("/")[0]]
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            found = connection.execute(
                (
                    f"select {columns} from raw.{table.name} where _file_id = (select file_id "
                    f"from raw.files where file_name = ?)"
                ),
                [name],
            ).fetchall()
            wanted = Counter(row for row in rows if row is not None)
            assert wanted == Counter(found), (
                name,
                list((wanted - Counter(found)).items())[:2],
                list((Counter(found) - wanted).items())[:2],
            )
        total = report.total
        assert total.landed == total.accepted + total.rejected
        there = sum(
            connection.execute(f"select count(*) from raw.{table}").fetchone()[0]
            for table in raw_tables()
        )
        assert there == total.accepted
        reasons = connection.execute(
            "select reason, count(*) from raw.rejected_rows group by reason"
        ).fetchall()
        assert sum(count for _, count in reasons) == total.rejected
        assert all(
            reason and len(reason) > 10 and "\n" not in reason and len(reason) < 700
            for reason, _ in reasons
        )
        # Text is text: what looks like SQL landed as a value and did nothing.
        assert connection.execute("select count(*) from raw.events").fetchone()[0] > 0


# --- Whole files ----------------------------------------------------------------------------------

NAMES = ["contact_id", "email", "created_at", "_loaded_at"]
STAMP = "2024-01-01T00:00:00Z"


def _csv(*rows: list[str], names: list[str] | None = None, end: str = "\n") -> str:
    return end.join(",".join(row) for row in [names or NAMES, *rows]) + end


def _line(**fields: object) -> str:
    return (
        json.dumps(
            {"contact_id": "c1", "created_at": STAMP, "_loaded_at": STAMP, **fields},
            ensure_ascii=False,
        )
        + "\n"
    )


def _parquet(sql: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute(f"copy ({sql}) to '{folder}/x.parquet' (format parquet)")
        return (Path(folder) / "x.parquet").read_bytes()


GOOD_CSV = _csv(["c1", "é@x.example", STAMP, STAMP])
GOOD_PARQUET = (
    "select 'c1' as contact_id, timestamp '2024-01-01' as created_at, timestamp '2024-01-01' as "
    "_loaded_at"
)
MANY = ",".join(f"extra{n}" for n in range(10_000))
# Name -> content, and what is expected: the cure that the reason of a bad file names, or (accepted,
# rejected, cure).
FILES: dict[str, tuple[bytes, str | tuple[int, int, str]]] = {
    "gzip.csv": (
        gzip.compress(GOOD_CSV.encode()),
        "is gzip, not CSV; name it gzip.csv.gz or unpack it",
    ),
    "gzip.jsonl": (
        gzip.compress(_line().encode()),
        "is gzip, not JSON lines; name it gzip.jsonl.gz or unpack it",
    ),
    "gzip.parquet": (gzip.compress(b"x"), "is gzip, not Parquet; unpack it"),
    "zip.csv": (
        b"PK\x03\x04" + bytes(range(256)) * 8,
        "an Excel workbook, not CSV; unpack it or save it as CSV",
    ),
    "utf16.csv": (GOOD_CSV.encode("utf-16"), "convert it to UTF-8"),
    "utf16.jsonl": (_line().encode("utf-16"), "convert it to UTF-8"),
    "utf16-without-mark.csv": (GOOD_CSV.encode("utf-16-le"), "UTF-16 without its mark"),
    "utf16-without-mark.jsonl": (_line().encode("utf-16-le"), "UTF-16 without its mark"),
    "utf32.csv": (GOOD_CSV.encode("utf-32"), "UTF-8"),
    "latin-1.csv": (GOOD_CSV.encode("latin-1"), (0, 1, "save the file as UTF-8")),
    "latin-1.jsonl": (_line(email="é").encode("latin-1"), (0, 1, "in UTF-8")),
    "latin-1-header.csv": (_csv(names=[*NAMES, "größe"]).encode("latin-1"), "save it as UTF-8"),
    "mark.csv": (GOOD_CSV.encode("utf-8-sig"), (1, 0, "")),
    "mark.jsonl": (_line().encode("utf-8-sig"), (1, 0, "")),
    "only-a-mark.csv": ("\ufeff".encode(), (0, 0, "")),
    "only-a-mark.jsonl": ("\ufeff".encode(), (0, 0, "")),
    "nul-header.csv": (b"contact_id\0,created_at\n", "save it as UTF-8 CSV"),
    "nul.csv": (_csv(["c\0d", "", STAMP, STAMP]).encode(), (1, 0, "")),
    "empty.csv": (b"", (0, 0, "")),
    "empty.jsonl": (b"", (0, 0, "")),
    "empty.parquet": (b"", "is empty, not Parquet; write it again"),
    "header-only.csv": (_csv().encode(), (0, 0, "")),
    "blank-lines.jsonl": (f"\n\n{_line()}\n\n".encode(), (1, 0, "")),
    "cr.csv": (
        _csv(["c1", "", STAMP, STAMP], ["c2", "", STAMP, STAMP], end="\r").encode(),
        (2, 0, ""),
    ),
    "crlf.csv": (_csv(["c1", "", STAMP, STAMP], end="\r\n").encode(), (1, 0, "")),
    "semicolons.csv": (GOOD_CSV.replace(",", ";").encode(), "semicolons, not commas; write commas"),
    "semicolons and other names.csv": (b"id;made\n1;2024-01-01\n", "semicolons, not commas"),
    "missing.csv": (
        b"contact_id,_loaded_at\n1,2\n",
        "lacks the required column created_at (it has contact_id, _loaded_at); add",
    ),
    "missing.parquet": (
        _parquet("select 1 as contact_id"),
        "lacks the required columns created_at, _loaded_at (it has contact_id); add",
    ),
    "twice.csv": (
        _csv(["c1", "c2", "", STAMP, STAMP], names=["contact_id", *NAMES]).encode(),
        "has the column contact_id more than once; keep one",
    ),
    "unknown-twice.csv": (
        _csv(["c1", "", STAMP, STAMP, "a", "b"], names=[*NAMES, "x", "x"]).encode(),
        (1, 0, ""),
    ),
    "unclosed.csv": (
        _csv(["c1", '"open', STAMP, STAMP], ["c2", "", STAMP, STAMP]).encode(),
        (0, 1, "quote"),
    ),
    "page.csv": (
        b"<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>\n",
        "is an HTML page, not CSV; look",
    ),
    "page.jsonl": (b"<!DOCTYPE html>\n<html>502</html>\n", "is an HTML page, not JSON lines; look"),
    "array.jsonl": (
        f"[{_line().strip()}]\n".encode(),
        "is a JSON array, not JSON lines; write one object a line",
    ),
    "nested.jsonl": (
        _line(email={"a": 1}, contact_id="c1").encode() + _line(contact_id=["c2"]).encode(),
        (1, 1, "not a nested value"),
    ),
    "surrogate.jsonl": (
        b'{"contact_id": "\\ud800", "created_at": 1, "_loaded_at": 1}\n',
        (0, 1, "write one object a line"),
    ),
    "nested.parquet": (_parquet(GOOD_PARQUET.replace("'c1'", "[1]")), (0, 1, "not a nested value")),
    "wrong-types.parquet": (
        _parquet(
            GOOD_PARQUET.replace("timestamp '2024-01-01' as created_at", "true as created_at")
        ),
        (0, 1, "ISO 8601"),
    ),
    "cut.parquet": (_parquet(GOOD_PARQUET)[:-20], "is cut off before its end"),
    "no-rows.parquet": (_parquet(f"{GOOD_PARQUET} where false"), (0, 0, "")),
    "wide.csv": (
        f"{','.join(NAMES)},{MANY}\nc1,,{STAMP},{STAMP}{',x' * 10_000}\n".encode(),
        (1, 0, ""),
    ),
    "wide.jsonl": (_line(**{f"extra{n}": n for n in range(10_000)}).encode(), (1, 0, "")),
    "deep.jsonl": (b'{"contact_id": ' + b"[" * 5000 + b"]" * 5000 + b"}\n", (0, 1, "")),
    "years.csv": (
        _csv(
            ["c1", "", "0001-01-01T00:00:00Z", STAMP],
            ["c2", "", "9999-12-31T23:59:59.999999Z", STAMP],
        ).encode(),
        (2, 0, ""),
    ),
}


def _outcome(landing: Path, name: str) -> tuple[str, list[tuple]]:
    """The reason of a bad file, or "" and (accepted, rejected) with the reasons of one landed."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        create_raw_schema(connection)
        notes: list[str] = []
        report = land(connection, landing, "run", skip_bad_files=True, on_note=notes.append)
        assert len([note for note in notes if "unknown" in note]) <= 25, (
            "ten thousand unknown columns are no ten thousand notes"
        )
        total = report.total
        assert total.landed == total.accepted + total.rejected
        there = connection.execute("select count(*) from raw.contacts").fetchone()[0]
        assert there == total.accepted
        reasons = connection.execute("select reason from raw.rejected_rows order by all").fetchall()
        assert len(reasons) == total.rejected
        if report.bad_files:
            assert [bad.name for bad in report.bad_files] == [f"contacts/{name}"]
            return report.bad_files[0].reason, []
        return "", [(total.accepted, total.rejected), *reasons]


@pytest.mark.parametrize("name", FILES)
def test_odd_files_land_or_say_what_cures_them(landing: Path, name: str) -> None:
    content, expected = FILES[name]
    (landing / "contacts").mkdir()
    (landing / "contacts" / name).write_bytes(content)
    reason, found = _outcome(landing, name)
    if isinstance(expected, str):
        assert expected in reason, (reason, found)
        assert ";" in reason, "a reason names the cure"
    else:
        assert not reason, reason
        assert found[0] == expected[:2], found
        assert all(expected[2] in text and len(text) < 700 for (text,) in found[1:]), found


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@pytest.mark.parametrize("size", [65 * 2**20, pytest.param(2**30, marks=pytest.mark.long)])
def test_a_huge_field_in_one_place_spoils_no_other_row(
    landing: Path, ending: str, size: int
) -> None:
    (landing / "contacts").mkdir()
    path = landing / "contacts" / f"huge.{ending}"
    rows = [("c1", ""), ("c2", None), ("c3", "")]
    with path.open("wb") as stream:
        if ending == "csv":
            stream.write(f"{','.join(NAMES)}\n".encode())
        for contact_id, email in rows:
            before, _, after = (
                _line(contact_id=contact_id, email="@")
                if ending == "jsonl"
                else f"{contact_id},@,{STAMP},{STAMP}\n"
            ).partition("@")
            stream.write(before.encode())
            for _ in range(0 if email is not None else size // 2**20):
                stream.write(b"x" * 2**20)
            stream.write(after.encode())
    reason, found = _outcome(landing, path.name)
    if ending == "jsonl" and found == [(3, 0)]:
        return  # just about the limit, DuckDB's reader still takes it
    assert (reason, found[0]) == ("", (2, 1)), (reason, found)
    assert (
        f"longer than {'16' if ending == 'csv' else '64'} MiB; land such content elsewhere"
        in found[1][0]
    )


def test_a_huge_quoted_field_of_many_lines_spoils_no_other_row(landing: Path) -> None:
    (landing / "contacts").mkdir()
    with (landing / "contacts" / "huge.csv").open("w", encoding="utf-8") as stream:
        stream.write(f'{",".join(NAMES)}\nc1,,{STAMP},{STAMP}\nc2,"')
        for _ in range(66):
            stream.write(("x" * 1023 + "\n") * 1024)
        stream.write(f'",{STAMP},{STAMP}\nc3,,{STAMP},{STAMP}\n')
    reason, found = _outcome(landing, "huge.csv")
    assert (reason, found[0]) == ("", (2, 1)), (reason, found)


def test_a_key_that_comes_twice_in_one_object_is_read_as_one_of_them(landing: Path) -> None:
    (landing / "contacts").mkdir()
    (landing / "contacts" / "twice.jsonl").write_text(
        _line().replace("{", '{"contact_id": "c0", ', 1), encoding="utf-8"
    )
    assert _outcome(landing, "twice.jsonl") == ("", [(1, 0)])
