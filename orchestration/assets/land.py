"""What lands: the new files of the landing folder, as typed rows."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from orchestration.assets.resource import OWNERS, Lock, Run
from orchestration.building.plan import forget_build
from orchestration.building.rules import check_rules
from orchestration.connectors.config import find_config
from orchestration.connectors.coverage import land_coverage
from orchestration.connectors.kind import Source
from orchestration.engines.registry import engine
from orchestration.ground.contract import SOURCES_FILE, raw_tables
from orchestration.ground.errors import DamagedWarehouse, LandingError
from orchestration.ground.settings import Settings, note_landing
from orchestration.ground.yml import read_yaml
from orchestration.home.erasure import erase_rows
from orchestration.home.runs import begin_run, end_run
from orchestration.home.tombstones import read_tombstones, write_tombstones
from orchestration.home.warehouse import restart_warehouse, warehouse
from orchestration.landing.assumed import refuse_sample
from orchestration.landing.land import land
from orchestration.terminal import progress


def translated_key(source: Source) -> dg.AssetKey:
    """The asset of what was translated from a source."""
    return dg.AssetKey(["translated", source.name])


def _raw_assets() -> list[dg.AssetSpec]:
    (source,) = read_yaml(SOURCES_FILE)["sources"]
    return [
        dg.AssetSpec(
            ["raw", table["name"]],
            deps=[
                translated_key(one)
                for one in find_config().sources
                if table["name"] in (*one.kind.brings, "coverage")
            ],
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


# What becomes of rows of forgotten people.
KEPT = {True: "the events stay without them", False: "they are dropped"}


def _erase(connection: duckdb.DuckDBPyConnection, settings: Settings) -> dict[str, int]:
    """Takes people who were forgotten out of what has landed since readers last saw it."""
    tombstones = read_tombstones(settings)
    (seen,) = connection.execute(
        "select coalesce(max(file_id), 0) from raw.files where published_run_id is not null"
    ).fetchone() or (0,)
    after = 0 if tombstones.is_pending else seen
    dropped = erase_rows(connection, tombstones, raw_tables(), after)
    if dropped and not tombstones.has_room:
        tombstones.has_room = True
        write_tombstones(settings, tombstones)
    return dropped


def _is_bare(folder: Path) -> bool:
    try:
        return not any(folder.iterdir())
    except FileNotFoundError:
        return True
    except OSError:  # what it is, landing says
        return False


def _check_landing(settings: Settings) -> None:
    """Refuses a landing that sources left bare, and the sample where it is not meant: before a full
    refresh discards what tells that. Of a damaged warehouse nothing does. Raises LandingError.
    """
    folder = settings.landing
    if find_config().sources and _is_bare(folder):
        raise LandingError(
            f"Nothing has come into the landing {folder}: no source brought a row. Repair the "
            f"sources as said above, then run again"
        )
    if settings.is_landing_assumed and settings.warehouse.exists():
        with suppress(DamagedWarehouse, duckdb.Error), warehouse(settings) as connection:
            refuse_sample(connection, settings)


@dg.multi_asset(name="landing", specs=_raw_assets(), retry_policy=None)
def landing(
    context: dg.AssetExecutionContext, run: Run, lock: Lock
) -> Iterator[dg.MaterializeResult]:
    """Lands the new files of the landing folder as typed rows, and says what was rejected and
    why.
    """
    settings = run.settings()
    check_rules()
    engine(settings).check_ready()
    with ExitStack() as opened:
        opened.enter_context(lock.held(settings))
        progress.step("land")
        _check_landing(settings)
        if settings.full_refresh:
            restart_warehouse(settings)
        connection = opened.enter_context(warehouse(settings))
        run_id = begin_run(connection, settings)
        if settings.full_refresh:
            forget_build(connection)
            progress.note(
                "full refresh: the whole landing is read anew; files removed from it are gone "
                "from the warehouse"
            )

        def landed(table: str, counts: Any) -> None:
            if counts.files:
                progress.item(f"{table}: {counts.files:,} file(s), {counts.landed:,} rows")

        try:
            report = land(
                connection,
                settings.landing,
                run_id,
                skip_bad_files=settings.skip_bad_files,
                naive_timezone=str(settings.variables["naive_timezone"]),
                scratch=settings.private / "scratch",
                on_table=landed,
                on_note=progress.note,
            )
            dropped = _erase(connection, settings)
        except Exception:
            end_run(connection, run_id, "failed")
            raise
        note_landing(settings)
        sources = [source.name for source in find_config().sources]
        land_coverage(connection, settings, sources)
        for bad in report.bad_files:
            progress.note(f"{bad.name} {bad.reason}; skipped")
        for table, rows in dropped.items():
            progress.note(
                f"{table}: {rows:,} row(s) of people who were forgotten; {KEPT[table == 'events']}"
            )
        total = report.total
        connection.execute(
            (
                "update raw.runs set rows_landed = ?, rows_accepted = ?, rows_rejected = ? where "
                "run_id = ?"
            ),
            [total.landed, total.accepted, total.rejected, run_id],
        )
        progress.item(f"{total.landed:,} rows from {total.files:,} new file(s)")
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
