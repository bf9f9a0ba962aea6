"""The run as Dagster assets: what lands, what dbt builds, what is checked, what is published. One path for every caller."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import yaml
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration.building.dbt import build, ensure_manifest
from orchestration.building.plan import (
    FULL,
    NONE,
    begin_build,
    end_build,
    forget_build,
    is_built,
    is_published,
    plan_build,
)
from orchestration.building.rules import check_rules
from orchestration.checking.data_docs import write_data_docs
from orchestration.checking.rejects import REJECT_RATE, reject_rates, settle_counts
from orchestration.checking.results import CheckResult, save_results
from orchestration.checking.run import import_early, run_business_checks
from orchestration.checking.suites import BusinessCheck, business_checks
from orchestration.engines.registry import engine
from orchestration.ground.contract import SOURCES_FILE
from orchestration.ground.errors import BuildFailed, ChecksFailed
from orchestration.ground.paths import MANIFEST
from orchestration.ground.settings import Settings, make_settings
from orchestration.ground.sql import quote_name
from orchestration.home.lock import locked
from orchestration.home.runs import begin_run, current_run, end_run
from orchestration.home.warehouse import restart_warehouse, warehouse
from orchestration.landing.land import land
from orchestration.publishing.publish import publish
from orchestration.terminal import progress

OWNERS = ["team:data"]
# Publishing is tried again after an error of the disk.
RETRIES = 2
RETRY_SECONDS = 5
# Published tables are due once a day, as the daily schedule publishes them.
FRESHNESS = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=50), warn_window=timedelta(hours=26)
)


class Run(dg.ConfigurableResource):
    """One run's arguments, as on the command line; what is empty comes from the TOUCHLEDGER_* environment or the defaults."""

    landing: str | None = None
    home: str | None = None
    as_of: str | None = None
    full_refresh: bool = False
    skip_bad_files: bool = False
    variables: list[str] = []  # noqa: RUF012  a field of Dagster's config, copied per run
    target: str | None = None
    # Whether configured sources are pulled, and whether one that fails ends the run.
    pull: bool = True
    strict: bool = False

    def settings(self) -> Settings:
        return make_settings(
            landing=self.landing,
            home=self.home,
            as_of=self.as_of,
            full_refresh=self.full_refresh,
            skip_bad_files=self.skip_bad_files,
            variables=self.variables,
            target=self.target,
        )


class Translator(DagsterDbtTranslator):
    """dbt's nodes as Dagster shows them: grouped by layer, owned, with their descriptions."""

    def __init__(self) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(
                enable_asset_checks=True, enable_source_tests_as_checks=False
            )
        )

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        folders = dbt_resource_props["fqn"][1:-1]
        if dbt_resource_props["resource_type"] == "seed":
            return "rules"
        return "_".join(folders) or None

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return OWNERS

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return dbt_resource_props.get("description") or ""


# One for all events: it remembers what it has translated.
TRANSLATOR = Translator()


@contextmanager
def _failing_run(settings: Settings) -> Iterator[None]:
    """Marks the run failed in the warehouse where the block raises."""
    try:
        yield
    except Exception:
        # What failed first is what is reported.
        with suppress(Exception), warehouse(settings) as connection:
            end_run(connection, current_run(connection), "failed")
        raise


def _raw_assets() -> list[dg.AssetSpec]:
    (source,) = yaml.safe_load(SOURCES_FILE.read_text(encoding="utf-8"))["sources"]
    return [
        dg.AssetSpec(
            ["raw", table["name"]],
            description=table["description"],
            group_name="landing",
            kinds={"duckdb", "file"},
            owners=OWNERS,
            metadata={
                "dagster/column_schema": dg.TableSchema(
                    [
                        dg.TableColumn(
                            column["name"], column["data_type"], description=column["description"]
                        )
                        for column in table["columns"]
                    ]
                )
            },
        )
        for table in source["tables"]
    ]


