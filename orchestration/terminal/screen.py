"""What a person sees in a terminal: progress while a run works, the campaign table at its end, and errors that say what to do next."""

from __future__ import annotations

import logging
import os
import shlex
import shutil
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.ground.errors import BuildFailed, ChecksFailed, NodeFailure
from orchestration.ground.paths import ROOT
from orchestration.ground.settings import Settings
from orchestration.ground.spreadsheet import safe_cell
from orchestration.terminal.advice import chain, next_step
from orchestration.terminal.progress import logger

STEPS = {
    "pull": "Pull     what sources have becomes extracts",
    "translate": "Translate  extracts become files of the landing",
    "land": "Land     new files become typed rows",
    "build": "Build    relations, interactions, attribution, marts",
    "check": "Check    business rules on what is about to be published",
    "publish": "Publish  one switch for all readers",
}


def plain(value: object) -> str:
    """Text from data, safe to print: control and direction characters, terminal escapes among them, are shown as `?`."""
    text = "" if value is None else str(value)
    return "".join(
        "?" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") else character
        for character in text
    )


def plain_cell(value: object) -> object:
    """A cell of a CSV on a terminal: nothing that a terminal or a spreadsheet would act on."""
    safe = safe_cell(value)
    return plain(safe) if isinstance(safe, str) else safe


class _Console(Console):
    """Goes on in silence where rich would end the process: a run is not over because nobody reads of it any more."""

    def on_broken_pipe(self) -> None:
        silence()


def _console(stream=None) -> Console:
    wide = None if (stream or sys.stdout).isatty() else 160
    return _Console(
        file=stream or sys.stdout,
        width=wide,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
    )


class Screen(logging.Handler):
    """Renders progress records: a live status line on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.console = _console()
        self.started = time.monotonic()
        self.status = None

    def title(self, settings: Settings) -> None:
        where = "" if settings.target == "duckdb" else f"  on {settings.target}"
        instant = f"as of {settings.as_of:%Y-%m-%d %H:%M:%S} UTC"
        self.console.print(
            Text(
                f"touchledger  {plain(settings.landing)} -> {plain(settings.home)}  {instant}{where}"
            )
        )
        self.wait("starting")

    def wait(self, text: str) -> None:
        """On a terminal, a sign of life below what is printed, until `stop`."""
        if self.console.is_terminal:
            self.status = self.console.status(Text(text))
            self.status.start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._render(record)
        except OSError:  # the reader, `head` say, has seen enough; the run goes on
            silence()

    def _render(self, record: logging.LogRecord) -> None:
        kind = getattr(record, "kind", "item")
        message = plain(record.getMessage())
        elapsed = f"{time.monotonic() - self.started:5.1f} s"
        if kind == "step":
            self.stop()
            self.console.print(Text(f"{elapsed}  {STEPS.get(message, message)}", style="bold"))
            self.wait("")
        elif kind == "note":
            self.console.print(Text(f"         ! {message}", style="yellow"))
        elif kind == "part" and self.status is not None:
            self.status.update(Text(message))
        else:
            self.console.print(Text(f"         {message}"))

    def stop(self) -> None:
        if self.status is not None:
            self.status.stop()
            self.status = None


def silence() -> None:
    """Nobody reads standard output any more: what is still written there goes nowhere."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress() -> Iterator[Screen]:
    """Shows the program's progress on standard output until the block ends."""
    screen = Screen()
    logger.addHandler(screen)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield screen
    finally:
        screen.stop()
        logger.removeHandler(screen)


def error(message: str) -> None:
    """An error of arguments or landing, on standard error."""
    lines = [plain(line) for line in message.split("\n")]
    _console(sys.stderr).print(Text("\n".join(["error: " + lines[0], *lines[1:]]), style="red"))


def _sample_lines(sample: list[dict[str, Any]]) -> list[str]:
    return [
        "    row: " + ", ".join(f"{name}={plain(value)}" for name, value in row.items())
        for row in sample
    ]


def _node_lines(failure: NodeFailure) -> list[str]:
    kind = failure.unique_id.split(".")[0]
    lines = [
        f"{kind} {failure.name}: {' '.join(plain(line.strip()) for line in failure.message.splitlines())}"
    ]
    if failure.description:
        lines.append(f"    says: {plain(failure.description)}")
    return lines + _sample_lines(failure.sample)


