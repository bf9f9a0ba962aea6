"""Rows of the raw contract out of a source's extracts, by the SQL of its kind."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.connectors.kept import is_kept, make_kept, name_of
from orchestration.connectors.kind import Source
from orchestration.connectors.standing import Tally
from orchestration.ground.contract import raw_tables
from orchestration.ground.sql import quote_name, quote_text

SHARED = Path(__file__).parent / "shared"
# Those that others are made of.
BASE = ("macros", "merges", "records")
# Columns of a translation that are not landed: the row's pull, what else than the key tells its
# versions apart, and how well its time is known.
PULL, PART, BASIS = "_pull", "_part", "_basis"
# How SQL asks behind which pull it is to go on.
DONE = "getvariable('done')"
# Lists of which the newest counts whole: every pull of them lands.
LISTS = ("reported_contacts", "reported_metrics")


def begin_tallies(connection: duckdb.DuckDBPyConnection, tallies: list[Tally]) -> None:
    """The table `tallied`: what the kind's `_tally.sql` counted of the pulls up to `done`."""
    connection.execute(
        "create or replace table tallied (raw_table varchar, what varchar, times bigint)"
    )
    if tallies:
        connection.executemany("insert into tallied values (?, ?, ?)", tallies)


def prepare_sql(connection: duckdb.DuckDBPyConnection, source: Source, done: int = 0) -> None:
    """The shared macros and the kind's own tables, in a connection that has the views of the
    extracts and, where `done` is not 0, the kept tables.

    A `_NAME.sql` of the kind becomes the table NAME, in the order of the file names.
    """
    shared = {file.stem: file for file in sorted(SHARED.glob("*.sql"))}
    for name in dict.fromkeys((*BASE, *shared)):
        connection.execute(shared[name].read_text(encoding="utf-8"))
    for file in sorted(source.kind.folder.glob("_*.sql")):
        name, statement = name_of(file), _statement(file)
        if is_kept(file):
            make_kept(connection, name, statement, done)
        else:
            connection.execute(f"create or replace table {quote_name(name)} as {statement}")


