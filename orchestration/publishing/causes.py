"""What brought a restatement about: records, variables, rules and models that readers have not
seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.ground.contract import RawTable, raw_tables
from orchestration.ground.settings import Settings
from orchestration.ground.sql import exact_path, one_row, quote_text, sql_beside
from orchestration.home.publication import Publication
from orchestration.publishing.origin import LANDED_FILES, BuiltFrom, built_from, read_origin
from orchestration.publishing.words import change_kinds, rows_of


@dataclass(frozen=True)
class Source:
    """What changed records of a raw table are called as causes, and what leads from them to
    campaigns (`subject` and its columns).

    `new` is of a record that had not landed before, `edit` of one that had and says something else
    now.
    """

    new: str
    edit: str
    subject: str
    columns: tuple[str, ...]


LATE_EVENT = "late_event"


def sources() -> dict[str, Source]:
    """By raw table. Salesforce memberships (R06) and what other systems report are in no number,
    so they are not there. A late event is told from a new one by when it happened.
    """
    return {
        row["raw_table"]: Source(
            row["new"],
            row["edit"],
            row["subject"],
            tuple(row[name] for name in ("subject_type", "subject_id") if row[name]),
        )
        for row in rows_of(Path(__file__).with_name("changed_tables.csv"))
    }


@dataclass(frozen=True)
class Cause:
    """How many changes of a kind, and, of a variable or rule file, which."""

    kind: str
    changes: int
    detail: str | None = None

    @property
    def text(self) -> str:
        return f"{self.kind} {self.detail or self.changes}"


def find_causes(
    connection: duckdb.DuckDBPyConnection, settings: Settings, visible: Publication
) -> list[Cause]:
    """Everything that differs between what was published before and what is about to be.

    Fills `changed_records`.
    """
    connection.execute(
        "create or replace temporary table changed_records (record bigint, kind varchar, subject "
        "varchar, subject_type varchar, id varchar)"
    )
    previous = read_origin(visible.folder)
    if previous is None:
        return [Cause("unknown", 1)]
    causes = [
        *_landed_causes(connection, visible, previous.as_of),
        *_other_causes(previous, built_from(settings)),
    ]
    return sorted(causes, key=_order) or [Cause("unknown", 1)]


def _order(cause: Cause) -> tuple[int, str]:
    return list(change_kinds()).index(cause.kind), cause.detail or ""


def _other_causes(old: BuiltFrom, new: BuiltFrom) -> list[Cause]:
    """What differs besides what landed.

    The as-of time is none: no number here depends on it (R84).
    """
    causes = [
        Cause(
            "variable",
            1,
            f"{name} {old.variables.get(name, 'unset')} -> {new.variables.get(name, 'unset')}",
        )
        for name in sorted(old.variables.keys() | new.variables.keys())
        if old.variables.get(name) != new.variables.get(name)
    ]
    causes += [
        Cause("rule", 1, name)
        for name in sorted(old.rules.keys() | new.rules.keys())
        if old.rules.get(name) != new.rules.get(name)
    ]
    if new.erasures > old.erasures:
        causes.append(Cause("erasure", new.erasures - old.erasures))
    return causes + ([Cause("model", 1)] if old.models != new.models else [])


def _landed_causes(
    connection: duckdb.DuckDBPyConnection, visible: Publication, as_of: datetime
) -> list[Cause]:
    """Records that came or changed with files that readers had not seen the rows of, and rows whose
    files are gone (after a full refresh).
    """
    path = exact_path(str((visible.folder / LANDED_FILES).resolve()))
    connection.execute(
        f"create or replace temporary table seen_files as select * from read_parquet({path})"
    )
    connection.execute(
        """
        create or replace temporary table fresh_files as
        select table_name, file_id from raw.files
            anti join temp.seen_files as seen using (table_name, content)
        """
    )
    for (table,) in connection.execute(
        "select distinct table_name from temp.fresh_files order by all"
    ).fetchall():
        if table in sources():
            _find_changed(connection, raw_tables()[table], as_of)
    rows = connection.execute(
        "select kind, count(distinct record) from temp.changed_records group by kind"
    ).fetchall()
    (gone,) = one_row(
        connection,
        (
            "select coalesce(sum(rows_accepted), 0)::bigint from temp.seen_files as seen anti join "
            "raw.files using (table_name, content)"
        ),
    )
    return [Cause(kind, count) for kind, count in rows] + (
        [Cause("removed_row", gone)] if gone else []
    )


def _listed(table: RawTable) -> str:
    """The condition that a landed row is no rejected one: its types are rows of the seeds (R02,
    R33).
    """
    names = [column.name for column in table.columns]
    conditions = ["true"]
    if "event_type" in names:
        conditions.append("event_type in (select event_type from rules.interaction_types)")
    if "asset_type" in names:
        conditions.append(
            "(asset_type is null or asset_type in (select asset_type from rules.asset_types))"
        )
    return " and ".join(conditions)


def _find_changed(connection: duckdb.DuckDBPyConnection, table: RawTable, as_of: datetime) -> None:
    """Adds to `changed_records` those of a table whose newest landed version (R14) is another than
    readers have seen.

    A row that says what is known already, or that is older than what is known, changes nothing.
    """
    source = sources()[table.name]
    key = ", ".join(table.key)
    values = [column.name for column in table.columns if column.name != "_loaded_at"]
    record = ", ".join(f"{name} := {name}" for name in values)
    ties = ", ".join(f"{name}::varchar desc nulls last" for name in values if name not in table.key)
    newest = (
        f"qualify row_number() over (partition by {key} order by _loaded_at "
        f"desc{', ' + ties if ties else ''}) = 1"
    )
    subject = source.columns
    columns = ", ".join(
        dict.fromkeys([*table.key, *subject, *(["occurred_at"] if table.name == "events" else [])])
    )
    kind = (
        f"case when before.{table.key[0]} is not null then {quote_text(source.edit)} else "
        f"{quote_text(source.new)} end"
    )
    if table.name == "events":
        kind = (
            f"case when before.event_id is null and now.occurred_at <= $as_of then '{LATE_EVENT}' "
            f"else {kind} end"
        )
    connection.execute(
        sql_beside(
            __file__,
            "changed_records",
            table=table.name,
            name=quote_text(table.name),
            listed=_listed(table),
            newest=newest,
            key=key,
            record=record,
            columns=columns,
            kind=kind,
            subject=quote_text(source.subject),
            subject_type=f"now.{subject[0]}" if len(subject) > 1 else "null",
            subject_id=f"now.{subject[-1]}" if subject else "null",
        ),
        {"as_of": as_of} if table.name == "events" else {},
    )
