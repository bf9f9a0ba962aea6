"""What a kind reads of a loader: its tables, and their columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """One table of a loader, as the translation reads it.

    `required`: columns without which nothing can be brought; `optional`: columns whose absence the
    coverage names. A tuple of names is one column that loaders spell in several ways. `clock`: the columns that say when the
    loader wrote a row, first one found; a table without one, or `whole`, is read whole by every
    pull, because what is absent from it means something. `pattern`: a regular expression for the
    names of many tables that are one (a table per day, per event); each row then says in
    `_table` which it is from.
    """

    name: str
    required: tuple[str | tuple[str, ...], ...] = ()
    optional: tuple[str | tuple[str, ...], ...] = ()
    clock: tuple[str, ...] = ()
    whole: bool = False
    pattern: str | None = None
    summary: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the SQL reads, in order, each once."""
        names: dict[str, None] = {}
        for column in (*self.required, *self.optional):
            names.update(dict.fromkeys((column,) if isinstance(column, str) else column))
        names.update(dict.fromkeys(self.clock))
        if self.pattern is not None:
            names["_table"] = None
        return tuple(names)