def _statement(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip().rstrip(";")


def code_of(source: Source) -> list[Path]:
    """The files that say what becomes of the extracts of a source."""
    return [
        *sorted(SHARED.glob("*.sql")),
        *sorted(source.kind.folder.glob("*.sql")),
        Path(__file__),
        Path(__file__).with_name("kept.py"),
    ]


def goes_on(source: Source, raw_table: str) -> bool:
    """Whether the kind's SQL of a raw table makes only what pulls after `done` bring."""
    return DONE in _statement(source.kind.folder / f"{raw_table}.sql")


def reads(source: Source, name: str) -> bool:
    """Whether the kind's SQL names a table."""
    return any(name in _statement(file) for file in source.kind.folder.glob("*.sql"))


def make_rows(connection: duckdb.DuckDBPyConnection, source: Source, raw_table: str) -> list[str]:
    """The view `translated`: rows of a raw table as text, without repetitions; returns the columns
    that land.

    All its rows; where the SQL goes on behind the pull `done`, those of later pulls.
    """
    file = source.kind.folder / f"{raw_table}.sql"
    connection.execute("drop view if exists translated")
    where = " and ".join(_wanted(source, raw_table)) or "true"
    statement = f"select * from ({_statement(file)}\n) where {where}"
    connection.execute(f"create or replace table told as {statement}")
    there = [row[0] for row in connection.execute("describe told").fetchall()]
    if raw_table == "events" and PULL in there and not source.kind.asks:
        _leave_what_pulls_may_bring(connection)
    landed = [
        name for name in there if not name.startswith("_") or name in ("_loaded_at", "_deleted")
    ]
    basis = (
        quote_name(BASIS)
        if BASIS in there
        else "time_basis"
        if "time_basis" in there
        else "'exact'"
    )
    selected = ", ".join(f"{quote_name(name)}::varchar as {quote_name(name)}" for name in landed)
    if behind := len(source.behind.get(raw_table, ())):
        # Later in the list, a little older: so the first counts where both are equally new.
        own = 'iso(instant_of("_loaded_at"::varchar)'
        selected = selected.replace(
            '"_loaded_at"::varchar as', f"{own} - interval {behind} microsecond) as"
        )
    selected += f", {basis}::varchar as {BASIS}"
    later = f"where {PULL} > {DONE}" if PULL in there and goes_on(source, raw_table) else ""
    query = f"select {selected} from told {later}"
    key = list(raw_tables()[raw_table].key) if raw_table in raw_tables() else landed
    parts = [*key, *([PART] if PART in there else [])]
    if _has_repeated(connection, parts):
        is_told_again = PULL in there and raw_table not in LISTS
        said = [name for name in landed if name != "_loaded_at"]
        _make_distinct(connection, parts, said if is_told_again else None)
        query = f"select distinct {selected} from distinct_told {later}"
    connection.execute(f"create view translated as {query}")
    return landed


def _wanted(source: Source, raw_table: str) -> list[str]:
    """Conditions on rows that the source's options make."""
    wanted = []
    if raw_table == "events" and source.brings:
        wanted.append(f"event_type in ({', '.join(map(quote_text, source.brings))})")
    if raw_table == "events" and source.yields:
        left = ", ".join(map(quote_text, source.yields))
        wanted.append(f"event_type not in ({left})")
    if raw_table == "events" and source.since is not None:
        # What has no time that can be read is the landing's to refuse.
        since = quote_text(source.since.isoformat())
        wanted.append(f"coalesce(try_cast(occurred_at as timestamp) >= {since}, true)")
    return wanted


def _leave_what_pulls_may_bring(connection: duckdb.DuckDBPyConnection) -> None:
    """Takes out of `told` the events before the time from which their pull was to bring them
    (`pull --since`). The first later pull that was to bring them, too, does so.

    Who asks for events by time has been given no others.
    """
    if not connection.execute("select 1 from _pulls where since is not null limit 1").fetchone():
        return
    connection.execute(
        f"""
        create or replace table told as
        with bounds as (
            select _pull, coalesce(since, timestamp '-infinity') as since from _pulls
        ),

        later as (
            select
                bounds._pull as told_by, later._pull, later.since,
                min(later.since) over (
                    partition by bounds._pull order by later._pull
                    rows between unbounded preceding and 1 preceding
                ) as until
            from bounds
            inner join bounds as later on bounds._pull <= later._pull
        )

        select told.* replace (later._pull as {PULL})
        from told
        inner join later on told.{PULL} = later.told_by
        where
            -- What has no time that can be read is the landing's to refuse.
            case
                when try_cast(told.occurred_at as timestamp) is null then later.until is null
                else
                    try_cast(told.occurred_at as timestamp) >= later.since
                    and coalesce(try_cast(told.occurred_at as timestamp) < later.until, true)
            end
        """
    )


def _has_repeated(connection: duckdb.DuckDBPyConnection, parts: list[str]) -> bool:
    """Makes the table `repeated`: the keys that several rows of `told` have."""
    keys = ", ".join(map(quote_name, parts))
    connection.execute(
        f"create or replace table repeated as select {keys} from told group by all "
        "having count(*) > 1"
    )
    return connection.execute("select 1 from repeated limit 1").fetchone() is not None


def _make_distinct(
    connection: duckdb.DuckDBPyConnection, parts: list[str], said: list[str] | None
) -> None:
    """The table `distinct_told`: of what is told again and again (`said`), only by the pull that
    changed it. Few rows repeat, so that only these are sorted.
    """
    same = " and ".join(
        f"told.{quote_name(name)} is not distinct from repeated.{quote_name(name)}"
        for name in parts
    )
    changed = ""
    if said is not None:
        row = ", ".join(map(quote_name, said))
        keys = ", ".join(map(quote_name, parts))
        changed = (
            f"qualify lag(hash({row})) over (partition by {keys} order by {PULL}, _loaded_at) is "
            f"distinct from hash({row})"
        )
    connection.execute(
        "create or replace table distinct_told as "
        f"select * from told anti join repeated on {same} "
        f"union all (select * from told semi join repeated on {same} {changed})"
    )
