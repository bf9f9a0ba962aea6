"""Whether what is published is still what was written: each folder keeps sizes, hashes and row
counts of what it had when readers came to see it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ground.paths import PUBLISHED_SCHEMAS
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name
from orchestration.home.publication import Publication

CONTENTS = "contents.json"
# A file up to this size is always read; a larger one where its time of change is another.
ALWAYS_READ = 64 * 1024 * 1024
_BLOCK = 1024 * 1024


def _hash(file: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _recorded(folder: Path) -> dict[str, Any] | None:
    """What a folder says that it has; None where its version left no such file.

    Raises OSError and ValueError.
    """
    try:
        found = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if not isinstance(found, dict) or not {"files", "tables"} <= found.keys():
        raise ValueError(f"{CONTENTS} lacks what it is to say")
    return found


def record_contents(folder: Path, rows: dict[str, int], before: Publication | None) -> Path:
    """Writes sizes, hashes and `rows` by table into a complete folder; returns the file.

    A file that is one of the publication before under a second name is not read again.
    """
    try:
        known = (_recorded(before.folder) or {})["files"] if before else {}
    except (OSError, ValueError, KeyError):
        known = {}
    files = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name, status = file.relative_to(folder).as_posix(), file.stat()
        entry = {"bytes": status.st_size, "modified_ns": status.st_mtime_ns}
        same = known.get(name, {})
        is_same = status.st_nlink > 1 and all(same.get(key) == entry[key] for key in entry)
        files[name] = {**entry, "blake2b": same["blake2b"] if is_same else _hash(file)}
    target = folder / CONTENTS
    target.write_text(json.dumps({"files": files, "tables": rows}) + "\n", encoding="utf-8")
    return target


def record_again(folder: Path, name: str) -> None:
    """Records one file anew that the program itself has replaced. Raises OSError and ValueError."""
    found = _recorded(folder)
    if found is None:
        return
    status = (folder / name).stat()
    found["files"][name] = {
        "bytes": status.st_size,
        "modified_ns": status.st_mtime_ns,
        "blake2b": _hash(folder / name),
    }
    written = folder / f".{CONTENTS}.written"
    written.write_text(json.dumps(found) + "\n", encoding="utf-8")
    shutil.copymode(folder / CONTENTS, written)
    os.replace(written, folder / CONTENTS)


def _file_damage(folder: Path, files: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, entry in files.items():
        file = folder / name
        try:
            status = file.stat()
            if status.st_size != entry["bytes"]:
                yield f"{name} has {status.st_size:,} bytes, had {entry['bytes']:,}"
                continue
            is_read = status.st_size <= ALWAYS_READ or status.st_mtime_ns != entry["modified_ns"]
            if is_read and _hash(file) != entry["blake2b"]:
                yield f"{name} has another content than was written"
        except FileNotFoundError:
            yield f"{name} is gone"
        except OSError as error:
            yield f"{name} cannot be read ({error.strerror})"


def _row_counts(file: Path) -> dict[str, int]:
    with closing(duckdb.connect(str(file), read_only=True)) as connection:
        names = connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = current_database() and list_contains(?, schema_name)",
            [list(PUBLISHED_SCHEMAS)],
        ).fetchall()
        return {
            f"{schema}.{table}": connection.execute(
                f"select count(*) from {quote_name(schema)}.{quote_name(table)}"
            ).fetchall()[0][0]
            for schema, table in names
        }


def damage(publication: Publication) -> str | None:
    """What is wrong with a published folder, in words; None where it is whole."""
    folder = publication.folder
    try:
        if not folder.is_dir():
            return f"{folder} is gone"
        recorded = _recorded(folder)
        if recorded:
            for found in _file_damage(folder, recorded["files"]):
                return found
        counts = _row_counts(publication.file)
        if recorded and counts != recorded["tables"]:
            return f"{publication.file.name} has other tables or rows than were written"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"{CONTENTS} cannot be read ({error})"
    except duckdb.Error as error:
        return f"{publication.file.name} cannot be opened ({str(error).splitlines()[0]})"
    return None


def whole_publications(settings: Settings) -> Iterator[Publication]:
    """The published folders that are whole: what readers see, then the one kept before it."""
    visible = Publication.visible(settings)
    if visible is not None and damage(visible) is None:
        yield visible
    runs = settings.private / "runs"
    kept = sorted(runs.iterdir(), reverse=True) if runs.is_dir() else []
    for folder in kept:
        is_visible = visible is not None and folder.name == visible.folder.name
        if folder.suffix != ".partial" and not is_visible and damage(Publication(folder)) is None:
            yield Publication(folder)