def failure(raised: BaseException, settings: Settings) -> None:
    """A run that failed: what, how many rows, three of them, the rule, and what to do; on standard error."""
    lines = ["Nothing was published; readers keep the last published state."]
    if isinstance(raised, BuildFailed):
        lines.insert(0, f"error: {plain(raised)}")
        for one in raised.failures[:10]:
            lines += _node_lines(one)
        lines.append(f"The whole log: {settings.private / 'logs' / 'dbt.log'}")
    elif isinstance(raised, ChecksFailed):
        lines.insert(0, f"error: {raised}")
        for broken in raised.broken:
            lines.append(f"{broken.table}, {broken.name} ({broken.rule}): {broken.says}")
            lines.append(f"    {plain(broken.error or f'broken by {broken.rows:,} row(s)')}")
            lines += _sample_lines(broken.sample)
            lines.append(f"    {broken.cure}")
        if raised.docs:
            lines.append(f"As pages: {raised.docs}")
        if raised.rejects:
            lines += [f"rejected_records, reject_rate: {line}" for line in raised.rejects.lines]
            lines.append(f"    The rejected rows with their reasons: {raised.rejects.file}")
            lines.append(
                "    Repair the source, or allow more for this run with --var reject_rate_limit=SHARE"
            )
    else:
        lines.insert(0, f"error: {type(raised).__name__}: {plain(raised)}")
    if not isinstance(raised, ChecksFailed):
        advice = next_step(chain(raised), settings)
        if advice is None and not isinstance(raised, BuildFailed):
            advice = f"Run again; if it comes back, report this text and {settings.private / 'logs' / 'dbt.log'}."
        lines += [advice] if advice else []
    _console(sys.stderr).print(Text("\n".join(lines), style="red"))


def _money(value: object) -> str:
    return "unknown" if value is None else f"{value:,.2f}"


# Columns of the campaign table as they stand, and the order in which they are kept where the terminal is too narrow for all.
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
    """The heads of HEADS that fit beside a name column of `name_width` characters in a table `available` characters wide, borders included."""
    left = available - 1 - (name_width + 3)
    kept = set()
    for head in KEPT_FIRST:
        left -= widths[head] + 3
        if left < 0:
            break
        kept.add(head)
    return [head for head in HEADS if head in kept]


def _campaign_table(rows: list[tuple], currency: str, available: int) -> tuple[Table, list[str]]:
    """The table, as wide as the terminal allows, and the heads that it has no room for."""
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
    for name, numbers in cells:
        table.add_row(name, *(numbers[head] for head in heads))
    return table, [head for head in HEADS if head not in heads]


def published(settings: Settings) -> None:
    """The campaign table of what was just published, where it is, and what to do next; on standard output."""
    file = settings.published_file
    console = _console()
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            """
            select performance.campaign_name, performance.sessions, performance.new_contacts_first_touch,
                performance.new_contacts_last_touch, performance.influenced_contacts, performance.deals, performance.revenue,
                first.revenue, last.revenue, performance.spend, performance.roi
            from marts.campaign_performance as performance
            left join marts.attributed_revenue as first
                on performance.campaign_id = first.campaign_id and first.model = 'first_interaction'
            left join marts.attributed_revenue as last
                on performance.campaign_id = last.campaign_id and last.model = 'last_interaction'
            order by performance.revenue desc, performance.influenced_contacts desc, performance.campaign_name
            limit 25
            """
        ).fetchall()
        campaigns, rejected, deal = connection.execute(
            """
            select (select count(*) from marts.campaign_performance), (select count(*) from diagnostics.rejected_records),
                coalesce(
                    (select max(deal_id) from marts.attribution_credits where campaign_id is not null),
                    (select max(deal_id) from core.fct_deals)
                )
            """
        ).fetchone()
    table, left_out = _campaign_table(rows, settings.variables["home_currency"], console.width)
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


def page_console() -> Console:
    """A console for pages: as wide as the terminal, 160 columns elsewhere."""
    return _console()
