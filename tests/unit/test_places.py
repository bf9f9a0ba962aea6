"""Faults of the place are named and stop the run; only faults of the content make a bad file."""

from __future__ import annotations

import errno
import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from orchestration.ground.errors import LandingError
from orchestration.home.schema import create_raw_schema
from orchestration.landing.files import find_files
from orchestration.landing.land import land
from tests.conftest import land_rows

ROW = {"contact_id": "c1", "created_at": "2024-01-01T00:00:00Z"}
NOBODY = 65534


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        create_raw_schema(opened)
        yield opened


@contextmanager
def as_somebody_else(*places: Path) -> Iterator[None]:
    """Runs the block as a user whom file modes bind, which they do not root.

    `places` are opened for that user.
    """
    if os.geteuid() != 0:
        yield
        return
    for place in places:
        for path in (place, *place.parents):
            if path.stat().st_mode & 0o055 != 0o055 and path != Path("/"):
                path.chmod(path.stat().st_mode | 0o055)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def _names(landing: Path) -> dict[str, str]:
    return {bad.name: bad.reason for bad in find_files(landing)[1] if bad.is_place}


def test_what_may_not_be_read_is_named_at_any_depth(landing: Path) -> None:
    closed_file = land_rows(landing, "contacts", ROW, name="closed")
    land_rows(landing, "contacts", ROW, name="open")
    deep = landing / "contacts" / "2024" / "01"
    deep.mkdir(parents=True)
    table = landing / "events"
    table.mkdir()
    for place in (closed_file, deep, table):
        place.chmod(0)
    try:
        with as_somebody_else(landing, landing / "contacts" / "2024"):
            found = _names(landing)
    finally:
        for place in (closed_file, deep, table):
            place.chmod(0o755)
    assert found.keys() == {"contacts/closed.jsonl", "contacts/2024/01", "events"}
    assert all(
        "may not be read" in reason and "right to read it" in reason for reason in found.values()
    )


def test_an_unreadable_landing_is_named(landing: Path) -> None:
    landing.chmod(0)
    try:
        with as_somebody_else(landing.parent), pytest.raises(LandingError) as raised:
            find_files(landing)
    finally:
        landing.chmod(0o755)
    assert f"The landing {landing} may not be read" in str(raised.value)
    assert "--landing DIR" in str(raised.value) and "HOME" not in str(raised.value)


