"""Read-only questions to the published file, which no question can change."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import duckdb

from orchestration.ground.errors import UnknownId
from orchestration.ground.paths import VARIABLES_FILE
from orchestration.ground.settings import Settings
from orchestration.home.publication import find_published, not_opened
from orchestration.publishing.words import lookback_days

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
        self.folder = file.parent
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute("set enable_external_access = false")
        self.connection.execute("set lock_configuration = true")

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of the run that published; none where it left none."""
        try:
            found = json.loads((self.folder / VARIABLES_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def lookback_days(self) -> float | None:
        """The look-back window of attribution in days, or None where none is set (R70)."""
        return lookback_days(self.variables)

    @property
    def as_of(self) -> datetime | None:
        """The as-of time of the newest run that was published: its "now" (R84)."""
        row = self.one(
            "select as_of from diagnostics.run_log where status = 'published' "
            "order by run_id desc limit 1"
        )
        return row["as_of"] if row else None

    def rows(self, sql: str, *values: object) -> Rows:
        """What `sql` answers, a dict per row."""
        found = self.connection.execute(sql, list(values))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def one(self, sql: str, *values: object) -> dict[str, Any] | None:
        """The first row of the answer, or None."""
        return next(iter(self.rows(sql, *values)), None)

    def named(self, sql: str, **values: object) -> Rows:
        """As `rows`, with values by name: `$name` in the SQL."""
        found = self.connection.execute(sql, values or None)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def near(self, what: str, wanted: str, known: str, **values: object) -> UnknownId:
        """The error for what is not there; `known` is SQL that lists `id` and `name` of what is."""
        close = self.named(
            f"""
            select id from ({known}) as ids where id is not null
            group by id
            order by max(greatest(
                jaro_winkler_similarity(lower(id), lower($wanted)),
                jaro_winkler_similarity(lower(coalesce(name, '')), lower($wanted))
            )) desc, id limit 3
            """,
            wanted=wanted,
            **values,
        )
        hint = (
            f" Near ones: {', '.join(row['id'] for row in close)}"
            if close
            else " Nothing of the kind is published."
        )
        return UnknownId(f"There is no {what} {wanted!r} in the published file.{hint}")
