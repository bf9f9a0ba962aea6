"""What lies in the landing and is not landed: it is said, so that a misspelt folder or ending does
not go unnoticed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from orchestration.ground.contract import raw_tables
from orchestration.ground.errors import LandingError
from orchestration.landing.files import FORMATS, ending, is_passed_over, listed
from orchestration.landing.names import nearest


def _is_folder(entry: os.DirEntry) -> bool:
    """Whether it is one that can be reached: a link that leads in a circle is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _other_endings(folder: Path) -> Counter[str]:
    endings: Counter[str] = Counter()
    for _, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_passed_over(name)]
        endings.update(
            "".join(Path(name).suffixes[-2:]) or "none"
            for name in names
            if not is_passed_over(name) and not ending(name)
        )
    return endings


def _table_of(name: str) -> str:
    """The table that a file at the wrong place most likely is of."""
    known = raw_tables()
    return nearest(name.removesuffix(ending(name)), known) or "such as contacts"


def passed_over(landing: Path) -> Iterator[str]:
    """What lies in the landing and is no part of the raw contract, a line each: a misspelt folder
    or ending is not to go unnoticed.
    """
    known = raw_tables()
    for entry in listed(landing, landing):
        if is_passed_over(entry.name):
            continue
        if not _is_folder(entry):
            if ending(entry.name) and entry.name not in known:
                yield (
                    f"{entry.name} lies beside the folders of the tables and is passed over; put "
                    f"it into the folder of its table, {_table_of(entry.name)}/"
                )
            continue
        if entry.name not in known:
            near = nearest(entry.name, known)
            hint = f"did you mean {near}?" if near else f"the tables are {', '.join(known)}"
            yield f"the folder {entry.name} is not a table and is passed over; {hint}"
            continue
        if endings := _other_endings(Path(entry.path)):
            found = ", ".join(f"{count} {end}" for end, count in sorted(endings.items())[:5])
            yield (
                f"{entry.name}: files with other endings are passed over ({found}); land "
                f"{', '.join(FORMATS)}"
            )


def empty_landing(landing: Path) -> LandingError:
    """What to say of a landing in which nothing can be landed: what was looked for, what was found,
    and what may be meant.
    """
    known = raw_tables()
    entries = [
        entry.name + ("/" if _is_folder(entry) else "")
        for entry in listed(landing, landing)
        if not entry.name.startswith(".")
    ]
    lines = [f"The landing {landing} holds nothing to land."]
    lines.append(f"  Looked for: {'/, '.join(known)}/ with files that end in {', '.join(FORMATS)}")
    shown = ", ".join(entries[:20]) + (
        f" and {len(entries) - 20} more" if len(entries) > 20 else ""
    )
    lines.append(f"  Found: {shown or 'nothing'}")
    lines += [f"  {note}" for note in passed_over(landing)]
    below = [
        name
        for name in entries
        if name.endswith("/") and any((landing / name / t).is_dir() for t in known)
    ]
    where = f", perhaps {landing / below[0]}" if below else ""
    lines.append(
        f"Name the folder that holds contacts/, events/ and the like{where}: --landing DIR. "
        f"docs/landing.md describes it."
    )
    return LandingError("\n".join(lines))
