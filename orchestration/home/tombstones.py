"""Who is forgotten: keyed hashes of ids in `erased.json` of HOME, and nothing else of a person."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_text

ERASED_FILE = "erased.json"
KINDS = ("contact_id", "email", "visitor_id", "salesforce_id")


@dataclass(frozen=True)
class Person:
    """Everything that is known to be one person's. `shared_visitors` are other people's, too."""

    contact_ids: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    visitor_ids: tuple[str, ...] = ()
    salesforce_ids: tuple[str, ...] = ()
    shared_visitors: tuple[str, ...] = ()

    @property
    def is_nobody(self) -> bool:
        return not (self.contact_ids or self.emails)

    def of_kind(self, kind: str) -> tuple[str, ...]:
        values: tuple[str, ...] = getattr(self, f"{kind}s")
        return values


@dataclass
class Tombstones:
    """The keyed hashes of who is forgotten, by kind of id.

    `is_pending` until an erasure is complete; `has_room` while the warehouse file may still hold
    bytes of rows that were dropped.
    """

    key: str
    persons: int = 0
    is_pending: bool = False
    has_room: bool = False
    hashes: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    @property
    def is_empty(self) -> bool:
        return not any(self.hashes.values())


def _file(settings: Settings) -> Path:
    return settings.private / ERASED_FILE


def read_tombstones(settings: Settings) -> Tombstones:
    """Those of HOME; new ones, not yet written, where nobody was forgotten.

    Raises SettingsError.
    """
    file = _file(settings)
    try:
        return Tombstones(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Tombstones(key=secrets.token_hex(32))
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(
            f"{file} cannot be read ({error}); restore it from a backup: without it people who "
            "were forgotten would come back"
        ) from None


def write_tombstones(settings: Settings, tombstones: Tombstones) -> None:
    """Writes them so that a crash leaves the old file or the new one."""
    file = _file(settings)
    file.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    waiting = file.with_suffix(".partial")
    descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(json.dumps(asdict(tombstones)) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(waiting, file)


def hash_sql(tombstones: Tombstones, kind: str, column: str) -> str:
    """SQL for the keyed hash of a column of ids of a kind, addresses compared as R11 compares
    them.
    """
    value = {
        "email": f"lower(trim({column}))",
        "salesforce_id": f"left({column}, 15)",
    }.get(kind, column)
    return f"sha256({quote_text(tombstones.key + kind)} || {value})"


def add(connection: duckdb.DuckDBPyConnection, tombstones: Tombstones, person: Person) -> None:
    """Adds the hashes of a person."""
    for kind in KINDS:
        for value in person.of_kind(kind):
            hashed = connection.execute(
                f"select {hash_sql(tombstones, kind, '?')}", [value]
            ).fetchone()
            if hashed and hashed[0] not in tombstones.hashes[kind]:
                tombstones.hashes[kind].append(hashed[0])


def is_forgotten(tombstones: Tombstones, kind: str, column: str) -> str:
    """The condition that a column is an id of somebody who is forgotten."""
    hashes = ", ".join(quote_text(value) for value in tombstones.hashes[kind]) or "null"
    return f"coalesce({hash_sql(tombstones, kind, column)} in ({hashes}), false)"


def any_forgotten(tombstones: Tombstones, columns: dict[str, str]) -> str:
    return " or ".join(
        f"({column} is not null and {is_forgotten(tombstones, kind, column)})"
        for column, kind in columns.items()
        if tombstones.hashes[kind]
    )
