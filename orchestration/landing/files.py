"""Which files lie in the landing, which of them are new, and whether a landed one has changed."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from orchestration.ground.contract import raw_tables

FORMATS = {".parquet": "parquet", ".csv": "csv", ".jsonl": "jsonl"}


@dataclass(frozen=True)
class LandedFile:
    """A file of the landing. `name` is its path below the landing, with `/`; `format` one of FORMATS' values."""

    table: str
    name: str
    path: Path
    format: str
    size: int
    modified_ns: int


@dataclass(frozen=True)
class BadFile:
    """A file that cannot be landed, and why, with what would cure it."""

    table: str
    name: str
    reason: str


def _inside(path: Path, landing: Path) -> bool:
    return path.resolve().is_relative_to(landing)


def find_files(landing: Path) -> tuple[list[LandedFile], list[BadFile]]:
    """All files of the raw contract below `landing`, by table and name, and those that must not be followed.

    Hidden files and folders, other endings and other folders are not part of the contract and are passed over. A link is followed only
    where it stays inside the landing.
    """
    landing = landing.resolve()
    found, refused = [], []
    for table in raw_tables():
        folder = landing / table
        if folder.is_symlink() and not _inside(folder, landing):
            refused.append(
                BadFile(
                    table,
                    table,
                    "is a link that leads out of the landing; put the folder itself there",
                )
            )
            continue
        for parent, folders, names in os.walk(folder):
            for link in [name for name in folders if (Path(parent) / name).is_symlink()]:
                name = (Path(parent) / link).relative_to(landing).as_posix()
                refused.append(
                    BadFile(table, name, "is a linked folder; put the folder itself there")
                )
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = Path(parent) / name
                kind = FORMATS.get(path.suffix.lower())
                if kind is None or name.startswith("."):
                    continue
                relative = path.relative_to(landing).as_posix()
                try:
                    relative.encode("utf-8")
                    if path.is_symlink() and not _inside(path, landing):
                        refused.append(
                            BadFile(
                                table,
                                relative,
                                "is a link that leads out of the landing; put the file itself there",
                            )
                        )
                        continue
                    if not path.is_file():
                        refused.append(
                            BadFile(
                                table,
                                relative,
                                "is not a regular file; remove it or put a file there",
                            )
                        )
                        continue
                    status = path.stat()
                except UnicodeEncodeError:
                    shown = relative.encode("utf-8", "replace").decode("utf-8")
                    refused.append(
                        BadFile(table, shown, "has a name that is not UTF-8; rename the file")
                    )
                    continue
                except OSError as error:
                    refused.append(
                        BadFile(
                            table,
                            relative,
                            f"cannot be opened: {error.strerror}; check that it exists and may be read",
                        )
                    )
                    continue
                found.append(
                    LandedFile(table, relative, path, kind, status.st_size, status.st_mtime_ns)
                )
    return found, refused


def passed_over(landing: Path) -> list[str]:
    """What lies in the landing and is no part of the raw contract, a line each: a misspelt folder or ending is not to go unnoticed."""
    known = raw_tables()
    notes = []
    for entry in sorted(landing.iterdir()):
        if entry.name.startswith(".") or not entry.is_dir():
            continue
        if entry.name not in known:
            near = get_close_matches(entry.name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the tables are {', '.join(known)}"
            notes.append(f"the folder {entry.name} is no table and is passed over; {hint}")
            continue
        endings: Counter[str] = Counter()
        for _, folders, names in os.walk(entry):
            folders[:] = [name for name in folders if not name.startswith(".")]
            others = [
                Path(name)
                for name in names
                if not name.startswith((".", "_")) and Path(name).suffix.lower() not in FORMATS
            ]
            endings.update("".join(path.suffixes[-2:]) or "none" for path in others)
        if endings:
            found = ", ".join(f"{count} {ending}" for ending, count in sorted(endings.items())[:5])
            notes.append(
                f"{entry.name}: files with other endings are passed over ({found}); land {', '.join(FORMATS)}"
            )
    if not any((landing / table).exists() for table in known):
        notes.append(
            f"{landing} has no folder of any table; name the folder that holds contacts/, events/ and the like with --landing DIR"
        )
    return notes


def content_hash(path: Path) -> str:
    """Hexadecimal BLAKE2b of a file's bytes. Raises OSError where it cannot be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def is_as_found(file: LandedFile) -> bool:
    """Whether a file still has the size and time that it was found with. Raises OSError where it is gone."""
    status = file.path.stat()
    return (status.st_size, status.st_mtime_ns) == (file.size, file.modified_ns)


@dataclass(frozen=True)
class LedgerEntry:
    """What the ledger remembers of a landed file."""

    name: str
    size: int
    modified_ns: int
    content: str


def sort_by_ledger(
    found: Iterable[LandedFile], ledger: dict[str, LedgerEntry]
) -> tuple[list[LandedFile], list[LandedFile], list[LandedFile]]:
    """Splits `found` into new files, files that changed after they landed, and files merely touched.

    Only a file whose modification time moved is read again to compare its content.
    """
    new: list[LandedFile] = []
    changed: list[LandedFile] = []
    touched: list[LandedFile] = []
    for file in found:
        entry = ledger.get(file.name)
        if entry is None:
            new.append(file)
        elif entry.size != file.size:
            changed.append(file)
        elif entry.modified_ns != file.modified_ns:
            (touched if content_hash(file.path) == entry.content else changed).append(file)
    return new, changed, touched
