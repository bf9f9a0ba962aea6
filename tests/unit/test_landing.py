"""The landing step: every fault of the raw contract's table, and nothing lost."""

from __future__ import annotations

import gzip
import os
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.ground.errors import LandingError
from orchestration.ground.settings import make_settings
from orchestration.home.forget import forget_landing
from orchestration.home.schema import create_raw_schema
from orchestration.landing.assumed import refuse_sample
from orchestration.landing.land import LandingReport, land
from tests.conftest import land_rows

HEADER = "event_id,event_type,occurred_at,_loaded_at"
TIMES = "2024-01-01 00:00:00,2024-01-01T00:00:00Z"
Land = Callable[..., LandingReport]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        create_raw_schema(opened)
        yield opened


@pytest.fixture
def land_all(connection: duckdb.DuckDBPyConnection, landing: Path) -> Land:
    def landed(**options: object) -> LandingReport:
        return land(connection, landing, "run", **options)

    return landed


def _write(landing: Path, name: str, content: str | bytes) -> Path:
    file = landing / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def _events(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [
        row[0]
        for row in connection.execute("select event_id from raw.events order by 1").fetchall()
    ]


def _reasons(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select reason, record from raw.rejected_rows order by all"
    ).fetchall()


def test_all_formats_and_names_land(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land
) -> None:
    _write(landing, "events/a.csv", f"{HEADER}\na,page_view,{TIMES}\n")
    _write(landing, "events/part=1/über[1]*.CSV", f"{HEADER}\nb,page_view,{TIMES}\n")
    land_rows(
        landing,
        "events",
        {"event_id": "c", "event_type": "page_view", "occurred_at": 1704067200000},
        name="c d",
    )
    connection.execute(
        f"copy (select 'e' as event_id, 'page_view' as event_type, now() as occurred_at, now() as "
        f"_loaded_at) to '{landing}/events/e.parquet'"
    )
    (landing / "deals").mkdir()
    for ending in ("csv", "jsonl"):
        _write(landing, f"contacts/empty.{ending}", "")
    _write(landing, "events/notes.txt", "not ours")
    report = land_all()
    assert _events(connection) == ["a", "b", "c", "e"]
    assert (report.total.landed, report.total.accepted, report.total.rejected) == (4, 4, 0)


def test_a_landed_file_lands_once_and_its_copy_again(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land
) -> None:
    first = _write(landing, "events/a.csv", f"{HEADER}\na,page_view,{TIMES}\n")
    assert land_all().total.files == 1
    os.utime(first, (1, 1))
    assert land_all().total.files == 0
    _write(landing, "events/copy.csv", first.read_bytes())
    assert land_all().total.files == 1
    assert _events(connection) == ["a", "a"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f",page_view,{TIMES}", "event_id is required and is missing"),
        (f"x,,{TIMES}", "event_type is required and is missing"),
        (
            "x,page_view,soon,2024-01-01T00:00:00Z",
            "occurred_at cannot be read; write an ISO 8601 instant",
        ),
        ("x,page_view,0,2024-01-01T00:00:00Z", "occurred_at is required and is missing"),
        ("x,page_view,2024-01-01 00:00:00,", "_loaded_at is required and is missing"),
        ("x,page_view", "fewer fields"),
        (f"x,page_view,{TIMES},more", "more fields"),
        (f'"x"y,page_view,{TIMES}', "quote"),
    ],
)
def test_csv_rows_that_are_rejected(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land, row: str, said: str
) -> None:
    _write(landing, "events/a.csv", f"{HEADER}\na,page_view,{TIMES}\n{row}\nz,page_view,{TIMES}\n")
    total = land_all().total
    assert (total.landed, total.accepted, total.rejected) == (3, 2, 1)
    assert _events(connection) == ["a", "z"]
    ((reason, record),) = _reasons(connection)
    assert said in reason and record


