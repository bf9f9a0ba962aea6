"""The last gate: Great Expectations suites over what is about to be published, as plain lists in `expectations/`, run inside the engine.

No suite loads a table: an expectation is a query that counts and shows the rows that break it, and of a large table it asks the measures
that one pass over it has taken.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import yaml

from orchestration.checking.aggregates import measures_of
from orchestration.engines.base import engine
from orchestration.ground.clock import now
from orchestration.ground.errors import BrokenCheck, RejectReport
from orchestration.ground.paths import EXPECTATIONS
from orchestration.ground.settings import Settings
from orchestration.ground.spreadsheet import safe_cell_sql
from orchestration.ground.sql import quote_text
from orchestration.home.runs import current_run
from orchestration.home.warehouse import warehouse

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult

SAMPLE_ROWS = 3
# The column in which a query for samples says how many rows there are in all.
ALL_ROWS = "touchledger_rows"
_FIELDS = {"name", "rule", "says", "sql", "cure", "severity"}


@dataclass(frozen=True)
class BusinessCheck:
    """One business rule over one published table.

    `sql` finds the rows that break it; in it `{batch}` is the table, `{measures}` what was measured of it, `{variable}` a variable of
    dbt_project.yml, and `{as_of}`, `{started_at}` and `{now}` (the earlier of the two) are instants of the run. `count` says, over those
    rows, how many rows of the table break the rule. `cure` says what to do. A `blocking` check that fails stops the run; any other warns.
    """

    table: str
    name: str
    rule: str
    says: str
    sql: str
    cure: str
    blocking: bool
    count: str = "count(*)"

    @property
    def severity(self) -> str:
        return "blocking" if self.blocking else "warning"


@dataclass(frozen=True)
class Suite:
    """The checks of one published table, and the query that measures it in one pass, where it has one."""

    table: str
    checks: tuple[BusinessCheck, ...]
    measures: str | None = None


@dataclass
class CheckResult:
    """How a check came out. `rows` is how many rows break it, `sample` up to three of them."""

    check: BusinessCheck
    passed: bool
    rows: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)
    error: str | None = None

    @property
    def sample_text(self) -> str:
        """The sample as JSON."""
        return json.dumps(self.sample, default=str, ensure_ascii=False)

    def as_broken(self) -> BrokenCheck:
        """The result as the error of a failed run names it."""
        check = self.check
        return BrokenCheck(
            table=check.table,
            name=check.name,
            rule=check.rule,
            says=check.says,
            cure=check.cure,
            rows=self.rows,
            sample=self.sample,
            error=self.error,
        )


def _check(file: Path, table: str, entry: dict[str, Any]) -> BusinessCheck:
    missing, unknown = _FIELDS - entry.keys(), entry.keys() - _FIELDS - {"count"}
    if missing or unknown or entry["severity"] not in ("blocking", "warning"):
        needs = ", ".join(sorted(missing)) or (
            f"not {', '.join(sorted(unknown))}" if unknown else "severity blocking or warning"
        )
        raise ValueError(f"{file.name}, {entry.get('name', '?')}: needs {needs}")
    texts = {name: entry[name] for name in ("name", "rule", "says", "sql", "cure")}
    return BusinessCheck(
        table=table,
        blocking=entry["severity"] == "blocking",
        count=entry.get("count", "count(*)"),
        **texts,
    )


@cache
def suites(folder: Path = EXPECTATIONS) -> tuple[Suite, ...]:
    """All suites, by file name. Raises ValueError for a check that lacks a field or has an unknown one."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        suite = yaml.safe_load(path.read_text(encoding="utf-8"))
        checks = tuple(_check(path, suite["table"], entry) for entry in suite["expectations"])
        found.append(Suite(suite["table"], checks, suite.get("measures")))
    return tuple(found)


@cache
def business_checks(folder: Path = EXPECTATIONS) -> tuple[BusinessCheck, ...]:
    """All checks, by file name and order."""
    return tuple(check for suite in suites(folder) for check in suite.checks)


