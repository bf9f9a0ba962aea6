"""How checks came out, and the record of it that is published."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import duckdb

from orchestration.checking.suites import BusinessCheck
from orchestration.ground.clock import now
from orchestration.ground.errors import BrokenCheck


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

    @property
    def finding(self) -> str:
        """What a check that did not pass found, in a sentence."""
        if self.error is None:
            return f"Not so for {self.rows:,} row(s)."
        return f"It could not be asked: {self.error.strip().splitlines()[0].rstrip('.')}."

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


def save_results(
    connection: duckdb.DuckDBPyConnection, run_id: str, results: Iterable[CheckResult]
) -> None:
    """Keeps the results of a run in `raw.check_results`, in place of those of an earlier
    attempt.
    """
    checked_at = now()
    connection.execute("begin")
    connection.execute("delete from raw.check_results where run_id = ?", [run_id])
    for result in results:
        check = result.check
        connection.execute(
            "insert into raw.check_results values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                run_id,
                check.table,
                check.name,
                check.rule,
                check.says,
                check.severity,
                result.passed,
                result.rows,
                result.sample_text,
                check.cure,
                checked_at,
            ],
        )
    connection.execute("commit")