def test_links_in_circles_and_to_nothing_hide_no_other_file(
    landing: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    land_rows(landing, "contacts", ROW)
    folder = landing / "contacts"
    (folder / "a.csv").symlink_to(folder / "b.csv")
    (folder / "b.csv").symlink_to(folder / "a.csv")
    (folder / "gone.csv").symlink_to(folder / "nowhere.csv")
    (folder / "bad.csv").write_text("x\n", encoding="utf-8")
    for skip in (False, True):
        with pytest.raises(LandingError) as raised:
            land(connection, landing, "run", skip_bad_files=skip)
        said = str(raised.value)
        assert "contacts/a.csv is a link that leads back to itself" in said
        assert "contacts/gone.csv is a link to nothing" in said
        assert ("contacts/bad.csv" in said) is not skip, "bad content may be skipped, a place not"
    assert connection.execute("select count(*) from raw.rejected_rows").fetchone() == (0,)


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES])
def test_a_disk_that_fails_marks_no_file(
    landing: Path,
    connection: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    from orchestration.landing import faults, tables

    land_rows(landing, "contacts", ROW)

    def fails(path: Path) -> str:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(tables, "content_hash", fails)
    monkeypatch.setattr(faults, "content_hash", fails)
    with pytest.raises(LandingError, match=r"contacts/rows\.jsonl (cannot|may not) be read"):
        land(connection, landing, "run", skip_bad_files=True)
    assert connection.execute("select count(*) from raw.rejected_rows").fetchone() == (0,)
    monkeypatch.undo()
    assert land(connection, landing, "run").total.accepted == 1


def test_what_fails_in_the_warehouse_is_no_bad_file(
    landing: Path, connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that broke for want of room says no more than that it cannot be rolled back."""
    from orchestration.landing import tables

    duckdb.execute(
        f"copy (select 'c1' as contact_id, timestamp '2024-01-01' as created_at, now() as "
        f"_loaded_at) to '{landing}/c.parquet'"
    )
    (landing / "contacts").mkdir()
    (landing / "c.parquet").rename(landing / "contacts" / "c.parquet")

    def breaks(*arguments: object) -> object:
        raise duckdb.TransactionException("TransactionContext Error: cannot rollback")

    monkeypatch.setattr(tables, "open_parquet", breaks)
    with pytest.raises(duckdb.TransactionException):
        land(connection, landing, "run", skip_bad_files=True)
    monkeypatch.undo()
    assert land(connection, landing, "run").total.accepted == 1


# --- What there is --------------------------------------------------------------------------------


def test_a_misnamed_landing_says_what_was_looked_for_and_found(
    landing: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    for name in ("Contact/a.csv", "contacts/readme.txt", "data/events/a.csv", "notes.txt"):
        (landing / name).parent.mkdir(parents=True, exist_ok=True)
        (landing / name).touch()
    with pytest.raises(LandingError) as raised:
        land(connection, landing, "run")
    said = str(raised.value)
    for part in (
        "Looked for: contacts/",
        "Found: Contact/, contacts/, data/, notes.txt",
        "Contact is not a table and is passed over; did you mean contacts?",
        "contacts: files with other endings are passed over (1 .txt)",
        f"perhaps {landing / 'data'}",
        "docs/landing.md",
    ):
        assert part in said, part


def test_an_emptied_landing_changes_nothing(
    landing: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    file = land_rows(landing, "contacts", ROW)
    land(connection, landing, "run")
    file.unlink()
    assert land(connection, landing, "run").total.landed == 0


def test_empty_tables_are_named_with_what_they_cost(
    landing: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    land_rows(landing, "contacts", ROW)
    land_rows(landing, "deals", {"deal_id": "a", "is_closed_won": "perhaps"})
    notes: list[str] = []
    land(connection, landing, "run", on_note=notes.append)
    assert any(note.startswith("deals has no row that can be read: there is no") for note in notes)
    assert any(note.startswith("events is empty: nobody did anything") for note in notes)
    assert any(note.startswith("deal_contact_log is empty: no deal has contacts") for note in notes)
    assert not any(note.startswith(("contacts is empty", "deal_merges is empty")) for note in notes)


def test_packed_files_land_and_staged_ones_do_not(
    landing: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    folder = landing / "contacts"
    folder.mkdir()
    line = '{"Contact_ID": "%s", " created_at": 1704067200, "_LOADED_AT": 1704067200}\n'
    rows = "\ufeffCONTACT_ID, Created_At ,_loaded_at\n%s,2024-01-01,1704067200\n"
    (folder / "a.CSV.gz").write_bytes(gzip.compress((rows % "a").encode()))
    (folder / "b.csv").write_text(rows % "b", encoding="utf-8")
    for name, content in {"c.jsonl.gz": "c", "d.ndjson.gz": "d"}.items():
        (folder / name).write_bytes(gzip.compress((line % content).encode()))
    (folder / "e.ndjson").write_text(line % "e", encoding="utf-8")
    for name in ("_staged/x.csv", ".tmp/x.csv", "_x.csv", ".x.jsonl", "._x.parquet"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(rows % "hidden", encoding="utf-8")
    land(connection, landing, "run")
    found = connection.execute(
        "select contact_id, created_at::varchar from raw.contacts"
    ).fetchall()
    assert sorted(found) == [(name, "2024-01-01 00:00:00") for name in "abcde"]


def test_packed_content_that_is_damaged_is_a_bad_file(
    landing: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    folder = landing / "contacts"
    folder.mkdir()
    packed = gzip.compress(os.urandom(30_000).hex().encode())
    head = gzip.compress(
        b"contact_id,created_at,_loaded_at\n" + b"c,2024-01-01,2024-01-01\n" * 9000
    )
    (folder / "cut.csv.gz").write_bytes(head[: len(head) // 2])
    (folder / "cut.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    (folder / "plain.csv.gz").write_text("contact_id\n", encoding="utf-8")
    report = land(connection, landing, "run", skip_bad_files=True)
    reasons = {bad.name: bad.reason for bad in report.bad_files}
    assert "is not gzip; name it plain.csv" in reasons["contacts/plain.csv.gz"]
    assert "contacts/cut.csv.gz" in reasons
    assert connection.execute("select count(*) from raw.files").fetchone()[0] <= 1


DELETIONS = {
    "csv": "Deal_Id,_deleted,_loaded_at\nd1,true,2024-02-01\nd2,false,2024-02-01\n",
    "jsonl": (
        '{"deal_id": "d1", "_DELETED": 1, "_loaded_at": 1706745600}\n{"deal_id": "d2", '
        '"_DELETED": 0, "_loaded_at": 1706745600}\n'
    ),
}


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_file_of_deletions_needs_no_more_than_they_do(
    landing: Path, connection: duckdb.DuckDBPyConnection, form: str
) -> None:
    file = landing / "deals" / f"gone.{form}"
    file.parent.mkdir()
    if form == "parquet":
        duckdb.execute(
            "copy (select * from (values ('d1', true, timestamp '2024-02-01'), ('d2', null, "
            "timestamp '2024-02-01')) "
            f"as t (\"DEAL_ID\", _deleted, _loaded_at)) to '{file}' (format parquet)"
        )
    else:
        file.write_text(DELETIONS[form], encoding="utf-8")
    total = land(connection, landing, "run").total
    assert (total.landed, total.accepted, total.rejected) == (2, 1, 1)
    assert connection.execute("select deal_id, _deleted from raw.deals").fetchall() == [
        ("d1", True)
    ]
    assert connection.execute("select reason from raw.rejected_rows").fetchall() == [
        ("is_closed_won is required and is missing; fill it",)
    ]


def test_a_header_that_is_misspelt_says_what_may_be_meant(
    landing: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    (landing / "events").mkdir()
    (landing / "events" / "a.csv").write_text(
        "Event ID,eventType,occurred at,_loaded_at\n", encoding="utf-8"
    )
    with pytest.raises(LandingError) as raised:
        land(connection, landing, "run")
    for part in (
        "lacks the required columns event_id, event_type, occurred_at",
        "it has Event ID, eventType, occurred at, _loaded_at",
        (
            "rename 'Event ID' to event_id and rename 'eventType' to event_type and rename "
            "'occurred at' to occurred_at"
        ),
        "docs/landing.md lists the columns of events",
    ):
        assert part in str(raised.value), part


def test_times_without_an_offset_are_read_by_one_clock(
    landing: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    land_rows(
        landing,
        "contacts",
        {"contact_id": "a", "created_at": "2024-07-01 12:00:00"},
        {"contact_id": "b", "created_at": "2024-07-01T12:00:00Z"},
        {"contact_id": "c", "created_at": "2024-07-01"},
    )
    notes: list[str] = []
    land(connection, landing, "run", naive_timezone="Europe/Berlin", on_note=notes.append)
    assert connection.execute(
        "select contact_id, created_at::varchar from raw.contacts order by 1"
    ).fetchall() == [
        ("a", "2024-07-01 10:00:00"),
        ("b", "2024-07-01 12:00:00"),
        ("c", "2024-07-01 00:00:00"),
    ]
    (note,) = [note for note in notes if "offset" in note]
    assert note == (
        "contacts/rows.jsonl: days without a time of day, taken for midnight UTC: created_at 1; "
        "times without an offset, "
        "taken for Europe/Berlin (variable naive_timezone): created_at 1"
    )
    with pytest.raises(LandingError, match="naive_timezone Europe/Berlin, this run asks for UTC"):
        land(connection, landing, "run")
