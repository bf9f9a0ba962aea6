"""Text that is safe to print, and the consoles that print it."""

from __future__ import annotations

import os
import sys
import unicodedata
from contextlib import suppress
from typing import TextIO

from rich.console import Console

from orchestration.ground.spreadsheet import safe_cell


def plain(value: object) -> str:
    """Text from data, safe to print: control and direction characters, terminal escapes among them,
    are shown as `?`.
    """
    text = "" if value is None else str(value)
    return "".join(
        "?" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") else character
        for character in text
    )


def plain_cell(value: object) -> object:
    """A cell of a CSV without anything that a terminal or a spreadsheet would execute."""
    safe = safe_cell(value)
    return plain(safe) if isinstance(safe, str) else safe


class _Console(Console):
    """Goes on in silence where rich would end the process: a run continues even if nobody reads its
    output.
    """

    def on_broken_pipe(self) -> None:
        silence()


def make_console(stream: TextIO | None = None) -> Console:
    """A console on `stream`, standard output by default: as wide as a terminal, else 160
    columns.
    """
    wide = None if (stream or sys.stdout).isatty() else 160
    return _Console(
        file=stream or sys.stdout,
        width=wide,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
    )


def silence() -> None:
    """Nobody reads standard output any more: what is still written there goes nowhere."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def open_streams() -> None:
    """Standard streams that are closed become nothing.

    A file that is opened would have their descriptors, and get what is printed.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), descriptor)
        if getattr(sys, name) is None:
            setattr(sys, name, open(descriptor, "w" if descriptor else "r", closefd=False))  # noqa: SIM115
