"""Secrets of sources: from the environment or dlt's own secrets file, and nowhere else; never in a
message.
"""

from __future__ import annotations

import os
from contextlib import suppress

from orchestration.connectors.kind import Source
from orchestration.ground.errors import SettingsError

HIDDEN = "***"


def variable(source: Source, what: str) -> str:
    """The environment variable of a secret, `TOUCHLEDGER_MAIN_TOKEN` say."""
    return f"TOUCHLEDGER_{source.name.upper()}_{what.upper()}"


def find_secret(source: Source, what: str) -> str | None:
    """The `token` or `password` of a source, None where there is none."""
    given = os.environ.get(variable(source, what), "").strip()
    if given:
        return given
    import dlt

    with suppress(Exception):  # a secrets file that is not there, or lacks it
        kept = dlt.secrets.get(f"sources.{source.name}.{what}", str)
        return str(kept).strip() or None if kept is not None else None
    return None


def need_secret(source: Source, what: str) -> str:
    """The secret of a source. Raises SettingsError that says where to put it."""
    found = find_secret(source, what)
    if found is None:
        raise SettingsError(
            f"Source {source.name} needs a {what}: set the environment variable "
            f"{variable(source, what)}, or {what} below "
            f"[sources.{source.name}] in .dlt/secrets.toml"
        )
    if not found.isprintable() or not found.isascii() or " " in found:
        raise SettingsError(
            f"{variable(source, what)} has characters that no {what} has; copy it again, without "
            f"spaces or line ends"
        )
    return found


def without_secrets(text: str, source: Source) -> str:
    """A message with every secret of the source taken out."""
    for what in source.kind.secrets:
        found = find_secret(source, what)
        if found and len(found) > 3:
            text = text.replace(found, HIDDEN)
    return text
