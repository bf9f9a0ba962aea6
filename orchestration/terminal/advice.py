"""What the person on call does next, by what an error says."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

from orchestration.ground.paths import DBT_PROJECT, EXPECTATIONS, RULES
from orchestration.ground.settings import Settings

_SIGNS = {
    ("no space left", "disk quota", "disk is full", "file too large", "not enough space"): (
        "The disk is full: free some space in {home} (a run needs about three times what "
        "warehouse.duckdb has) or name another HOME with "
        "--home DIR, and run again."
    ),
    ("can't start new thread", "resource temporarily unavailable"): (
        "This user may have no more threads or address space: raise the limit (ulimit -u, "
        "ulimit -v), or run again with fewer threads (--var threads=1)."
    ),
    ("out of memory", "failed to allocate", "could not allocate", "memoryerror"): (
        "Memory ran out: run again with more (--var memory_limit=8GB) or with fewer threads "
        "(--var threads=1)."
    ),
    ("permission denied", "read-only file system", "operation not permitted"): (
        "Touchledger cannot write to a file or folder of {home}: give this user permission to "
        "write there, or name another HOME with --home DIR, and run again."
    ),
    ("checksum", "corrupt", "not a valid duckdb", "invalidated because of a previous fatal"): (
        "{warehouse} is damaged: run with --full-refresh; the broken file is moved aside and the "
        "whole landing is read anew."
    ),
}


# What to do about an error of the system, whatever file it is about.
_CURES = {
    (errno.EACCES, errno.EPERM): "give this user the right to it, or name another place",
    (errno.EROFS,): "the disk is read-only; name a place on another disk",
    (errno.ENOSPC, errno.EDQUOT, errno.EFBIG): "free some space there and try again",
    (errno.ELOOP,): "its links lead in a circle; mend the link",
    (errno.ENOTDIR, errno.EEXIST): "a file stands where a folder must; move it away",
    (errno.EISDIR,): "a folder stands where a file must; move it away",
    (errno.ENOENT,): "it does not exist, or was removed meanwhile; create it and try again",
    (errno.EBUSY, errno.ETXTBSY, errno.EAGAIN): "another program has it; close that and try again",
    (errno.EMFILE, errno.ENFILE): "too many files are open; raise the limit (ulimit -n)",
}


_OWN = (DBT_PROJECT, RULES, EXPECTATIONS)
_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
# What DuckDB says of a file that the system does not let it have.
_OF_A_FILE = re.compile(
    r'(?:file|directory) \\?"(?P<file>[^"\\]+)\\?".{{0,9}}(?P<said>{})'.format(
        "|".join(map(os.strerror, (code for codes in _CURES for code in codes)))
    ),
    re.DOTALL,
)


def system_fault(error: BaseException) -> OSError | None:
    """The error of the system below an error of DuckDB, with the file; None where it is another."""
    if isinstance(error, OSError):
        return error
    found = _OF_A_FILE.search(str(error))
    if found is None:
        return None
    codes = {os.strerror(code): code for code in errno.errorcode}
    return OSError(codes[found["said"]], found["said"], found["file"])


def said_of(error: OSError) -> str:
    """An error of the system in words: which file, what is wrong, and what to do."""
    named = [str(name) for name in (error.filename, error.filename2) if name is not None]
    is_own = any(Path(name).is_relative_to(own) for name in named for own in _OWN)
    cure = next(
        (cure for codes, cure in _CURES.items() if error.errno in codes),
        "check the disk and the network behind it, and try again",
    )
    if error.errno in (errno.EEXIST, errno.ENOTDIR) and any(map(os.path.islink, named)):
        cure = "it is a link that leads nowhere; mend the link"
    if is_own and error.errno in _GONE:
        cure = "it is a part of this program; install it again"
    subject = " or ".join(named) or "A file, or where the output goes,"
    return f"{subject} cannot be used ({error.strerror or error}); {cure}"


def next_step(raised: BaseException, settings: Settings) -> str | None:
    """The advice for an error; None where none is known."""
    said = chain(raised)
    for fault in filter(None, map(system_fault, _chained(raised))):
        if fault.filename and not Path(str(fault.filename)).is_relative_to(settings.home):
            return f"{said_of(fault)}."
    lower = said.lower()
    for signs, advice in _SIGNS.items():
        if any(sign in lower for sign in signs):
            return advice.format(home=settings.home, warehouse=settings.warehouse)
    return None


def _chained(error: BaseException) -> Iterator[BaseException]:
    """An error and everything that caused it."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]


def chain(error: BaseException) -> str:
    """What an error and everything that caused it say."""
    texts: list[str] = []
    for one in _chained(error):
        failures = getattr(one, "failures", ()) or ()
        texts += [type(one).__name__, str(one), *(failure.message for failure in failures)]
    return "\n".join(texts)
