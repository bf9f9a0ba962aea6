"""Where what the program makes of its own files is kept: never beside them, where an installed
program may not write.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

from orchestration.ground.paths import DBT_PROJECT
from orchestration.ground.settings import make_settings


def _user_cache() -> Path:
    """The folder that the XDG base directory specification gives this user's caches."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    # The specification has relative paths ignored.
    return Path(named) if os.path.isabs(named) else Path.home() / ".cache"


def _is_writable(folder: Path) -> bool:
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.access(folder, os.W_OK | os.X_OK)
    return False


def mark_of(project: Path) -> str:
    """A name that tells the installation with this dbt project from any other."""
    return hashlib.blake2b(str(project).encode(), digest_size=8).hexdigest()


@cache
def cache_folder() -> Path:
    """The folder for what is made of this installation: in the user's cache, or in HOME where a
    user has none that can be written.
    """
    mark = mark_of(DBT_PROJECT)
    with suppress(RuntimeError):  # a user without a home folder
        chosen = _user_cache() / "touchledger" / mark
        if _is_writable(chosen):
            return chosen
    return make_settings().private / "cache" / mark


def lead_libraries() -> None:
    """Leads libraries away from a cache folder of this user that cannot be used: some look at it
    when they are imported, and fail.
    """
    with suppress(RuntimeError):
        if _is_writable(_user_cache()):
            return
    os.environ["XDG_CACHE_HOME"] = str(cache_folder().parent / "libraries")


def manifest_file() -> Path:
    """The manifest of the parsed dbt project; `ensure_manifest` writes it."""
    return cache_folder() / "target" / "manifest.json"
