"""The last gate: Great Expectations suites over what is about to be published, as plain lists in `expectations/`, run inside DuckDB.

No suite loads a table: an expectation is a query that counts and shows the rows that break it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.project import EXPECTATIONS
from orchestration.settings import Settings
from orchestration.spreadsheet import safe_cell_sql

SAMPLE_ROWS = 3


@dataclass(frozen=True)
class BusinessCheck:
    """One business rule over one published table.

    `sql` finds the rows that break it; in it `{batch}` is the table and `{variable}` a variable of dbt_project.yml. `cure`
    says what to do. A `blocking` check that fails stops the run; any other warns.
    """

    table: str
    name: str
    rule: str
    says: str
    sql: str
    cure: str
    blocking: bool


@dataclass
class CheckResult:
    """How a check came out. `rows` is how many rows break it, `sample` up to three of them."""

    check: BusinessCheck
    passed: bool
    rows: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)
    error: str | None = None


@cache
def business_checks(folder: Path = EXPECTATIONS) -> tuple[BusinessCheck, ...]:
    """All checks, by file name and order. Raises ValueError for a check that lacks a field."""
    checks = []
    for path in sorted(folder.glob("*.yml")):
        suite = yaml.safe_load(path.read_text(encoding="utf-8"))
        for entry in suite["expectations"]:
            missing = {"name", "rule", "says", "sql", "cure", "severity"} - entry.keys()
            if missing or entry["severity"] not in ("blocking", "warning"):
                raise ValueError(f"{path.name}, {entry.get('name', '?')}: needs {', '.join(sorted(missing)) or 'severity blocking or warning'}")
            checks.append(
                BusinessCheck(
                    table=suite["table"],
                    name=entry["name"],
                    rule=entry["rule"],
                    says=entry["says"],
                    sql=entry["sql"],
                    cure=entry["cure"],
                    blocking=entry["severity"] == "blocking",
                )
            )
    return tuple(checks)


def _fill(sql: str, variables: dict[str, object]) -> str:
    for name, value in variables.items():
        sql = sql.replace("{" + name + "}", str(value))
    return sql


def run_business_checks(settings: Settings, checks: Iterable[BusinessCheck] | None = None) -> list[CheckResult]:
    """Runs the suites against the private warehouse; one result per check, in the suites' order."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ.setdefault("TQDM_DISABLE", "1")
    import logging

    import great_expectations as gx
    from great_expectations.expectations import UnexpectedRowsExpectation

    from orchestration.gx_dialect import close_all

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    chosen = list(business_checks() if checks is None else checks)
    by_table: dict[str, list[BusinessCheck]] = {}
    for check in chosen:
        by_table.setdefault(check.table, []).append(check)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    outcomes: dict[tuple[str, str], CheckResult] = {}
    # From within HOME, because a connection string cannot hold every path.
    with contextlib.chdir(settings.home), contextlib.ExitStack() as opened:
        source = context.data_sources.add_sql(name="warehouse", connection_string=f"duckdb+buffered:///{settings.warehouse.name}")
        opened.callback(close_all)
        opened.callback(lambda: source.get_engine().dispose())
        for table, members in by_table.items():
            batch = source.add_query_asset(name=table, query=f"select * from {table}").add_batch_definition_whole_table(name="all")
            suite = context.suites.add(gx.ExpectationSuite(name=table))
            for check in members:
                suite.add_expectation(
                    UnexpectedRowsExpectation(
                        unexpected_rows_query=_fill(check.sql, settings.variables),
                        description=f"{check.rule}: {check.says}",
                        severity="critical" if check.blocking else "warning",
                        meta={"name": check.name},
                    )
                )
            result = context.validation_definitions.add(gx.ValidationDefinition(name=table, data=batch, suite=suite)).run(result_format="COMPLETE")
            by_name = {check.name: check for check in members}
            for entry in result.results:
                check = by_name[entry.expectation_config.meta["name"]]
                outcomes[table, check.name] = _result(check, entry)
    return [outcomes[check.table, check.name] for check in chosen]


