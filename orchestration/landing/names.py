"""Names of columns as loaders spell them: without regard to case, outer spaces and a byte order
mark; and what a strange one may mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from orchestration.ground.contract import RawTable, folded

# The page that describes the raw contract to whoever writes a loader.
PAGE = "docs/landing.md"
SHOWN = 20


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", folded(name))


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The one of `candidates` that a misspelt name most likely means: `Landing page` and
    `landingPage` are landing_page.
    """
    bare = {_bare(candidate): candidate for candidate in candidates}
    found = get_close_matches(_bare(name), bare, n=1, cutoff=0.75)
    return bare[found[0]] if found else None


def places(table: RawTable, names: list[str]) -> dict[str, int]:
    """Where each column of a table is among the names of a file; a column that comes twice has its
    first place.
    """
    known = {column.name for column in table.columns}
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        if folded(name) in known:
            found.setdefault(folded(name), place)
    return found


def repeated(table: RawTable, names: list[str]) -> list[str]:
    """Columns of a table that the names of a file hold more than once."""
    spelled = [folded(name) for name in names]
    return sorted({column.name for column in table.columns if spelled.count(column.name) > 1})


def missing(table: RawTable, names: list[str]) -> list[str]:
    """Columns that a file must have. A file that can hold deletions needs only what a deletion
    needs.
    """
    there = places(table, names)
    needed = [column.name for column in table.columns if column.required]
    if table.can_be_deleted and {*table.key, "_deleted", "_loaded_at"} <= there.keys():
        needed = [*table.key, "_loaded_at"]
    return [name for name in needed if name not in there]


def unknown(table: RawTable, names: list[str]) -> list[str]:
    known = {column.name for column in table.columns}
    return [name for name in names if folded(name) not in known]


def listed(names: list[str]) -> str:
    """Names for a message, the first of very many."""
    shown = [name.strip() if len(name) <= 60 else f"{name.strip()[:60]}…" for name in names[:SHOWN]]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(name or "(no name)" for name in shown) + more


def missing_columns(table: RawTable, names: list[str]) -> str:
    """What to say of a file that lacks columns: which, what it has instead, and what may be
    meant.
    """
    lacks = missing(table, names)
    strange = unknown(table, names)
    renamed = [(nearest(name, strange), name) for name in lacks]
    hints = [f"rename {found.strip()!r} to {name}" for found, name in renamed if found]
    cure = " and ".join(hints) if hints else "add them to the loader's select"
    noun = "columns" if len(lacks) > 1 else "column"
    return (
        f"lacks the required {noun} {', '.join(lacks)} (it has {listed(names)}); {cure}; "
        f"{PAGE} lists the columns of {table.name}"
    )
