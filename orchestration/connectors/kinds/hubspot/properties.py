"""Properties that an account does not have, and whose name alone makes HubSpot refuse a request:
they are asked for no more.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

# Where a request names properties: in a list, or in a text with commas.
_PLACES = ("properties", "propertiesWithHistory")
_NAME = re.compile(r"\w+")
# Every account has these, and a refusal for another reason may use their names as words.
_ALWAYS_THERE = {"email", "amount", "pipeline"}


def _names(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split(",")
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else []


class Properties:
    """The properties of each table that are unknown to the account, as its answers told."""

    def __init__(self) -> None:
        self._unknown: dict[str, set[str]] = defaultdict(set)

    def unknown(self, table: str) -> list[str]:
        return sorted(self._unknown[table])

    def without_unknown(self, table: str, asked: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Parameters or a body without the properties that are unknown."""
        if asked is None:
            return None
        left = dict(asked)
        for place in _PLACES:
            if place in left and self._unknown[table]:
                names = [name for name in _names(left[place]) if name not in self._unknown[table]]
                left[place] = ",".join(names) if isinstance(left[place], str) else names
                if not names:
                    left.pop(place)
        return left

    def learn(self, table: str, text: str, *asked: Mapping[str, Any] | None) -> bool:
        """Whether the text of a refusal names some, but not all, of the properties asked for: these
        are unknown from now on.
        """
        wanted = {
            name for one in asked if one for place in _PLACES for name in _names(one.get(place))
        } - self._unknown[table]
        named = wanted & set(_NAME.findall(text)) - _ALWAYS_THERE
        if not named or named == wanted:
            return False
        self._unknown[table] |= named
        return True
