"""The raw contract as the dbt sources describe it: tables, columns, types, keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.ground.paths import DBT_PROJECT
from orchestration.ground.yml import read_yaml

SOURCES_FILE = DBT_PROJECT / "models" / "staging" / "_sources.yml"


def folded(name: str) -> str:
    """The name of a column as the contract compares names: without regard to case, outer spaces and
    a byte order mark.
    """
    return name.strip().lstrip("\ufeff").strip().lower()


@dataclass(frozen=True)
class RawColumn:
    """One column of a raw table: its DuckDB type, whether a row needs it, and the values a closed
    list allows.
    """

    name: str
    data_type: str
    required: bool = False
    absent_means: str | None = None
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawTable:
    """One raw table: its columns in the order that settles ties, and the key that makes a record
    one record.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[RawColumn, ...]
    # What cannot be answered where nothing of it has landed; "" where everything can.
    without: str = ""

    @property
    def can_be_deleted(self) -> bool:
        return any(column.name == "_deleted" for column in self.columns)


def _column(entry: dict) -> RawColumn:
    meta = entry.get("config", {}).get("meta", {})
    absent = meta.get("absent_means")
    return RawColumn(
        name=entry["name"],
        data_type=entry["data_type"],
        required=bool(meta.get("required", False)),
        absent_means=None if absent is None else str(absent).lower(),
        accepted=tuple(meta.get("accepted", ())),
    )


@cache
def raw_tables(sources_file: Path = SOURCES_FILE) -> dict[str, RawTable]:
    """The tables of the raw contract by name, read from the dbt sources (the only place that names
    them).
    """
    (source,) = read_yaml(sources_file)["sources"]
    tables = {}
    for entry in source["tables"]:
        meta = entry.get("config", {}).get("meta", {})
        if key := meta.get("key"):
            columns = tuple(_column(column) for column in entry["columns"])
            tables[entry["name"]] = RawTable(
                entry["name"], tuple(key), columns, meta.get("without", "")
            )
    return tables
