"""Everything Dagster shows: the assets, their checks, the job, the schedule and the sensors."""

import dagster as dg

from orchestration.assets import schedule, sources
from orchestration.assets.build import warehouse_models
from orchestration.assets.check import checks
from orchestration.assets.history import command_line_runs
from orchestration.assets.land import landing
from orchestration.assets.publish import published
from orchestration.assets.resource import Run, home_lock
from orchestration.connectors.config import find_config

defs = dg.Definitions(
    assets=[
        *sources.source_assets(find_config()),
        landing,
        warehouse_models,
        published,
    ],
    asset_checks=[checks],
    jobs=[schedule.run_job],
    schedules=[schedule.daily],
    sensors=[schedule.new_files, schedule.alert_on_failure, command_line_runs],
    executor=dg.in_process_executor,
    resources={"run": Run(), "lock": home_lock},
)
