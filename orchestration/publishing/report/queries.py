"""The report's queries, on the published file alone.

Every function takes a connection to that file, in UTC, and returns plain values.

`live` campaigns are those of `marts.campaign_performance`, all that are not deleted (R84). Totals
over campaigns count people, sessions and deals once, even if several campaigns share them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.ground.sql import quote_text, sql_beside

LIVE = "select campaign_id from marts.campaign_performance"


def rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()
) -> list[dict[str, Any]]:
    found = connection.execute(sql, list(parameters))
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def day_of(instant: str, timezone: str) -> str:
    """SQL for the day of a UTC instant in the portal's time zone (R84)."""
    if timezone == "UTC":
        return f"cast({instant} as date)"
    return f"cast(({instant} at time zone 'UTC') at time zone {quote_text(timezone)} as date)"


def runs(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The last runs, newest first; the first one is the run that the file is of."""
    return rows(
        connection,
        "select * from diagnostics.run_log order by started_at desc, run_id desc limit 6",
    )


def campaigns(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every live campaign with its numbers, by revenue."""
    return rows(
        connection,
        sql_beside(__file__, "campaigns"),
    )


def totals(
    connection: duckdb.DuckDBPyConnection, days: Mapping[date, Mapping[str, Any]]
) -> dict[str, Any]:
    """All live campaigns together: each session, contact and deal once (R41, R50, R51, R53, R62); a
    sum with an unknown part is unknown (R83).

    `days` are those of `daily`: each session and contact is one day's, so they are counted there.
    """
    (row,) = rows(
        connection,
        sql_beside(__file__, "totals", live=LIVE),
    )
    counts = {
        kind: sum(numbers.get(kind, 0) for numbers in days.values())
        for kind in ("sessions", "first_touch", "last_touch", "influenced")
    }
    roi = float((row["revenue"] - row["spend"]) / row["spend"]) if row["spend"] else None
    return {**row, **counts, "roi": roi}


def won_money(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """All won deals, and where their money went under the linear model; the parts add up to `won`
    to the cent (R75). Deals without an amount in the home currency are in no sum and counted
    beside it (R97).
    """
    (row,) = rows(
        connection,
        sql_beside(__file__, "won_money", live=LIVE),
    )
    row["nobody"] = row["won"] - row["campaigns"] - row["no_campaign"] - row["deleted"]
    return row


@dataclass
class ModelRow:
    """One campaign (None = the interactions of no campaign) and what each model gives it."""

    campaign_id: str | None
    name: str | None
    is_deleted: bool
    revenue: dict[str, Decimal] = field(default_factory=dict)

    @property
    def low(self) -> str:
        return min(self.revenue, key=lambda model: (self.revenue[model], model))

    @property
    def high(self) -> str:
        return max(self.revenue, key=lambda model: (self.revenue[model], model))

    @property
    def spread(self) -> Decimal:
        return self.revenue[self.high] - self.revenue[self.low]


def models(connection: duckdb.DuckDBPyConnection) -> tuple[list[str], list[ModelRow]]:
    """The models, and per campaign with money under any of them what each gives it, the widest
    disagreement first and no campaign last (R72-R75).
    """
    found = rows(
        connection,
        sql_beside(__file__, "models"),
    )
    names = sorted({row["model"] for row in found})
    by_campaign: dict[str | None, ModelRow] = {}
    for row in found:
        one = by_campaign.setdefault(
            row["campaign_id"],
            ModelRow(row["campaign_id"], row["campaign_name"], row["is_deleted"]),
        )
        one.revenue[row["model"]] = row["revenue"]
    for one in by_campaign.values():
        one.revenue = {model: one.revenue.get(model, Decimal(0)) for model in names}
    return names, sorted(
        by_campaign.values(),
        key=lambda one: (one.campaign_id is None, -one.spread, one.campaign_id or ""),
    )


def assets(connection: duckdb.DuckDBPyConnection, most: int = 12) -> list[dict[str, Any]]:
    """The assets through which campaigns earned most (linear), with their interactions that
    influence and the contacts of those (R30, R53).
    """

    def through(events: str) -> str:
        return sql_beside(__file__, "assets_through", live=LIVE, events=events)

    connection.execute(
        sql_beside(__file__, "assets_earned", through=through("core.fct_interactions"))
    )
    # The events of other assets need not be looked at where enough have earned something. A table
    # of their own, because the engine must know how few they are before it looks for them among all
    # campaign interactions.
    leading = (
        "select asset_type, asset_id from earned where revenue > 0 qualify rank() over (order by "
        "revenue desc) <= " + str(most)
    )
    enough = connection.execute(f"select count(*) from ({leading})").fetchone()[0] >= most
    events = "leading_events" if enough else "core.fct_interactions"
    if enough:
        connection.execute(
            f"""
            create or replace temporary table leading_events as
            select event_id, asset_type, asset_id from core.fct_interactions
                where (asset_type, asset_id) in ({leading})
            """
        )
    return rows(
        connection,
        sql_beside(__file__, "assets", through=through(events), most=most),
    )


def funnel(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """How many contacts there are, and how many reached each step of `contact_funnel.sql` with a
    live campaign. No step has more than the one before.
    """
    everybody = "select count(*) from core.dim_contacts where not is_deleted"
    reached = connection.execute(
        f"""
        select last_step, count(*) from (
            select max(position) as last_step
            from ({sql_beside(__file__, "contact_funnel")})
            where campaign_id in ({LIVE}) group by contact_id
        ) group by last_step
        """
    ).fetchall()
    stopped_at = dict(reached)
    steps = (sum(stopped_at.get(after, 0) for after in range(step, 5)) for step in range(1, 5))
    return [connection.execute(everybody).fetchone()[0], *steps]
