"""What the person on call does next, by what an error says."""

from __future__ import annotations

from orchestration.ground.settings import Settings

_SIGNS = {
    ("no space left", "disk quota", "disk is full", "file too large", "not enough space"): (
        "The disk is full: free some space in {home} (a run needs about three times what "
        "warehouse.duckdb has) or name another HOME with "
        "--home DIR, and run again."
    ),
    ("out of memory", "failed to allocate", "could not allocate", "memoryerror"): (
        "Memory ran out: run again with more (--var memory_limit=8GB) or with fewer threads "
        "(--var threads=1)."
    ),
    ("permission denied", "read-only file system", "operation not permitted"): (
        "A file or folder of {home} cannot be written: give its owner's rights to this user, or "
        "name another HOME with --home DIR, and run again."
    ),
    ("checksum", "corrupt", "not a valid duckdb", "invalidated because of a previous fatal"): (
        "{warehouse} is damaged: run with --full-refresh; the broken file is moved aside and the "
        "whole landing is read anew."
    ),
}


def next_step(said: str, settings: Settings) -> str | None:
    """The advice for an error whose text is `said`; None where none is known."""
    lower = said.lower()
    for signs, advice in _SIGNS.items():
        if any(sign in lower for sign in signs):
            return advice.format(home=settings.home, warehouse=settings.warehouse)
    return None


def chain(error: BaseException) -> str:
    """What an error and everything that caused it say."""
    texts: list[str] = []
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            texts += [
                type(one).__name__,
                str(one),
                *(failure.message for failure in getattr(one, "failures", ()) or ()),
            ]
            waiting += [one.__cause__, one.__context__]
    return "\n".join(texts)
