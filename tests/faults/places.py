"""The places that Touchledger stands on, what can be wrong with each, and how commands are tried.

A condition is brought about for as long as its context lasts, and taken back after it.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

# What an installation has besides Python's own folders.
INSTALLED = ("orchestration", "dbt_project", "seeds", "expectations", "pyproject.toml")


@dataclass(frozen=True)
class Site:
    """A HOME with something published, the landing that it came from, a source in `web`, and
    folders of its own for what is cached, for what is temporary, and for the program.
    """

    home: Path
    landing: Path
    web: Path
    config: Path
    cache: Path
    temporary: Path
    tree: Path

    def where(self, place: str) -> Path:
        """The folder, or link, that a place of PLACES is."""
        return {
            "landing": self.landing,
            "source tree": self.tree / "dbt_project",
            "a source's folder": self.web,
            "HOME": self.home,
            "published": self.home / "published",
            "extracts": self.home / "extracts",
            "cache": self.cache,
            "TMPDIR": self.temporary,
        }[place]

    @property
    def published_folder(self) -> Path:
        return (self.home / "published").resolve()


PLACES = (
    "landing",
    "source tree",
    "a source's folder",
    "HOME",
    "published",
    "extracts",
    "cache",
    "TMPDIR",
)


def copy_tree(root: Path, tree: Path) -> None:
    """What an installation has, below `tree`."""
    tree.mkdir()
    left_out = shutil.ignore_patterns("__pycache__", "target", "logs")
    for name in INSTALLED:
        if (root / name).is_dir():
            shutil.copytree(root / name, tree / name, ignore=left_out)
        else:
            shutil.copy(root / name, tree)


# --- Conditions ---------------------------------------------------------------------------------


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
    with _moved_away(site.where(place)):
        yield


@contextmanager
def _loop(site: Site, place: str) -> Iterator[None]:
    path = site.where(place)
    with _moved_away(path):
        path.symlink_to(path.name)
        yield


@contextmanager
def _file(site: Site, place: str) -> Iterator[None]:
    path = site.where(place)
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


def _folder(site: Site, place: str) -> Path:
    return site.published_folder if place == "published" else site.where(place)


@contextmanager
def _unreadable(site: Site, place: str) -> Iterator[None]:
    with _with_mode(_folder(site, place), 0):
        yield


@contextmanager
def _read_only(site: Site, place: str) -> Iterator[None]:
    """The folder and every folder and file below it; of HOME not what is published, which is so
    always."""
    top = site.tree if place == "source tree" else _folder(site, place)
    with ExitStack() as modes:
        for path in sorted([top, *top.rglob("*")], reverse=True):
            if not path.is_symlink():
                mode = path.stat().st_mode & 0o7777
                modes.enter_context(_with_mode(path, mode & 0o555))
        yield


def overwrite(file: Path) -> bytes:
    """Writes nonsense into the middle of a file, keeping its size; returns what it had."""
    before = file.read_bytes()
    middle = len(before) // 2
    file.chmod(0o644)
    file.write_bytes(before[:middle] + b"\x00nonsense\xff" * 20 + before[middle + 200 :])
    return before


def _some_files(site: Site, place: str) -> list[Path]:
    """The files of a place that are damaged, or held by another process."""
    inside = {
        "landing": [site.landing / "events" / "broken.parquet"],
        "source tree": [site.tree / "dbt_project/models/marts/core/fct_deals.sql"],
        "a source's folder": [site.web / "pages.csv"],
        "HOME": [site.home / "warehouse.duckdb"],
        "published": [site.published_folder / "touchledger.duckdb"],
        "extracts": sorted(site.where("extracts").rglob("*.parquet")),
        "cache": sorted(path for path in site.cache.rglob("*") if path.is_file()),
    }
    return inside.get(place, [])


@contextmanager
def _damaged(site: Site, place: str) -> Iterator[None]:
    files = _some_files(site, place)
    before = {file: file.read_bytes() for file in files if file.exists()}
    for file in files:
        if place == "source tree":
            file.write_text(f"{file.read_text(encoding='utf-8')}\n{{% if cut off", encoding="utf-8")
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)  # never through a second name of it
        file.write_bytes(b"PAR1\x00 no more of it \xff" * (1 if place == "landing" else 500))
    try:
        yield
    finally:
        for file in files if place not in ("HOME", "published") else ():
            file.unlink(missing_ok=True)
            if file in before:
                file.write_bytes(before[file])


@contextmanager
def _held(site: Site, place: str) -> Iterator[None]:
    """HOME by another run, what is published by a reader, anything else by a lock on its files."""
    with ExitStack() as holders:
        if place == "published":
            file = site.published_folder / "touchledger.duckdb"
            reader = holders.enter_context(duckdb.connect(str(file), read_only=True))
            reader.execute("begin")
            yield
            return
        files = [site.home / ".touchledger" / "lock"] if place == "HOME" else None
        if files is None:
            files = [one for one in sorted(site.where(place).rglob("*")) if one.is_file()][:50]
        for file in files:
            fcntl.flock(holders.enter_context(file.open("r+b")), fcntl.LOCK_EX)
        yield


@contextmanager
def _full(site: Site, place: str) -> Iterator[None]:
    """The place on a disk that is full: of what is published the folder of all publications."""
    path = site.home / ".touchledger" / "runs" if place == "published" else site.where(place)
    with _moved_away(path) as kept:
        path.mkdir()
        used = sum(one.lstat().st_blocks * 512 for one in [kept, *kept.rglob("*")])
        options = f"size={used + 131072}"
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)],
            capture_output=True,
            check=False,
        )
        if mounted.returncode != 0:
            pytest.skip("no disk can be mounted here")
        try:
            subprocess.run(["cp", "-a", f"{kept}/.", str(path)], check=True)
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
# What cannot be: a folder of temporary files keeps none that could be damaged or held, and the
# program writes nothing beside itself.
IMPOSSIBLE = {
    ("TMPDIR", "damaged"),
    ("TMPDIR", "held by another process"),
    ("source tree", "full"),
}


# --- Commands -----------------------------------------------------------------------------------

# A command reads what is published, or writes to HOME, or neither.
READING = ("sql", "explain", "compare", "compare --reported", "serve")
WRITING = ("run", "pull", "forget", "what-if")
# What the Makefile offers beside the command line, as modules of Python's.
MADE = {
    "make docs": ["orchestration.reading.documentation"],
    "make data-docs": ["orchestration.checking.data_docs"],
    "make dev": ["dagster", "dev", "--host", "127.0.0.1"],
}
COMMANDS = (*READING, *WRITING, "init", "sources", "sources check", *MADE)
VARIABLES = ["--var", "reject_rate_limit=1"]


def arguments(command: str, site: Site, as_of: str, person: str) -> list[str]:
    """The command line of a command on a site; `person` is a contact of it."""
    home, config = ["--home", str(site.home)], ["--config", str(site.config)]
    run = ["--landing", str(site.landing), *home, "--as-of", as_of, *VARIABLES]
    return {
        "run": ["run", *run],
        "sql": ["sql", "select count(*) from core.fct_deals", *home],
        "explain": ["explain", "contact", person, *home],
        "compare": ["compare", str(site.home), str(site.home)],
        "compare --reported": ["compare", "--reported", *home],
        "serve": ["serve", *home],
        "forget": ["forget", "contact", person, "--yes", *run],
        "what-if": ["what-if", "--var", "social_post_cap=3", *home],
        "pull": ["pull", "--landing", str(site.landing), *home, *config],
        "init": [
            *["init", "--kind", "segment", "--name", "other", "--set", f"path={site.web}"],
            *["--yes", *config],
        ],
        "sources": ["sources", *config],
        "sources check": ["sources", "check", *config],
    }[command]  # fmt: skip
