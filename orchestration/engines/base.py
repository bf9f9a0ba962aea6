"""What a run does otherwise on one engine than on the other, besides what dbt's adapters and dispatched macros do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import duckdb

from orchestration.ground.paths import MANIFEST
from orchestration.ground.settings import Settings
from orchestration.home.forget import forget_layers
from orchestration.home.warehouse import thread_count, warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestration.ground.errors import BuildFailed


# What an engine needs is imported where it is needed: a run on one does without the other, and the engines are asked from everywhere.


class Engine:
    """DuckDB: the tables are in the warehouse file itself, so that there is nothing to carry to and fro."""

    # What a built table is in the warehouse file, as the information schema calls it.
    table_type = "BASE TABLE"
    # Whether the warehouse file has the keys that an increment changed.
    has_changed_keys = True

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def check_ready(self) -> None:
        """Raises SettingsError where a run cannot begin."""

    def environment(self) -> dict[str, str]:
        """What profile and macros read of the engine, as environment variables."""
        return {}

    def landed(self) -> dict[str, str]:
        """What macros read of where the landed rows are, as environment variables; it changes with what lands."""
        return {}

    def before_build(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Brings what has landed to where the models read it; the build is planned and begun."""
        if connection.execute(
            "select count(*) from raw.build_state where target <> 'duckdb'"
        ).fetchone()[0]:
            forget_layers(connection)

    def after_build(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
        """Brings what was built to where it is published from."""

    def mark_built(self, run_id: str) -> None:
        """Remembers beside the tables which run completed them."""

    def is_as_built(self, run_id: str) -> bool:
        """Whether the tables are those that a run of this HOME completed."""
        return True

    def explained(self, failed: BuildFailed) -> BuildFailed:
        """A failure of dbt, in the words of what is behind it."""
        return failed

    def rows(self, sql: str) -> tuple[list[str], list[tuple]]:
        """Columns and up to three rows of a query on the built tables."""
        with warehouse(self.settings) as connection:
            found = connection.execute(f"select * from ({sql}) limit 3")
            return [column[0] for column in found.description], found.fetchall()

    def spelled(self, sql: str) -> str:
        """A query of the checks with the names that tables have here."""
        return sql

    @contextmanager
    def measured(self, measures: Mapping[str, str], as_of: str) -> Iterator[None]:
        """Holds the measures that the checks ask while the block runs; see orchestration.checking.aggregates."""
        from orchestration.checking.aggregates import drop_measures, take_measures

        with warehouse(self.settings) as connection:
            take_measures(connection, self.settings, measures, as_of)
        try:
            yield
        finally:
            with warehouse(self.settings) as connection:
                drop_measures(connection)

    def check_source(self) -> str:
        """What Great Expectations connects to; asked from within HOME, because a connection string cannot hold every path."""
        limits = urlencode(
            {
                "memory_limit": self.settings.variables["memory_limit"],
                "threads": thread_count(self.settings),
            }
        )
        return f"duckdb+buffered:///{self.settings.warehouse.name}?{limits}"


class Spark(Engine):
    """Spark behind a Thrift server: what has landed goes to the lake, what is built comes back from it."""

    table_type = "VIEW"
    has_changed_keys = False

    def check_ready(self) -> None:
        from orchestration.engines.spark import in_place
        from orchestration.engines.spark.server import check_ready

        in_place.smallest()
        check_ready(self.settings)

    def environment(self) -> dict[str, str]:
        from orchestration.engines.spark.lake import lake
        from orchestration.engines.spark.server import prefix, server

        there = server()
        return {
            "TOUCHLEDGER_SPARK_HOST": there.host,
            "TOUCHLEDGER_SPARK_PORT": str(there.port),
            "TOUCHLEDGER_SPARK_USER": there.user,
            "TOUCHLEDGER_SPARK_PREFIX": prefix(self.settings),
            "TOUCHLEDGER_LAKE": str(lake(self.settings)),
        }

    def landed(self) -> dict[str, str]:
        from orchestration.engines.spark.in_place import tables_in_place

        return {"TOUCHLEDGER_TABLES_IN_PLACE": " ".join(tables_in_place(self.settings))}

    def before_build(self, connection: duckdb.DuckDBPyConnection) -> None:
        from orchestration.engines.spark import bridge
        from orchestration.engines.spark.export import export

        bridge.mark_built(self.settings, "")
        export(connection, self.settings)

    def after_build(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
        from orchestration.engines.spark import bridge

        bridge.bring_back(connection, self.settings, run_id, MANIFEST)

    def mark_built(self, run_id: str) -> None:
        from orchestration.engines.spark import bridge

        bridge.mark_built(self.settings, run_id)

    def is_as_built(self, run_id: str) -> bool:
        from orchestration.engines.spark import bridge

        return bridge.is_brought_back(self.settings) and bridge.built_run(self.settings) == run_id

    def explained(self, failed: BuildFailed) -> BuildFailed:
        from orchestration.engines.spark import server

        return server.explained(failed)

    def rows(self, sql: str) -> tuple[list[str], list[tuple]]:
        from orchestration.engines.spark import server

        with server.session(self.settings) as spark:
            return spark.ask(f"select * from ({sql}) as asked limit 3")

    def spelled(self, sql: str) -> str:
        from orchestration.engines.spark.measures import spelled

        return spelled(self.settings, sql)

    @contextmanager
    def measured(self, measures: Mapping[str, str], as_of: str) -> Iterator[None]:
        from orchestration.engines.spark import measures as on_spark

        on_spark.take(self.settings, measures, as_of)
        try:
            yield
        finally:
            on_spark.drop(self.settings)

    def check_source(self) -> str:
        from orchestration.engines.spark.gx_dialect import connection_string

        return connection_string(self.settings)


_ENGINES: dict[str, type[Engine]] = {"duckdb": Engine, "spark": Spark}


def engine(settings: Settings) -> Engine:
    """The engine of a run."""
    return _ENGINES[settings.target](settings)
