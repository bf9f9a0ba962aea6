"""The share of rejected rows: the one check that is no query on a published table."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.checking.results import CheckResult
from orchestration.checking.suites import SAMPLE_ROWS, BusinessCheck
from orchestration.ground.errors import RejectReport
from orchestration.ground.paths import REJECTED_FILE
from orchestration.ground.settings import Settings
from orchestration.ground.spreadsheet import safe_cell_sql
from orchestration.ground.sql import one_row, quote_text, sql_beside
from orchestration.home.erasure import REASON as FORGOTTEN

REJECT_RATE = BusinessCheck(
    table="diagnostics.rejected_records",
    name="reject_rate",
    rule="raw contract",
    says="The share of rejected rows of every table stays within reject_rate_limit.",
    sql="",
    cure="Repair the source, or allow more for this run with --var reject_rate_limit=SHARE.",
    blocking=True,
)


@dataclass(frozen=True)
class RejectRates:
    """Rejected rows per table since the last published run: one line each, which are over the
    limit, and the same as a check's result.
    """

    lines: list[str]
    over_limit: list[str]
    result: CheckResult

    def save(self, connection: duckdb.DuckDBPyConnection, settings: Settings) -> RejectReport:
        """Leaves the rejects since the last published run as a CSV in HOME."""
        file = settings.home / REJECTED_FILE
        columns = ", ".join(
            f"{safe_cell_sql(name)} as {name}"
            for name in ("table_name", "file_name", "reason", "record")
        )
        connection.execute(
            sql_beside(__file__, "save_rejects", columns=columns, file=quote_text(str(file)))
        )
        return RejectReport(self.over_limit, file)


def reject_rates(connection: duckdb.DuckDBPyConnection, settings: Settings) -> RejectRates:
    """Share of rejected rows per table, over the files landed since the last published run.

    Files skipped on request do not count.
    """
    limit = float(str(settings.variables["reject_rate_limit"]))
    rows = connection.execute(
        sql_beside(__file__, "reject_rates"),
        [FORGOTTEN],
    ).fetchall()
    lines, over, sample, rows_over = [], [], [], 0
    for table, landed, rejected in rows:
        line = (
            f"{table}: {rejected:,} of {landed:,} rows rejected ({rejected / landed:.1%}, limit "
            f"{limit:.1%})"
        )
        lines.append(line)
        if rejected > limit * landed:
            over.append(line)
            sample.append({"table_name": table, "rows_rejected": rejected, "rows_landed": landed})
            rows_over += rejected
    return RejectRates(
        lines, over, CheckResult(REJECT_RATE, not over, rows_over, sample[:SAMPLE_ROWS])
    )


def settle_counts(connection: duckdb.DuckDBPyConnection, run_id: str) -> str:
    """Brings the run's counts up to date with rows whose type is on no list, which only the build
    can tell.

    Returns them for people.
    """
    connection.execute(
        """
        update raw.runs set rows_rejected = (
            select count(*) from landing.landed_rejects
            where file_id is null or file_id in (select file_id from raw.files where run_id = ?)
        ) where run_id = ?
        """,
        [run_id, run_id],
    )
    connection.execute(
        "update raw.runs set rows_accepted = rows_landed - rows_rejected where run_id = ?", [run_id]
    )
    landed, accepted, rejected = one_row(
        connection,
        "select rows_landed, rows_accepted, rows_rejected from raw.runs where run_id = ?",
        [run_id],
    )
    return f"{landed:,} rows in = {accepted:,} accepted + {rejected:,} rejected"
