"""`touchledger forget`: a person leaves everything below HOME, and what is published is made
anew.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb

from orchestration.building.plan import built_state, forget_build
from orchestration.connectors.erasure import (
    UserFile,
    erase_extracts,
    erase_kept,
    erase_translated,
    traced_extracts,
    user_files,
)
from orchestration.engines.registry import left_on_spark, remove_copies
from orchestration.ground.contract import raw_tables
from orchestration.ground.errors import HomeBusy, LandingError, SettingsError
from orchestration.ground.paths import REJECTED_FILE
from orchestration.ground.settings import Settings
from orchestration.home.erasure import compact, erase_rows, scrub_texts
from orchestration.home.lock import HomeLock
from orchestration.home.person import find_person
from orchestration.home.publication import Publication
from orchestration.home.tombstones import Person, Tombstones, add, read_tombstones, write_tombstones
from orchestration.home.warehouse import warehouse
from orchestration.landing.assumed import refuse_sample
from orchestration.landing.files import listed
from orchestration.terminal.console import plain
from orchestration.terminal.failures import print_error

DONE, FAILED, UNUSABLE = 0, 1, 2
# What HOME keeps besides the warehouse, the extracts and what is published: made again by a run,
# or by asking `what-if` again.
REMADE = ("logs", "scratch", "target", "target-spark", "what_if", "dagster", "extracts")


def _preview(
    connection: duckdb.DuckDBPyConnection, person: Person, tombstones: Tombstones
) -> list[str]:
    """What is about to happen, in words."""
    lines = [
        f"Contact records: {', '.join(person.contact_ids) or 'none'}",
        f"Addresses: {', '.join(person.emails) or 'none'}",
        f"Visitors: {', '.join(person.visitor_ids) or 'none'}",
    ]
    if person.shared_visitors:
        lines.append(
            f"Visitors that are somebody else's, too, and stay theirs: "
            f"{', '.join(person.shared_visitors)}"
        )
    connection.execute("begin")
    try:
        counts = erase_rows(connection, tombstones, raw_tables())
    finally:
        connection.execute("rollback")
    for table, rows in counts.items():
        verb = "lose the person" if table == "events" else "are removed"
        lines.append(f"{rows:,} row(s) of {table} {verb}")
    return lines


def _name_user_files(files: list[UserFile], landing: Path) -> None:
    if not files:
        return
    print(
        "\nThese files of the landing are yours and still name the person; take the rows out, "
        "then run once with --full-refresh:"
    )
    for file in files:
        print(f"  {landing / plain(file.name)}: {file.rows:,} row(s)")


def _clean(settings: Settings) -> None:
    """Takes away what may still hold rows of before: older publications, copies, logs."""
    visible = Publication.visible(settings)
    runs = settings.private / "runs"
    for folder in runs.iterdir() if runs.is_dir() else ():
        if visible is None or folder.name != visible.folder.name:
            shutil.rmtree(folder, ignore_errors=True)
    for name in REMADE:
        shutil.rmtree(settings.private / name, ignore_errors=True)
    for file in [
        settings.home / REJECTED_FILE,
        *settings.home.glob(f"{settings.warehouse.name}.broken-*"),
    ]:
        file.unlink(missing_ok=True)
    shutil.rmtree(settings.home / "data_docs", ignore_errors=True)


def _last_target(settings: Settings) -> str | None:
    """The engine of the last build in this HOME."""
    with warehouse(settings) as connection:
        state = built_state(connection)
    return state.target if state else None


def _say_of_the_cluster(settings: Settings, built_on: str | None) -> None:
    """Names what lies where this run does not come: what an earlier one left with Spark."""
    if built_on != "spark" or settings.target == "spark":
        return
    databases, is_lake_shared = left_on_spark(settings)
    shared = (
        "" if is_lake_shared else " If the lake was outside HOME, set TOUCHLEDGER_SPARK_LAKE, too."
    )
    print(
        f"\nThis HOME was last built on Spark. The databases {databases} on the "
        f"cluster still show the person: run once with --target spark --full-refresh, or drop "
        f"them.{shared}"
    )


def _agreed(arguments: argparse.Namespace) -> bool:
    if arguments.yes:
        return True
    if not sys.stdin.isatty():
        print_error("Nobody can be asked here; add --yes to go on")
        return False
    with suppress(EOFError):
        return input("\nForget this person for good? [y/N] ").strip().lower() in ("y", "yes")
    return False


def _begin(
    settings: Settings, arguments: argparse.Namespace, tombstones: Tombstones
) -> tuple[Person, list[UserFile]] | None:
    """Shows and asks; then takes the person out of all rows and files.

    None where it was refused.
    """
    is_contact = arguments.subject == "contact"
    with warehouse(settings) as connection:
        refuse_sample(connection, settings)
        person = find_person(
            connection,
            contact_id=arguments.id if is_contact else None,
            email=None if is_contact else arguments.id,
        )
        if person.is_nobody:
            if tombstones.is_pending:
                return person, []
            known = "contact" if is_contact else "address"
            raise SettingsError(
                f"No {known} {arguments.id!r} has landed in {settings.home}; nothing was changed"
            )
        add(connection, tombstones, person)
        traced = traced_extracts(settings, person)
        files = user_files(connection, settings, tombstones)
        print("\n".join(plain(line) for line in _preview(connection, person, tombstones)))
        _name_user_files(files, settings.landing)
        if not _agreed(arguments):
            return None
        # What an engine reads may be a copy of what has landed: it is written anew without the
        # person.
        remove_copies(settings)
        # From here on a crash is finished by asking again: the hashes know whom.
        tombstones.persons += 1
        tombstones.is_pending = True
        write_tombstones(settings, tombstones)
        # Before the rows: without them nobody could be found again in extracts.
        erase_extracts(traced)
        erase_kept(settings, person)
        erase_translated(connection, settings, tombstones, person)
        connection.execute("begin")
        try:
            erase_rows(connection, tombstones, raw_tables())
            scrub_texts(connection, person)
            connection.execute("commit")
        except BaseException:
            connection.execute("rollback")
            raise
        forget_build(connection)
    return person, files


def forget(
    arguments: argparse.Namespace,
    settings: Settings,
    run: Callable[[HomeLock], int],
) -> int:
    """Erases a person; `run` builds and publishes while HOME is held. Returns the exit status:
    0 done, 1 not published yet, 2 nothing was changed.
    """
    lock = HomeLock()
    try:
        if not settings.warehouse.exists():
            raise SettingsError(
                f"Nothing has landed in {settings.home}; name another HOME with --home DIR"
            )
        listed(settings.landing, settings.landing)  # what is forgotten is published from it
        with lock.held(settings):
            tombstones = read_tombstones(settings)
            built_on = _last_target(settings)
            begun = _begin(settings, arguments, tombstones)
            if begun is None:
                print("Nothing was changed.")
                return UNUSABLE
            status = run(lock)
            if status != 0:
                print_error(
                    "The person has left all landed rows, but what is published still shows it. "
                    "Cure what is named above and give the same command again"
                )
                return FAILED
            _clean(settings)
            compact(settings)
            tombstones.is_pending = tombstones.has_room = False
            write_tombstones(settings, tombstones)
    except (SettingsError, HomeBusy, LandingError) as error:
        print_error(str(error))
        return UNUSABLE
    _say_of_the_cluster(settings, built_on)
    print("\nForgotten: only keyed hashes stay, so that the same person landing again is dropped.")
    return DONE
