"""What a publication changes in numbers that readers have already seen, and what brought it about.

Compared are the file that readers see until the switch and the tables about to be published, so
that the log is of what was really seen: a run that fails leaves nothing in it. The log goes from
file to file. Beside each published file lies what it was made from (`built_from.json`,
`landed_files.parquet`); what differs from that now are the causes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name, quote_text, sql_beside
from orchestration.home.publication import Publication
from orchestration.publishing.causes import find_causes
from orchestration.publishing.numbers import number_pairs, number_rows
from orchestration.publishing.words import Cause, change_kinds
from orchestration.terminal import progress

# The two published tables of the log, each written from a temporary table of this name.
LOG, CAUSES = "restatements", "restatement_causes"
TABLES = (LOG, CAUSES)
# The published tables whose numbers are compared, with the column of the model where a number is of
# one.
COMPARED = {"campaign_performance": None, "attributed_revenue": "model"}
# Counts and money. A ratio is not compared: its differences add up to nothing, and what it is made
# of is compared.
_ADDITIVE = ("BIGINT", "DECIMAL")
VALUE_TYPE = "decimal(38, 6)"


class Incomparable(Exception):
    """What was published before lacks what is compared."""


def prepare(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    run_id: str,
    visible: Publication | None,
) -> None:
    """Makes the temporary tables `restatements` and `restatement_causes`: those of the published
    file, and what this run adds.

    Without a published file, or with one that cannot be read, which is said, they are empty.
    """
    _empty(connection)
    if visible is None:
        return
    try:
        with _attached(connection, visible.file):
            for table in TABLES:
                _carry_over(connection, table)
            _forget_oldest(connection, int(str(settings.variables["keep_restatements"])))
            if _compare(connection):
                causes = find_causes(connection, settings, visible)
                _add(connection, run_id, visible.run_id, causes)
    except (Incomparable, duckdb.IOException, duckdb.SerializationException) as error:
        progress.note(
            f"what was published before cannot be compared with ({str(error).splitlines()[0]}); "
            f"the log of restatements begins anew"
        )
        _empty(connection)


def _empty(connection: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        connection.execute(
            f"create or replace temporary table {table} as select * from diagnostics.{table}"
        )


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, file: Path) -> Iterator[None]:
    try:
        connection.execute(f"attach {quote_text(str(file.resolve()))} as previous (read_only)")
    except duckdb.Error as error:
        raise Incomparable(str(error)) from None
    try:
        yield
    finally:
        connection.execute("detach previous")


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Names and types of a table's columns, none where there is no such table."""
    try:
        return {row[0]: row[1] for row in connection.execute(f"describe {table}").fetchall()}
    except duckdb.CatalogException:
        return {}


def _carry_over(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """The rows of earlier runs, where the published file has the table."""
    here = _columns(connection, f"temp.main.{table}")
    shared = ", ".join(
        quote_name(name)
        for name in _columns(connection, f"previous.diagnostics.{table}")
        if name in here
    )
    if shared:
        connection.execute(
            f"insert into temp.{table} by name select {shared} from previous.diagnostics.{table}"
        )


def _forget_oldest(connection: duckdb.DuckDBPyConnection, runs: int) -> None:
    """Keeps the log of the latest runs; with the one that may be added there are `runs` of them."""
    listed = " union ".join(f"select run_id from temp.{table}" for table in TABLES)
    for table in TABLES:
        connection.execute(
            f"delete from temp.{table} where run_id not in "
            f"(select run_id from ({listed}) order by run_id desc limit {runs - 1})"
        )


def _compare(connection: duckdb.DuckDBPyConnection) -> int:
    """Fills `restated` with every number that changed, appeared or vanished, and counts them.

    Numbers whose column only one of the two files has are not compared.
    """
    old, new = [], []
    for table, model in COMPARED.items():
        known = _columns(connection, f"previous.marts.{table}")
        if not known:
            raise Incomparable(f"it has no table marts.{table}")
        columns = _columns(connection, f"marts.{table}")
        metrics = [
            name for name, kind in columns.items() if name in known and kind.startswith(_ADDITIVE)
        ]
        of = model or "cast(null as varchar)"
        old += number_rows(f"previous.marts.{table}", metrics, of, VALUE_TYPE)
        new += number_rows(f"marts.{table}", metrics, of, VALUE_TYPE)
    connection.execute(sql_beside(__file__, "restated", number_pairs=number_pairs(old, new)))
    return connection.execute("select count(*) from temp.restated").fetchone()[0]


def _add(
    connection: duckdb.DuckDBPyConnection, run_id: str, previous_run: str, causes: list[Cause]
) -> None:
    """Adds `restated` and its causes to the log: those of the run, and of each campaign those that
    concern it.
    """
    for cause in causes:
        connection.execute(
            f"insert into temp.{CAUSES} values (?, ?, ?, ?)",
            [run_id, cause.kind, cause.detail, cause.changes],
        )
    connection.execute(
        sql_beside(
            __file__, "restatements", log=LOG, causes=sql_beside(__file__, "causes_of_campaigns")
        ),
        {
            "kinds": list(change_kinds()),
            "run_id": run_id,
            "previous_run": previous_run,
            "run_causes": ", ".join(cause.text for cause in causes) or None,
        },
    )
