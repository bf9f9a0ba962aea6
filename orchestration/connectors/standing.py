"""How far the translation of a source has come, so that the next one goes on from there.

What was translated of whole pulls is not made again, unless something else than new pulls changed:
the SQL, the source's options, an older load, or a translated file that is there no more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from orchestration.connectors.extracts import stated_options
from orchestration.connectors.kind import Source
from orchestration.ground.settings import Settings

# A raw table, what was counted for the coverage, and how often.
Tally = tuple[str, str, int]


@dataclass(frozen=True)
class Count:
    """Rows of a raw table: their keys, how many have a time that is not exact, the times that tell
    how far back it reaches, and the bytes of the files that have them.
    """

    keys: int = 0
    rows: int = 0
    not_exact: int = 0
    oldest: str | None = None
    newest: str | None = None
    size: int = 0

    def plus(self, other: Count) -> Count:
        """Both together, where they share no key."""
        times = [one for one in (self.oldest, self.newest, other.oldest, other.newest) if one]
        return Count(
            self.keys + other.keys,
            self.rows + other.rows,
            self.not_exact + other.not_exact,
            min(times, default=None),
            max(times, default=None),
            self.size + other.size,
        )


@dataclass(frozen=True)
class Standing:
    """The newest pull whose rows have landed (0: none), and what has to be so that this holds."""

    done: int = 0
    fingerprint: str = ""
    loads: str = ""
    files: Mapping[str, list[str]] = field(default_factory=dict)
    tallies: list[Tally] = field(default_factory=list)
    # Of raw tables whose translation goes on: how the rows of those files stand.
    counts: Mapping[str, Count] = field(default_factory=dict)


def fingerprint(source: Source, settings: Settings, code: Iterable[Path]) -> str:
    """A hash of everything but the extracts that rows depend on: code and options."""
    parts = [file.read_bytes() for file in code]
    options = {**stated_options(settings, source), **source.options}
    stated = [options, source.yields, source.behind]
    parts.append(json.dumps(stated, sort_keys=True, default=str).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def loads_up_to(connection: duckdb.DuckDBPyConnection, loads: Mapping[str, int], done: int) -> str:
    """A hash of the loads of the pulls up to a number, in a connection with opened extracts."""
    known = {
        load
        for (load,) in connection.execute(
            "select _load from _pull_of_load where _pull <= ?", [done]
        ).fetchall()
    }
    ids = sorted(load for load, position in loads.items() if position in known)
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()


def newest_whole(connection: duckdb.DuckDBPyConnection) -> int:
    """The newest pull that is over, 0 where none is."""
    row = connection.execute("select max(_pull) from _pulls where is_finished").fetchone()
    return row[0] or 0 if row else 0


def _file(settings: Settings, source: Source) -> Path:
    return settings.private / "translated" / f"{source.name}.json"


def read_standing(settings: Settings, source: Source) -> Standing:
    """What was kept; nothing where it cannot be read."""
    try:
        kept = json.loads(_file(settings, source).read_text(encoding="utf-8"))
        kept["tallies"] = [tuple(one) for one in kept["tallies"]]
        kept["counts"] = {name: Count(**count) for name, count in kept["counts"].items()}
        return Standing(**kept)
    except (OSError, ValueError, TypeError, KeyError):
        return Standing()


def keep_standing(settings: Settings, source: Source, standing: Standing) -> None:
    """Keeps it for the next translation."""
    file = _file(settings, source)
    file.parent.mkdir(parents=True, exist_ok=True)
    waiting = file.with_suffix(".new")
    waiting.write_text(json.dumps(asdict(standing)), encoding="utf-8")
    waiting.replace(file)