@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
@pytest.mark.parametrize(
    "rows",
    [
        (f'x,"page_view,{TIMES}', f"y,page_view,{TIMES}"),
        ('x,"" "page_view',),
        (f'"x"y,page_view,{TIMES}', f'x,"a ""page"" view,{TIMES}'),
        (f'x"y,page_view,{TIMES}', f'"y,page_view,{TIMES}'),
    ],
)
def test_a_quote_that_is_not_closed_is_counted_among_many_files(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    land_all: Land,
    rows: tuple[str, ...],
    ending: str,
) -> None:
    """DuckDB's reader drops such a row without a word where it reads many files at once."""
    connection.execute("set threads = 1")
    good = f"{HEADER}\na,page_view,{TIMES}\n"
    for number in range(4):
        _write(landing, f"events/good-{number}.{ending}", _packed(good, ending))
    bad = good + "\n".join(rows) + "\n"
    _write(landing, f"events/bad.{ending}", _packed(bad, ending))
    total = land_all().total
    assert total.accepted == 5 + (rows[0].startswith('x"y')) and total.rejected >= 1
    assert any("quote" in reason for reason, _ in _reasons(connection))


@pytest.mark.parametrize(
    "rows",
    [
        f'a, """k,page_view,{TIMES}\n"x","x",""x",", "x",',
        f'," " ""k,page_view,{TIMES}\n\n"x","x",\n""a,""k,page_view,{TIMES}\na"x",',
        '"",""""x","x","\n"x", ',
    ],
)
def test_bad_quotes_are_read_alike_alone_and_among_many_files(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land, rows: str
) -> None:
    connection.execute("set threads = 1")
    good = f"{HEADER}\na,page_view,{TIMES}\n"
    _write(landing, "events/alone.csv", good + rows)
    land_all()
    for number in range(4):
        _write(landing, f"events/good-{number}.csv", good)
    _write(landing, "events/bad.csv", good + rows)
    land_all()
    alone, among = (
        connection.execute(
            "select rows_landed, rows_accepted from raw.files where file_name = ?", [name]
        ).fetchone()
        for name in ("events/alone.csv", "events/bad.csv")
    )
    assert alone == among


def test_a_row_that_swallowed_the_next_ones_says_what_to_look_for(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land
) -> None:
    text = f'{HEADER}\n"a,page_view,{TIMES}\nb,"page_view",{TIMES}\nc,page_view,{TIMES}\n'
    _write(landing, "events/one.csv", text)
    assert land_all().total.rejected == 1
    ((reason, _),) = _reasons(connection)
    assert "quote" in reason


def _packed(text: str, ending: str) -> bytes:
    return gzip.compress(text.encode()) if ending.endswith(".gz") else text.encode()


@pytest.mark.parametrize(
    "line",
    [
        "[1, 2]",
        '"text"',
        "12",
        "null",
        "{",
        '{"event_id": "x"} more',
        '{"event_id": {"a": 1}, "event_type": "page_view"}',
    ],
)
def test_json_lines_that_are_rejected(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land, line: str
) -> None:
    good = (
        '{"event_id": "%s", "event_type": "page_view", "occurred_at": 1704067200000, '
        '"_loaded_at": "1704067200000"}'
    )
    _write(landing, "events/a.jsonl", f"{good % 'a'}\n\n{line}\n{good % 'z'}")
    total = land_all().total
    assert (total.landed, total.accepted, total.rejected) == (3, 2, 1)
    assert _events(connection) == ["a", "z"]
    ((reason, record),) = _reasons(connection)
    assert reason and record.replace(" ", "") == line.replace(" ", "")


def test_an_optional_value_that_cannot_be_read_is_null_and_counted(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land
) -> None:
    deal = {"is_closed_won": True}
    land_rows(
        landing,
        "deals",
        {"deal_id": "a", "amount": "ten", **deal},
        {"deal_id": "b", "amount": "1,5", **deal},
        {"deal_id": "c", **deal},
    )
    notes: list[str] = []
    assert land_all(on_note=notes.append).total.rejected == 0
    (note,) = [note for note in notes if "of amount" in note]
    assert note.startswith(
        "deals/rows.jsonl: 2 value(s) of amount cannot be read and are left empty: 'ten' (deal_id "
        "a), '1,5' (deal_id b); write a plain"
    )
    assert connection.execute("select * exclude (file_id) from raw.unread_values").fetchall() == [
        ("deals", "deals/rows.jsonl", "amount", 2, ["'ten' (deal_id a)", "'1,5' (deal_id b)"])
    ]
    assert connection.execute("select count(*), count(amount) from raw.deals").fetchone() == (3, 0)


def test_unknown_columns_are_named_once_per_table(landing: Path, land_all: Land) -> None:
    _write(landing, "events/a.csv", f"{HEADER},campaign\na,page_view,{TIMES},x\n")
    land_rows(
        landing,
        "events",
        {"event_id": "b", "event_type": "page_view", "occurred_at": 1, "note": "x"},
    )
    notes: list[str] = []
    land_all(on_note=notes.append)
    assert [note for note in notes if "unknown column" in note] == [
        f"events: unknown column {name!r} is ignored (1 file(s))" for name in ("campaign", "note")
    ]


