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


def note(text: str) -> None:
    """Something a person should know; the run goes on."""
    logger.warning("%s", text, extra={"kind": "note"})
