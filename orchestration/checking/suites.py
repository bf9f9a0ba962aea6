"""The suites of `expectations/`: plain lists of checks, and the queries that they become."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from orchestration.checking.aggregates import measures_of
from orchestration.ground.paths import EXPECTATIONS
from orchestration.ground.settings import Settings
from orchestration.ground.sql import one_row, quote_text
from orchestration.ground.yml import read_yaml
from orchestration.home.runs import current_run

SAMPLE_ROWS = 3
# The column in which a query for samples says how many rows there are in all.
ALL_ROWS = "touchledger_rows"
_FIELDS = {"name", "rule", "says", "sql", "cure", "severity"}


@dataclass(frozen=True)
class BusinessCheck:
    """One business rule over one published table.

    `sql` finds the rows that break it; in it `{batch}` is the table, `{measures}` what was measured
    of it, `{variable}` a variable of dbt_project.yml, and `{as_of}`, `{started_at}` and `{now}`
    (the earlier of the two) are instants of the run. `count` says, over those rows, how many rows
    of the table break the rule. `cure` says what to do. A `blocking` check that fails stops the
    run; any other warns.
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
    """The checks of one published table, and the query that measures it in one pass, where it has
    one.
    """

    table: str
    checks: tuple[BusinessCheck, ...]
    measures: str | None = None


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
    """All suites, by file name.

    Raises ValueError for a check that lacks a field or has an unknown one.
    """
    found = []
    for path in sorted(folder.glob("*.yml")):
        suite = read_yaml(path)
        checks = tuple(_check(path, suite["table"], entry) for entry in suite["expectations"])
        found.append(Suite(suite["table"], checks, suite.get("measures")))
    return tuple(found)


@cache
def business_checks(folder: Path = EXPECTATIONS) -> tuple[BusinessCheck, ...]:
    """All checks, by file name and order."""
    return tuple(check for suite in suites(folder) for check in suite.checks)


@dataclass(frozen=True)
class Instants:
    """The run's as-of time and start, as SQL."""

    as_of: str
    started_at: str

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection) -> Instants:
        row = one_row(
            connection,
            "select as_of, started_at from raw.runs where run_id = ?",
            [current_run(connection)],
        )
        return cls(*(f"timestamp {quote_text(str(instant))}" for instant in row))


def _fill(sql: str, table: str, instants: Instants, variables: dict[str, object]) -> str:
    values = {
        "measures": measures_of(table),
        "as_of": instants.as_of,
        "started_at": instants.started_at,
        "now": f"least({instants.as_of}, {instants.started_at})",
        **variables,
    }
    for name, value in values.items():
        sql = sql.replace("{" + name + "}", str(value))
    return sql


def question(check: BusinessCheck, instants: Instants, variables: dict[str, object]) -> str:
    """The query that Great Expectations sends: three rows that break the rule, the same ones every
    time, and how many there are in all.
    """
    broken = _fill(check.sql, check.table, instants, variables).strip()
    return (
        f"select *, {check.count} over () as {ALL_ROWS} from ({broken}) as broken order by all "
        f"limit {SAMPLE_ROWS}"
    )


def measures(settings: Settings, chosen: Iterable[Suite], instants: Instants) -> dict[str, str]:
    """The queries that measure what the checks of `chosen` ask, by their table in `checks`."""
    return {
        suite.table.split(".")[1]: _fill(suite.measures, suite.table, instants, settings.variables)
        for suite in chosen
        if suite.measures
    }
