"""Which files lie in the landing, which of them are new, and whether a landed one has changed."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from orchestration.ground.contract import raw_tables
from orchestration.ground.errors import LandingError

FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".ndjson": "jsonl",
    ".ndjson.gz": "jsonl",
}
_DENIED = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
# How much larger than its file what gzip holds may be.
_MOST_PACKED = 1032


@dataclass(frozen=True)
class LandedFile:
    """A file of the landing.

    `name` is its path below the landing, with `/`; `format` one of FORMATS' values.
    """

    table: str
    name: str
    path: Path
    format: str
    size: int
    modified_ns: int

    @property
    def is_packed(self) -> bool:
        return self.name.lower().endswith(".gz")

    @property
    def largest_content(self) -> int:
        """Bytes that the file may hold."""
        return self.size * (_MOST_PACKED if self.is_packed else 1)

    def open(self) -> BinaryIO:
        """What the file holds, unpacked. Raises OSError."""
        packed = self.is_packed
        return cast("BinaryIO", gzip.open(self.path)) if packed else self.path.open("rb")


@dataclass(frozen=True)
class BadFile:
    """A file that cannot be landed, and why, with what would cure it.

    `is_place`: whether it is not the content that is at fault but the place: rights, a disk, a
    link. Such a file is never gone on without.
    """

    table: str
    name: str
    reason: str
    is_place: bool = False


def ending(name: str) -> str:
    """The ending of a file's name as FORMATS has them, in lower case; "" where it is none of
    them.
    """
    suffixes = Path(name.lower()).suffixes
    return next((end for n in (2, 1) if (end := "".join(suffixes[-n:])) in FORMATS), "")


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of this name is ignored: staging, hidden and marker files."""
    return name.startswith((".", "_"))


def cannot_be_read(error: OSError) -> str:
    """Why a place cannot be read, and what would cure it."""
    if isinstance(error, PermissionError):
        return f"may not be read ({error.strerror}); give the user of this run the right to read it"
    if error.errno == errno.ELOOP:
        return "is a link that leads back to itself; put the file itself there, or remove the link"
    if isinstance(error, FileNotFoundError):
        return "is a link to nothing; put the file itself there, or remove the link"
    if isinstance(error, NotADirectoryError):
        return "is not a folder; put the files of the table into a folder of that name"
    return f"cannot be read ({error.strerror}); check the disk that it is on"


def listed(folder: Path, landing: Path) -> list[os.DirEntry]:
    """What lies in a folder, by name.

    Raises LandingError where the folder of the landing itself cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        if folder != landing:
            raise
        if isinstance(error, (FileNotFoundError, NotADirectoryError)):
            said = "is not a folder. Name the folder that holds contacts/, events/ and the like"
        else:
            said = f"{cannot_be_read(error)}, or name another"
        raise LandingError(f"The landing {landing} {said}: --landing DIR") from None


class _Search:
    """Collects the files of one table, and those that cannot be read or must not be followed."""

    def __init__(self, table: str, landing: Path) -> None:
        self.table = table
        self.landing = landing
        self.found: list[LandedFile] = []
        self.refused: list[BadFile] = []

    def refuse(self, path: Path, reason: str, *, is_place: bool = False) -> None:
        name = path.relative_to(self.landing).as_posix()
        shown = os.fsencode(name).decode("utf-8", "replace")
        self.refused.append(BadFile(self.table, shown, reason, is_place))

    def folder(self, folder: Path) -> None:
        try:
            entries = listed(folder, self.landing)
        except OSError as error:
            self.refuse(folder, cannot_be_read(error), is_place=True)
            return
        for entry in entries:
            if is_passed_over(entry.name):
                continue
            path = Path(entry.path)
            try:
                self.entry(entry, path)
            except OSError as error:
                self.refuse(path, cannot_be_read(error), is_place=True)

    def entry(self, entry: os.DirEntry, path: Path) -> None:
        if entry.is_dir():
            if entry.is_symlink():
                self.refuse(path, "is a linked folder; put the folder itself there")
            else:
                self.folder(path)
            return
        end = ending(entry.name)
        if not end:
            return
        try:
            entry.name.encode("utf-8")
        except UnicodeEncodeError:
            self.refuse(path, "has a name that is not UTF-8; rename the file")
            return
        status = path.stat()
        if entry.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(self.landing):
            self.refuse(path, "is a link that leads out of the landing; put the file itself there")
        elif not path.is_file():
            self.refuse(path, "is not a regular file; remove it or put a file there")
        elif not os.access(path, os.R_OK, effective_ids=True):
            self.refuse(path, cannot_be_read(_DENIED), is_place=True)
        else:
            self.found.append(
                LandedFile(
                    self.table,
                    path.relative_to(self.landing).as_posix(),
                    path,
                    FORMATS[end],
                    status.st_size,
                    status.st_mtime_ns,
                )
            )


def find_files(landing: Path) -> tuple[list[LandedFile], list[BadFile]]:
    """All files of the raw contract below `landing`, by table and name, and those that must not be
    followed or cannot be read.

    Files and folders whose name begins with `.` or `_`, other endings and other folders are not
    part of the contract and are passed over. A link is followed only where it stays inside the
    landing. Raises LandingError where the landing itself cannot be read.
    """
    landing = Path(os.path.realpath(landing))
    present = {entry.name for entry in listed(landing, landing)}
    found, refused = [], []
    for table in raw_tables():
        if table not in present:
            continue
        search, folder = _Search(table, landing), landing / table
        if folder.is_symlink() and not Path(os.path.realpath(folder)).is_relative_to(landing):
            search.refuse(
                folder, "is a link that leads out of the landing; put the folder itself there"
            )
        elif os.path.isfile(folder):
            search.refuse(
                folder, "is a file where a folder must be; put it into a folder of that name"
            )
        else:
            search.folder(folder)
        found += search.found
        refused += search.refused
    return found, refused


def content_hash(path: Path) -> str:
    """Hexadecimal BLAKE2b of a file's bytes. Raises OSError where it cannot be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def is_as_found(file: LandedFile) -> bool:
    """Whether a file still has the size and time that it was found with.

    Raises OSError where it is gone.
    """
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
    """Splits `found` into new files, files that changed after they landed, and files merely
    touched.

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
