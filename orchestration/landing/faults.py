"""Whose fault it is that a file did not land: its content's, or that of the disk, the memory or
somebody's rights.

Only content makes a bad file. Everything else stops the run and marks nothing, for the very same
file lands once there is room.
"""

from __future__ import annotations

import errno
import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path

import duckdb

from orchestration.landing.files import LandedFile, content_hash, is_as_found
from orchestration.landing.shapes import MAXIMUM_ROW_BYTES, first_line, path_list

_SCARCE = (errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE)
_SCARCE_WORDS = ("No space left", "Disk quota", "max_temp_directory_size", "Too many open files")
_PACKING = (gzip.BadGzipFile, EOFError, zlib.error)


class FileMoved(Exception):
    """A file that changed while it was read: what was read may be neither the old nor the new."""


def hold_still(files: Iterable[LandedFile]) -> None:
    """Raises FileMoved, the name in it, for a file that is no longer as it was found."""
    for file in files:
        try:
            if is_as_found(file):
                continue
        except OSError:
            pass
        raise FileMoved(file.name)


def is_packing(error: Exception) -> bool:
    """Whether an error says that gzip content is damaged. One such error is an OSError that has
    nothing to do with the disk.
    """
    return isinstance(error, _PACKING)


def raise_if_scarce(error: Exception) -> None:
    """Raises `error` again where room on a disk, memory or handles ran out."""
    is_scarce = getattr(error, "errno", None) in _SCARCE or any(
        words in str(error) for words in _SCARCE_WORDS
    )
    scarce_types = (duckdb.OutOfMemoryException, duckdb.FatalException, MemoryError)
    if is_scarce or isinstance(error, scarce_types):
        raise error


def content_fault(path: Path, kind: str, *, is_packed: bool = False) -> str | None:
    """What is wrong with a file's content; None where all of it can be read, so that something else
    failed.

    It is read alone, in memory and without the warehouse. Raises OSError where the place is at
    fault, and what `raise_if_scarce` does.
    """
    content_hash(path)
    packing = "gzip" if is_packed else "none"
    files, size = path_list([str(path)]), MAXIMUM_ROW_BYTES
    relation = {
        "parquet": f"read_parquet({files}, hive_partitioning = false)",
        "csv": f"read_csv({files}, auto_detect = false, header = false, delim = '', quote = '', "
        f"escape = '', columns = {{'line': 'VARCHAR'}}, "
        f"ignore_errors = true, compression = '{packing}', max_line_size = {size // 4}, "
        f"buffer_size = {size})",
        "jsonl": f"read_json_objects({files}, format = 'newline_delimited', ignore_errors = true, "
        f"compression = '{packing}', maximum_object_size = {size})",
    }[kind]
    with duckdb.connect() as apart:
        try:
            apart.execute("set threads = 1; set TimeZone = 'UTC'")
            apart.execute(f"select bit_xor(hash(columns(*))) from {relation}").fetchall()
        except duckdb.Error as error:
            raise_if_scarce(error)
            return first_line(error, path)
    return None
