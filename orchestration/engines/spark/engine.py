"""Spark as an engine: what has landed goes to the lake, what is built comes back from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb

from orchestration.engines.base import Ask, Engine, MakeTables
from orchestration.engines.spark import bridge, in_place, scratch, server
from orchestration.engines.spark.dialect import connection_string
from orchestration.engines.spark.export import export
from orchestration.engines.spark.lake import lake
from orchestration.ground.cache import manifest_file
from orchestration.ground.errors import BuildFailed
from orchestration.home import tables_to_publish


class Spark(Engine):
    """The engine behind a Thrift server."""

    table_type = "VIEW"
    has_changed_keys = False

    def check_ready(self) -> None:
        in_place.smallest()
        server.check_ready(self.settings)

    def profile(self) -> dict[str, str]:
        there = server.server()
        return {
            "spark_host": there.host,
            "spark_port": str(there.port),
            "spark_user": there.user,
            "spark_prefix": server.prefix(self.settings),
            "spark_lake": str(lake(self.settings)),
        }

    def landed(self) -> dict[str, str]:
        return {"spark_tables_in_place": " ".join(in_place.tables_in_place(self.settings))}

    def before_build(self, connection: duckdb.DuckDBPyConnection, *, anew: bool) -> None:
        bridge.mark_built(self.settings, "")
        tables_to_publish.start_anew(connection, self.settings.to_publish)
        export(connection, self.settings)

    def after_build(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
        bridge.bring_back(connection, self.settings, run_id, manifest_file())

    def mark_built(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
        bridge.mark_built(self.settings, run_id)

    def is_as_built(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> bool:
        return bridge.is_brought_back(self.settings) and bridge.built_run(self.settings) == run_id

    def explained(self, failed: BuildFailed) -> BuildFailed:
        return server.explained(failed)

    def rows(self, sql: str) -> tuple[list[str], list[tuple]]:
        with self.asking() as ask:
            return ask(sql)

    @contextmanager
    def asking(self) -> Iterator[Ask]:
        with server.session(self.settings) as spark:
            yield lambda sql: spark.ask(f"select * from ({sql}) as asked limit 3")

    def spelled(self, sql: str, scratch: str) -> str:
        return bridge.spelled(self.settings, sql, scratch)

    @contextmanager
    def scratch(self, schema: str, make: MakeTables, queries: Mapping[str, str]) -> Iterator[None]:
        scratch.fill(self.settings, schema, make, queries)
        try:
            yield
        finally:
            scratch.drop(self.settings, schema)

    def sqlalchemy_url(self) -> str:
        return connection_string()
