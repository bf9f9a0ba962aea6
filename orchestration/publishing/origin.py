"""What published tables were made from, kept beside them for the next publication to compare
with.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from orchestration.building.fingerprint import fingerprint
from orchestration.building.plan import table_variables
from orchestration.building.project import project_files
from orchestration.ground.paths import RULES
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_text
from orchestration.home.origin import BUILT_FROM, LANDED_FILES, BuiltFrom
from orchestration.home.tombstones import read_tombstones


def built_from(settings: Settings) -> BuiltFrom:
    """What tables that are published now are made from."""
    rules = sorted(RULES.glob("*.csv"))
    others = (path for path in project_files() if path not in rules)
    return BuiltFrom(
        settings.as_of,
        table_variables(settings),
        {path.name: fingerprint([path]) for path in rules},
        fingerprint(others),
        read_tombstones(settings).persons,
    )


def write_origin(connection: duckdb.DuckDBPyConnection, folder: Path, settings: Settings) -> None:
    """Leaves in the folder of a publication what it was made from, for the next one to compare
    with.
    """
    state = built_from(settings)
    values = {
        "as_of": state.as_of.isoformat(),
        "variables": state.variables,
        "rules": state.rules,
        "models": state.models,
        "erasures": state.erasures,
    }
    (folder / BUILT_FROM).write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    path = quote_text(str(folder / LANDED_FILES))
    connection.execute(
        f"copy (select table_name, content, rows_accepted from raw.files order by all) to {path} "
        f"(format parquet, compression zstd)"
    )
