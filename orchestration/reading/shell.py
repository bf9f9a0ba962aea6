"""`touchledger sql`: one question to the published file, or a shell on it, read-only: nothing typed there changes what is published."""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
from rich.table import Table
from rich.text import Text

from orchestration.ground.settings import SettingsError, make_settings
from orchestration.ground.spreadsheet import safe_cell
from orchestration.reading.explain import Published
from orchestration.terminal import screen as terminal

FILE_NAME = "touchledger.duckdb"
# In the order of preference: how each opens a file to be read only.
SHELLS = {"duckdb": ["-readonly"], "harlequin": ["--read-only"]}
NO_SHELL = (
    "There is no SQL shell here; `pip install duckdb-cli` or `pip install harlequin` gives one. Without: `touchledger sql 'select ...'`, "
    "or any client of docs/connections.md on {file}"
)


def find_shell() -> list[str] | None:
    """The command of the first shell on PATH or beside this Python, or None."""
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    for name, options in SHELLS.items():
        found = shutil.which(name, path=places)
        if found:
            return [found, *options]
    return None


def _cell(value: object) -> Text:
    if value is None:
        return Text("NULL", style="dim")
    return Text(str(value).lower() if isinstance(value, bool) else terminal.plain(value))


def _table(names: list[str], rows: list[tuple], cells: list[list[Text]]) -> Table:
    table = Table()
    for index, name in enumerate(names):
        is_number = any(
            isinstance(row[index], (int, float, Decimal)) and not isinstance(row[index], bool)
            for row in rows
        )
        table.add_column(
            terminal.plain(name), justify="right" if is_number else "left", overflow="fold"
        )
    for row in cells:
        table.add_row(*row)
    return table


def _show(answer: duckdb.DuckDBPyConnection, as_csv: bool) -> None:
    names = [column[0] for column in answer.description or []]
    rows = answer.fetchall() if names else []
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        # A spreadsheet must not run what came with the data, nor a terminal.
        shown = terminal.plain_cell if sys.stdout.isatty() else safe_cell
        writer.writerow([shown(name) for name in names])
        writer.writerows([shown(value) for value in row] for row in rows)
        return
    console = terminal._console()
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [
        max([len(name), *(row[index].cell_len for row in cells)])
        for index, name in enumerate(names)
    ]
    if sum(widths) + 3 * len(widths) + 1 > console.width and len(names) > 1:
        for number, row in enumerate(cells, 1):
            console.print(Text(f"row {number:,}", style="bold"))
            for name, cell in zip(names, row, strict=True):
                console.print(
                    Text(f"  {terminal.plain(name):<{max(map(len, names))}}  ").append_text(cell)
                )
    else:
        console.print(_table(names, rows, cells))
    print(f"{len(rows):,} row(s)")


def ask(published: Published, question: str, as_csv: bool) -> int:
    """Prints what one SQL statement answers; returns the exit status: 0 answered, 2 not a question that this file can answer."""
    try:
        answer = published.connection.execute(question.encode("utf-8", "replace").decode("utf-8"))
        if answer is None:
            terminal.error(
                "Nothing was asked; give one SQL statement, such as `touchledger sql 'from marts.campaign_performance'`"
            )
            return 2
        _show(answer, as_csv)
        sys.stdout.flush()
    except duckdb.Error as error:
        lost = isinstance(error, duckdb.CatalogException)
        terminal.error(
            f"{error}" + ("\nWhat there is: touchledger sql 'show all tables'" if lost else "")
        )
        return 2
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def sql(arguments: argparse.Namespace) -> int:
    """Answers the question given, or what stands on standard input, or becomes a shell; returns the exit status."""
    try:
        settings = make_settings(home=arguments.home)
        published = Published(settings)
    except SettingsError as error:
        terminal.error(str(error))
        return 2
    question = arguments.query
    if question is None and not sys.stdin.isatty():
        question = sys.stdin.read()
    if question is not None:
        return ask(published, question, arguments.csv)
    published.connection.close()
    file = settings.published / FILE_NAME
    shell = find_shell()
    if shell is None:
        terminal.error(NO_SHELL.format(file=file))
        return 2
    os.execv(shell[0], [*shell, str(file)])