def _result(check: BusinessCheck, entry: Any) -> CheckResult:
    found = entry.result or {}

    details = found.get("details") or {}
    error = None
    for raised in (entry.exception_info or {}).values() if isinstance(entry.exception_info, dict) else ():
        if isinstance(raised, dict) and raised.get("raised_exception"):
            error = str(raised.get("exception_message"))
    if isinstance(entry.exception_info, dict) and entry.exception_info.get("raised_exception") is True:
        error = str(entry.exception_info.get("exception_message"))
    sample = [dict(row) for row in (details.get("unexpected_rows") or [])[:SAMPLE_ROWS]]
    rows = int(found.get("observed_value") or 0) if error is None else 0
    return CheckResult(check, bool(entry.success), rows, sample, error)


class ChecksFailed(Exception):
    """Blocking checks failed, or too many rows were rejected; nothing is published."""

    def __init__(self, broken: list[CheckResult], rejects: RejectReport | None) -> None:
        super().__init__(f"{len(broken)} blocking check(s) failed" + ("; too many rows were rejected" if rejects else ""))
        self.broken = broken
        self.rejects = rejects


@dataclass(frozen=True)
class RejectReport:
    """Tables over the limit of rejected rows, a line each, and the CSV that holds the rejects."""

    lines: list[str]
    file: Path


@dataclass(frozen=True)
class RejectRates:
    """Rejected rows per table since the last published run: one line each, and whether any is over the limit."""

    lines: list[str]
    over_limit: list[str]

    def save(self, connection: duckdb.DuckDBPyConnection, settings: Settings) -> RejectReport:
        """Leaves the rejects since the last published run as a CSV in HOME."""
        file = settings.home / "rejected_records.csv"
        columns = ", ".join(f"{safe_cell_sql(name)} as {name}" for name in ("table_name", "file_name", "reason", "record"))
        connection.execute(
            f"""
            copy (
                select {columns} from landing.landed_rejects
                where file_id is null or file_id in (select file_id from raw.files where published_run_id is null)
                order by all
            ) to '{str(file).replace("'", "''")}' (format csv, header true)
            """
        )
        return RejectReport(self.over_limit, file)


def reject_rates(connection: duckdb.DuckDBPyConnection, settings: Settings) -> RejectRates:
    """Share of rejected rows per table, over the files landed since the last published run. Files skipped on request do not count."""
    limit = float(str(settings.variables["reject_rate_limit"]))
    rows = connection.execute(
        """
        with fresh as (
            select file_id, table_name, rows_landed from raw.files where published_run_id is null
        ),
        rejected as (
            select fresh.table_name, count(*) as rows
            from landing.landed_rejects as rejects inner join fresh on rejects.file_id = fresh.file_id
            group by fresh.table_name
        )
        select fresh.table_name, sum(fresh.rows_landed), max(rejected.rows)
        from fresh inner join rejected on fresh.table_name = rejected.table_name
        group by fresh.table_name order by fresh.table_name
        """
    ).fetchall()
    lines, over = [], []
    for table, landed, rejected in rows:
        line = f"{table}: {rejected:,} of {landed:,} rows rejected ({rejected / landed:.1%}, limit {limit:.1%})"
        lines.append(line)
        if rejected > limit * landed:
            over.append(line)
    return RejectRates(lines, over)


def settle_counts(connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Brings the run's counts up to date with rows whose type is on no list, which only the build can tell."""
    connection.execute(
        """
        update raw.runs set rows_rejected = (
            select count(*) from landing.landed_rejects
            where file_id is null or file_id in (select file_id from raw.files where run_id = ?)
        ) where run_id = ?
        """,
        [run_id, run_id],
    )
    connection.execute("update raw.runs set rows_accepted = rows_landed - rows_rejected where run_id = ?", [run_id])
