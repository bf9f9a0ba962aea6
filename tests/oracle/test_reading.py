"""What a loader writes in any spelling is read as what it was, and what cannot be read is
counted."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.oracle.landing import BadFile, read_landing
from tests.oracle.rules import Row, read_rules
from tests.oracle.values import Unreadable, read
from tests.oracle.versions import canonical
from tests.worlds.landings import write_landing
from tests.worlds.make import make_world

RULES = read_rules()


def _texts(rows: list[Row]) -> list[str]:
    return sorted(
        str(sorted((name, canonical(value)) for name, value in row.items())) for row in rows
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_a_world_is_read_as_it_was(tmp_path: Path, seed: int) -> None:
    world = make_world(seed, 80)
    write_landing(world, tmp_path, seed, spoilt=0.1)
    landing = read_landing(tmp_path, RULES)
    for table, rows in world.items():
        assert _texts(landing.world[table]) == _texts(rows), table
    assert landing.rejected and landing.unread


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("time", "2024-03-01T5:06:07.1234567+05:30", datetime(2024, 2, 29, 23, 36, 7, 123456)),
        ("time", "2024-03-01", datetime(2024, 3, 1)),
        ("time", date(2024, 3, 1), datetime(2024, 3, 1)),
        ("time", 1709251200, datetime(2024, 3, 1)),
        ("time", "1709251200000", datetime(2024, 3, 1)),
        ("time", 1709251200000001, datetime(2024, 3, 1, 0, 0, 0, 1)),
        ("time", "1709251200000001000", datetime(2024, 3, 1, 0, 0, 0, 1)),
        ("time", "1970-01-01T00:00:00Z", None),
        ("time", 0, None),
        ("date", "2024-03-01T23:00:00-02:00", date(2024, 3, 2)),
        ("bool", "TRUE", True),
        ("bool", 0, False),
        ("number", "12.50", Decimal("12.5")),
        ("count", 3.0, 3),
        ("text", 12.0, "12"),
        ("text", "012", "012"),
    ],
)
def test_spellings(kind: str, value: object, expected: object) -> None:
    assert read(kind, "column", value) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("time", "noon"),
        ("time", "2024-13-01"),
        ("bool", "yes"),
        ("number", "1,000"),
        ("count", 1.5),
    ],
)
def test_what_cannot_be_read(kind: str, value: object) -> None:
    with pytest.raises(Unreadable):
        read(kind, "column", value)


def _land(folder: Path, name: str, text: str) -> None:
    file = folder / "contacts" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    content = text.encode()
    file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)


def test_rows_that_are_accepted_and_rejected(tmp_path: Path) -> None:
    """Headers in any case, deletions alone in a file, names that are passed over."""
    _land(
        tmp_path,
        "a.csv.gz",
        "\ufeff CONTACT_ID ,Created_At,_LOADED_AT,_deleted\n"
        "1,2024-01-01,2024-01-02,\n2,,2024-01-02,\n3,x\n4,,2024-01-02,1\n",
    )
    _land(
        tmp_path, "b.jsonl", '{"contact_id": 5, "_deleted": true, "_loaded_at": "2024-01-02"}\n[]\n'
    )
    _land(
        tmp_path, "gone.csv", "contact_id,_deleted,_loaded_at\n6,true,2024-01-02\n7,,2024-01-02\n"
    )
    _land(tmp_path, "_c.csv", "contact_id\n1\n")
    _land(tmp_path, ".tmp/d.csv", "contact_id\n1\n")
    landing = read_landing(tmp_path, RULES)
    assert sorted(row["contact_id"] for row in landing.world["contacts"]) == ["1", "4", "5", "6"]
    assert {file: count for (_, file), count in landing.rejected.items()} == {
        "a.csv.gz": 2,
        "b.jsonl": 1,
        "gone.csv": 1,
    }


def test_a_file_without_a_required_column_is_bad(tmp_path: Path) -> None:
    _land(tmp_path, "a.csv", "contact_id;created_at;_loaded_at\n")
    with pytest.raises(BadFile):
        read_landing(tmp_path, RULES)