@dg.multi_asset(name="landing", specs=_raw_assets(), retry_policy=None)
def landing(context: dg.AssetExecutionContext, run: Run) -> Iterator[dg.MaterializeResult]:
    """Lands the new files of the landing folder as typed rows, and says what was rejected and why."""
    settings = run.settings()
    check_rules()
    engine(settings).check_ready()
    with ExitStack() as opened:
        opened.enter_context(locked(settings))
        progress.step("land")
        if settings.full_refresh:
            restart_warehouse(settings)
        connection = opened.enter_context(warehouse(settings))
        run_id = begin_run(connection, settings)
        if settings.full_refresh:
            forget_build(connection)
            progress.note(
                "full refresh: the whole landing is read anew; files removed from it are gone from the warehouse"
            )

        def landed(table: str, counts: Any) -> None:
            if counts.files:
                rejected = f", {counts.rejected:,} rejected" if counts.rejected else ""
                progress.item(
                    f"{table}: {counts.files:,} file(s), {counts.landed:,} rows{rejected}"
                )

        try:
            report = land(
                connection,
                settings.landing,
                run_id,
                skip_bad_files=settings.skip_bad_files,
                scratch=settings.private / "scratch",
                on_table=landed,
                on_note=progress.note,
            )
        except Exception:
            end_run(connection, run_id, "failed")
            raise
        for bad in report.bad_files:
            progress.note(f"{bad.name} {bad.reason}; skipped")
        total = report.total
        connection.execute(
            "update raw.runs set rows_landed = ?, rows_accepted = ?, rows_rejected = ? where run_id = ?",
            [total.landed, total.accepted, total.rejected, run_id],
        )
        progress.item(
            f"{total.landed:,} rows in = {total.accepted:,} accepted + {total.rejected:,} rejected, from {total.files:,} new file(s)"
        )
        for spec in landing.specs:
            name = spec.key.path[-1]
            metadata: dict[str, Any] = {}
            if name in report.tables:
                counts = report.tables[name]
                rows = connection.execute(f"select count(*) from raw.{name}").fetchone()[0]
                metadata = {
                    "dagster/row_count": rows,
                    "landed": counts.landed,
                    "accepted": counts.accepted,
                    "rejected": counts.rejected,
                }
            yield dg.MaterializeResult(asset_key=spec.key, metadata=metadata)


def _show(event: dict[str, Any], totals: dict[str, int], models: int | None) -> None:
    node = event["data"].get("node_info", {})
    name = event["info"]["name"]
    if name in ("LogModelResult", "LogSeedResult"):
        totals["built"] += 1
        progress.part(
            totals["built"],
            models,
            node.get("node_name", ""),
            event["data"].get("execution_time", 0),
        )
    elif name == "LogTestResult":
        totals["tested"] += 1


def _selection(context: dg.AssetExecutionContext) -> list[str]:
    """`--select` of the nodes that were asked for, where that is not all of them."""
    wanted = sorted(key.path[-1] for key in context.selected_asset_keys)
    return (
        ["--select", *wanted] if len(wanted) < len(context.assets_def.keys_by_output_name) else []
    )


def _nothing_to_do(settings: Settings) -> bool:
    """Whether readers already see everything that has landed, under these variables and rules."""
    with warehouse(settings) as connection:
        return plan_build(connection, settings).kind == NONE and is_published(connection, settings)


