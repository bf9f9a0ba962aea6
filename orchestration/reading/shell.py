"""`touchledger sql`: questions to the published file, or a shell on it.

Nothing typed there changes what is published, or any other file.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from rich.table import Table
from rich.text import Text

from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings, make_settings
from orchestration.ground.spreadsheet import safe_cell
from orchestration.reading.published import Published
from orchestration.terminal.console import make_console, plain, plain_cell
from orchestration.terminal.failures import print_error

# Rows of an answer that are shown on a terminal, and rows that are read at a time for a file.
ROWS_SHOWN = 500
ROWS_AT_A_TIME = 10_000
LOCKED = "set enable_external_access = false; set lock_configuration = true"
# In the order of preference: how each opens a file to be read only.
SHELLS = {"duckdb": ["-readonly", "-cmd", LOCKED], "harlequin": ["--read-only"]}
NOTHING_ASKED = (
    "Nothing was asked; give an SQL statement, "
    "such as `touchledger sql 'from marts.campaign_performance'`"
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
    return Text(str(value).lower() if isinstance(value, bool) else plain(value))


def _table(names: list[str], rows: list[tuple], cells: list[list[Text]]) -> Table:
    table = Table()
    for index, name in enumerate(names):
        is_number = any(
            isinstance(row[index], (int, float, Decimal)) and not isinstance(row[index], bool)
            for row in rows
        )
        table.add_column(plain(name), justify="right" if is_number else "left", overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table


def _batches(answer: duckdb.DuckDBPyConnection) -> Iterator[list[tuple]]:
    while rows := answer.fetchmany(ROWS_AT_A_TIME):
        yield rows


def _write_csv(answer: duckdb.DuckDBPyConnection, names: list[str], stream) -> int:
    """Writes the answer as it comes; returns the number of rows. A spreadsheet must not run what
    came with the data, nor a terminal."""
    writer = csv.writer(stream, lineterminator="\n")
    shown = plain_cell if stream.isatty() else safe_cell
    writer.writerow([shown(name) for name in names])
    count = 0
    for rows in _batches(answer):
        writer.writerows([shown(value) for value in row] for row in rows)
        count += len(rows)
    return count


def _write_parquet(answer: duckdb.DuckDBPyConnection, file: Path) -> int:
    import pyarrow.parquet as parquet

    with warnings.catch_warnings():
        # It says how a program would copy less.
        warnings.simplefilter("ignore", UserWarning)
        reader: Any = answer.to_arrow_reader(ROWS_AT_A_TIME)
    count = 0
    with parquet.ParquetWriter(file, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _show(answer: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    rows = answer.fetchmany(ROWS_SHOWN + 1)
    is_cut, rows = len(rows) > ROWS_SHOWN, rows[:ROWS_SHOWN]
    console = make_console()
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [
        max([len(name), *(row[index].cell_len for row in cells)])
        for index, name in enumerate(names)
    ]
    if sum(widths) + 3 * len(widths) + 1 > console.width and len(names) > 1:
        for number, row in enumerate(cells, 1):
            console.print(Text(f"row {number:,}", style="bold"))
            for name, cell in zip(names, row, strict=True):
                console.print(Text(f"  {plain(name):<{max(map(len, names))}}  ").append_text(cell))
    else:
        console.print(_table(names, rows, cells))
    if is_cut:
        print(f"the first {len(rows):,} rows; there are more: --csv or --parquet FILE gives all")
    else:
        print(f"{len(rows):,} row(s)")


def _statements(connection: duckdb.DuckDBPyConnection, question: str) -> list[duckdb.Statement]:
    return connection.extract_statements(question.encode("utf-8", "replace").decode("utf-8"))


def ask(
    published: Published,
    question: str,
    *,
    as_csv: bool = False,
    file: Path | None = None,
) -> int:
    """Prints what each SQL statement answers, or writes the one answer to `file`.

    Returns the exit status: 0 answered, 2 not a question that this file can answer.
    """
    connection = published.connection
    try:
        statements = _statements(connection, question)
        if not statements:
            print_error(NOTHING_ASKED)
            return 2
        if file and len(statements) > 1:
            print_error(f"{len(statements)} statements cannot go to one file; give one of them")
            return 2
        for statement in statements:
            answer = connection.execute(statement)
            names = [column[0] for column in answer.description or []]
            if file and file.suffix.lower() == ".parquet":
                count = _write_parquet(answer, file)
                print(f"{count:,} row(s) in {file}")
            elif file:
                with file.open("w", encoding="utf-8", newline="") as stream:
                    count = _write_csv(answer, names, stream)
                print(f"{count:,} row(s) in {file}")
            elif as_csv:
                _write_csv(answer, names, sys.stdout)
            elif names:
                _show(answer, names)
        sys.stdout.flush()
    except duckdb.Error as error:
        lost = isinstance(error, duckdb.CatalogException)
        barred = isinstance(error, duckdb.PermissionException)
        hint = "\nWhat there is: touchledger sql 'show all tables'" if lost else ""
        if barred:
            hint = (
                "\nOnly what is published can be read; --csv FILE or --parquet FILE writes a result"
            )
        print_error(f"{error}{hint}")
        return 2
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        if not file:
            raise
        print_error(f"{file} cannot be written ({error.strerror}); name another file")
        return 2
    return 0


def _output_file(name: str, settings: Settings) -> Path:
    """The file of `--csv FILE` or `--parquet FILE`. Raises SettingsError inside HOME."""
    file = Path(name).expanduser().resolve()
    if file.is_relative_to(settings.home.resolve()):
        raise SettingsError(
            f"{file} is inside HOME, where only the program writes; name a file outside it"
        )
    if not file.parent.is_dir():
        raise SettingsError(f"There is no folder {file.parent}; make it, or name another file")
    return file


def _prompt(published: Published) -> int:
    """A plain shell for where no other is installed: statements end with `;`, Ctrl-D leaves."""
    with suppress(ImportError):
        import readline  # noqa: F401  gives `input` a history and editing
    print("SQL on the published file, read-only. End a statement with `;`, leave with Ctrl-D.")
    lines: list[str] = []
    while True:
        try:
            line = input("   ...> " if lines else "touchledger> ")
        except KeyboardInterrupt:
            print()
            lines = []
            continue
        except EOFError:
            print()
            return 0
        if not lines and line.strip().lower() in ("exit", "quit", ".exit", ".quit"):
            return 0
        lines.append(line)
        if line.rstrip().endswith(";"):
            question = "\n".join(lines)
            lines = []
            ask(published, question)


def sql(arguments: argparse.Namespace) -> int:
    """Answers the question given, or what stands on standard input, or becomes a shell.

    Returns the exit status.
    """
    question = arguments.query
    csv_file = arguments.csv if arguments.csv not in (None, "-") else None
    if question is None and csv_file and not csv_file.lower().endswith(".csv"):
        question, csv_file = csv_file, None  # `--csv` came before the question
    try:
        settings = make_settings(home=arguments.home)
        named = csv_file or arguments.parquet
        if csv_file and arguments.parquet:
            raise SettingsError("A result goes to one file; give --csv FILE or --parquet FILE")
        file = _output_file(named, settings) if named else None
        if arguments.parquet and file and file.suffix.lower() != ".parquet":
            raise SettingsError(f"{file.name} must end in .parquet")
        published = Published(settings)
    except SettingsError as error:
        print_error(str(error))
        return 2
    if question is None and not sys.stdin.isatty():
        question = sys.stdin.read()
    if question is not None:
        return ask(published, question, as_csv=arguments.csv is not None, file=file)
    shell = find_shell()
    if shell is None:
        return _prompt(published)
    published.connection.close()
    os.execv(shell[0], [*shell, str(settings.published_file)])