def test_a_deletion_needs_its_key_but_nothing_unreadable(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land
) -> None:
    land_rows(
        landing,
        "deals",
        {"deal_id": "gone", "_deleted": True},
        {"deal_id": "odd", "_deleted": 1, "is_closed_won": "maybe"},
        {"_deleted": True},
    )
    assert land_all().total.rejected == 2
    assert connection.execute("select deal_id from raw.deals").fetchall() == [("gone",)]


def test_closed_lists_of_the_contract(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land
) -> None:
    row = {"log_id": "1", "deal_id": "d", "contact_id": "c", "occurred_at": 1704067200000}
    land_rows(
        landing,
        "deal_contact_log",
        {**row, "action": "associated"},
        {**row, "log_id": "2", "action": "linked"},
    )
    assert land_all().total.rejected == 1
    assert "must be one of associated, removed" in _reasons(connection)[0][0]


BAD_FILES = {
    "events/gzip.csv": gzip.compress(f"{HEADER}\n".encode()),
    "events/utf16.csv": f"{HEADER}\n".encode("utf-16"),
    "events/latin.csv": "événement_id,b\n".encode("latin-1"),
    "events/short.csv": "event_id,event_type\n",
    "events/twice.csv": f"{HEADER},event_id\n",
    "events/text.parquet": "hello",
    "events/empty.parquet": "",
    "events/cut.parquet": b"PAR1" + b"x" * 100 + b"PAR1",
    "events/gzip.jsonl": gzip.compress(b"{}\n"),
}


def test_all_bad_files_are_named_and_none_is_remembered(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land
) -> None:
    for name, content in BAD_FILES.items():
        _write(landing, name, content)
    good = _write(landing, "events/good.csv", f"{HEADER}\na,page_view,{TIMES}\n")
    (landing / "events" / "link.csv").symlink_to("/etc/hostname")
    with pytest.raises(LandingError) as raised:
        land_all()
    assert all(name in str(raised.value) for name in [*BAD_FILES, "events/link.csv"])
    report = land_all(skip_bad_files=True)
    assert len(report.bad_files) == len(BAD_FILES) + 1
    assert connection.execute(
        "select count(*), count(record) from raw.rejected_rows"
    ).fetchone() == (len(BAD_FILES) + 1, 0)
    assert connection.execute("select file_name from raw.files").fetchall() == [
        ("events/good.csv",)
    ]
    for name in BAD_FILES:
        _write(landing, name, b"") if name.endswith(("csv", "jsonl")) else (landing / name).unlink()
    (landing / "events" / "link.csv").unlink()
    assert land_all().total.rejected == 0
    assert good.exists() and _reasons(connection) == []


def test_a_parquet_file_cut_in_its_middle_is_bad(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land
) -> None:
    file = _write(landing, "events/a.parquet", b"")
    connection.execute(
        f"copy (select 'e' || i as event_id, 'page_view' as event_type, now() as occurred_at, "
        f"now() as _loaded_at from range(50000) t(i)) to '{file}'"
    )
    content = file.read_bytes()
    file.write_bytes(content[:1000] + b"\0" * 20000 + content[21000:])
    with pytest.raises(LandingError, match=r"a\.parquet is not readable as Parquet"):
        land_all()
    assert _events(connection) == []


def test_a_file_that_changed_is_named_until_a_full_refresh(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land
) -> None:
    file = _write(landing, "events/a.csv", f"{HEADER}\na,page_view,{TIMES}\n")
    land_all()
    file.write_text(f"{HEADER}\nb,page_view,{TIMES}\n", encoding="utf-8")
    os.utime(file, (9, 9))
    with pytest.raises(LandingError, match=r"(?s)events/a\.csv.*--full-refresh"):
        land_all()
    forget_landing(connection)
    land_all()
    assert _events(connection) == ["b"]


