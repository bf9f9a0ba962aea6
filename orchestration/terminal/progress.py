"""Progress as log records: the terminal renders them, Dagster keeps them."""

from __future__ import annotations

import logging

logger = logging.getLogger("touchledger")


def step(name: str) -> None:
    """A new step of the run begins."""
    logger.info("%s", name, extra={"kind": "step"})


def item(text: str) -> None:
    """Something of the current step is done."""
    logger.info("%s", text, extra={"kind": "item"})


def part(done: int, total: int | None, name: str, seconds: float) -> None:
    """One of `total` like parts of the current step is done (None: of a number not known before): a
    terminal shows only the newest.
    """
    place = f"{done:>2}" if total is None else f"{done:>{len(str(total))}}/{total}"
    logger.info("%s", f"{place} {name} {seconds:.1f} s", extra={"kind": "part"})


def note(text: str) -> None:
    """Something a person should know; the run goes on."""
    logger.warning("%s", text, extra={"kind": "note"})
