"""Runs of the command line, shown in Dagster's page.

A run on the command line keeps Dagster's records in memory, since writing them would cost more than
the run. It leaves them in one file; a sensor of `dagster dev` reads what it has not seen.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.assets.column_lineage import ColumnLineage, column_lineage
from orchestration.ground.settings import Settings, make_settings

FOLDER = "dagster"
# How many runs HOME remembers for it.
KEPT = 10
# What the page shows of a run. What was planned and what a step put out adds nothing to it.
SHOWN = {
    dg.DagsterEventType.PIPELINE_START,
    dg.DagsterEventType.PIPELINE_SUCCESS,
    dg.DagsterEventType.PIPELINE_FAILURE,
    dg.DagsterEventType.STEP_START,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
    dg.DagsterEventType.ASSET_OBSERVATION,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
}
TAGS = {"touchledger/started_by": "the command line"}


def _files(settings: Settings) -> list[Path]:
    """The files of the remembered runs, oldest first."""
    return sorted((settings.private / FOLDER).glob("*.json.gz"))


def keep(instance: dg.DagsterInstance, settings: Settings) -> None:
    """Writes what Dagster recorded of the run of this process to a file of HOME.

    Dagster's page is an extra: where the file cannot be written, the run goes on.
    """
    with suppress(OSError):
        for found in instance.get_run_records():
            run = found.dagster_run
            events = [
                dg.serialize_value(entry)
                for entry in instance.all_logs(run.run_id)
                if entry.dagster_event and entry.dagster_event.event_type in SHOWN
            ]
            folder = settings.private / FOLDER
            folder.mkdir(mode=0o700, exist_ok=True)
            file = folder / f"{found.create_timestamp:%Y%m%dT%H%M%S}-{run.run_id}.json.gz"
            record = {
                "run_id": run.run_id,
                "job": run.job_name,
                "config": run.run_config,
                "events": events,
            }
            partial = file.with_suffix(".partial")
            with gzip.open(partial, "wt", encoding="utf-8", compresslevel=1) as out:
                json.dump(record, out)
            partial.replace(file)
        for old in _files(settings)[:-KEPT]:
            old.unlink(missing_ok=True)


def _unseen(instance: dg.DagsterInstance, settings: Settings) -> Iterator[dict[str, Any]]:
    for file in _files(settings):
        run_id = file.name.partition("-")[2].removesuffix(".json.gz")
        if not instance.has_run(run_id):
            with suppress(OSError, EOFError, ValueError), gzip.open(file, "rt") as text:
                yield json.load(text)


def _with_lineage(entry: dg.EventLogEntry, columns: ColumnLineage) -> dg.EventLogEntry:
    event, made = entry.dagster_event, entry.asset_materialization
    if event is None or made is None:
        return entry
    made = made.with_metadata({**made.metadata, **columns.metadata(made.asset_key)})
    data = event.step_materialization_data._replace(materialization=made)
    return entry._replace(dagster_event=event._replace(event_specific_data=data))


def show(instance: dg.DagsterInstance, record: dict[str, Any], columns: ColumnLineage) -> None:
    """Enters one remembered run in Dagster's records, with its own times."""
    instance.add_run(
        dg.DagsterRun(
            job_name=record["job"],
            run_id=record["run_id"],
            run_config=record["config"],
            status=dg.DagsterRunStatus.NOT_STARTED,
            tags=TAGS,
        )
    )
    for event in record["events"]:
        entry = dg.deserialize_value(event, dg.EventLogEntry)
        instance.handle_new_event(_with_lineage(entry, columns))


@dg.sensor(
    name="runs_of_the_command_line",
    target=None,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Shows here what `touchledger run` did: its runs, what they materialized and checked. It "
        "starts nothing."
    ),
)
def command_line_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Enters runs of this HOME that Dagster has not seen."""
    settings = make_settings()
    shown = 0
    for record in _unseen(context.instance, settings):
        show(context.instance, record, column_lineage(settings))
        shown += 1
    return dg.SkipReason(
        f"Runs of the command line that were entered here: {shown}"
        if shown
        else f"No new run of the command line in {settings.home}"
    )
