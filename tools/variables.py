"""The tables of variables in the documentation, from the list in orchestration/ground/variables.py.

`make variables` writes them; a test says when they are stale.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from orchestration.ground.paths import ROOT
from orchestration.ground.variables import (
    FRESHNESS,
    THRESHOLDS,
    Variable,
    default_variables,
    variable_groups,
)

PAGE = ROOT / "docs" / "variables.md"
OPERATIONS = ROOT / "docs" / "operations.md"
BEGIN, END = "<!-- variables: written by `make variables` -->", "<!-- /variables -->"
HEAD = """# Variables

Set one for a run with `--var NAME=VALUE`, for a machine with `TOUCHLEDGER_VARS` (JSON), for a
project under `vars` in `touchledger.yml`, and for good in `dbt_project/dbt_project.yml`. The
first of these that names a variable wins. A changed variable that decides what tables hold builds
them anew.

This page is written by `make variables` from `orchestration/ground/variables.py`.
"""


def table(variables: Iterable[Variable]) -> str:
    """A Markdown table of variables with their defaults."""
    defaults = default_variables()
    rows = [
        f"| `{one.name}` | {defaults[one.name]} | {one.unit} | {one.says} |" for one in variables
    ]
    return "\n".join(["| variable | default | unit | what it is |", "|---|---|---|---|", *rows])


def page() -> str:
    """docs/variables.md."""
    parts = [f"## {group}\n\n{table(listed)}\n" for group, listed in variable_groups().items()]
    return "\n".join([HEAD, *parts])


def thresholds() -> str:
    """The table of docs/operations.md: the thresholds, and the sources' freshness in one row."""
    defaults = default_variables()
    watched = [defaults[one.name] for one in variable_groups()[FRESHNESS]]
    days = [value for value in watched if isinstance(value, int)]
    usual = Counter(days).most_common(1)[0][0]
    row = (
        f"| `freshness_days_TABLE` | {min(days)} to {max(days)}, most often {usual} "
        "| days before as-of, or none | age of a source's newest `_loaded_at`; none = not watched |"
    )
    return f"{table(variable_groups()[THRESHOLDS])}\n{row}"


def operations(text: str) -> str:
    """docs/operations.md with today's table between its marks."""
    between = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    return between.sub(lambda _: f"{BEGIN}\n\n{thresholds()}\n\n{END}", text)


def main() -> None:
    """Writes the tables."""
    PAGE.write_text(page(), encoding="utf-8")
    OPERATIONS.write_text(operations(OPERATIONS.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
