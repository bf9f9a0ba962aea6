"""Showing the program's progress."""

from __future__ import annotations

import logging

from orchestration.terminal.progress import logger
from orchestration.terminal.screen import shown_progress


def test_the_log_is_as_before_when_progress_is_no_longer_shown(caplog) -> None:
    before = logger.level, logger.propagate, list(logger.handlers)
    with shown_progress():
        assert (logger.level, logger.propagate) == (logging.INFO, False)
    assert (logger.level, logger.propagate, logger.handlers) == before
    logger.warning("seen by whoever runs this program in a process of its own")
    assert "seen by whoever" in caplog.text
