"""The frame of sources, on a kind made up here: what is pulled is translated, once, whole, and
whatever was interrupted.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.connectors.kind import Kind, Source, Table
from orchestration.connectors.landed import translated_files
from orchestration.connectors.ledger import Asked, Entry
from orchestration.connectors.pull import Pull, pull_source
from orchestration.connectors.translate import translate
from orchestration.ground.errors import SourcesFailed
from orchestration.ground.settings import Settings, make_settings
from orchestration.terminal.failures import print_failure

CONTACTS = """
select
    with_portal(id) as contact_id, email, iso_of(created) as created_at,
        iso(_pulled_at) as _loaded_at, _pull
from people
qualify row_number() over (partition by id, _pull order by _load desc, _row desc) = 1
"""


class World:
    """What the made-up source says in each pull: rows, and where it breaks."""

    def __init__(self) -> None:
        self.pulls: list[list[dict[str, str | None]]] = []
        self.breaks_after: int | None = None

    def pull(self, source: Source, pull: Pull) -> None:
        rows = self.pulls[pull.number - 1]
        asked = Asked("people")
        start = int(pull.cursor(asked) or 0)
        if pull.settled(asked):
            return
        for position in range(start, len(rows)):
            if position == self.breaks_after:
                raise ConnectionError("the network is gone")
            pull.add("people", [rows[position]])
            pull.note(Entry(asked, status="under way", cursor=str(position + 1)))
            pull.write()
        pull.note(Entry(asked, True, "read", rows=len(rows)))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def source(tmp_path: Path, world: World) -> Source:
    folder = tmp_path / "made_up"
    folder.mkdir()
    (folder / "contacts.sql").write_text(CONTACTS)
    kind = Kind(
        name="made_up",
        summary="Made up.",
        folder=folder,
        tables={"people": Table(("id", "email", "created"), ("id",), ("contacts",))},
        pull=world.pull,
        check=lambda source: [],
    )
    return Source("one", kind, {"portal": "p"})


@pytest.fixture
def settings(tmp_path: Path, home: Path) -> Settings:
    return make_settings(landing=str(tmp_path / "landing"), home=str(home))


def landed(settings: Settings, source: Source) -> list[tuple]:
    files = [str(file) for file in translated_files(settings, source, "contacts")]
    if not files:
        return []
    return sorted(
        duckdb.execute(
            "select contact_id, email, created_at from read_parquet(?)", [files]
        ).fetchall()
    )


def person(number: int, email: str) -> dict[str, str | None]:
    return {"id": str(number), "email": email, "created": "2024-05-01T00:00:00Z"}


def test_what_changed_lands_and_nothing_twice(source: Source, settings: Settings, world: World):
    world.pulls = [
        [person(1, "a@x"), person(2, "b@x")],
        [person(1, "a@x"), person(2, "c@x")],
        [person(1, "a@x")],
    ]
    for _ in world.pulls:
        pull_source(source, settings)
        translate(source, settings)
        translate(source, settings)
    at = "2024-05-01T00:00:00.000000Z"
    rows = [("p:1", "a@x", at), ("p:2", "b@x", at), ("p:2", "c@x", at)]
    assert landed(settings, source) == rows
    for file in translated_files(settings, source, "contacts"):
        file.unlink()
    coverage = translate(source, settings).coverage
    assert landed(settings, source) == rows
    (row,) = coverage
    assert (row.rows, row.oldest, row.not_exact) == (2, at, 0)


EVENTS = """
select
    id as event_id, 'page_view' as event_type, iso_of(created) as occurred_at,
    iso(_pulled_at) as _loaded_at, _pull
from people
"""


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_pull_from_a_time_on(source: Source, settings: Settings, world: World, goes_on: bool):
    behind = "where getvariable('done') is not null" if goes_on else ""
    (source.kind.folder / "events.sql").write_text(f"{EVENTS}{behind}\n")

    def events() -> list[str]:
        files = [str(file) for file in translated_files(settings, source, "events")]
        found = duckdb.execute("select event_id from read_parquet(?)", [files]).fetchall()
        return sorted(one for (one,) in found)

    def seen(number: int, month: int) -> dict[str, str | None]:
        return person(number, "a@x") | {"created": f"2024-{month:02}-01T00:00:00Z"}

    world.pulls = [[seen(1, 3)], [seen(2, 1), seen(3, 7)], [seen(4, 2)], [seen(5, 8)]]
    bounds = [datetime(2024, 2, 1), datetime(2024, 6, 1), datetime(2024, 6, 1), None]
    told = []
    for since in bounds:
        pull_source(source, settings, since=since)
        translate(source, settings)
        told.append(events())
    assert told == [["1"], ["1", "3"], ["1", "3"], ["1", "2", "3", "4", "5"]]
    # The same in one go.
    for file in translated_files(settings, source, "events"):
        file.unlink()
    translate(source, settings)
    assert events() == told[-1]


def test_a_pull_that_breaks_is_taken_up(source: Source, settings: Settings, world: World):
    world.pulls = [[person(number, f"{number}@x") for number in range(5)]]
    world.breaks_after = 3
    with pytest.raises(ConnectionError):
        pull_source(source, settings)
    translate(source, settings)
    assert len(landed(settings, source)) == 3
    world.breaks_after = None
    started = Pull(source, settings).started_at
    pull = pull_source(source, settings)
    assert pull.resumed and pull.number == 1 and pull.started_at == started
    translate(source, settings)
    assert len(landed(settings, source)) == 5
    with pull.extracts("people") as connection:
        assert connection.execute("select count(*) from people").fetchone() == (5,)
        assert connection.execute("select is_complete from pulls").fetchall() == [(True,)]


def test_of_a_strict_run_it_is_said_which_source_failed_and_nothing_else_is_blamed(
    settings: Settings, capsys: pytest.CaptureFixture[str]
):
    print_failure(SourcesFailed("crm: connection refused; mind url"), settings)
    said = capsys.readouterr().err
    assert said.startswith("error: crm: connection refused; mind url\n")
    assert "Nothing was published" in said and "dbt" not in said