def test_what_breaks_the_fast_readers_still_lands(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land
) -> None:
    _write(
        landing,
        "events/mixed_line_ends.csv",
        f'{HEADER},url\r\na,page_view,{TIMES},"x\ny"\r\nb,page_view,{TIMES},z\r\n',
    )
    _write(landing, "events/bom.csv", b"\xef\xbb\xbf" + f"{HEADER}\nc,page_view,{TIMES}\n".encode())
    line = (
        b'{"event_id": "d", "event_type": "page_view", "occurred_at": 1704067200000, '
        b'"_loaded_at": 1704067200000}\n'
    )
    _write(landing, "events/bom.jsonl", b"\xef\xbb\xbf" + line)
    _write(
        landing,
        "events/wrong_encoding.csv",
        f"{HEADER}\ne,page_view,{TIMES}\né,page_view,{TIMES}\n".encode("latin-1"),
    )
    total = land_all().total
    assert _events(connection) == ["a", "b", "c", "d", "e"]
    assert (total.landed, total.accepted, total.rejected) == (6, 5, 1)
    assert connection.execute("select url from raw.events where event_id = 'a'").fetchone() == (
        "x\ny",
    )


def test_ten_thousand_columns_and_a_very_long_row(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land
) -> None:
    many = ",".join(f"x{i}" for i in range(10_000))
    _write(landing, "events/wide.csv", f"{HEADER},{many}\na,page_view,{TIMES}{',' * 10_000}\n")
    _write(
        landing,
        "events/long.csv",
        f"{HEADER}\n{'y' * 40_000_000},page_view,{TIMES}\nb,page_view,{TIMES}\n",
    )
    notes: list[str] = []
    total = land_all(on_note=notes.append).total
    assert _events(connection) == ["a", "b"]
    assert (total.landed, total.rejected) == (3, 1)
    assert "events: 9980 more unknown columns are ignored" in notes


def test_ids_keep_their_spelling(
    connection: duckdb.DuckDBPyConnection, landing: Path, land_all: Land
) -> None:
    row = {"created_at": "2024-01-01T00:00:00Z"}
    land_rows(
        landing,
        "contacts",
        {"contact_id": "012", **row},
        {"contact_id": 9007199254740993, **row},
        {"contact_id": 12, **row},
    )
    land_all()
    assert {
        row[0] for row in connection.execute("select contact_id from raw.contacts").fetchall()
    } == {"012", "9007199254740993", "12"}


def test_a_landing_that_is_no_folder_is_named(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    with pytest.raises(LandingError, match="is not a folder"):
        land(connection, tmp_path / "nowhere", "run")


# --- Files that change while they are read --------------------------------------------------------


def _parquet_file(landing: Path, rows: int = 50_000) -> Path:
    path = landing / "contacts" / "many.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(
        f"copy (select 'c' || i as contact_id, timestamp '2024-01-01' as created_at, timestamp "
        f"'2024-01-01' as _loaded_at, uuid()::varchar as email "
        f"from range({rows}) t(i)) to '{path}' (format parquet, row_group_size 2048)"
    )
    return path


