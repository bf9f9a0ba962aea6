"""Files below a folder, with every folder that cannot be read."""

from __future__ import annotations

import fnmatch
import os
from pathlib import Path
from typing import NoReturn


def _refuse(error: OSError) -> NoReturn:
    raise error


def files_below(folder: Path, pattern: str = "*", *, is_deep: bool = True) -> list[Path]:
    """Files whose names fit `pattern`, in order; none where there is no such folder.

    Raises OSError where a folder may not be read: to pathlib's `glob` it would be empty, and what
    is in it would be gone.
    """
    if not folder.is_dir():
        return []
    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=_refuse):
        if not is_deep:
            folders.clear()
        found += [Path(place) / name for name in fnmatch.filter(names, pattern)]
    return sorted(found)
