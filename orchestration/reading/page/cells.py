"""Cells of tables: a published value, as its column's kind, becomes text with a link and a
tooltip.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orchestration.publishing.report.numbers import NONE, UNKNOWN, Formats, shown
from orchestration.reading.page import words
from orchestration.reading.page.causes import brought_about
from orchestration.reading.page.selection import CONVERSIONS, Selection, plain_link

# Kinds whose cells are set right.
NUMBERS = ("count", "money", "share", "change", "ratio", "weight", "credit", "number", "pipeline")
# Kinds that a phone shows in a whole list only, not in the few rows of another page.
DETAILS = ("basis", "last_touch_basis", "code", "yes")


@dataclass(frozen=True)
class Column:
    """A column of a list: its name in SQL, its head, and the kind that says how a value is shown.

    `name_from` is another column with the name of what this one identifies; `link` makes a link
    from a row, for numbers that lead to their rows; `only_csv` columns are in the file alone.
    """

    name: str
    head: str
    kind: str = "text"
    name_from: str = ""
    help: str = ""
    subject: str = ""
    link: Any = None
    only_csv: bool = False

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS

    @property
    def is_detail(self) -> bool:
        """Whether a phone leaves it out of a page's few rows."""
        return self.kind in DETAILS


@dataclass(frozen=True)
class Cell:
    """What a cell says, where it leads, and what its tooltip says.

    `sub` is a second, smaller line.
    """

    text: str
    href: str = ""
    title: str = ""
    sub: str = ""
    kind: str = "text"
    bar: float | None = None


