"""Files of the landing that were translated of a source: writing what they lack, and how their rows
stand.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.connectors.coverage import count_rows
from orchestration.connectors.kind import Source
from orchestration.connectors.rows import goes_on
from orchestration.connectors.standing import Count, Standing
from orchestration.ground.contract import raw_tables
from orchestration.ground.files import files_below
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name, quote_text


@dataclass(frozen=True)
class Written:
    """What became of `translated`: new rows, the file that has them, and how many of their keys
    the landing had not (None: not asked).
    """

    rows: int = 0
    file: Path | None = None
    new_keys: int | None = None


def translated_files(settings: Settings, source: Source, raw_table: str) -> list[Path]:
    """The files of a raw table in the landing that were translated from this source."""
    folder = settings.landing / raw_table
    return [
        file
        for file in files_below(folder, f"{source.name}-*.parquet", is_deep=False)
        if file.stem.rpartition("-")[0] == source.name
    ]


def _scan(files: list[Path]) -> str:
    listed = ", ".join(quote_text(str(file)) for file in files)
    return f"read_parquet([{listed}], union_by_name = true)"


def write_new(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    settings: Settings,
    raw_table: str,
    columns: list[str],
) -> Written:
    """Writes what the landing has not of `translated`."""
    folder = settings.landing / raw_table
    selected = ", ".join(map(quote_name, columns))
    existing = translated_files(settings, source, raw_table)
    query, new_keys = f"select {selected} from translated", None
    if existing:
        scan = _scan(existing)
        there = {row[0] for row in connection.execute(f"describe select * from {scan}").fetchall()}
        landed = ", ".join(
            f"landed.{quote_name(name)}"
            if name in there
            else f"null::varchar as {quote_name(name)}"
            for name in columns
        )
        key = [name for name in raw_tables()[raw_table].key if name in there]
        rows = f"select {landed} from {scan} as landed"
        if goes_on(source, raw_table) and key:
            # Few rows against many: only those of the same keys are held side by side.
            new_keys = _hold_known(connection, rows, key)
            rows = f"select {selected} from known"
        query += f" except {rows}"
    folder.mkdir(parents=True, exist_ok=True)
    waiting = folder / f".{source.name}-{os.getpid()}.parquet"
    try:
        copied = connection.execute(
            f"copy ({query}) to {quote_text(str(waiting))} (format parquet)"
        ).fetchone()
        if not copied or not copied[0]:
            return Written()
        with waiting.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()[:24]
        waiting.chmod(0o600)
        written = folder / f"{source.name}-{content}.parquet"
        os.replace(waiting, written)
        return Written(copied[0], written, new_keys)
    finally:
        waiting.unlink(missing_ok=True)
        with suppress(OSError):  # where nothing has come, there is no table
            folder.rmdir()


def _hold_known(connection: duckdb.DuckDBPyConnection, landed: str, key: list[str]) -> int:
    """The table `known`: landed rows (SQL) of the keys that `translated` has, too; returns how many
    of these keys are new.
    """
    same = {
        name: " and ".join(
            f"{name}.{quote_name(column)} is not distinct from translated.{quote_name(column)}"
            for column in key
        )
        for name in ("landed", "known")
    }
    connection.execute(
        f"create or replace table known as {landed} semi join translated on {same['landed']}"
    )
    keys = ", ".join(f"translated.{quote_name(column)}" for column in key)
    found = connection.execute(
        f"select count(distinct ({keys},)) from translated anti join known on {same['known']}"
    ).fetchone()
    return found[0] if found else 0


def count_landed(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    settings: Settings,
    raw_table: str,
    before: Standing,
    written: Written,
) -> Count:
    """How the rows of a raw table stand, as `translated` has them; where that is but the newest of
    them, as they have landed.
    """
    files = translated_files(settings, source, raw_table)
    if not (before.done and goes_on(source, raw_table) and files):
        return replace(count_rows(connection, "translated", raw_table), size=_size(files))
    others = [file for file in files if file != written.file]
    known = before.counts.get(raw_table)
    if known is None or known.size != _size(others) or (written.file and written.new_keys is None):
        return replace(count_rows(connection, _scan(files), raw_table), size=_size(files))
    if written.file is None:
        return known
    new = count_rows(connection, _scan([written.file]), raw_table)
    return replace(known.plus(new), keys=known.keys + (written.new_keys or 0), size=_size(files))


def _size(files: list[Path]) -> int:
    return sum(file.stat().st_size for file in files)
