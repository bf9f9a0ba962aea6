"""The errors that end a run or a command. Each message says what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class SettingsError(Exception):
    """An argument, environment variable, HOME or rule file that cannot be used."""


class DamagedWarehouse(SettingsError):
    """The warehouse file cannot be read; a full refresh makes a new one."""


class HomeBusy(Exception):
    """Another run works on this HOME."""


class LandingError(Exception):
    """The landing cannot be used as it is. The message names every file and what would cure it."""


class SourcesFailed(Exception):
    """Sources could not be read, and the run was to be strict about it. The message says why."""


@dataclass(frozen=True)
class NodeFailure:
    """A model or test that failed.

    `message` is what dbt says. Of a test: how many rows fail, the SQL that finds them, and up to
    three of them by column.
    """

    unique_id: str
    name: str
    message: str
    failures: int | None = None
    compiled_sql: str | None = None
    description: str = ""
    sample: list[dict[str, Any]] = field(default_factory=list)


class BuildFailed(Exception):
    """dbt could not build. `failures` say what and why."""

    def __init__(self, message: str, failures: list[NodeFailure] | None = None) -> None:
        super().__init__(message)
        self.failures = failures or []


@dataclass(frozen=True)
class BrokenCheck:
    """A blocking business check that failed: how many rows break it, and up to three of them."""

    table: str
    name: str
    rule: str
    says: str
    cure: str
    rows: int
    sample: list[dict[str, Any]]
    error: str | None = None


@dataclass(frozen=True)
class RejectReport:
    """A line for each table over the limit of rejected rows, and the CSV of the rejects."""

    lines: list[str]
    file: Path


class ChecksFailed(Exception):
    """Blocking checks failed, or too many rows were rejected; nothing is published.

    `docs` is the first page of Data Docs, where they were written.
    """

    def __init__(
        self,
        broken: Sequence[BrokenCheck],
        rejects: RejectReport | None,
        docs: Path | None = None,
    ) -> None:
        names = ", ".join(
            f"{check.table}.{check.name} ({check.rule}, {check.rows:,} row(s))" for check in broken
        )
        failed = [f"{len(broken)} blocking check(s) failed: {names}"] if broken else []
        super().__init__(
            "; ".join([*failed, *(["too many rows were rejected"] if rejects else [])])
        )
        self.broken = list(broken)
        self.rejects = rejects
        self.docs = docs


class UnknownId(Exception):
    """Nothing published has this id. The message names near ones."""


class ClusterError(Exception):
    """A local cluster cannot start. The message says what is missing, or which log says why."""
