"""What is published, in one switch for all readers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import dagster as dg
import duckdb

from orchestration.assets.build import warehouse_models
from orchestration.assets.column_lineage import column_lineage
from orchestration.assets.resource import OWNERS, Lock, Run, failing_run, nothing_to_do
from orchestration.building.plan import is_built
from orchestration.ground.cache import manifest_file
from orchestration.ground.errors import BuildFailed
from orchestration.ground.paths import REPORT_FILE
from orchestration.home.erasure import settle_room
from orchestration.home.runs import current_run, end_run
from orchestration.home.warehouse import warehouse
from orchestration.publishing.publish import publish
from orchestration.terminal import progress

# Publishing is tried again after an error of the disk.
RETRIES = 2
RETRY_SECONDS = 5
# Published tables are due once a day, as the daily schedule publishes them.
FRESHNESS = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=50), warn_window=timedelta(hours=26)
)


@contextmanager
def _retried(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Asks Dagster to try the step again where the disk or the network below it failed.

    Whatever else fails would fail again.
    """
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
            description=(
                f"{warehouse_models.descriptions_by_key[key]}\n\nAs readers see it: in the "
                f"published DuckDB file and as Parquet."
            ),
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
        for key in sorted(warehouse_models.keys, key=lambda key: tuple(key.path))
        if key.path[0] in ("core", "marts", "diagnostics")
    ]


@dg.multi_asset(name="publishing", specs=_published_assets())
def published(
    context: dg.AssetExecutionContext, run: Run, lock: Lock
) -> Iterator[dg.MaterializeResult]:
    """Writes the published folder of this run apart and switches readers to it in one rename."""
    settings = run.settings()
    with lock.held(settings), failing_run(settings):
        progress.step("publish")
        with warehouse(settings) as connection:
            run_id, is_done = current_run(connection), nothing_to_do(connection, settings)
            if is_done:
                end_run(connection, run_id, "unchanged")
                progress.item("nothing to publish: readers see all that has landed")
                tables = []
            else:
                if not is_built(connection):
                    raise BuildFailed(
                        "The tables are not built completely; materialize all of them, or run "
                        "`touchledger run`"
                    )
                with _retried(context):
                    tables = publish(connection, settings, run_id, manifest_file())
                end_run(connection, run_id, "published")
        settle_room(settings)
    if is_done:
        for spec in published.specs:
            yield dg.MaterializeResult(asset_key=spec.key, metadata={"rebuilt": False})
    report = settings.published / REPORT_FILE
    columns = None if context.instance.is_ephemeral else column_lineage(settings)
    for table in tables:
        key = dg.AssetKey(["published", table.schema, table.name])
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                **(columns.metadata(key) if columns else {}),
                "dagster/row_count": table.rows,
                "report": dg.MetadataValue.path(str(report)),
                "page": "touchledger serve",
            },
        )
