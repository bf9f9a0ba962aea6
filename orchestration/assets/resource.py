"""What every asset is given, the run's arguments and the lock of HOME, and what assets share."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import dagster as dg
import duckdb

from orchestration.building.plan import NONE, is_published, plan_build
from orchestration.ground.arguments import RunArguments
from orchestration.ground.settings import Settings
from orchestration.home.lock import HomeLock
from orchestration.home.runs import current_run, end_run
from orchestration.home.warehouse import warehouse

OWNERS = ["team:data"]


class Run(RunArguments, dg.ConfigurableResource):
    """One run's arguments, as on the command line."""


Lock = dg.ResourceParam[HomeLock]


@dg.resource(description="Held by each step; a command holds it for all steps and hands it down.")
def home_lock(_: dg.InitResourceContext) -> HomeLock:
    return HomeLock()


@contextmanager
def failing_run(settings: Settings) -> Iterator[None]:
    """Marks the run failed in the warehouse where the block raises."""
    try:
        yield
    except Exception:
        # What failed first is what is reported.
        with suppress(Exception), warehouse(settings) as connection:
            end_run(connection, current_run(connection), "failed")
        raise


def nothing_to_do(connection: duckdb.DuckDBPyConnection, settings: Settings) -> bool:
    """Whether readers already see everything that has landed, under these variables and rules."""
    return plan_build(connection, settings).kind == NONE and is_published(connection, settings)
