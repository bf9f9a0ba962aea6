"""The campaign table at the end of a run, where the published file is, and what to do next."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
from rich.table import Table
from rich.text import Text

from orchestration.ground.paths import ROOT
from orchestration.ground.settings import Settings
from orchestration.ground.sql import one_row, sql_beside
from orchestration.terminal.console import make_console, plain


def _money(value: object) -> str:
    return "unknown" if value is None else f"{value:,.2f}"


# Columns of the campaign table as they stand, and the order in which they are kept where the
# terminal is too narrow for all.
HEADS = (
    "Sessions",
    "First touch",
    "Last touch",
    "Influenced",
    "Deals",
    "Revenue",
    "First model",
    "Last model",
    "Spend",
    "ROI",
)


KEPT_FIRST = (
    "Revenue",
    "ROI",
    "Spend",
    "Influenced",
    "Deals",
    "Sessions",
    "First touch",
    "Last touch",
    "First model",
    "Last model",
)


NARROWEST_NAME, WIDEST_NAME = 27, 34


def fitting(widths: dict[str, int], name_width: int, available: int) -> list[str]:
    """The heads of HEADS that fit beside a name column of `name_width` characters in a table
    `available` characters wide, borders included.
    """
    left = available - 1 - (name_width + 3)
    kept = set()
    for head in KEPT_FIRST:
        left -= widths[head] + 3
        if left < 0:
            break
        kept.add(head)
    return [head for head in HEADS if head in kept]


def _campaign_table(rows: list[tuple], currency: str, available: int) -> tuple[Table, list[str]]:
    """The table, as wide as the terminal allows, and the columns that do not fit."""
    cells = []
    for name, *counts, revenue, first, last, spend, roi in rows:
        numbers = [
            *(f"{count:,}" for count in counts),
            _money(revenue),
            _money(first or 0),
            _money(last or 0),
            _money(spend),
        ]
        cells.append(
            (
                Text(plain(name)),
                dict(zip(HEADS, [*numbers, "" if roi is None else f"{roi:+.0%}"], strict=True)),
            )
        )
    widths = {
        head: max([len(head), *(len(numbers[head]) for _, numbers in cells)]) for head in HEADS
    }
    longest = max([len("Campaign"), *(name.cell_len for name, _ in cells)])
    heads = fitting(widths, min(longest, NARROWEST_NAME), available)
    room = available - 1 - sum(widths[head] + 3 for head in heads) - 3
    table = Table(
        title=f"Campaigns by revenue, {currency}", title_justify="left", title_style="bold"
    )
    table.add_column(
        "Campaign", no_wrap=True, overflow="ellipsis", max_width=max(8, min(WIDEST_NAME, room))
    )
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for name, shown in cells:
        table.add_row(name, *(shown[head] for head in heads))
    return table, [head for head in HEADS if head not in heads]


def print_summary(settings: Settings) -> None:
    """The campaign table of what was just published, where it is, and what to do next; on standard
    output.
    """
    file = settings.published_file
    console = make_console()
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(sql_beside(__file__, "campaigns")).fetchall()
        campaigns, rejected, deal = one_row(connection, sql_beside(__file__, "counts"))
    table, left_out = _campaign_table(rows, str(settings.variables["home_currency"]), console.width)
    console.print()
    console.print(table)
    if campaigns > len(rows):
        console.print(Text(f"... and {campaigns - len(rows):,} more in marts.campaign_performance"))
    if left_out:
        console.print(Text(f"Not shown at this width: {', '.join(left_out)}."))
    one = "" if "Last model" in left_out else "; First and Last model give it to one"
    console.print(Text(f"Revenue is shared evenly over all interactions (linear){one}."))
    if rejected:
        console.print(
            Text(f"{rejected:,} rejected row(s), with reasons: diagnostics.rejected_records")
        )
    page = settings.published / "report.html"
    console.print()
    if page.exists():
        console.print(Text(f"Report:    {plain(page)}"))
    console.print(Text(f"Published: {plain(file)}"))
    console.print(Text("Next:"))
    program = _program()
    home = (
        ""
        if settings.home == ROOT / "warehouse"
        else f" --home {shlex.quote(plain(settings.home))}"
    )
    console.print(Text(f"  {program('touchledger')} serve{home}"))
    if deal is not None:
        console.print(
            Text(f"  {program('touchledger')} explain deal {shlex.quote(plain(deal))}{home}")
        )
    question = (
        "select reason, count(*) from diagnostics.deal_inclusion group by all order by 2 desc"
    )
    console.print(Text(f"  {program('touchledger')} sql {shlex.quote(question)}{home}"))
    console.print(Text(f"  {program('dagster')} dev"))


def _program() -> Callable[[str], str]:
    """How a program of this environment is called from where the user is."""
    folder = Path(sys.executable).parent
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    return lambda name: name if shutil.which(name) == str(folder / name) else str(shown / name)
