"""What tells whether the project computes something else than before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from orchestration.building.project import project_files
from orchestration.ground.paths import DBT_PROJECT


def project_fingerprint() -> str:
    """A hash of everything that decides what the tables hold besides the landed rows: models,
    macros, rule files.
    """
    return fingerprint(project_files())


def fingerprint(paths: Iterable[Path]) -> str:
    """A hash of those of the project's files that decide what the tables hold: names and contents,
    whatever the order.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(paths):
        if path.suffix == ".md" or "metrics" in path.parts:
            continue
        digest.update(path.relative_to(DBT_PROJECT.parent).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
