"""What caused a restatement: records, variables, rules and models that are new to readers."""

from __future__ import annotations

import duckdb

from orchestration.ground.settings import Settings
from orchestration.ground.sql import exact_path, one_row, sql_beside
from orchestration.home.origin import LANDED_FILES, BuiltFrom, note_unseen, read_origin
from orchestration.home.publication import Publication
from orchestration.publishing.origin import built_from
from orchestration.publishing.words import Cause, change_kinds


def find_causes(
    connection: duckdb.DuckDBPyConnection, settings: Settings, visible: Publication
) -> list[Cause]:
    """Everything that differs between what was published before and what is about to be.

    Makes the temporary table `changed_records`, whose records have a number.
    """
    previous = read_origin(visible.folder)
    note_unseen(connection, visible)
    connection.execute(sql_beside(__file__, "changed_records"))
    if previous is None:
        return [Cause("unknown", 1)]
    causes = [
        *_landed_causes(connection, visible),
        *_other_causes(previous, built_from(settings)),
    ]
    return sorted(causes, key=_order) or [Cause("unknown", 1)]


def _order(cause: Cause) -> tuple[int, str]:
    return list(change_kinds()).index(cause.kind), cause.detail or ""


def _other_causes(old: BuiltFrom, new: BuiltFrom) -> list[Cause]:
    """What differs besides what landed.

    The as-of time is none: no number here depends on it (R84). A variable that only one of two
    versions states is none either: what it changes, the models do.
    """
    causes = [
        Cause("variable", 1, f"{name} {old.variables[name]} -> {new.variables[name]}")
        for name in sorted(old.variables.keys() & new.variables.keys())
        if old.variables[name] != new.variables[name]
    ]
    causes += [
        Cause("rule", 1, name)
        for name in sorted(old.rules.keys() | new.rules.keys())
        if old.rules.get(name) != new.rules.get(name)
    ]
    if new.erasures > old.erasures:
        causes.append(Cause("erasure", new.erasures - old.erasures))
    return causes + ([Cause("model", 1)] if old.models != new.models else [])


def _landed_causes(connection: duckdb.DuckDBPyConnection, visible: Publication) -> list[Cause]:
    """Records that came or changed with files that readers had not seen the rows of, and rows whose
    files are gone (after a full refresh).
    """
    rows = connection.execute(
        "select kind, count(distinct record) from temp.changed_records group by kind"
    ).fetchall()
    path = exact_path(str((visible.folder / LANDED_FILES).resolve()))
    (gone,) = one_row(connection, sql_beside(__file__, "removed_rows", seen=path))
    return [Cause(kind, count) for kind, count in rows] + (
        [Cause("removed_row", gone)] if gone else []
    )
