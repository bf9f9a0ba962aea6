"""Why something differs, in words, and which settings explain it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

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
        Setting("SETTING", name, a.variables[name], b.variables[name])
        for name in sorted(a.variables.keys() & b.variables.keys())
        if a.variables[name] != b.variables[name]
    ]
    found += [
        Setting("RULE_FILE", name, "", "")
        for name in sorted(a.rules.keys() | b.rules.keys())
        if a.rules and b.rules and a.rules.get(name) != b.rules.get(name)
    ]
    if a.models and b.models and a.models != b.models:
        found.append(Setting("PROGRAM", "models of another version", "", ""))
    return found


@dataclass(frozen=True)
class Reach:
    """What a setting explains: reasons, and the numbers that it can change where no reason is
    found, in the words of `concerns` of `number_reasons`.
    """

    reasons: frozenset[str] = frozenset()
    concerns: frozenset[str] = frozenset()


@cache
def _reaches() -> dict[str, Reach]:
    with (FOLDER / "settings.csv").open(encoding="utf-8", newline="") as stream:
        return {
            row["setting"]: Reach(
                frozenset(row["explains"].split()), frozenset(row["concerns"].split())
            )
            for row in csv.DictReader(stream)
        }


# What a row depends on, as SQL: words of settings.csv.
_CONCERNS = {
    "number_reasons": "concerns",
    "contact_reasons": "case metric when 'revenue' then 'deals' else metric end",
    "deal_reasons": "'deals'",
}


def settle(connection: duckdb.DuckDBPyConnection, settings: list[Setting]) -> None:
    """Puts differing settings in the place of the reasons that they explain, and names them in the
    column `setting`: those that explain the reason found and can change such a row; where no reason
    is found, the variables that can change it, else the files of rules that can, else the models.
    """
    for table, concerns in _CONCERNS.items():
        connection.execute(f"alter table {table} add column setting varchar")
        found = connection.execute(f"select distinct reason, {concerns} from {table}").fetchall()
        for reason, concerned in found:
            named = responsible(settings, reason, frozenset(concerned.split()))
            if named or reason is None:
                connection.execute(
                    f"update {table} set reason = ?, setting = ? "
                    f"where setting is null and reason is not distinct from ? and {concerns} = ?",
                    [
                        named[0].kind if named else "OTHER",
                        "; ".join(setting.text for setting in named) or None,
                        reason,
                        concerned,
                    ],
                )


def responsible(
    settings: list[Setting], reason: str | None, concerned: frozenset[str]
) -> list[Setting]:
    """The settings, of one kind, that explain a reason, or the lack of one, of such rows."""
    able = [
        setting
        for setting in settings
        if setting.kind == "PROGRAM" or _reaches().get(setting.name, Reach()).concerns & concerned
    ]
    if reason is not None:
        able = [
            setting for setting in able if reason in _reaches().get(setting.name, Reach()).reasons
        ]
    return [setting for setting in able if setting.kind == able[0].kind]


def in_words(reason: object, setting: object) -> tuple[str, str]:
    """A reason in words, with the settings that it names, and its rule; both empty where none is
    known.
    """
    known = reasons().get(str(reason))
    if known is None:
        return "", ""
    named = f": {setting}" if setting and reason != "PROGRAM" else ""
    return known.words + named, known.rule_id
