"""What need not be asked any more in a pull: what is not allowed, and what keeps failing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from orchestration.connectors.kinds.hubspot.problems import Problem
from orchestration.connectors.ledger import Asked

# A type or a parent that failed so often in a row is left to the next pull; so is a whole table.
IN_A_ROW, TABLE_IN_A_ROW = 3, 9

# A table, a type of it, a parent of it.
Part = tuple[str, str | None, str | None]


def _parts(asked: Asked) -> Iterator[tuple[Part, int]]:
    """What an answer tells something about, and how many failures in a row end it."""
    yield (asked.table, None, None), TABLE_IN_A_ROW
    if asked.parent is not None:
        if asked.asset_type is not None:
            yield (asked.table, asked.asset_type, None), IN_A_ROW
        yield (asked.table, None, asked.parent), IN_A_ROW


class Refusals:
    """Remembers refusals of one pull, so that one endpoint that fails costs a few requests and the
    others are read.
    """

    def __init__(self) -> None:
        self._over: dict[Part, Problem] = {}
        self._failures: Counter[Part] = Counter()
        self._answered: set[Part] = set()

    def of(self, asked: Asked) -> Problem | None:
        """Why a thing with a parent need not be asked, None where it is to be asked."""
        if asked.parent is None:
            return None
        return next((self._over[part] for part, _ in _parts(asked) if part in self._over), None)

    def refused(self, asked: Asked, problem: Problem) -> None:
        """Takes note of an answer that is none. What answered before is over only where several in
        a row are refused.
        """
        kind = (asked.table, asked.asset_type, None)
        if problem.is_refusal and kind not in self._answered:
            self._over[kind] = problem
        elif problem.is_refusal or problem.is_failure:
            for part, most in _parts(asked):
                self._count(part, most, problem)
        elif problem.status == 400 and asked.asset_type and kind not in self._answered:
            # As of a type that HubSpot does not know.
            self._count(kind, IN_A_ROW, problem)

    def _count(self, part: Part, most: int, problem: Problem) -> None:
        self._failures[part] += 1
        if self._failures[part] >= most:
            self._over[part] = problem

    def answered(self, asked: Asked) -> None:
        """Takes note of an answer: what failed before it is no row any more."""
        self._answered.add((asked.table, asked.asset_type, None))
        for part, _ in _parts(asked):
            self._failures.pop(part, None)
