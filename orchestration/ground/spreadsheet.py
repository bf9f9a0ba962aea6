"""Cells that a spreadsheet takes for text: a formula that came with the data must not run where
somebody opens a CSV.
"""

from __future__ import annotations

import re

_FORMULA = r"[=+\-@\t\r]"
_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
_STARTS = re.compile(_FORMULA)
_IS_NUMBER = re.compile(_NUMBER)


def safe_cell(value: object) -> object:
    """`value`, or, where it is text that a spreadsheet would take for a formula, that text behind
    an apostrophe.
    """
    if isinstance(value, (list, dict, tuple)):
        value = str(value)
    if isinstance(value, str) and _STARTS.match(value) and not _IS_NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def safe_cell_sql(column: str) -> str:
    """The same in SQL, of a text column."""
    return (
        f"case when regexp_matches({column}, '^{_FORMULA}') and not regexp_full_match({column}, "
        f"'{_NUMBER}') then '''' || {column} else {column} end"
    )
