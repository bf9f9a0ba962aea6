"""Pulling and translating as steps of a run: one source after the other, and what fails stops no
other.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from requests.exceptions import RequestException

from orchestration.connectors.coverage import CoverageRow, note_failure
from orchestration.connectors.kind import Source, SourceFailed
from orchestration.connectors.ledger import UNREADABLE
from orchestration.connectors.network import unreachable
from orchestration.connectors.pull import PullStopped, pull_source
from orchestration.connectors.secrets import without_secrets
from orchestration.connectors.translate import translate
from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings
from orchestration.terminal import progress
from orchestration.terminal.advice import said_of


@dataclass(frozen=True)
class Outcome:
    """How the pull of a source ended. `says` is empty where it read all that it asked for."""

    source: Source
    failed: bool = False
    says: str = ""


def _told(error: BaseException) -> BaseException:
    """Of a chain of wrapped errors the one that tells a person most: ours, else the network's, else
    the first.
    """
    chain: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in chain:
        chain.append(one)
        one = one.__cause__ or one.__context__
    for kinds in ((SourceFailed, PullStopped, SettingsError), (RequestException,), (OSError,)):
        for one in chain:
            if isinstance(one, kinds):
                return one
    return error


def _said(source: Source, says: str, *, failed: bool) -> Outcome:
    if says:
        progress.note(f"{source.name}: {says}")
    return Outcome(source, failed, says)


def _stopped(source: Source, settings: Settings, says: str, *, failed: bool) -> Outcome:
    note_failure(settings, source, says)
    return _said(source, says, failed=failed)


def _is_of_home(error: BaseException, settings: Settings) -> bool:
    """Whether it is the place of the extracts that is at fault, not the source: that stops all."""
    if not isinstance(error, OSError) or isinstance(error, RequestException):
        return False
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return True
    named = (error.filename, error.filename2)
    return any(Path(name).is_relative_to(settings.home) for name in named if isinstance(name, str))


def pull_one(
    source: Source, settings: Settings, *, since: datetime | None = None, full: bool = False
) -> Outcome:
    """Pulls a source.

    Raises SettingsError where the source cannot be of any use as it is configured.
    """
    try:
        pull = pull_source(source, settings, since=since, full=full)
    except Exception as raised:
        error = _told(raised)
        if _is_of_home(error, settings):
            raise error from None
        says = without_secrets(str(error) or type(error).__name__, source)
        if isinstance(error, SettingsError):
            raise SettingsError(says) from None
        if isinstance(error, PullStopped):
            return _stopped(source, settings, says, failed=False)
        if isinstance(error, RequestException):
            says = without_secrets(unreachable(error), source)
            says += "; what had come is kept, and the next pull goes on"
        elif isinstance(error, OSError):
            says = said_of(error)
        elif not isinstance(error, SourceFailed):
            says = f"{type(error).__name__}: {says}"
        return _stopped(source, settings, says, failed=True)
    if pull.resumed and ((full and not pull.full) or since not in (None, pull.since)):
        progress.note(
            f"{source.name}: continued the interrupted pull with its own options; to use "
            f"--full or --since, pull again"
        )
    # The ledger has these by table, so that the coverage does.
    unread = [entry.reason for entry in pull.entries.values() if entry.status == UNREADABLE]
    says = without_secrets("; ".join(filter(None, unread)), source)
    note_failure(settings, source, None)
    return _said(source, says, failed=bool(says))


def pull_all(
    sources: Iterable[Source],
    settings: Settings,
    *,
    since: datetime | None = None,
    full: bool = False,
) -> list[Outcome]:
    """Pulls each source in turn; one that fails does not stop the others."""
    outcomes = []
    for source in sources:
        progress.item(f"{source.name} ({source.kind.name})")
        outcomes.append(pull_one(source, settings, since=since, full=full))
    return outcomes


def translate_all(sources: Iterable[Source], settings: Settings) -> list[CoverageRow]:
    """Brings what has come of each source into the landing; returns the coverage."""
    rows: list[CoverageRow] = []
    for source in sources:
        done = translate(source, settings)
        new = {name: count for name, count in done.new_rows.items() if count}
        if new:
            listed = ", ".join(f"{count:,} {name}" for name, count in new.items())
            progress.item(f"{source.name}: new rows: {listed}")
        rows += done.coverage
    return rows
