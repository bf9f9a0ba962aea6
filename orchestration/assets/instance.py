"""The Dagster instance of a run on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dagster as dg
from dagster._core.instance import InstanceType
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher
from dagster._core.run_coordinator import DefaultRunCoordinator
from dagster._core.storage.event_log import InMemoryEventLogStorage
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.root import TemporaryLocalArtifactStorage
from dagster._core.storage.runs import InMemoryRunStorage


class ListedEvents(InMemoryEventLogStorage):
    """An event log that is a list. Dagster's own in memory is a database; to write it, and to ask
    it of every table what was before, takes a seventh of a small run.
    """

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[dg.EventLogEntry] = []

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Keeps the event."""
        self.entries.append(event)

    def get_logs_for_run(
        self, run_id: str, *_: Any, of_type: Any = None, **__: Any
    ) -> Sequence[dg.EventLogEntry]:
        """What the run logged, in order."""
        return [entry for entry in self.entries if entry.run_id == run_id]

    def get_asset_records(self, asset_keys: Sequence[dg.AssetKey] | None = None) -> list[Any]:
        """A process that runs one job knows nothing from before."""
        return []

    @property
    def asset_records_have_last_observation(self) -> bool:
        """Nor was one observed, and nobody need look for it."""
        return True


def unwatched() -> dg.DagsterInstance:
    """Dagster's ephemeral instance, but for the event log."""
    return dg.DagsterInstance(
        instance_type=InstanceType.EPHEMERAL,
        local_artifact_storage=TemporaryLocalArtifactStorage(),
        run_storage=InMemoryRunStorage(),
        event_storage=ListedEvents(),
        compute_log_manager=NoOpComputeLogManager(),
        run_coordinator=DefaultRunCoordinator(),
        run_launcher=SyncInMemoryRunLauncher(),
    )
