"""Why something differs, in words, and which settings explain it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from orchestration.ground.sql import quote_text
from orchestration.reading.compare.publications import Side

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Reason:
    """Why something differs, in words, and the rule that decides it."""

    reason: str
    rule_id: str
    words: str


@cache
def reasons() -> dict[str, Reason]:
    """The rows of reasons.csv by reason."""
    with (FOLDER / "reasons.csv").open(encoding="utf-8", newline="") as stream:
        return {row["reason"]: Reason(**row) for row in csv.DictReader(stream)}


@dataclass(frozen=True)
class Setting:
    """A variable or file of rules that differs: what it explains, both values."""

    kind: str
    name: str
    a: str
    b: str

    @property
    def text(self) -> str:
        return f"{self.name} {self.a} -> {self.b}" if self.kind == "SETTING" else self.name


def differing_settings(a: Side, b: Side) -> list[Setting]:
    """Variables, files of rules and models that differ, where both sides say what they had."""
    found = [
        Setting("SETTING", name, a.variables.get(name, "unset"), b.variables.get(name, "unset"))
        for name in sorted(a.variables.keys() | b.variables.keys())
        if a.variables and b.variables and a.variables.get(name) != b.variables.get(name)
    ]
    found += [
        Setting("RULE_FILE", name, "", "")
        for name in sorted(a.rules.keys() | b.rules.keys())
        if a.rules and b.rules and a.rules.get(name) != b.rules.get(name)
    ]
    if a.models and b.models and a.models != b.models:
        found.append(Setting("PROGRAM", "models of another version", "", ""))
    return found


@cache
def _explains() -> dict[str, tuple[str, ...]]:
    with (FOLDER / "settings.csv").open(encoding="utf-8", newline="") as stream:
        return {row["setting"]: tuple(row["explains"].split()) for row in csv.DictReader(stream)}


def settle(connection: duckdb.DuckDBPyConnection, settings: list[Setting]) -> None:
    """What a differing setting explains is the setting's; what nothing decided is the setting's
    too, else the rule files', else the models'."""
    for table in ("number_reasons", "contact_reasons", "deal_reasons"):
        for setting in settings:
            explained = [quote_text(reason) for reason in _explains().get(setting.name, ())]
            if explained:
                connection.execute(
                    f"update {table} set reason = {quote_text(setting.kind)} "
                    f"where reason in ({', '.join(explained)})"
                )
        fallback = settings[0].kind if settings else "OTHER"
        connection.execute(
            f"update {table} set reason = {quote_text(fallback)} where reason is null"
        )