class _Outputs:
    """Yields the tables of a build in the order of the graph, those that it leaves as they are included, so that what depends on them runs."""

    def __init__(self, context: dg.AssetExecutionContext) -> None:
        self.names = {
            key: name
            for name, key in context.assets_def.keys_by_output_name.items()
            if key in context.selected_asset_keys
        }
        self.parents = context.assets_def.asset_deps
        self.checks = set(context.selected_asset_check_keys)
        self.yielded: set[dg.AssetKey] = set()

    def left(self, keys: Iterable[dg.AssetKey]) -> Iterator[dg.Output]:
        """Those of `keys`, and what they depend on, that were not yielded yet."""
        for key in keys:
            if key in self.names and key not in self.yielded:
                self.yielded.add(key)
                yield from self.left(self.parents[key])
                yield dg.Output(None, self.names[key], metadata={"rebuilt": False})

    def built(self, output: dg.Output) -> Iterator[dg.Output]:
        """A table that was built, after what it depends on."""
        key = next(key for key, name in self.names.items() if name == output.output_name)
        self.yielded.add(key)
        yield from self.left(self.parents[key])
        yield output

    def tested(self, result: dg.AssetCheckResult) -> dg.AssetCheckResult:
        """The result of a test of this build."""
        self.checks.discard(dg.AssetCheckKey(result.asset_key, result.check_name))
        return result

    def rest(self) -> Iterator[dg.Output | dg.AssetCheckResult]:
        """Everything that was not built, and the tests that it passed when it was: a build that fails one is never complete."""
        yield from self.left(self.names)
        for key in sorted(self.checks):
            yield dg.AssetCheckResult(
                passed=True,
                asset_key=key.asset_key,
                check_name=key.name,
                metadata={"tested": "when the table was last built"},
            )


def row_counts(
    connection: duckdb.DuckDBPyConnection,
    keys: Iterable[dg.AssetKey],
    table_type: str = "BASE TABLE",
) -> Iterator[dg.AssetObservation]:
    """How many rows each table has that is a `table_type` in the warehouse; other views are not asked, their rows are those of the tables below them.

    dbt's own integration would keep the file open in this process; counting a whole table reads none of its columns.
    """
    wanted = {tuple(key.path): key for key in keys}
    tables = connection.execute(
        "select table_schema, table_name from information_schema.tables where table_catalog = current_database() and table_type = ? order by all",
        [table_type],
    ).fetchall()
    for place in tables:
        if place in wanted:
            rows = connection.execute(
                f"select count(*) from {'.'.join(map(quote_name, place))}"
            ).fetchone()[0]
            yield dg.AssetObservation(wanted[place], metadata={"dagster/row_count": rows})


@dbt_assets(manifest=ensure_manifest(), dagster_dbt_translator=TRANSLATOR, name="warehouse")
def warehouse_models(context: dg.AssetExecutionContext, run: Run) -> Iterator[Any]:
    """Builds and tests the dbt project: staging, relations, interactions, attribution, marts. What is built: see orchestration.building.plan."""
    settings = run.settings()
    totals = {"built": 0, "tested": 0}
    outputs = _Outputs(context)
    chosen = _selection(context)
    works = engine(settings)
    with locked(settings), _failing_run(settings):
        progress.step("build")
        with warehouse(settings) as connection:
            run_id, plan = current_run(connection), plan_build(connection, settings)
            builds = plan.kind != NONE or bool(chosen)
            if builds:
                begin_build(connection, run_id, plan)
        for reason in plan.reasons:
            progress.item(f"{plan.kind}: {reason}")
        if builds:
            with warehouse(settings) as connection:
                works.before_build(connection)
            kind = FULL if chosen else plan.kind
            import_early()
            for event in build(settings, *(chosen or plan.arguments), kind=kind):
                _show(event, totals, len(context.selected_asset_keys) if kind == FULL else None)
                message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
                for asset_event in message.to_default_asset_events(
                    manifest=MANIFEST,
                    dagster_dbt_translator=TRANSLATOR,
                    context=context,
                    target_path=settings.compiled,
                ):
                    if isinstance(asset_event, dg.Output):
                        yield from outputs.built(asset_event)
                    else:
                        yield (
                            outputs.tested(asset_event)
                            if isinstance(asset_event, dg.AssetCheckResult)
                            else asset_event
                        )
            progress.item(f"{totals['built']} models, {totals['tested']} tests passed")
        else:
            progress.item("nothing to build: nothing has changed since the last build")
        with warehouse(settings) as connection:
            if not chosen:
                if builds:
                    works.after_build(connection, run_id)
                if builds or not is_published(connection, settings):
                    end_build(connection, settings, run_id)
                    works.mark_built(run_id)
            counts = list(row_counts(connection, context.selected_asset_keys, works.table_type))
        yield from outputs.rest()
        yield from counts


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
        "sample": _sample(result),
        "cure": check.cure,
    }
    return dg.AssetCheckResult(
        passed=result.passed,
        check_name=check.name,
        asset_key=check.table.split("."),
        severity=dg.AssetCheckSeverity.ERROR if check.blocking else dg.AssetCheckSeverity.WARN,
        description=None
        if result.passed
        else f"{check.rule}: {check.says} Not so for {result.rows:,} row(s). {check.cure}",
        metadata={**metadata, "error": result.error} if result.error else metadata,
    )


