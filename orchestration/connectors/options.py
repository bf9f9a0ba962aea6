"""Readers of the options of sources: each gives the value, or raises ValueError with what would
do. What the file says comes as written: a text, or a list or mapping of texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import parse_as_of


def a_text(value: object) -> str:
    """A text. Raises ValueError."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise ValueError("write a text")


def instant(value: object) -> datetime:
    """An instant, naive UTC. Raises ValueError."""
    try:
        return parse_as_of(str(value))
    except SettingsError:
        raise ValueError("write a day such as 2024-01-01 or an instant") from None


def texts(value: object) -> tuple[str, ...]:
    """A list of texts. Raises ValueError."""
    if isinstance(value, (list, tuple)) and value and all(isinstance(one, str) for one in value):
        return tuple(value)
    raise ValueError("write a list such as [page_view, form_submission]")


def one_of(*allowed: str) -> Callable[[object], str]:
    """A document of an option that has one of a few values."""

    def read(value: object) -> str:
        if str(value) in allowed:
            return str(value)
        raise ValueError(f"write {' or '.join(allowed)}")

    return read


def whole(value: object) -> int:
    """A whole number from 1. Raises ValueError."""
    if isinstance(value, str) and re.fullmatch(r"[1-9]\d{0,11}", value.strip()):
        return int(value)
    raise ValueError("write a whole number above 0")
