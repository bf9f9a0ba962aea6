"""Tables of a translation that are kept for the next one, so that no answer of an earlier pull is
parsed again.

A kind's `_NN_kept__NAME.sql` gives rows of the pulls after `done` alone, out of `fresh_` tables.
SQL behind it reads `fresh_NAME`, the rows of these pulls; `earlier_NAME`, those kept of the pulls
before; and `NAME`, all. Where it gives columns `_key` and `_said`, a row counts only if it says
something else than the newest one of its key.

The tables lie in a DuckDB file of HOME. They are derived: where the file is absent, damaged, in use
or fits something else than what was translated, everything is translated anew.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

from orchestration.connectors.kind import Source
from orchestration.connectors.standing import Standing
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name, quote_text

MARK = "_kept"
# The kept tables as connections know them.
KEPT = "kept"
FITS = "_fits"


def kept_folder(settings: Settings) -> Path:
    """Where the kept tables of all sources lie."""
    return settings.private / "translated"


def kept_file(settings: Settings, source: Source) -> Path:
    """Where those of a source lie."""
    return kept_folder(settings) / f"{source.name}.duckdb"


def name_of(file: Path) -> str:
    """The table that a file of SQL makes."""
    return file.stem.lstrip("_").split("__")[-1]


def is_kept(file: Path) -> bool:
    """Whether that table is kept."""
    return file.stem.rpartition("__")[0].endswith(MARK)


def kept_names(source: Source) -> list[str]:
    """The tables of a kind that are kept."""
    return [name_of(file) for file in sorted(source.kind.folder.glob("_*.sql")) if is_kept(file)]


def _fits(standing: Standing) -> str:
    """What the tables belong to: the pulls that they were made of, and the code."""
    said = f"{duckdb.__version__} {standing.done} {standing.loads} {standing.fingerprint}"
    return hashlib.sha256(said.encode()).hexdigest()


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    found = connection.execute(
        "select table_name from duckdb_tables() where database_name = ?", [KEPT]
    )
    return {name for (name,) in found.fetchall()}


def forget_kept(file: Path) -> None:
    """Removes kept tables: the next translation makes them anew."""
    file.unlink(missing_ok=True)
    file.with_name(f"{file.name}.wal").unlink(missing_ok=True)


def open_kept(
    connection: duckdb.DuckDBPyConnection, settings: Settings, source: Source, standing: Standing
) -> bool:
    """Attaches the kept tables; returns whether they are those of this standing. Where they are
    not, they are begun anew.
    """
    names, file = kept_names(source), kept_file(settings, source)
    if not names:
        return True
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection.execute(f"attach {quote_text(str(file))} as {KEPT}")
        there = _tables(connection)
        if standing.done and there.issuperset((*names, FITS)):
            told = connection.execute(f"select fits from {KEPT}.{FITS}").fetchall()
            return told == [(_fits(standing),)]
    except duckdb.Error as error:
        connection.execute(f"detach database if exists {KEPT}")
        if "lock" in str(error).lower():
            # Another process has them: this one goes without.
            connection.execute(f"attach ':memory:' as {KEPT}")
            return False
        forget_kept(file)
        connection.execute(f"attach {quote_text(str(file))} as {KEPT}")
    return False


def make_kept(connection: duckdb.DuckDBPyConnection, name: str, statement: str, done: int) -> None:
    """`fresh_`, `earlier_` and all rows of a kept table, by its SQL."""
    fresh, earlier = quote_name(f"fresh_{name}"), quote_name(f"earlier_{name}")
    connection.execute(f"create or replace table {fresh} as {statement}")
    before = _kept(name) if done else f"(select * from {fresh} limit 0)"
    connection.execute(f"create or replace view {earlier} as select * from {before}")
    found = connection.execute(f"select * from {fresh} limit 1")
    columns = {column[0] for column in found.description or ()}
    if found.fetchone() and columns.issuperset(("_key", "_said")):
        connection.execute(
            f"""
            create or replace table said as
            select * exclude (_is_fresh)
            from (
                select *, true as _is_fresh from {fresh}
                union all
                (
                    select *, false from {earlier} semi join {fresh} using (_key)
                    qualify row_number() over (partition by _key order by _pull desc) = 1
                )
            )
            qualify
                lag(_said) over (partition by _key order by _pull, _is_fresh) is distinct from _said
                and _is_fresh;
            drop table {fresh};
            alter table said rename to {fresh}
            """
        )
    connection.execute(
        f"create or replace view {quote_name(name)} as "
        f"select * from {earlier} union all select * from {fresh}"
    )


def _kept(name: str) -> str:
    return f"{KEPT}.{quote_name(name)}"


def keep(
    connection: duckdb.DuckDBPyConnection, source: Source, before: Standing, now: Standing
) -> None:
    """Keeps what the pulls up to `now` brought after `before`, as one transaction."""
    names = kept_names(source)
    if not names:
        return
    connection.execute("begin")
    for name in names:
        new = f"select * from {quote_name(f'fresh_{name}')} where _pull <= {now.done}"
        begin = (
            f"insert into {_kept(name)}"
            if before.done
            else (f"create or replace table {_kept(name)} as")
        )
        connection.execute(f"{begin} {new}")
    connection.execute(f"create or replace table {KEPT}.{FITS} as select ? as fits", [_fits(now)])
    connection.execute("commit")