def _quiet() -> None:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    os.environ.setdefault("TQDM_DISABLE", "1")
    import logging

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    # Where pyspark is installed, Great Expectations imports it, and it has opinions on other packages.
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")


def import_early() -> None:
    """Imports Great Expectations beside a build, which leaves Python idle while the engine computes: the two seconds it takes are not waited for."""
    _quiet()
    threading.Thread(
        target=import_module, args=["great_expectations"], name="great-expectations", daemon=True
    ).start()


@cache
def _expectation_type() -> type:
    """The kind of expectation that every check is: it asks once, for three rows and the number of all."""
    _quiet()
    from great_expectations.compatibility import pydantic
    from great_expectations.expectations import UnexpectedRowsExpectation

    class BrokenRows(UnexpectedRowsExpectation):
        """No row breaks the rule. The query names three rows that do, each with the number of all."""

        metric_dependencies = ("unexpected_rows_query.table",)

        @pydantic.validator("unexpected_rows_query")
        def _validate_query(cls, query: str) -> str:
            return query

        def _validate(
            self,
            metrics: dict,
            runtime_configuration: dict | None = None,
            execution_engine: Any = None,
        ) -> dict:
            rows = metrics["unexpected_rows_query.table"]
            total = int(rows[0][ALL_ROWS] or 0) if rows else 0
            sample = [
                {name: value for name, value in row.items() if name != ALL_ROWS} for row in rows
            ]
            return {
                "success": not rows,
                "result": {"observed_value": total, "details": {"unexpected_rows": sample}},
            }

    return BrokenRows


@dataclass(frozen=True)
class Instants:
    """The run's as-of time and start, as SQL."""

    as_of: str
    started_at: str

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection) -> Instants:
        row = connection.execute(
            "select as_of, started_at from raw.runs where run_id = ?", [current_run(connection)]
        ).fetchone()
        return cls(*(f"timestamp {quote_text(str(instant))}" for instant in row))


def _fill(sql: str, table: str, instants: Instants, variables: dict[str, object]) -> str:
    values = {
        "measures": measures_of(table),
        "as_of": instants.as_of,
        "started_at": instants.started_at,
        "now": min(instants.as_of, instants.started_at),
        **variables,
    }
    for name, value in values.items():
        sql = sql.replace("{" + name + "}", str(value))
    return sql


def question(check: BusinessCheck, instants: Instants, variables: dict[str, object]) -> str:
    """The query that Great Expectations sends: three rows that break the rule, the same ones every time, and how many there are in all."""
    broken = _fill(check.sql, check.table, instants, variables).strip()
    return f"select *, {check.count} over () as {ALL_ROWS} from ({broken}) as broken order by all limit {SAMPLE_ROWS}"


def measures(settings: Settings, chosen: Iterable[Suite], instants: Instants) -> dict[str, str]:
    """The queries that measure what the checks of `chosen` ask, by table."""
    return {
        suite.table: _fill(suite.measures, suite.table, instants, settings.variables)
        for suite in chosen
        if suite.measures
    }


@contextlib.contextmanager
def _measured(settings: Settings, chosen: Iterable[Suite]) -> Iterator[Instants]:
    with warehouse(settings) as connection:
        instants = Instants.of(connection)
    with engine(settings).measured(measures(settings, chosen, instants), instants.as_of):
        yield instants


