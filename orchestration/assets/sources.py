"""Configured sources as Dagster assets: what each pull brings (dlt) and its translation into the
landing.
"""

from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg

from orchestration.assets.land import translated_key
from orchestration.assets.resource import OWNERS, Lock, Run
from orchestration.connectors.config import Config
from orchestration.connectors.coverage import CoverageRow
from orchestration.connectors.extracts import open_extracts
from orchestration.connectors.kind import Source
from orchestration.connectors.library import quiet_dlt
from orchestration.connectors.loads import extracts_folder
from orchestration.connectors.steps import Outcome, pull_one, translate_all
from orchestration.ground.errors import SourcesFailed
from orchestration.home.lock import HomeLock
from orchestration.terminal import progress


def _key(source: Source, table: str) -> dg.AssetKey:
    return dg.AssetKey(["extracts", source.name, table])


def _extract_specs(source: Source) -> list[dg.AssetSpec]:
    """One asset per table of the source's extracts, as dagster-dlt describes the resources of a dlt
    source.
    """
    dlt = quiet_dlt()
    from dagster_dlt import DagsterDltTranslator, build_dlt_asset_specs

    class Translator(DagsterDltTranslator):
        def get_asset_spec(self, data: Any) -> dg.AssetSpec:
            table = data.resource.name
            return dg.AssetSpec(
                _key(source, table),
                description=f"{table} as {source.name} said it, every pull, append-only.",
                group_name="extracts",
                kinds={"dlt", "parquet"},
                owners=OWNERS,
            )

    resources = [
        dlt.resource(iter(()), name=table, write_disposition="append")
        for table in source.kind.tables
    ]
    made = dlt.source(lambda: resources, name=source.name)()
    # A pipeline makes its folder at once; this one only lends its name.
    with TemporaryDirectory() as folder:
        name = f"touchledger_{source.name}"
        pipeline = dlt.pipeline(name, pipelines_dir=folder, destination="filesystem")
        return [
            spec.replace_attributes(metadata={})
            for spec in build_dlt_asset_specs(made, pipeline, Translator())
        ]


def _pulled(source: Source, run: Run, lock: HomeLock) -> Outcome:
    settings = run.settings()
    with lock.held(settings):
        progress.step("pull")
        return pull_one(source, settings)


def _extracts_of(source: Source) -> dg.AssetsDefinition:
    specs = _extract_specs(source)

    @dg.multi_asset(name=f"pull_{source.name}", specs=specs)
    def pull(
        context: dg.AssetExecutionContext, run: Run, lock: Lock
    ) -> Iterator[dg.MaterializeResult]:
        outcome = _pulled(source, run, lock) if run.pull else Outcome(source)
        if outcome.failed and run.strict:
            raise SourcesFailed(
                f"{source.name}: {outcome.says}; without --strict a run goes on with what had "
                f"landed"
            )
        counts = _counts(source, run)
        for spec in specs:
            table = spec.key.path[-1]
            metadata: dict[str, Any] = {"dagster/row_count": counts.get(table, 0)}
            if outcome.says:
                metadata["not read"] = outcome.says
            yield dg.MaterializeResult(asset_key=spec.key, metadata=metadata)

    return pull


def _counts(source: Source, run: Run) -> dict[str, int]:
    """Rows of each table of the extracts."""
    import duckdb

    settings = run.settings()
    if not extracts_folder(settings, source).is_dir():
        return {}
    with duckdb.connect() as connection:
        open_extracts(connection, settings, source)
        return {
            table: connection.execute(f'select count(*) from "{table}"').fetchone()[0]
            for table in source.kind.tables
        }


def _coverage_table(rows: list[CoverageRow]) -> dg.TableMetadataValue:
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {
                    "raw_table": row.raw_table,
                    "rows": row.rows,
                    "oldest": row.oldest or "",
                    "newest": row.newest or "",
                    "not_exact": "" if row.not_exact is None else f"{row.not_exact:.0%}",
                    "reason": row.reason or "",
                }
            )
            for row in rows
        ]
    )


def _translation(source: Source) -> dg.AssetsDefinition:
    @dg.asset(
        key=translated_key(source),
        deps=[_key(source, table) for table in source.kind.tables],
        group_name="landing",
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        description=f"Files of the landing that were made from the extracts of {source.name}.",
    )
    def translated(context: dg.AssetExecutionContext, run: Run, lock: Lock) -> dg.MaterializeResult:
        settings = run.settings()
        with lock.held(settings):
            progress.step("translate")
            rows = translate_all([source], settings)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(row.rows for row in rows),
                "coverage": _coverage_table(rows),
            }
        )

    return translated


def source_assets(config: Config) -> list[dg.AssetsDefinition]:
    """The assets of every configured source."""
    return [
        made for source in config.sources for made in (_extracts_of(source), _translation(source))
    ]
