"""What `--metric` and `--campaign` leave of a comparison. A name that nothing has is refused: under
it any two publications would be equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import duckdb

from orchestration.ground.errors import SettingsError
from orchestration.ground.sql import quote_text
from orchestration.reading.compare.differences import LIST_OF, LISTS, NUMBERS, NUMERIC
from orchestration.reading.compare.publications import SIDES, Side, columns_of, opened


def condition(metric: str | None, campaign: str | None) -> str:
    """SQL of what `--metric` and `--campaign` leave."""
    conditions = ["true"]
    if campaign:
        conditions.append(f"campaign_id = {quote_text(campaign)}")
    if metric:
        names = {metric, LIST_OF.get(metric, metric)}
        conditions.append(f"metric in ({', '.join(quote_text(name) for name in sorted(names))})")
    return " and ".join(conditions)


def check_filters(
    connection: duckdb.DuckDBPyConnection, metric: str | None, campaign: str | None
) -> None:
    """Raises SettingsError where neither side has such a number or campaign."""
    if metric is not None:
        refuse_unknown("--metric", metric, _metrics(connection))
    if campaign is not None:
        refuse_unknown("--campaign", campaign, _campaigns(connection))


def check_filters_of(side: Side, metric: str | None, campaign: str | None) -> None:
    """As `check_filters`, where only one side is there yet."""
    if metric is not None or campaign is not None:
        with opened(side, side) as connection:
            check_filters(connection, metric, campaign)


def refuse_unknown(flag: str, name: str, known: Iterable[str]) -> None:
    """Raises SettingsError, with names that are near, where `name` is none of the known ones."""
    names = sorted(set(known))
    if name in names:
        return
    near = get_close_matches(name, names, n=3) or names[:20]
    what = flag.removeprefix("--")
    there_are = f"write one such as {', '.join(near)}" if near else "there is none at all"
    raise SettingsError(f"There is no {what} {name!r} to compare; {there_are}")


def _metrics(connection: duckdb.DuckDBPyConnection) -> set[str]:
    numbers = {
        name
        for side in SIDES
        for schema, table in NUMBERS
        for name, kind in columns_of(connection, side, schema, table).items()
        if kind.startswith(NUMERIC)
    }
    return numbers | {metric for metric, *_ in LISTS.values()}


def _campaigns(connection: duckdb.DuckDBPyConnection) -> set[str]:
    selected = [
        f"select campaign_id from {side}.{schema}.{table} where campaign_id is not null"
        for side in SIDES
        for schema, table in (("core", "dim_campaigns"), *NUMBERS)
        if columns_of(connection, side, schema, table)
    ]
    return {name for (name,) in connection.execute(" union ".join(selected)).fetchall()}
