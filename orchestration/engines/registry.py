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
