"""What can be wrong with what Touchledger stands on, place by place, and what each command then
does.

OUTCOMES is the one list: the tests bring every cell about, and docs/operations.md shows it.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

BEGIN, END = (
    "<!-- outcomes: written by `python -m tests.faults.cells` -->",
    "<!-- /outcomes -->",
)


@dataclass(frozen=True)
class Site:
    """A HOME with something published, the landing that it came from, and a configured source."""

    home: Path
    landing: Path
    config: Path

    @property
    def extracts(self) -> Path:
        return self.home / "extracts"

    @property
    def published_folder(self) -> Path:
        return (self.home / "published").resolve()


@dataclass(frozen=True)
class Outcome:
    """What a command says of a cell: its exit status, and a pattern for what it prints."""

    status: int
    says: str


def _place(site: Site, place: str) -> Path:
    return {
        "landing": site.landing,
        "HOME": site.home,
        "published": site.home / "published",
        "extracts": site.extracts,
    }[place]


@contextmanager
def _moved_away(path: Path) -> Iterator[Path]:
    """Takes a file, folder or link away, and brings it back."""
    kept = path.with_name(f"{path.name}.kept")
    path.rename(kept)
    try:
        yield kept
    finally:
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
        kept.rename(path)


@contextmanager
def _missing(site: Site, place: str) -> Iterator[None]:
    with _moved_away(_place(site, place)):
        yield


@contextmanager
def _loop(site: Site, place: str) -> Iterator[None]:
    path = _place(site, place)
    with _moved_away(path):
        path.symlink_to(path.name)
        yield


@contextmanager
def _file(site: Site, place: str) -> Iterator[None]:
    path = _place(site, place)
    with _moved_away(path):
        path.write_text("not a folder\n", encoding="utf-8")
        yield


@contextmanager
def _with_mode(path: Path, mode: int) -> Iterator[None]:
    before = path.stat().st_mode & 0o7777
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


@contextmanager
def _unreadable(site: Site, place: str) -> Iterator[None]:
    path = site.published_folder if place == "published" else _place(site, place)
    with _with_mode(path, 0):
        yield


@contextmanager
def _read_only(site: Site, place: str) -> Iterator[None]:
    path = site.published_folder if place == "published" else _place(site, place)
    inner = site.home / ".touchledger" if place == "HOME" else None
    with _with_mode(inner, 0o500) if inner else nullcontext(), _with_mode(path, 0o555):
        yield


def overwrite(file: Path) -> bytes:
    """Writes nonsense into the middle of a file, keeping its size; returns what it had."""
    before = file.read_bytes()
    middle = len(before) // 2
    file.chmod(0o644)
    file.write_bytes(before[:middle] + b"\x00nonsense\xff" * 20 + before[middle + 200 :])
    return before


@contextmanager
def _damaged(site: Site, place: str) -> Iterator[None]:
    if place == "landing":
        file = site.landing / "events" / "broken.parquet"
        file.write_bytes(b"PAR1 and no more")
        try:
            yield
        finally:
            file.unlink()
        return
    name = "warehouse.duckdb" if place == "HOME" else "published/touchledger.duckdb"
    file = (site.home / name).resolve()
    file.chmod(0o644)
    file.write_bytes(b"no database" * 1000)
    yield


@contextmanager
def _held(site: Site, place: str) -> Iterator[None]:
    """HOME by another run, what is published by a reader."""
    if place == "HOME":
        with (site.home / ".touchledger" / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    file = site.published_folder / "touchledger.duckdb"
    with duckdb.connect(str(file), read_only=True) as reader:
        reader.execute("begin")
        yield


@contextmanager
def _full(site: Site, place: str) -> Iterator[None]:
    """The place on a disk that is full."""
    path = _place(site, place)
    with _moved_away(path) as kept:
        path.mkdir()
        used = sum(one.lstat().st_blocks * 512 for one in kept.rglob("*"))
        options = f"size={used + 65536}"
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)],
            capture_output=True,
            check=False,
        )
        if mounted.returncode != 0:
            pytest.skip("no disk can be mounted here")
        try:
            subprocess.run(["cp", "-a", f"{kept}/.", str(path)], check=False)
            with (path / "filler").open("wb", buffering=0) as filler:
                try:
                    while True:
                        filler.write(b"\0" * 4096)
                except OSError:
                    pass
            yield
        finally:
            subprocess.run(["umount", "--lazy", str(path)], check=True)


CONDITIONS: dict[str, Callable[[Site, str], AbstractContextManager[None]]] = {
    "missing": _missing,
    "unreadable": _unreadable,
    "read-only": _read_only,
    "full": _full,
    "a loop of links": _loop,
    "damaged": _damaged,
    "replaced by a file": _file,
    "held by another process": _held,
}


def arguments(command: str, site: Site, as_of: str) -> list[str]:
    """The command line of a command on a site."""
    home, config = ["--home", str(site.home)], ["--config", str(site.config)]
    run = ["--landing", str(site.landing), *home, "--as-of", as_of]
    return {
        "run": ["run", *run, "--var", "reject_rate_limit=1", "--no-pull"],
        "sql": ["sql", "select count(*) from core.fct_deals", *home],
        "explain": ["explain", "deal", "no-such-deal", *home],
        "compare": ["compare", str(site.home), str(site.home)],
        "serve": ["serve", "--port", "0", *home],
        "forget": ["forget", "contact", "no-such-contact", "--yes", *run],
        "what-if": ["what-if", "--var", "no_such_variable=1", *home],
        "pull": ["pull", "--landing", str(site.landing), *home, *config],
        "sources": ["sources", *config],
    }[command]


_UNKNOWN = Outcome(2, "There is no deal")
_NOBODY = Outcome(2, "No contact .* nothing was changed")
_ANSWERED = {"sql": Outcome(0, ""), "explain": _UNKNOWN, "compare": Outcome(0, "")}
_NO_HOME = r"HOME .*home cannot be written \(Permission denied\); give yourself the right"
_UNREACHED = r"published/touchledger.duckdb cannot be reached \(Permission denied\)"


def _reading(status: int, says: str, compare: str | None = None) -> dict[str, Outcome]:
    """The same of all commands that read what is published; of `compare` in words of its own."""
    found = {name: Outcome(status, says) for name in ("sql", "explain", "compare", "serve")}
    return found | ({"compare": Outcome(status, compare)} if compare else {})


OUTCOMES: dict[tuple[str, str], dict[str, Outcome]] = {
    ("landing", "missing"): {
        "run": Outcome(2, "The landing .* is no folder"),
        "pull": Outcome(0, ""),
    },
    ("landing", "unreadable"): {
        "run": Outcome(2, r"The landing .* may not be read \(Permission denied\)"),
        "pull": Outcome(
            2, r"landing.* cannot be used \(Permission denied\); give this user the right"
        ),
    },
    ("landing", "read-only"): {"run": Outcome(0, "")},
    ("landing", "a loop of links"): {
        "run": Outcome(2, "The landing .* is a link that leads back to itself"),
        "pull": Outcome(2, "landing.* cannot be used .*its links lead in a circle"),
    },
    ("landing", "damaged"): {"run": Outcome(2, r"events/broken.parquet is cut off before its end")},
    ("landing", "replaced by a file"): {
        "run": Outcome(2, "The landing .* is no folder"),
        "pull": Outcome(2, "landing.* cannot be used .*a file stands where a folder must"),
    },
    ("HOME", "missing"): {
        **_reading(2, "Nothing is published in .*home yet", "home is no publication"),
        "forget": Outcome(2, "Nothing has landed in .*home"),
        "what-if": Outcome(2, "Nothing is published in .*home yet"),
        "pull": Outcome(0, ""),
    },
    ("HOME", "unreadable"): {
        **_reading(2, _UNREACHED, r"home cannot be reached \(Permission denied\)"),
        "run": Outcome(2, _NO_HOME),
        "forget": Outcome(2, r"warehouse.duckdb cannot be used \(Permission denied\)"),
        "what-if": Outcome(2, _UNREACHED),
        "pull": Outcome(2, _NO_HOME),
    },
    ("HOME", "read-only"): {
        **_ANSWERED,
        "run": Outcome(2, _NO_HOME),
        "forget": Outcome(2, _NO_HOME),
        "pull": Outcome(2, _NO_HOME),
    },
    ("HOME", "full"): {
        **_ANSWERED,
        "run": Outcome(1, "No space left on device.*The disk is full: free some space in .*home"),
        "what-if": Outcome(2, "No space left on device.*free some space there"),
        "pull": Outcome(2, "No space left on device.*free some space there"),
    },
    ("HOME", "a loop of links"): {
        **_reading(2, "cannot be reached .*links lead in a circle", "home is no publication"),
        "run": Outcome(2, "HOME .*home cannot be written .*it is a link that leads nowhere"),
        "pull": Outcome(2, "HOME .*home cannot be written .*it is a link that leads nowhere"),
    },
    ("HOME", "damaged"): {
        **_ANSWERED,
        "run": Outcome(2, "warehouse.duckdb cannot be opened .*--full-refresh"),
        "forget": Outcome(2, "warehouse.duckdb cannot be opened .*--full-refresh"),
    },
    ("HOME", "replaced by a file"): {
        **_reading(2, "HOME .*home is a file", "cannot be opened|is no publication"),
        "run": Outcome(2, "HOME .*home cannot be written .*it is a file"),
        "what-if": Outcome(2, "HOME .*home is a file"),
        "pull": Outcome(2, "HOME .*home cannot be written .*it is a file"),
    },
    ("HOME", "held by another process"): {
        **_ANSWERED,
        "run": Outcome(2, "Another run .* is working on .*home"),
        "forget": Outcome(2, "Another run .* is working on .*home"),
        "pull": Outcome(2, "Another run .* is working on .*home"),
    },
    ("published", "missing"): {
        **_reading(2, "Nothing is published in .*home yet", "home is no publication"),
        "run": Outcome(0, ""),
        "what-if": Outcome(2, "Nothing is published in .*home yet"),
    },
    ("published", "unreadable"): {
        **_reading(2, _UNREACHED, "cannot be reached|cannot be opened"),
    },
    ("published", "read-only"): _ANSWERED,
    ("published", "a loop of links"): {
        **_reading(2, "cannot be reached .*links lead in a circle", "home is no publication"),
        "run": Outcome(0, ""),
    },
    ("published", "damaged"): {
        **{
            name: Outcome(2, "cannot be (read|opened) .*publish it anew")
            for name in ("sql", "explain")
        },
        "run": Outcome(0, ""),
    },
    ("published", "replaced by a file"): {
        "run": Outcome(2, "published is not the link that this program makes; move it away"),
    },
    ("published", "held by another process"): {**_ANSWERED, "run": Outcome(0, "")},
    ("extracts", "missing"): {"pull": Outcome(0, "")},
}


def table() -> str:
    """OUTCOMES for people: a row per cell and outcome."""
    lines = ["| what | is | command | status | says |", "|---|---|---|---|---|"]
    for (place, condition), outcomes in OUTCOMES.items():
        by_outcome: dict[Outcome, list[str]] = {}
        for command, outcome in outcomes.items():
            by_outcome.setdefault(outcome, []).append(f"`{command}`")
        for outcome, commands in by_outcome.items():
            words = outcome.says.replace(".*", " ... ").replace("\\", "").replace("|", " or ")
            says = " ".join(words.split())
            cells = (place, condition, " ".join(commands), str(outcome.status), says or "-")
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def with_table(page: str) -> str:
    """docs/operations.md with the table as OUTCOMES has it."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    from tests.conftest import ROOT

    operations = ROOT / "docs" / "operations.md"
    operations.write_text(with_table(operations.read_text(encoding="utf-8")), encoding="utf-8")