def _failed_metadata(failed: ChecksFailed) -> dict[str, Any]:
    """What the page of a failed run shows beside the message: every broken rule with its cure, and where more is."""
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


@dg.multi_asset_check(
    specs=[*map(_check_spec, business_checks()), _check_spec(REJECT_RATE)], name="business_checks"
)
def checks(context: dg.AssetCheckExecutionContext, run: Run) -> Iterator[dg.AssetCheckResult]:
    """The last gate before publishing: Great Expectations over the built tables, and the share of rejected rows."""
    settings = run.settings()
    with locked(settings), _failing_run(settings):
        progress.step("check")
        if _nothing_to_do(settings):
            progress.item("nothing to check: what is published is what was checked")
            for spec in checks.check_specs:
                yield dg.AssetCheckResult(
                    passed=True,
                    check_name=spec.name,
                    asset_key=spec.asset_key,
                    metadata={"checked": "by the published run"},
                )
            return
        with warehouse(settings) as connection:
            run_id = current_run(connection)
            settle_counts(connection, run_id)
            rates = reject_rates(connection, settings)
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
                    f"{check.table}, {check.name} ({check.rule}): {check.says} Not so for {result.rows:,} row(s). {check.cure}"
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


@contextmanager
def _retried(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Asks Dagster to try the step again where the disk or the network below it failed. Whatever else fails would fail again."""
    try:
        yield
    except (OSError, duckdb.IOException) as error:
        if context.retry_number >= RETRIES:
            raise
        progress.note(f"{type(error).__name__}: {error}; trying again in {RETRY_SECONDS} seconds")
        raise dg.RetryRequested(max_retries=RETRIES, seconds_to_wait=RETRY_SECONDS) from error


def _published_assets() -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            ["published", *key.path],
            deps=[key],
            description=f"{warehouse_models.descriptions_by_key[key]}\n\nAs readers see it: in the published DuckDB file and as Parquet.",
            group_name="published",
            kinds={"duckdb", "parquet"},
            owners=OWNERS,
            freshness_policy=FRESHNESS,
            metadata={
                "dagster/column_schema": warehouse_models.metadata_by_key[key][
                    "dagster/column_schema"
                ]
            },
        )
        for key in sorted(warehouse_models.keys, key=lambda key: key.path)
        if key.path[0] in ("core", "marts", "diagnostics")
    ]


@dg.multi_asset(name="publishing", specs=_published_assets())
def published(context: dg.AssetExecutionContext, run: Run) -> Iterator[dg.MaterializeResult]:
    """Writes the published folder of this run apart and switches readers to it in one rename."""
    settings = run.settings()
    with locked(settings), _failing_run(settings):
        progress.step("publish")
        nothing_to_do = _nothing_to_do(settings)
        with warehouse(settings) as connection:
            run_id = current_run(connection)
            if nothing_to_do:
                end_run(connection, run_id, "unchanged")
                progress.item("nothing to publish: readers see all that has landed")
                tables = []
            else:
                if not is_built(connection):
                    raise BuildFailed(
                        "The tables are not built completely; materialize all of them, or run `touchledger run`"
                    )
                with _retried(context):
                    tables = publish(connection, settings, run_id, Path(MANIFEST))
                end_run(connection, run_id, "published")
    if nothing_to_do:
        for spec in published.specs:
            yield dg.MaterializeResult(asset_key=spec.key, metadata={"rebuilt": False})
    for table in tables:
        yield dg.MaterializeResult(
            asset_key=["published", table.schema, table.name],
            metadata={"dagster/row_count": table.rows},
        )
