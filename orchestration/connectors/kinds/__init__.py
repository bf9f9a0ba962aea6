"""The kinds of source: a folder each, found by its name."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

from orchestration.connectors.kind import Kind

FOLDER = Path(__file__).parent


@cache
def kind_names() -> tuple[str, ...]:
    """The names of all kinds, from their folders."""
    return tuple(sorted(file.parent.name for file in FOLDER.glob("[a-z]*/__init__.py")))


@cache
def kind(name: str) -> Kind:
    """The kind of that name. Raises KeyError where there is none."""
    if name not in kind_names():
        raise KeyError(name)
    return importlib.import_module(f"{__name__}.{name}").KIND
