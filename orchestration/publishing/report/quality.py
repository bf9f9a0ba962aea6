"""Queries on what is left out, rejected, late or broken."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.publishing.report.queries import rows


def deal_reasons(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per reason (R94): pairs of deal and campaign left out, their deals, and those that no
    campaign gets, with their money (None = unknown).
    """
    return rows(
        connection,
        """
        with won_by_any as (select distinct deal_id from diagnostics.deal_inclusion
            where is_included),
        deals as (
            select left_out.reason, left_out.deal_id, count(*) as pairs,
                max(won_by_any.deal_id) is null as is_in_none,
                max(deal.amount_home) as amount, bool_or(deal.amount is not null
                    and deal.amount_home is null) as is_unknown
            from diagnostics.deal_inclusion as left_out
            left join won_by_any on left_out.deal_id = won_by_any.deal_id
            left join core.fct_deals as deal on left_out.deal_id = deal.deal_id
            where not left_out.is_included
            group by 1, 2
        )

        select reason, sum(pairs) as pairs, count(*) as deals,
            count(*) filter (where is_in_none) as deals_in_none,
            case when not coalesce(bool_or(is_in_none and is_unknown), false)
                then coalesce(sum(amount) filter (where is_in_none), 0) end as amount_in_none
        from deals group by 1 order by pairs desc, reason
        """,
    )


def asset_reasons(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per reason (R90): pairs of asset and campaign that are hidden, with one of them."""
    return rows(
        connection,
        """
        with hidden as (
            select unnest(reasons) as reason, asset_type, asset_id, campaign_id
                from diagnostics.asset_visibility where not is_visible
        )
        select reason, count(*) as pairs, min(struct_pack(t := asset_type,
            i := asset_id)) as example
        from hidden group by 1 order by pairs desc, reason
        """,
    )


def utm_statuses(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per status (R95): utm values, their page views, and those seen most."""
    return rows(
        connection,
        """
        with seen as (select status, utm_campaign, max(page_views) as page_views
            from diagnostics.utm_audit group by 1, 2)
        select status, count(*) as number, sum(page_views) as page_views,
            list(utm_campaign order by page_views desc, utm_campaign)[1:3] as examples
        from seen group by 1 order by page_views desc, status
        """,
    )


def rejects(connection: duckdb.DuckDBPyConnection, most: int = 6) -> list[dict[str, Any]]:
    """The most frequent reasons for rejecting a row."""
    return rows(
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
    return rows(
        connection,
        """
        select 1 as place, 'Events' as what, count(*) as number, max(occurred_at) as instant
            from core.fct_interactions
        union all select 2, 'Sessions', count(*), max(started_at) from core.fct_sessions
        union all select 3, 'Contacts created', count(*), max(created_at) from core.dim_contacts
        union all select 4, 'Deals created', count(created_at), max(created_at) from core.fct_deals
        union all select 5, 'Deals closed', count(closed_at), max(closed_at) from core.fct_deals
        union all select 6, 'Assets put in campaigns', count(*), max(valid_from)
            from core.fct_asset_associations
        union all select 7, 'Campaigns created', count(*), max(created_at) from core.dim_campaigns
        order by place
        """,
    )


def check_results(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]] | None:
    """The business checks of this run, those that failed first; None where the file does not have
    them.
    """
    exists = connection.execute(
        "select count(*) from information_schema.tables where table_schema = 'diagnostics' and "
        "table_name = 'check_results' "
        "and table_catalog = current_database()"
    ).fetchone()[0]
    if not exists:
        return None
    return rows(
        connection,
        "select * from diagnostics.check_results order by passed, severity, table_name, check_name",
    )


def coverage(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """What each configured source brought of each raw table; empty where the file does not say."""
    exists = connection.execute(
        "select count(*) from information_schema.tables where table_schema = 'diagnostics' and "
        "table_name = 'coverage' and table_catalog = current_database()"
    ).fetchone()[0]
    if not exists:
        return []
    return rows(
        connection,
        "select * from diagnostics.coverage order by source, rows = 0, raw_table",
    )
