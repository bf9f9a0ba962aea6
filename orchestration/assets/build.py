"""What dbt builds and tests, table by table."""

from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from dagster_dbt.dbt_manifest import validate_manifest

from orchestration.assets.column_lineage import column_lineage
from orchestration.assets.resource import Lock, Run, failing_run
from orchestration.assets.translator import TRANSLATOR
from orchestration.building.plan import FULL, NONE, begin_build, end_build, is_published, plan_build
from orchestration.building.project import ensure_manifest
from orchestration.building.tests import Tested, build_and_test
from orchestration.checking.run import import_early
from orchestration.engines.registry import engine
from orchestration.ground.cache import manifest_file
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name
from orchestration.home.runs import current_run
from orchestration.home.warehouse import warehouse
from orchestration.terminal import progress


def _show(event: dict[str, Any], number: int, models: int | None) -> None:
    node = event["data"].get("node_info", {})
    progress.part(number, models, node.get("node_name", ""), event["data"].get("execution_time", 0))


def _selection(context: dg.AssetExecutionContext) -> list[str]:
    """`--select` of the nodes that were asked for, where that is not all of them."""
    wanted = sorted(key.path[-1] for key in context.selected_asset_keys)
    return (
        ["--select", *wanted] if len(wanted) < len(context.assets_def.keys_by_output_name) else []
    )


class _Outputs:
    """Yields the tables of a build in the order of the graph, those that it leaves as they are
    included, so that what depends on them runs.
    """

    def __init__(self, context: dg.AssetExecutionContext, settings: Settings) -> None:
        self.names = {
            key: name
            for name, key in context.assets_def.keys_by_output_name.items()
            if key in context.selected_asset_keys
        }
        self.parents = context.assets_def.asset_deps
        self.checks = set(context.selected_asset_check_keys)
        self.yielded: set[dg.AssetKey] = set()
        # Of a run that nobody will look at, nobody asks the lineage.
        self.columns = None if context.instance.is_ephemeral else column_lineage(settings)

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
        lineage = self.columns.metadata(key) if self.columns else {}
        yield output.with_metadata({**output.metadata, **lineage}) if lineage else output

    def tested(self, test: Tested) -> Iterator[dg.AssetCheckResult | dg.AssetObservation]:
        """The result of a test of this build: a check of its table, or, of landed rows alone, what
        was observed of theirs.
        """
        manifest = validate_manifest(manifest_file())
        failure = test.failure
        metadata: dict[str, Any] = {
            "unique_id": test.unique_id,
            "dagster_dbt/failed_row_count": (failure.failures if failure else 0) or 0,
        }
        key = get_asset_check_key_for_test(manifest, TRANSLATOR, test.unique_id, None)
        if key is None:
            for read in manifest["nodes"][test.unique_id]["depends_on"]["nodes"]:
                yield dg.AssetObservation(read.split(".")[-2:], metadata=metadata)
        elif key in self.checks:
            self.checks.discard(key)
            yield dg.AssetCheckResult(
                passed=failure is None,
                asset_key=key.asset_key,
                check_name=key.name,
                description=failure.message if failure else None,
                metadata=metadata,
            )

    def rest(self) -> Iterator[dg.Output | dg.AssetCheckResult]:
        """Everything that was not built, and the tests that it passed when it was: a build that
        fails one is never complete.
        """
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
    """How many rows each table has that is a `table_type` in the warehouse; other views are not
    asked, their rows are those of the tables below them.

    dbt's own integration would keep the file open in this process; counting a whole table reads
    none of its columns.
    """
    wanted = {tuple(key.path): key for key in keys}
    tables = connection.execute(
        (
            "select table_schema, table_name from information_schema.tables where table_catalog in "
            "(current_database(), 'to_publish') and table_type = ? order by all"
        ),
        [table_type],
    ).fetchall()
    for place in tables:
        if place in wanted:
            rows = connection.execute(
                f"select count(*) from {'.'.join(map(quote_name, place))}"
            ).fetchone()[0]
            yield dg.AssetObservation(wanted[place], metadata={"dagster/row_count": rows})


@dbt_assets(manifest=ensure_manifest(), dagster_dbt_translator=TRANSLATOR, name="warehouse")
def warehouse_models(context: dg.AssetExecutionContext, run: Run, lock: Lock) -> Iterator[Any]:
    """Builds and tests the dbt project: staging, associations, interactions, attribution, marts.

    What is built: see orchestration.building.plan.
    """
    settings = run.settings()
    totals = {"built": 0, "tested": 0}
    outputs = _Outputs(context, settings)
    chosen = _selection(context)
    works = engine(settings)
    with lock.held(settings), failing_run(settings):
        progress.step("build")
        with warehouse(settings) as connection:
            run_id, plan = current_run(connection), plan_build(connection, settings)
            builds = plan.kind != NONE or bool(chosen)
            if builds:
                begin_build(connection, settings, run_id, plan)
                works.before_build(connection, anew=plan.kind == FULL and not chosen)
        for reason in plan.reasons:
            progress.item(f"{plan.kind}: {reason}")
        if builds:
            kind = FULL if chosen else plan.kind
            models = len(context.selected_asset_keys) if kind == FULL else None
            for event in build_and_test(settings, *(chosen or plan.arguments), kind=kind):
                if isinstance(event, Tested):
                    totals["tested"] += 1
                    yield from outputs.tested(event)
                    continue
                if not totals["built"]:  # not before: dbt looks through all modules as it begins
                    import_early()
                totals["built"] += 1
                _show(event, totals["built"], models)
                message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
                for asset_event in message.to_default_asset_events(
                    manifest=manifest_file(),
                    dagster_dbt_translator=TRANSLATOR,
                    context=context,
                    target_path=settings.compiled,
                ):
                    if isinstance(asset_event, dg.Output):
                        yield from outputs.built(asset_event)
            progress.item(f"{totals['built']} models, {totals['tested']} tests passed")
        else:
            progress.item("nothing to build: nothing has changed since the last build")
        with warehouse(settings) as connection:
            if not chosen:
                if builds:
                    works.after_build(connection, run_id)
                if builds or not is_published(connection, settings):
                    end_build(connection, settings, run_id)
                    works.mark_built(connection, run_id)
            counts = list(row_counts(connection, context.selected_asset_keys, works.table_type))
        yield from outputs.rest()
        yield from counts
