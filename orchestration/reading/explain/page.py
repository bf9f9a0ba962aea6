"""The pieces of a page on the terminal."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from rich.table import Table
from rich.text import Text

from orchestration.terminal.console import make_console, plain

TOUCHES_SHOWN = 40


BASIS = {
    "asset": "the asset was in the campaign at that instant (R30)",
    "utm": "the URL carried the campaign's utm (R31)",
    "both": "asset and utm (R32)",
}


ENDED = {"moved": "moved to another campaign (R20)", "removed": "removed", None: "still in it"}


def when_text(value: datetime | None) -> str:
    return "" if value is None else f"{value:%Y-%m-%d %H:%M:%S}"


def name_text(row: dict[str, Any], kind: str = "campaign") -> str:
    name, key = row.get(f"{kind}_name"), row.get(f"{kind}_id")
    if key is None:
        return "(no campaign)"
    return plain(f"{name} ({key})" if name and name != key else key)


def new_table(*heads: str, right: tuple[str, ...] = ()) -> Table:
    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, justify="right" if head in right else "left", overflow="fold")
    return table


class Page:
    """Prints headings, sentences and tables; nothing from the data is taken for markup."""

    def __init__(self) -> None:
        self.console = make_console()

    def heading(self, text: str) -> None:
        self.console.print(Text(f"\n{plain(text)}", style="bold"))

    def say(self, text: str) -> None:
        self.console.print(Text(plain(text)))

    def show(self, table: Table) -> None:
        self.console.print(table)

    def row(self, table: Table, *cells: object) -> None:
        table.add_row(
            *[
                Text(
                    "" if cell is None else "\n".join(plain(line) for line in str(cell).split("\n"))
                )
                for cell in cells
            ]
        )


def money_text(value: Decimal | None) -> str:
    return "unknown" if value is None else f"{value:,.2f}"
