"""What is checked before anything is published."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

import dagster as dg

from orchestration.assets.resource import Lock, Run, failing_run, nothing_to_do
from orchestration.checking.data_docs import write_data_docs
from orchestration.checking.rejects import REJECT_RATE, reject_rates, settle_counts
from orchestration.checking.results import CheckResult, save_results
from orchestration.checking.run import run_business_checks
from orchestration.checking.suites import BusinessCheck, business_checks, suites
from orchestration.ground.errors import ChecksFailed
from orchestration.ground.settings import Settings
from orchestration.home.lock import HomeLock
from orchestration.home.runs import current_run
from orchestration.home.warehouse import warehouse
from orchestration.terminal import progress


def _check_spec(check: BusinessCheck) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        check.name,
        asset=check.table.split("."),
        blocking=check.blocking,
        description=f"{check.rule}: {check.says}",
        metadata={"rule": check.rule, "severity": check.severity, "cure": check.cure},
    )


def _sample(result: CheckResult) -> dg.MetadataValue:
    """Up to three rows that break a rule, as a table."""
    if not result.sample:
        return dg.MetadataValue.text("none")
    names = list(result.sample[0])
    records = [
        dg.TableRecord({name: "" if row[name] is None else str(row[name]) for name in names})
        for row in result.sample
    ]
    return dg.MetadataValue.table(
        records, schema=dg.TableSchema([dg.TableColumn(name) for name in names])
    )


def _check_result(result: CheckResult) -> dg.AssetCheckResult:
    check = result.check
    metadata: dict[str, Any] = {
        "rule": check.rule,
        "rows_failing": result.rows,
    }
    if not result.passed:
        metadata |= {"sample": _sample(result), "cure": check.cure}
    return dg.AssetCheckResult(
        passed=result.passed,
        check_name=check.name,
        asset_key=check.table.split("."),
        severity=dg.AssetCheckSeverity.ERROR if check.blocking else dg.AssetCheckSeverity.WARN,
        description=None
        if result.passed
        else f"{check.rule}: {check.says} {result.finding} {check.cure}",
        metadata={**metadata, "error": result.error} if result.error else metadata,
    )


def _failed_metadata(failed: ChecksFailed) -> dict[str, Any]:
    """What the page of a failed run shows beside the message: every broken rule with its cure, and
    where more is.
    """
    lines = [
        f"- **{check.table}.{check.name}** ({check.rule}): {check.says} {check.cure}"
        for check in failed.broken
    ]
    lines += [f"- {line}" for line in (failed.rejects.lines if failed.rejects else [])]
    metadata: dict[str, Any] = {"broken": dg.MetadataValue.md("\n".join(lines))}
    if failed.docs:
        metadata["pages"] = dg.MetadataValue.path(str(failed.docs))
    if failed.rejects:
        metadata["rejected_rows"] = dg.MetadataValue.path(str(failed.rejects.file))
    return metadata


def _some(
    settings: Settings, lock: HomeLock, chosen: AbstractSet[dg.AssetCheckKey]
) -> Iterator[dg.AssetCheckResult]:
    """The chosen checks alone."""
    progress.step("check")
    tables = {".".join(key.asset_key.path) for key in chosen}
    with lock.held(settings):
        with warehouse(settings) as connection:
            rate = reject_rates(connection, settings).result
        results = run_business_checks(
            settings, [suite for suite in suites() if suite.table in tables]
        )
    for result in [*results, rate]:
        key = dg.AssetCheckKey(dg.AssetKey(result.check.table.split(".")), result.check.name)
        if key in chosen:
            yield _check_result(result)


@dg.multi_asset_check(
    specs=[*map(_check_spec, business_checks()), _check_spec(REJECT_RATE)],
    name="business_checks",
    can_subset=True,
)
def checks(
    context: dg.AssetCheckExecutionContext, run: Run, lock: Lock
) -> Iterator[dg.AssetCheckResult]:
    """The last gate before publishing: Great Expectations on the built tables, and the share of
    rejected rows.

    Where only some tables are materialized, their checks are reported, and nothing is decided about
    publishing.
    """
    settings = run.settings()
    chosen = context.selected_asset_check_keys
    if len(chosen) < len(list(checks.check_keys)):
        yield from _some(settings, lock, chosen)
        return
    with lock.held(settings), failing_run(settings):
        progress.step("check")
        with warehouse(settings) as connection:
            is_done = nothing_to_do(connection, settings)
            if not is_done:
                run_id = current_run(connection)
                settled = settle_counts(connection, run_id)
                rates = reject_rates(connection, settings)
        if is_done:
            progress.item("nothing to check: what is published is what was checked")
            for spec in checks.check_specs:
                yield dg.AssetCheckResult(
                    passed=True,
                    check_name=spec.name,
                    asset_key=spec.asset_key,
                    metadata={"checked": "by the published run"},
                )
            return
        progress.item(settled)
        results = [*run_business_checks(settings), rates.result]
        with warehouse(settings) as connection:
            save_results(connection, run_id, results)
        for line in rates.lines:
            context.log.info(line)
        for result in results:
            yield _check_result(result)
            if not result.passed and not result.check.blocking:
                check = result.check
                progress.note(
                    f"{check.table}, {check.name} ({check.rule}): {check.says} "
                    f"{result.finding} {check.cure}"
                )
        broken = [
            result
            for result in results
            if not result.passed and result.check.blocking and result is not rates.result
        ]
        if broken or rates.over_limit:
            with warehouse(settings) as connection:
                rejects = rates.save(connection, settings) if rates.over_limit else None
            docs = (
                write_data_docs(settings, {result.check.table for result in broken})
                if broken
                else None
            )
            failed = ChecksFailed([result.as_broken() for result in broken], rejects, docs)
            raise dg.Failure(str(failed), _failed_metadata(failed), allow_retries=False) from failed
        progress.item(
            f"{sum(result.passed for result in results)} of {len(results)} business checks passed"
        )
