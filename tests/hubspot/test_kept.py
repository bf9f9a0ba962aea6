"""What was parsed of earlier pulls is kept: later translations open the answers of new ones alone,
and nothing depends on it.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.connectors.erasure import erase_kept
from orchestration.connectors.kept import kept_file, kept_names
from orchestration.home.tombstones import Person
from tests.hubspot.moving import Mover, a_day_later
from tests.hubspot.portal import Portal

# Of these every row may be told again by a later pull: their ids are compared.
COMPARED = "email_events"
HOLD = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print(flush=True); input()"


def _rows(file: Path) -> dict[str, list]:
    with duckdb.connect(str(file), read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables()").fetchall()
        return {
            name: connection.execute(f'select * from "{name}" order by all').fetchall()
            for (name,) in names
        }


@contextmanager
def _unreadable(files: list[Path]) -> Iterator[None]:
    contents = {file: file.read_bytes() for file in files}
    for file in files:
        file.write_bytes(b"not to be opened")
    yield
    for file, content in contents.items():
        file.write_bytes(content)


@contextmanager
def _held(file: Path) -> Iterator[None]:
    """Another process has the file open."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HOLD, str(file)], **pipes) as process:
        process.stdout.readline()
        yield
        process.communicate(b"\n")


def test_later_translations_open_no_earlier_answer(small: Portal) -> None:
    mover, rng = Mover(small.world, 3), random.Random(3)
    small.fake.page = 20
    kept, older = kept_file(small.settings, small.source), small.settings.home / "older.duckdb"
    earlier: list[Path] = []
    for _ in range(2):
        mover.move(80)
        a_day_later(small.world, rng)
        small.pull()
        assert small.outcome is not None and not small.outcome.says
        with _unreadable([file for file in earlier if file.parent.name != COMPARED]):
            coverage = small.translate()
        if not earlier:
            shutil.copy(kept, older)
        earlier = [*(small.settings.home / "extracts").rglob("*.parquet")]
    landed, whole = small.landing(), _rows(kept)
    assert set(whole) == {*kept_names(small.source), "_fits"}

    def check() -> None:
        assert small.translate() == coverage and small.landing() == landed

    # All at once it is the same: where nothing was kept, or something else.
    for harm in (
        Path.unlink,
        lambda file: file.write_bytes(b"damaged"),
        lambda file: shutil.copy(older, file),
    ):
        harm(kept)
        check()
        assert {name: len(rows) for name, rows in _rows(kept).items()} == {
            name: len(rows) for name, rows in whole.items()
        }
    with _held(kept):
        check()

    # A person who is forgotten leaves what was kept; the rest stays.
    contact = sorted(small.world.contacts)[0]
    email = small.world.contacts[contact]["properties"]["email"]
    assert repr(contact) in str(whole) and email in str(whole)
    erase_kept(small.settings, Person(contact_ids=(contact,), emails=(email,)))
    left = _rows(kept)
    assert repr(contact) not in str(left) and email not in str(left)
    assert sum(map(len, left.values())) > 0.8 * sum(map(len, whole.values()))
