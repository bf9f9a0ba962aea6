"""Rules of dbt's macros as SQL for questions to a publication, so that a rule has one home."""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.ground.paths import DBT_PROJECT


def macro_sql(file: str, macro: str, /, *arguments: object, variables: Mapping[str, object]) -> str:
    """What `macro` of `dbt_project/macros/<file>.sql` writes, given the variables of the
    publication's run. The file's macros may use `var` and each other, nothing else of dbt's.
    """
    from jinja2 import Environment, StrictUndefined

    text = (DBT_PROJECT / "macros" / f"{file}.sql").read_text(encoding="utf-8")
    # The text is the program's own, and what it makes is SQL.
    environment = Environment(undefined=StrictUndefined, autoescape=False)
    module = environment.from_string(text).make_module({"var": variables.get})
    return str(getattr(module, macro)(*arguments))
