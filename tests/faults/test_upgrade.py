"""A HOME of an earlier version, of a later one, and a damaged one: it runs, or it says what to do;
nothing is lost.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import make_settings
from orchestration.home.migrations import MIGRATIONS, migrate
from orchestration.home.schema import create_raw_schema
from orchestration.home.warehouse import restart_warehouse, warehouse
from tests.faults.harness import Stage, check_tidy, state_of, whole

APPLIED = [(migration.name,) for migration in MIGRATIONS]


def _sql(home: Path, *statements: str) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        for statement in statements:
            connection.execute(statement)


def _say(home: Path, question: str) -> list[tuple]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(question).fetchall()


def _age(home: Path) -> None:
    """Makes a HOME one of the first version: no stamp, a column fewer, everything open to all."""
    _sql(home, "drop table raw.migrations", "alter table raw.contacts drop column lifecycle_stage")
    for path in (home / "warehouse.duckdb", home / ".touchledger"):
        path.chmod(path.stat().st_mode | 0o755)


def test_a_home_of_the_first_version_runs(faults: Stage) -> None:
    """Its files are not landed again, its runs are remembered, and what it left open to all is
    closed.
    """
    home = faults.home("old")
    before = _say(home, "select file_id, file_name, content, rows_landed from raw.files order by 1")
    runs = whole(home).name
    _age(home)
    status, run = faults.nursery.run(faults.both, home)
    assert status == 0, run.said()
    assert (
        "contacts: lifecycle_stage is new in this version and empty in what landed before; "
        "--full-refresh fills it" in run.printed()
    )
    assert (
        _say(
            home,
            (
                f"select file_id, file_name, content, rows_landed from raw.files where file_id <= "
                f"{len(before)} order by 1"
            ),
        )
        == before
    )
    assert _say(home, "select name from raw.migrations order by applied_at") == APPLIED
    assert (runs,) in _say(home, "select run_id from raw.runs")
    assert (home / "warehouse.duckdb").stat().st_mode & 0o777 == 0o600
    assert (home / ".touchledger").stat().st_mode & 0o777 == 0o711
    whole(home)
    check_tidy(home)


@pytest.mark.long
def test_a_full_refresh_fills_what_the_first_version_lacked(faults: Stage) -> None:
    home = faults.home("old")
    _age(home)
    status, run = faults.nursery.run(faults.both, home, "--full-refresh")
    assert status == 0, run.said()
    assert state_of(home, faults.states) == "new"


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect()
    migrate(opened)
    return opened


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple]:
    return [row[:2] for row in connection.execute(f"describe raw.{table}").fetchall()]


def test_todays_layout_is_left_alone(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("insert into raw.contacts (contact_id) values ('c1')")
    migrate(connection)
    assert connection.execute("select contact_id from raw.contacts").fetchall() == [("c1",)]
    assert connection.execute("select name from raw.migrations").fetchall() == APPLIED


def test_a_column_in_another_place_moves_to_its_own(connection: duckdb.DuckDBPyConnection) -> None:
    """What lands is inserted by position."""
    wanted = _columns(connection, "contacts")
    connection.execute(
        "insert into raw.contacts (contact_id, email, _file_id) values ('c1', 'x', 7)"
    )
    connection.execute("alter table raw.contacts drop column email")
    connection.execute("alter table raw.contacts add column email varchar")
    migrate(connection)
    assert _columns(connection, "contacts") == wanted
    assert connection.execute(
        "select contact_id, email, _file_id from raw.contacts"
    ).fetchall() == [("c1", None, 7)]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("alter table raw.deals drop column is_closed_won", "raw.deals differs in is_closed_won"),
        ("alter table raw.deals alter column amount type varchar", "raw.deals differs in amount"),
        ("alter table raw.deals add column colour varchar", "raw.deals differs in colour"),
        ("alter table raw.files drop column content", "raw.files differs in content"),
    ],
)
def test_what_cannot_be_brought_over_is_named_and_a_full_refresh_cures_it(
    connection: duckdb.DuckDBPyConnection, change: str, named: str
) -> None:
    connection.execute("insert into raw.runs (run_id) values ('r1')")
    connection.execute(change)
    with pytest.raises(SettingsError, match=rf"{named}\); run once with --full-refresh"):
        migrate(connection)
    migrate(connection, start_anew=True)
    with duckdb.connect() as fresh:
        create_raw_schema(fresh)
        for table in ("deals", "files", "runs"):
            assert _columns(connection, table) == _columns(fresh, table)
    assert connection.execute("select run_id from raw.runs").fetchall() == [("r1",)]


def test_a_home_of_a_later_version_is_refused(faults: Stage) -> None:
    home = faults.home("later")
    _sql(home, "insert into raw.migrations values ('tables turn', timestamp '2100-01-01')")
    for more in ((), ("--full-refresh",)):
        status, run = faults.nursery.run(faults.both, home, *more)
        assert status == 2, run.said()
        assert (
            "later version of Touchledger (tables turn)" in run.said()
            and "Update this one" in run.said()
        )
        assert state_of(home, faults.states) == "old"
    assert ("tables turn",) in _say(home, "select name from raw.migrations")


def test_a_damaged_warehouse_is_named_and_a_full_refresh_makes_a_new_one(faults: Stage) -> None:
    home = faults.home("damaged")
    first = whole(home).name
    file = home / "warehouse.duckdb"
    file.write_bytes(b"garbage" * 10_000)
    status, run = faults.nursery.run(faults.both, home)
    assert status == 2, run.said()
    assert (
        "warehouse.duckdb cannot be opened" in run.said()
        and "run with --full-refresh" in run.said()
        and "Traceback" not in run.said()
    )
    assert state_of(home, faults.states) == "old"
    status, run = faults.nursery.run(faults.both, home, "--full-refresh")
    assert status == 0, run.said()
    assert "is damaged" in run.printed() and "warehouse.duckdb.broken-" in run.printed()
    assert state_of(home, faults.states) == "new"
    (broken,) = home.glob("warehouse.duckdb.broken-*")
    assert broken.read_bytes() == b"garbage" * 10_000
    assert _say(home, "select min(run_id) from raw.runs") == [(first,)], (
        "earlier runs are remembered"
    )


def test_damage_anywhere_is_cured_by_a_full_refresh(faults: Stage) -> None:
    """A block of every size and place overwritten: the warehouse is made anew, or it was never
    needed.
    """
    settings = make_settings(home=str(faults.home("damaged")), full_refresh=True)
    content = settings.warehouse.read_bytes()
    for tenth in range(10):
        place = len(content) * tenth // 10
        settings.warehouse.write_bytes(
            content[:place] + b"\xa5" * 300_000 + content[place + 300_000 :]
        )
        restart_warehouse(settings)
        with warehouse(settings) as connection:
            assert connection.execute("select count(*) from raw.files").fetchone() == (0,)
            assert connection.execute("select count(*) from raw.runs").fetchone() == (1,)
