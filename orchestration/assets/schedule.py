"""When runs start by themselves: the daily schedule and the sensor for new files.

Both are off until someone turns them on.
"""

from typing import Any

import dagster as dg

from orchestration.assets.alerts import COMMAND, WEBHOOK, Alert, send
from orchestration.ground.errors import LandingError
from orchestration.ground.settings import make_settings
from orchestration.home.lock import holder
from orchestration.landing.files import find_files

run_job = dg.define_asset_job(
    "touchledger_run",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="land, build, check, publish: what `touchledger run` does",
)

daily = dg.ScheduleDefinition(
    name="daily_run",
    job=run_job,
    cron_schedule="0 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Every day at 05:00 UTC.",
)


@dg.sensor(
    job=run_job,
    name="new_files",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Starts a run when the files of the landing changed since the last one it started.",
)
def new_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Compares names, sizes and times of the landed files with those of the last evaluation that
    started a run. While HOME is held it starts none: that run would fail, and its files would wait
    for the next change.
    """
    settings = make_settings()
    landing = settings.landing
    try:
        found, _ = find_files(landing)
    except LandingError as error:
        return dg.SkipReason(str(error))
    newest = max((file.modified_ns for file in found), default=0)
    cursor = f"{len(found)} files, {sum(file.size for file in found)} bytes, newest {newest}"
    if not found:
        return dg.SkipReason(f"No files in {landing}")
    if cursor == context.cursor:
        return dg.SkipReason("No new files")
    if process := holder(settings):
        return dg.SkipReason(f"Process {process} is working on {settings.home}; waiting for it")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=cursor)], cursor=cursor)


def _deepest(error: Any) -> str:
    """The message of the error that Dagster's own errors are wrapped around."""
    while error is not None and error.cause is not None:
        error = error.cause
    return " ".join(error.message.split())[:1000] if error is not None else ""


@dg.run_failure_sensor(
    name="alert_on_failure",
    default_status=dg.DefaultSensorStatus.STOPPED,
    minimum_interval_seconds=30,
    description=f"Tells a failed run to the command in {COMMAND} and the web hook in {WEBHOOK}.",
)
def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
    """Tells what failed, and in which step."""
    steps = context.get_step_failure_events()
    step = steps[0] if steps else None
    error = _deepest(step.step_failure_data.error) if step else context.failure_event.message or ""
    alert = Alert(
        context.dagster_run.job_name,
        context.dagster_run.run_id,
        (step.step_key or "") if step else "",
        error,
    )
    told = send(alert)
    context.log.error(
        f"{alert.text} Told: {', '.join(told) or f'nobody; set {COMMAND} or {WEBHOOK}'}"
    )
