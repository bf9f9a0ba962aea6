"""Read-only questions to the published file, which no question can change."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.ground.errors import UnknownId
from orchestration.ground.settings import Settings
from orchestration.home.publication import find_published, not_opened

Rows = list[dict[str, Any]]


class Published:
    """A connection to what HOME publishes. Raises SettingsError where nothing readable is there.

    External access is off and the configuration locked: a question reads this file's tables and
    nothing else, so that no `copy`, `attach` or `set` reaches another file.
    """

    def __init__(self, settings: Settings) -> None:
        file = find_published(settings)
        try:
            self.connection = duckdb.connect(str(file), read_only=True)
        except duckdb.Error as error:
            raise not_opened(settings.published_file, error) from None
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute("set enable_external_access = false")
        self.connection.execute("set lock_configuration = true")

    def rows(self, sql: str, *values: object) -> Rows:
        """What `sql` answers, a dict per row."""
        found = self.connection.execute(sql, list(values))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def one(self, sql: str, *values: object) -> dict[str, Any] | None:
        """The first row of the answer, or None."""
        return next(iter(self.rows(sql, *values)), None)

    def near(self, what: str, wanted: str, ids: str) -> UnknownId:
        """The error for an id that is not there; `ids` is SQL that lists the ones that are."""
        close = self.rows(
            f"""
            select id from (select distinct id from ({ids})) as ids where id is not null
            order by jaro_winkler_similarity(lower(id), lower(?)) desc, id limit 3
            """,
            wanted,
        )
        hint = (
            f" Near ones: {', '.join(row['id'] for row in close)}"
            if close
            else " Nothing of the kind is published."
        )
        return UnknownId(f"There is no {what} {wanted!r} in the published file.{hint}")
