"""The sample as a landing that nobody named."""

from __future__ import annotations

import duckdb

from orchestration.ground.errors import LandingError
from orchestration.ground.paths import SAMPLE
from orchestration.ground.settings import Settings


def refuse_sample(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Keeps the sample out of a HOME that was filled from elsewhere and does not know from where,
    as one of a version that did not note it.

    Raises LandingError.
    """
    if not settings.is_landing_assumed:
        return
    try:
        landed = connection.execute("select file_name from raw.files").fetchall()
    except duckdb.CatalogException:  # nothing has landed yet
        return
    if landed and not any((SAMPLE / name).exists() for (name,) in landed):
        raise LandingError(
            f"HOME {settings.home} was not filled from the sample; name its landing with "
            f"--landing DIR (or another HOME with --home DIR)"
        )
