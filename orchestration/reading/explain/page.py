"""The pieces of a page on the terminal."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from orchestration.terminal.console import make_console, plain

TOUCHES_SHOWN = 40
# Between two columns: a space, a line and a space.
GAP = 3
NARROWEST = 20

BASIS = {
    "asset": "the asset was in the campaign at that instant (R30)",
    "utm": "the URL carried the campaign's utm (R31)",
    "both": "asset and utm (R32)",
}
TIMES = {"exact": "exact", "first_seen": "first seen", "assumed": "assumed"}
TIME_BASIS = {
    "exact": "exact",
    "first_seen": "first seen: it was there when somebody first looked (R96)",
    "assumed": "assumed: set by a rule (R96)",
}


def when_text(value: datetime | None) -> str:
    return "" if value is None else f"{value:%Y-%m-%d %H:%M:%S}"


def money_text(value: Decimal | None) -> str:
    return "unknown" if value is None else f"{value:,.2f}"


def count_text(number: int, one: str, more: str | None = None) -> str:
    """`1 deal`, `2,000 deals`."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def name_text(row: dict[str, Any], kind: str = "campaign") -> str:
    """`Name (ID)`, or the id where there is no name."""
    name, key = row.get(f"{kind}_name"), row.get(f"{kind}_id")
    if key is None:
        return "(no campaign)"
    return plain(f"{name} ({key})" if name and name != key else key)


def contact_text(row: dict[str, Any]) -> str:
    """`address (ID)`, or the id where there is no address."""
    address, key = row.get("email"), row.get("contact_id")
    return plain(f"{address} ({key})" if address else key)


def listed(texts: list[str], most: int = 5) -> str:
    """The first texts, and how many more there are."""
    more = f" and {len(texts) - most:,} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more


@dataclass
class Grid:
    """A table of texts; the columns of `right` are numbers."""

    heads: tuple[str, ...]
    right: frozenset[str] = frozenset()
    rows: list[list[str]] = field(default_factory=list)

    def add(self, *cells: object) -> None:
        self.rows.append(
            [
                ""
                if cell is None
                else "\n".join(plain(line).strip() for line in str(cell).split("\n"))
                for cell in cells
            ]
        )


def new_grid(*heads: str, right: tuple[str, ...] = ()) -> Grid:
    return Grid(heads, frozenset(right))


def _longest(texts: list[str]) -> int:
    """Cells that the longest word needs."""
    return max((cell_len(word) for text in texts for word in text.split()), default=1)


def widths(grid: Grid, width: int) -> list[int] | None:
    """How wide each column is so that no word is broken; None where the page is too narrow."""
    columns = [[head, *cells] for head, *cells in zip(grid.heads, *grid.rows, strict=True)]
    found = [_longest(texts) for texts in columns]
    left = width - sum(found) - GAP * (len(found) - 1)
    if left < 0:
        return None
    wishes = [
        max(cell_len(line) for text in texts for line in text.split("\n") or [""]) - least
        for texts, least in zip(columns, found, strict=True)
    ]
    hungry = sorted(range(len(found)), key=lambda column: wishes[column])
    for position, column in enumerate(hungry):
        given = min(max(wishes[column], 0), left // (len(hungry) - position))
        found[column] += given
        left -= given
    return found


class Page:
    """Prints headings, sentences and tables; words and numbers stay whole where they fit a line,
    and nothing from the data is taken for markup.
    """

    def __init__(self) -> None:
        self.console = make_console()
        columns = os.environ.get("COLUMNS", "")
        if columns.isdigit() and int(columns) >= NARROWEST:
            self.console.width = int(columns)

    def heading(self, text: str) -> None:
        self.console.print()
        self._lines(Text(plain(text), style="bold"))

    def say(self, text: str, indent: int = 0) -> None:
        """A sentence, wrapped between words."""
        self._lines(Text(plain(text)), indent)

    def show(self, grid: Grid) -> None:
        """A table, or one value per line where the columns do not fit side by side."""
        if not grid.rows:
            return
        columns = widths(grid, self.console.width)
        if columns is None:
            for number, row in enumerate(grid.rows):
                if number:
                    self.console.print()
                for head, cell in zip(grid.heads, row, strict=True):
                    if cell:
                        self.say(f"{head}: {' '.join(cell.split())}", 2)
            return
        table = Table(show_edge=False, pad_edge=False, header_style="bold")
        for head, wide in zip(grid.heads, columns, strict=True):
            justify: Literal["left", "right"] = "right" if head in grid.right else "left"
            table.add_column(Text(head), justify=justify, width=wide)
        for row in grid.rows:
            table.add_row(*map(Text, row))
        self._print(table)

    def _lines(self, text: Text, indent: int = 0) -> None:
        for line in text.wrap(self.console, self.console.width - indent):
            line.rstrip()
            self._print(Text(" " * indent).append_text(line))

    def _print(self, what: Any) -> None:
        self.console.print(what, soft_wrap=False, crop=False)