class Cells:
    """Makes cells in one publication's formats and with one request's choices. `lookback` is the
    publication's look-back window in days, where one is set.
    """

    def __init__(self, formats: Formats, selection: Selection, lookback: object = None) -> None:
        self.formats = formats
        self.selection = selection
        self.lookback = lookback

    def campaign(self, key: object, name: object = None) -> Cell:
        if key is None:
            return Cell("No campaign", title="Interactions that were in no campaign. Rule R74.")
        text = shown(name) or shown(key)
        href = self.selection.link("/campaign", id=key)
        return Cell(text, href, sub=shown(key, 60) if text != shown(key, 160) else "")

    def contact(self, key: object, name: object = None) -> Cell:
        if key is None:
            return Cell("Anonymous visitor")
        text = shown(name) or shown(key)
        return Cell(
            text,
            plain_link("/contact", id=key),
            sub=shown(key, 60) if text != shown(key, 160) else "",
        )

    def deal(self, key: object, name: object = None) -> Cell:
        if key is None:
            return Cell(NONE)
        text = shown(name) or shown(key)
        return Cell(
            text,
            self.selection.link("/deal", id=key),
            sub=shown(key, 60) if text != shown(key, 160) else "",
        )

    def asset(self, kind: object, key: object, name: object = None) -> Cell:
        if key is None or kind is None:
            return Cell(NONE)
        return Cell(
            shown(name) or shown(key),
            plain_link("/asset", type=kind, id=key),
            sub=words.asset_type(kind),
        )

    def event(self, key: object, text: str = "") -> Cell:
        if key is None:
            return Cell(NONE)
        return Cell(text or shown(key, 60), plain_link("/event", id=key))

    def session(self, key: object) -> Cell:
        return Cell(NONE) if key is None else Cell(shown(key, 40), plain_link("/session", id=key))

    def instant(self, value: Any) -> Cell:
        return Cell(self.formats.instant(value))

    def reason(self, code: object, subject: str = "") -> Cell:
        if code is None:
            return Cell(NONE)
        found = words.reason(code, subject, self.lookback)
        return Cell(
            found.label,
            title=found.title,
            sub=f"{found.meaning} {found.cure}".strip() if code != "COUNTED" else "",
        )

    def number(self, value: Any) -> Cell:
        if value is None:
            return Cell(UNKNOWN)
        exact = Decimal(str(value))
        if exact == exact.to_integral_value():
            return Cell(self.formats.count(int(exact)))
        return Cell(self.formats.amount(exact), title=f"{exact:f}")

    def cell(self, column: Column, row: dict[str, Any]) -> Cell:
        """The cell of one row in one column."""
        value = row.get(column.name)
        made = self._plain(column, row, value)
        if column.link and value not in (None, 0):
            href = column.link(self.selection, row)
            if href:
                return Cell(made.text, href, made.title, made.sub, column.kind)
        return made

    def text(self, column: Column, row: dict[str, Any]) -> str:
        """What a column says of a sum: no link."""
        return self._plain(column, row, row.get(column.name)).text

    def _plain(self, column: Column, row: dict[str, Any], value: Any) -> Cell:
        kind, formats = column.kind, self.formats
        name = row.get(column.name_from) if column.name_from else None
        if kind in ("campaign", "contact", "deal"):
            return getattr(self, kind)(value, name)
        if kind == "campaign_or_none":
            return Cell(NONE) if value is None else self.campaign(value, name)
        if kind == "asset":
            return self.asset(row.get("asset_type"), value, name)
        if kind in ("event", "session", "instant"):
            return getattr(self, kind)(value)
        if kind == "reason":
            return self.reason(value, column.subject)
        if kind == "reasons":
            found = [words.reason(code, column.subject) for code in value or []]
            return Cell(
                "; ".join(one.label for one in found) or "Shown",
                title=" ".join(one.title for one in found),
                sub=" ".join(one.cure for one in found),
            )
        if kind == "utm_status":
            found = words.utm_status(value)
            return Cell(found.label, title=found.title, sub=f"{found.meaning} {found.cure}".strip())
        if kind == "reason_or_counted":
            return self.reason(value or "COUNTED", column.subject)
        if kind == "conversion":
            return Cell(CONVERSIONS.get(str(value)) or words.spelled(value))
        if kind == "changes":
            return Cell("what it changed")
        if kind in ("basis", "last_touch_basis"):
            bases = words.BASES if kind == "basis" else words.LAST_TOUCH_BASES
            label, meaning, rule = bases.get(value, (words.spelled(value or "–"), "", ""))
            return Cell(label, title=f"{meaning} Rule {rule}.".strip() if meaning else "")
        if kind == "time_basis":
            label, meaning, rule = words.TIME_BASES.get(value, (NONE, "", ""))
            return Cell(label, title=f"{meaning} Rule {rule}." if meaning else "")
        if kind == "yes":
            return Cell(NONE if value is None else "yes" if value else "no")
        if kind == "list":
            return Cell(", ".join(shown(one, 60) for one in value or []) or NONE)
        if kind == "causes":
            return Cell(brought_about(formats, value, row.get("run_causes")) or NONE)
        if kind in ("model", "metric", "contact_metric", "event_type", "asset_type"):
            return Cell(NONE if value is None else getattr(words, kind)(value))
        if kind == "code":
            return Cell(NONE if value is None else words.spelled(value))
        if kind == "weight":
            return Cell(
                NONE if value is None else formats.share(value, 2),
                title="" if value is None else f"{value!r}",
            )
        if kind == "credit":
            return Cell(UNKNOWN if value is None else f"{Decimal(str(value)).normalize():f}")
        if kind == "share":
            return Cell(formats.share(value, 1))
        if kind == "change":
            return Cell(formats.change(value))
        if kind == "ratio":
            return Cell(NONE if value is None else formats.amount(Decimal(str(value))))
        if kind == "number":
            return self.number(value)
        if kind == "count":
            return Cell(formats.count(value))
        if kind == "pipeline":
            has_none = row.get("conversion") == "contact_created"
            return Cell(NONE if has_none else formats.amount(value))
        if kind == "money":
            return Cell(formats.amount(value))
        if kind == "day":
            return Cell(formats.day(value))
        return Cell(NONE if value is None or value == "" else shown(value))
