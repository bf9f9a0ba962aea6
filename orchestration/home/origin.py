"""What a publication was made from, as its folder says, and which landed files its readers have not
seen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.ground.sql import exact_path, sql_beside
from orchestration.home.publication import Publication

BUILT_FROM = "built_from.json"
LANDED_FILES = "landed_files.parquet"


@dataclass(frozen=True)
class BuiltFrom:
    """What published tables were made from besides what had landed.

    `rules` are hashes by file, `models` is one of all else.
    """

    as_of: datetime
    variables: dict[str, str]
    rules: dict[str, str]
    models: str
    erasures: int = 0


def read_origin(folder: Path) -> BuiltFrom | None:
    """What the publication in `folder` was made from; None where its version left no such file."""
    if not (folder / LANDED_FILES).exists():
        return None
    try:
        values = json.loads((folder / BUILT_FROM).read_text(encoding="utf-8"))
        return BuiltFrom(
            datetime.fromisoformat(values["as_of"]),
            values["variables"],
            values["rules"],
            values["models"],
            values.get("erasures", 0),
        )
    except (OSError, ValueError, KeyError):
        return None


def note_unseen(connection: duckdb.DuckDBPyConnection, seen: Publication | None) -> None:
    """Fills `raw.unseen_files`: the landed files that are in nothing that readers of `seen` see.

    None are where nothing is published, or where the publication does not say what it has.
    """
    origin = read_origin(seen.folder) if seen else None
    connection.execute("delete from raw.unseen_files")
    if seen and origin:
        path = exact_path(str((seen.folder / LANDED_FILES).resolve()))
        connection.execute(sql_beside(__file__, "unseen_files", seen=path), [origin.as_of])
