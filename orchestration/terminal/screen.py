"""What a person sees of a run while it works."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.status import Status
from rich.text import Text

from orchestration.ground.settings import Settings
from orchestration.terminal.console import make_console, plain, silence
from orchestration.terminal.progress import logger

STEPS = {
    "pull": "Pull     what sources have becomes extracts",
    "translate": "Translate  extracts become files of the landing",
    "land": "Land     new files become typed rows",
    "build": "Build    associations, interactions, attribution, marts",
    "check": "Check    business rules on what is about to be published",
    "publish": "Publish  one switch for all readers",
}


class Screen(logging.Handler):
    """Renders progress records: a live status line on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.console = make_console()
        self.started = time.monotonic()
        self.status: Status | None = None

    def title(self, settings: Settings) -> None:
        where = "" if settings.target == "duckdb" else f"  on {settings.target}"
        instant = f"as of {settings.as_of:%Y-%m-%d %H:%M:%S} UTC"
        text = f"touchledger  {plain(settings.landing)} -> {plain(settings.home)}  {instant}{where}"
        try:
            self.console.print(Text(text))
            self.wait("starting")
        except OSError:
            silence()

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


@contextmanager
def shown_progress() -> Iterator[Screen]:
    """Shows the program's progress on standard output until the block ends."""
    screen = Screen()
    before = logger.level, logger.propagate
    logger.addHandler(screen)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield screen
    finally:
        screen.stop()
        logger.removeHandler(screen)
        logger.setLevel(before[0])
        logger.propagate = before[1]
