"""What the report says, asked of the published file alone. Every function takes a connection on that file, in UTC, and returns plain values.

`live` campaigns are those of `marts.campaign_performance`: all that are not deleted (R84). People, sessions and deals that several campaigns
share are counted once wherever campaigns are taken together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.ground.sql import quote_text

LIVE = "select campaign_id from marts.campaign_performance"
# The series of the trend, in the order they are shown: column of `daily`, and whether it is money.
SERIES = ("sessions", "first_touch", "last_touch", "influenced", "revenue", "spend")
PERIODS = 52
DAYS_SHOWN_BY_DAY = 60


def _rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()
) -> list[dict[str, Any]]:
    found = connection.execute(sql, list(parameters))
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _day(instant: str, timezone: str) -> str:
    """SQL for the day of a UTC instant in the portal's time zone (R84)."""
    if timezone == "UTC":
        return f"cast({instant} as date)"
    return f"cast(({instant} at time zone 'UTC') at time zone {quote_text(timezone)} as date)"


def runs(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The last runs, newest first; the first one is the run that the file is of."""
    return _rows(
        connection,
        "select * from diagnostics.run_log order by started_at desc, run_id desc limit 6",
    )


def campaigns(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every live campaign with its numbers, by revenue."""
    return _rows(
        connection,
        """
        select performance.*, dimension.status, dimension.owner, dimension.start_date, dimension.end_date
        from marts.campaign_performance as performance
        left join core.dim_campaigns as dimension on performance.campaign_id = dimension.campaign_id
        order by performance.revenue desc, performance.influenced_contacts desc, performance.sessions desc, performance.campaign_id
        """,
    )


def totals(
    connection: duckdb.DuckDBPyConnection, days: Mapping[date, Mapping[str, Any]]
) -> dict[str, Any]:
    """All live campaigns together: each session, contact and deal once (R41, R50, R51, R53, R62); a sum with an unknown part is unknown (R83).

    `days` are those of `daily`: each session and contact is one day's, so they are counted there.
    """
    (row,) = _rows(
        connection,
        f"""
        select
            (select count(*) from marts.campaign_performance) as campaigns,
            (select count(distinct contact_id) from marts.revenue_contacts where campaign_id in ({LIVE})) as contacts_with_revenue,
            (select count(distinct deal_id) from diagnostics.deal_inclusion where is_included and campaign_id in ({LIVE})) as deals,
            (select coalesce(sum(revenue), 0) from marts.campaign_performance) as revenue,
            (select case when count(*) = count(spend) then coalesce(sum(spend), 0) end from marts.campaign_performance) as spend,
            (select case when count(*) = count(budget) then coalesce(sum(budget), 0) end from marts.campaign_performance) as budget
        """,
    )
    counts = {
        kind: sum(numbers.get(kind, 0) for numbers in days.values())
        for kind in ("sessions", "first_touch", "last_touch", "influenced")
    }
    roi = float((row["revenue"] - row["spend"]) / row["spend"]) if row["spend"] else None
    return {**row, **counts, "roi": roi}


def won_money(connection: duckdb.DuckDBPyConnection) -> dict[str, Decimal]:
    """Where the money of won deals went under the linear model; the parts add up to `won` to the cent (R75)."""
    (row,) = _rows(
        connection,
        f"""
        select
            (
                select coalesce(sum(amount_home), 0) from core.fct_deals where is_closed_won and not is_deleted and amount_home > 0
            ) as won,
            coalesce(sum(revenue) filter (where campaign_id in ({LIVE})), 0) as campaigns,
            coalesce(sum(revenue) filter (where campaign_id is null), 0) as no_campaign,
            coalesce(sum(revenue) filter (where campaign_id is not null and campaign_id not in ({LIVE})), 0) as deleted
        from marts.attributed_revenue where model = 'linear'
        """,
    )
    row["no_interaction"] = row["won"] - row["campaigns"] - row["no_campaign"] - row["deleted"]
    return row


def daily(connection: duckdb.DuckDBPyConnection, timezone: str) -> dict[date, dict[str, Any]]:
    """Per portal day the numbers of SERIES; a contact counts as influenced on its first day, a spend of unknown size makes the day's unknown."""
    found = _rows(
        connection,
        f"""
        with sessions as (
            select session_id from core.fct_campaign_interactions where event_type = 'page_view' and campaign_id in ({LIVE})
        ),
        influenced as (
            select contact_id, min(influenced_at) as influenced_at from marts.influenced_contacts where campaign_id in ({LIVE}) group by 1
        ),
        first_touches as (select distinct contact_id, contact_created_at from marts.first_touch_contacts where campaign_id in ({LIVE})),
        last_touches as (select distinct contact_id, contact_created_at from marts.last_touch_contacts where campaign_id in ({LIVE}))

        select 'sessions' as kind, {_day("started_at", timezone)} as day, count(*) as number, false as is_unknown
        from core.fct_sessions where session_id in (select session_id from sessions) group by all
        union all
        select 'first_touch', {_day("contact_created_at", timezone)}, count(*), false from first_touches group by all
        union all
        select 'last_touch', {_day("contact_created_at", timezone)}, count(*), false from last_touches group by all
        union all
        select 'influenced', {_day("influenced_at", timezone)}, count(*), false from influenced group by all
        union all
        select 'revenue', day, sum(revenue), false from marts.campaign_daily where revenue <> 0 group by all
        union all
        select 'spend', day, sum(spend), count(*) > count(spend) from marts.campaign_daily where spend is null or spend <> 0 group by all
        """,
    )
    days: dict[date, dict[str, Any]] = defaultdict(dict)
    for row in found:
        if row["day"] is not None:
            days[row["day"]][row["kind"]] = None if row["is_unknown"] else row["number"]
    return dict(days)


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included, with the sum of each of SERIES (None = unknown)."""

    first: date
    last: date
    numbers: dict[str, Any]


def _total(days: dict[date, dict[str, Any]], first: date, last: date) -> Period:
    inside = [numbers for day, numbers in days.items() if first <= day <= last]
    sums: dict[str, Any] = {}
    for kind in SERIES:
        values = [numbers[kind] for numbers in inside if kind in numbers]
        sums[kind] = None if None in values else sum(values, 0)
    return Period(first, last, sums)


def periods(days: dict[date, dict[str, Any]], until: date) -> list[Period]:
    """The trend up to the newest day not after `until`: single days where all fit, else up to 52 weeks of seven whole days ending there."""
    known = [day for day in days if day <= until]
    if not known:
        return []
    oldest, newest = min(known), max(known)
    if (newest - oldest).days < DAYS_SHOWN_BY_DAY:
        return [
            _total(days, day, day)
            for day in (oldest + timedelta(n) for n in range((newest - oldest).days + 1))
        ]
    weeks = min(PERIODS, (newest - oldest).days // 7 + 1)
    recent = {
        day: numbers
        for day, numbers in days.items()
        if newest - timedelta(weeks * 7) < day <= newest
    }
    ends = [newest - timedelta(7 * n) for n in reversed(range(weeks))]
    return [_total(recent, end - timedelta(6), end) for end in ends]


def latest(
    days: dict[date, dict[str, Any]], until: date, length: int = 30
) -> tuple[Period, Period] | None:
    """The newest `length` days and the `length` days before them; None where nothing happened."""
    known = [day for day in days if day <= until]
    if not known:
        return None
    newest = max(known)
    return _total(days, newest - timedelta(length - 1), newest), _total(
        days, newest - timedelta(2 * length - 1), newest - timedelta(length)
    )


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
    """The models, and per campaign with money under any of them what each gives it, the widest disagreement first and no campaign last (R72-R75)."""
    found = _rows(
        connection,
        """
        select credited.campaign_id, credited.model, credited.revenue, dimension.campaign_name,
            credited.campaign_id is not null and performance.campaign_id is null as is_deleted
        from marts.attributed_revenue as credited
        left join core.dim_campaigns as dimension on credited.campaign_id = dimension.campaign_id
        left join marts.campaign_performance as performance on credited.campaign_id = performance.campaign_id
        order by credited.campaign_id, credited.model
        """,
    )
    names = sorted({row["model"] for row in found})
    rows: dict[str | None, ModelRow] = {}
    for row in found:
        one = rows.setdefault(
            row["campaign_id"],
            ModelRow(row["campaign_id"], row["campaign_name"], row["is_deleted"]),
        )
        one.revenue[row["model"]] = row["revenue"]
    for one in rows.values():
        one.revenue = {model: one.revenue.get(model, Decimal(0)) for model in names}
    return names, sorted(
        rows.values(), key=lambda one: (one.campaign_id is None, -one.spread, one.campaign_id or "")
    )


def assets(connection: duckdb.DuckDBPyConnection, most: int = 12) -> list[dict[str, Any]]:
    """The assets through which campaigns earned most (linear), with their interactions that influence and the contacts of those (R30, R53)."""
    through = f"""
        select counted.event_id, counted.campaign_id, counted.contact_id, counted.influences, event.asset_type, event.asset_id
        from core.fct_campaign_interactions as counted
        inner join {{events}} as event on counted.event_id = event.event_id
        where counted.basis in ('asset', 'both') and counted.campaign_id in ({LIVE})
    """
    connection.execute(
        f"""
        create or replace temporary table earned as
        with credits as (select * from marts.attribution_credits where model = 'linear'),
        through as ({through.format(events="core.fct_interactions")} and counted.event_id in (select event_id from credits))
        select through.asset_type, through.asset_id, sum(credits.credit) as revenue, count(distinct credits.deal_id) as deals
        from credits
        inner join through on credits.event_id = through.event_id and credits.campaign_id = through.campaign_id
        group by all
        """
    )
    # The events of other assets need not be looked at where enough have earned something. A table of their own, because the engine must know how few
    # they are before it looks for them among all campaign interactions.
    leading = (
        "select asset_type, asset_id from earned where revenue > 0 qualify rank() over (order by revenue desc) <= "
        + str(most)
    )
    enough = connection.execute(f"select count(*) from ({leading})").fetchone()[0] >= most
    if enough:
        connection.execute(
            f"""
            create or replace temporary table leading_events as
            select event_id, asset_type, asset_id from core.fct_interactions where (asset_type, asset_id) in ({leading})
            """
        )
    return _rows(
        connection,
        f"""
        with through as ({through.format(events="leading_events" if enough else "core.fct_interactions")}),
        engaged as (
            select through.asset_type, through.asset_id, count(distinct through.event_id) as interactions,
                count(distinct contact.contact_id) as contacts, max(through.campaign_id) as campaign_id,
                count(distinct through.campaign_id) as campaigns
            from through
            left join core.dim_contacts as contact on through.contact_id = contact.contact_id and not contact.is_deleted
            where through.influences
            group by all
        )

        select engaged.asset_type, engaged.asset_id, asset.asset_name, engaged.interactions, engaged.contacts,
            coalesce(earned.deals, 0) as deals, coalesce(earned.revenue, 0) as revenue, engaged.campaigns, campaign.campaign_name
        from engaged
        left join earned on engaged.asset_type = earned.asset_type and engaged.asset_id = earned.asset_id
        left join core.dim_assets as asset on engaged.asset_type = asset.asset_type and engaged.asset_id = asset.asset_id
        left join core.dim_campaigns as campaign on engaged.campaign_id = campaign.campaign_id
        order by revenue desc, contacts desc, interactions desc, engaged.asset_type, engaged.asset_id
        limit {most}
        """,
    )


def funnel(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Contacts: all, influenced by a live campaign, of those on a deal, on a won deal, and with revenue for a live campaign. Never rising."""
    (row,) = connection.execute(
        f"""
        with influenced as (select distinct contact_id from marts.influenced_contacts where campaign_id in ({LIVE})),
        on_deals as (
            select link.contact_id, bool_or(deal.is_closed_won) as has_won
            from core.fct_deal_contacts as link
            inner join core.fct_deals as deal on link.deal_id = deal.deal_id
            where not deal.is_deleted and link.contact_id in (select contact_id from influenced)
            group by 1
        )

        select
            (select count(*) from core.dim_contacts where not is_deleted),
            (select count(*) from influenced),
            (select count(*) from on_deals),
            (select count(*) from on_deals where has_won),
            (select count(distinct contact_id) from marts.revenue_contacts where campaign_id in ({LIVE}))
        """
    ).fetchall()
    return list(row)


def deal_reasons(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per reason (R94): pairs of deal and campaign left out, their deals, and those that no campaign gets, with their money (None = unknown)."""
    return _rows(
        connection,
        """
        with won_by_any as (select distinct deal_id from diagnostics.deal_inclusion where is_included),
        deals as (
            select left_out.reason, left_out.deal_id, count(*) as pairs, max(won_by_any.deal_id) is null as is_in_none,
                max(deal.amount_home) as amount, bool_or(deal.amount is not null and deal.amount_home is null) as is_unknown
            from diagnostics.deal_inclusion as left_out
            left join won_by_any on left_out.deal_id = won_by_any.deal_id
            left join core.fct_deals as deal on left_out.deal_id = deal.deal_id
            where not left_out.is_included
            group by 1, 2
        )

        select reason, sum(pairs) as pairs, count(*) as deals, count(*) filter (where is_in_none) as deals_in_none,
            case when not coalesce(bool_or(is_in_none and is_unknown), false)
                then coalesce(sum(amount) filter (where is_in_none), 0) end as amount_in_none
        from deals group by 1 order by pairs desc, reason
        """,
    )


def asset_reasons(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per reason (R90): pairs of asset and campaign that are hidden, with one of them."""
    return _rows(
        connection,
        """
        with hidden as (
            select unnest(reasons) as reason, asset_type, asset_id, campaign_id from diagnostics.asset_visibility where not is_visible
        )
        select reason, count(*) as pairs, min(struct_pack(t := asset_type, i := asset_id)) as example
        from hidden group by 1 order by pairs desc, reason
        """,
    )


def utm_statuses(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per status (R95): utm values, their page views, and those seen most."""
    return _rows(
        connection,
        """
        with seen as (select status, utm_campaign, max(page_views) as page_views from diagnostics.utm_audit group by 1, 2)
        select status, count(*) as number, sum(page_views) as page_views,
            list(utm_campaign order by page_views desc, utm_campaign)[1:3] as examples
        from seen group by 1 order by page_views desc, status
        """,
    )


def rejects(connection: duckdb.DuckDBPyConnection, most: int = 6) -> list[dict[str, Any]]:
    """The most frequent reasons for rejecting a row."""
    return _rows(
        connection,
        f"""
        select table_name, reason, count(*) as number from diagnostics.rejected_records
        group by all order by number desc, table_name, reason limit {most}
        """,
    )


def rejected_rows(connection: duckdb.DuckDBPyConnection) -> int:
    """How many rows were rejected."""
    return connection.execute("select count(*) from diagnostics.rejected_records").fetchone()[0]


def freshness(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per kind of record: how many there are and the newest (`instant`, naive UTC)."""
    return _rows(
        connection,
        """
        select 1 as place, 'Events' as what, count(*) as number, max(occurred_at) as instant from core.fct_interactions
        union all select 2, 'Sessions', count(*), max(started_at) from core.fct_sessions
        union all select 3, 'Contacts created', count(*), max(created_at) from core.dim_contacts
        union all select 4, 'Deals created', count(created_at), max(created_at) from core.fct_deals
        union all select 5, 'Deals closed', count(closed_at), max(closed_at) from core.fct_deals
        union all select 6, 'Assets put in campaigns', count(*), max(valid_from) from core.fct_asset_associations
        union all select 7, 'Campaigns created', count(*), max(created_at) from core.dim_campaigns
        order by place
        """,
    )


def check_results(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]] | None:
    """The business checks of this run, those that failed first; None where the file does not have them."""
    exists = connection.execute(
        "select count(*) from information_schema.tables where table_schema = 'diagnostics' and table_name = 'check_results' "
        "and table_catalog = current_database()"
    ).fetchone()[0]
    if not exists:
        return None
    return _rows(
        connection,
        "select * from diagnostics.check_results order by passed, severity, table_name, check_name",
    )


def newest_day(as_of: datetime | None) -> date:
    """The last day that the trend may show: nothing after the run's as-of time."""
    return as_of.date() if as_of else date.max - timedelta(1)
