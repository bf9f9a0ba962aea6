"""Which engine a target names."""

from __future__ import annotations

from orchestration.engines.base import Engine
from orchestration.ground.settings import Settings


def _duckdb() -> type[Engine]:
    from orchestration.engines.duckdb import DuckDB

    return DuckDB


def _spark() -> type[Engine]:
    from orchestration.engines.spark.engine import Spark

    return Spark


# An engine is imported where it is asked for: a run on one does without the packages of the other.
ENGINES = {"duckdb": _duckdb, "spark": _spark}


def engine(settings: Settings) -> Engine:
    """The engine of a run."""
    return ENGINES[settings.target]()(settings)


def remove_copies(settings: Settings) -> None:
    """Removes the copies of landed rows that an engine reads in the warehouse's stead."""
    from orchestration.engines.spark.lake import remove

    remove(settings)


def left_on_spark(settings: Settings) -> tuple[str, bool]:
    """What earlier runs on Spark left with the cluster: the pattern of its databases, and whether
    the lake lies outside HOME.
    """
    from orchestration.engines.spark.lake import is_shared
    from orchestration.engines.spark.server import database

    return database(settings, "*"), is_shared()


def schema_prefix(settings: Settings) -> str:
    """What the names of schemas begin with in the engine of a run."""
    if settings.target != "spark":
        return ""
    from orchestration.engines.spark.server import database

    return database(settings, "")
