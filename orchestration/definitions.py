"""Everything Dagster shows: the assets, their checks, the job, the schedule and the sensors."""

import dagster as dg

from orchestration.assets import run as assets
from orchestration.assets import schedule, sources
from orchestration.connectors.config import find_config

CONFIG = find_config()

defs = dg.Definitions(
    assets=[
        *sources.source_assets(CONFIG),
        sources.downstream(assets.landing, CONFIG),
        assets.warehouse_models,
        assets.published,
    ],
    asset_checks=[assets.checks],
    jobs=[schedule.run_job],
    schedules=[schedule.daily],
    sensors=[schedule.new_files, schedule.alert_on_failure],
    executor=dg.in_process_executor,
    resources={"run": assets.Run()},
)
