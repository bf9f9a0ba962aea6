"""A portal under test: a world, the server that serves it, and what was pulled and translated from
it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.connectors.coverage import CoverageRow
from orchestration.connectors.kind import Source
from orchestration.connectors.kinds import kind
from orchestration.connectors.landed import translated_files
from orchestration.connectors.pull import Pull
from orchestration.connectors.steps import Outcome, pull_one, translate_all
from orchestration.ground.settings import Settings
from tests.hubspot.server import FakeHubSpot, serving
from tests.hubspot.world import World

Row = dict[str, Any]


@dataclass
class Portal:
    world: World
    fake: FakeHubSpot
    settings: Settings
    options: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None

    @property
    def source(self) -> Source:
        return Source("main", kind("hubspot"), {"url": self.fake.url, **self.options})

    def pull(self, **asked: Any) -> int:
        """Pulls once; returns the number of requests."""
        before = len(self.fake.requests)
        self.outcome = pull_one(self.source, self.settings, **asked)
        return len(self.fake.requests) - before

    def translate(self) -> dict[str, CoverageRow]:
        return {row.raw_table: row for row in translate_all([self.source], self.settings)}

    def rows(self, raw_table: str) -> list[Row]:
        """What has landed of a raw table, in the order of its text."""
        files = [str(file) for file in translated_files(self.settings, self.source, raw_table)]
        if not files:
            return []
        # The default connection: opening one for each table takes longer than reading it.
        found = duckdb.execute(
            "select * from read_parquet(?, union_by_name = true) order by all", [files]
        )
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def landing(self) -> dict[str, list[Row]]:
        return {raw_table: self.rows(raw_table) for raw_table in self.source.kind.brings}

    def ledger(self) -> list[Row]:
        with Pull(self.source, self.settings).extracts() as connection:
            connection.execute(
                "select _pull, table_name, parent_id, asset_type, is_complete, status, reason, "
                "is_finished from ledger"
            )
            names = [column[0] for column in connection.description]
            return [dict(zip(names, row, strict=True)) for row in connection.fetchall()]

    def incomplete(self) -> set[tuple[str, str | None, str | None]]:
        """What was not read whole: table, type and reason."""
        return {
            (row["table_name"], row["asset_type"], row["reason"])
            for row in self.ledger()
            if not row["is_complete"]
        }

    def forget_landing(self) -> None:
        """Deletes every translated file."""
        for file in Path(self.settings.landing).rglob("main-*.parquet"):
            file.unlink()


@contextmanager
def portal(world: World, settings: Settings, **options: Any) -> Iterator[Portal]:
    with serving(FakeHubSpot(world)) as fake:
        yield Portal(world, fake, settings, options)