@pytest.mark.parametrize("change", ["cut", "rewritten", "gone"])
def test_a_file_that_changes_while_it_is_read_does_not_land(
    landing: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    from orchestration.landing import tables as module

    path = _parquet_file(landing)
    content = path.read_bytes()
    other = _parquet_file(landing).read_bytes()
    path.write_bytes(content)
    reading = module.open_parquet

    def meanwhile(*arguments: object) -> object:
        reader = reading(*arguments)
        if change == "gone":
            path.unlink()
        else:
            path.write_bytes(content[: len(content) // 2] if change == "cut" else other)
        return reader

    with duckdb.connect() as connection:
        create_raw_schema(connection)
        monkeypatch.setattr(module, "open_parquet", meanwhile)
        with pytest.raises(
            LandingError, match=r"contacts/many.parquet changed while it was read; .* run again"
        ):
            land(connection, landing, "run")
        assert connection.execute("select count(*) from raw.contacts").fetchone() == (0,)
        assert connection.execute("select count(*) from raw.files").fetchone() == (0,)
        monkeypatch.undo()
        path.write_bytes(content)
        assert land(connection, landing, "run").total.accepted == 50_000


def test_a_file_that_is_cut_at_any_moment_lands_whole_or_not_at_all(landing: Path) -> None:
    path = _parquet_file(landing)
    content = path.read_bytes()
    rng = random.Random(4)
    outcomes = set()
    for _ in range(12):
        path.write_bytes(content)
        with duckdb.connect() as connection:
            create_raw_schema(connection)
            cut = threading.Timer(
                rng.random() * 0.1, lambda: os.truncate(path, rng.randrange(len(content)))
            )
            cut.start()
            try:
                land(connection, landing, "run")
                landed = True
            except LandingError as error:
                landed = False
                assert "contacts/many.parquet" in str(error) and "run again" in str(error)
            cut.join()
            outcomes.add(landed)
            assert connection.execute("select count(*) from raw.contacts").fetchone() == (
                50_000 if landed else 0,
            )
    assert outcomes


def test_a_full_disk_is_no_bad_file(landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --skip-bad-files a good file would be passed over for want of room."""
    from orchestration.landing import tables as module

    _parquet_file(landing, 10)

    def full(*arguments: object) -> object:
        raise duckdb.IOException('Could not write file "x": No space left on device')

    with duckdb.connect() as connection:
        create_raw_schema(connection)
        monkeypatch.setattr(module, "open_parquet", full)
        with pytest.raises(duckdb.IOException):
            land(connection, landing, "run", skip_bad_files=True)


def test_what_is_passed_over_is_said(landing: Path, connection: duckdb.DuckDBPyConnection) -> None:
    land_rows(landing, "contacts", {"contact_id": "c1", "created_at": "2024-01-01T00:00:00Z"})
    for name in (
        "contact/a.csv",
        "contacts/b.csv.bz2",
        "contacts/c.json",
        "contacts/_SUCCESS",
        "contacts/.hidden/d.json",
        "other/x.csv",
        "deal.csv.gz",
        "readme.txt",
    ):
        (landing / name).parent.mkdir(parents=True, exist_ok=True)
        (landing / name).touch()
    notes: list[str] = []
    land(connection, landing, "run", on_note=notes.append)
    notes = [note for note in notes if " is empty: " not in note]
    assert (
        notes[0] == "the folder contact is not a table and is passed over; did you mean contacts?"
    )
    assert notes[1] == (
        "contacts: files with other endings are passed over (1 .csv.bz2, 1 .json); land "
        ".parquet, .csv, .csv.gz, .jsonl, .jsonl.gz, .ndjson, .ndjson.gz"
    )
    assert notes[2] == (
        "deal.csv.gz lies beside the folders of the tables and is passed over; put it into the "
        "folder of its table, deals/"
    )
    assert notes[3].startswith(
        "the folder other is not a table and is passed over; the tables are contacts,"
    )
    assert len(notes) == 4


def _a_file(place: Path) -> None:
    place.write_text("event_id\n", encoding="utf-8")


def _a_loop(place: Path) -> None:
    place.symlink_to(place.name)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_a_file, "events is a file where a folder must be; put it into a folder of that name"),
        (_a_loop, "events is a link that leads back to itself"),
        (os.mkfifo, "events is not a folder"),
    ],
)
def test_what_stands_where_a_table_must_be_is_named(
    landing: Path, connection: duckdb.DuckDBPyConnection, make: Callable, says: str
) -> None:
    """A table that cannot be read is not an empty one."""
    land_rows(landing, "contacts", {"contact_id": "c1", "created_at": "2024-01-01T00:00:00Z"})
    make(landing / "events")
    with pytest.raises(LandingError) as raised:
        land(connection, landing, "run")
    assert says in str(raised.value)


def test_a_landing_of_nothing_is_said(landing: Path, connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(
        LandingError,
        match=r"(?s)holds nothing to land.*Looked for: contacts/.*Found: nothing.*--landing DIR",
    ):
        land(connection, landing, "run")


@pytest.mark.parametrize(
    ("landed", "named", "is_refused"),
    [
        (None, None, False),
        ("contacts/changes.jsonl", None, False),
        ("contacts/mine.csv", None, True),
        ("contacts/mine.csv", "seeds/sample", False),
        ("contacts/mine.csv", "elsewhere", False),
    ],
)
def test_the_sample_lands_beside_other_rows_only_where_it_is_named(
    connection: duckdb.DuckDBPyConnection,
    home: Path,
    landed: str | None,
    named: str | None,
    is_refused: bool,
) -> None:
    settings = make_settings(home=str(home), landing=named)
    with duckdb.connect() as empty:
        refuse_sample(empty, settings)  # a new HOME
    if landed:
        connection.execute("insert into raw.files by name select ? as file_name", [landed])
    if is_refused:
        with pytest.raises(LandingError, match="was not filled from the sample; name its landing"):
            refuse_sample(connection, settings)
    else:
        refuse_sample(connection, settings)