def run_business_checks(
    settings: Settings, chosen: Iterable[Suite] | None = None, docs: Path | None = None
) -> list[CheckResult]:
    """Runs the suites against the built tables; one result per check, in the suites' order.

    `docs` is a folder for Data Docs of the results; without one none are written, because they take longer than the checks.
    """
    chosen = suites() if chosen is None else tuple(chosen)
    expectation = _expectation_type()
    import great_expectations as gx

    from orchestration.checking.gx_dialect import close_all

    works = engine(settings)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    outcomes: dict[tuple[str, str], CheckResult] = {}
    with (
        _measured(settings, suites()) as instants,
        contextlib.chdir(settings.home),
        contextlib.ExitStack() as opened,
    ):
        source = context.data_sources.add_sql(
            name="warehouse", connection_string=works.check_source()
        )
        opened.callback(close_all)
        opened.callback(lambda: source.get_engine().dispose())
        validations = []
        for suite in chosen:
            batch = source.add_query_asset(
                name=suite.table, query=works.spelled(f"select * from {suite.table}")
            ).add_batch_definition_whole_table(name="all")
            expected = context.suites.add(gx.ExpectationSuite(name=suite.table))
            for check in suite.checks:
                expected.add_expectation(
                    expectation(
                        unexpected_rows_query=works.spelled(
                            question(check, instants, settings.variables)
                        ),
                        description=f"{check.rule}: {check.says}",
                        severity="critical" if check.blocking else "warning",
                        meta={"name": check.name, "cure": check.cure},
                    )
                )
            validations.append(
                context.validation_definitions.add(
                    gx.ValidationDefinition(name=suite.table, data=batch, suite=expected)
                )
            )
        for suite, result in zip(chosen, _validated(context, validations, docs), strict=True):
            by_name = {check.name: check for check in suite.checks}
            for entry in result.results:
                check = by_name[entry.expectation_config.meta["name"]]
                outcomes[suite.table, check.name] = _result(check, entry)
    return [outcomes[suite.table, check.name] for suite in chosen for check in suite.checks]


def _validated(context: Any, validations: list[Any], docs: Path | None) -> list[Any]:
    """The result of every validation, in their order; with `docs`, a checkpoint runs them and writes its pages there."""
    if docs is None:
        return [validation.run(result_format="COMPLETE") for validation in validations]
    from orchestration.checking.data_docs import run_with_docs

    return run_with_docs(context, validations, docs)


def _result(check: BusinessCheck, entry: ExpectationValidationResult) -> CheckResult:
    found = entry.result or {}
    raised = entry.exception_info if isinstance(entry.exception_info, dict) else {}
    errors = [
        one
        for one in (raised, *raised.values())
        if isinstance(one, dict) and one.get("raised_exception") is True
    ]
    error = str(errors[-1].get("exception_message")) if errors else None
    sample = [dict(row) for row in (found.get("details") or {}).get("unexpected_rows") or []]
    return CheckResult(
        check,
        bool(entry.success) and not errors,
        int(found.get("observed_value") or 0),
        sample,
        error,
    )


def save_results(
    connection: duckdb.DuckDBPyConnection, run_id: str, results: Iterable[CheckResult]
) -> None:
    """Keeps the results of a run in `raw.check_results`, in place of those of an earlier attempt."""
    checked_at = now()
    connection.execute("begin")
    connection.execute("delete from raw.check_results where run_id = ?", [run_id])
    for result in results:
        check = result.check
        connection.execute(
            "insert into raw.check_results values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                run_id, check.table, check.name, check.rule, check.says, check.severity, result.passed, result.rows, result.sample_text,
                check.cure, checked_at,
            ],
        )  # fmt: skip
    connection.execute("commit")


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
    """Rejected rows per table since the last published run: one line each, which are over the limit, and the same as a check's result."""

    lines: list[str]
    over_limit: list[str]
    result: CheckResult

    def save(self, connection: duckdb.DuckDBPyConnection, settings: Settings) -> RejectReport:
        """Leaves the rejects since the last published run as a CSV in HOME."""
        file = settings.home / "rejected_records.csv"
        columns = ", ".join(
            f"{safe_cell_sql(name)} as {name}"
            for name in ("table_name", "file_name", "reason", "record")
        )
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
    lines, over, sample, rows_over = [], [], [], 0
    for table, landed, rejected in rows:
        line = f"{table}: {rejected:,} of {landed:,} rows rejected ({rejected / landed:.1%}, limit {limit:.1%})"
        lines.append(line)
        if rejected > limit * landed:
            over.append(line)
            sample.append({"table_name": table, "rows_rejected": rejected, "rows_landed": landed})
            rows_over += rejected
    return RejectRates(
        lines, over, CheckResult(REJECT_RATE, not over, rows_over, sample[:SAMPLE_ROWS])
    )


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
    connection.execute(
        "update raw.runs set rows_accepted = rows_landed - rows_rejected where run_id = ?", [run_id]
    )
