"""Queries on what is left out, rejected, late or broken."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.publishing.report.queries import rows


def deal_statuses(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per status (R97): all deals, the won ones, their money, and how many of them have an amount
    but no rate; what counts first, then by money.
    """
    return rows(
        connection,
        """
        select status.status, count(*) as deals,
            count(*) filter (where deals.is_closed_won) as won,
            sum(deals.amount_home) filter (where deals.is_closed_won) as amount,
            count(*) filter (where deals.is_closed_won and deals.amount is not null
                and deals.amount_home is null) as without_rate
        from diagnostics.deal_status as status
        left join core.fct_deals as deals on status.deal_id = deals.deal_id
        group by 1 order by status.status = 'COUNTED' desc, amount desc nulls last, won desc,
            deals desc, status.status
        """,
    )


def deal_reasons(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per reason (R94): pairs of deal and campaign left out, and their deals."""
    return rows(
        connection,
        """
        select reason, count(*) as pairs, count(distinct deal_id) as deals
        from diagnostics.deal_inclusion where not is_included
        group by 1 order by pairs desc, reason
        """,
    )


def contact_statuses(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per metric and status (R98): contacts."""
    return rows(
        connection,
        """
        select metric, status, count(*) as number from diagnostics.contact_status
        group by all order by all
        """,
    )


def near_misses(connection: duckdb.DuckDBPyConnection, most: int = 8) -> list[dict[str, Any]]:
    """Unmatched utm values that are nearly an alias (R95), those seen most first."""
    return rows(
        connection,
        f"""
        select utm_campaign, similar_alias, page_views, sessions from diagnostics.utm_audit
        where similar_alias is not null
        order by page_views desc, utm_campaign limit {most}
        """,
    )


def unread_values(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per column: values that could not be read and were left empty, with examples."""
    return rows(
        connection,
        """
        select table_name, column_name, sum(rows) as number,
            list_distinct(flatten(list(examples)))[1:3] as examples
        from diagnostics.unread_values
        group by all order by number desc, table_name, column_name
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


def rejects(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Rejected rows by table and reason, the most frequent first."""
    return rows(
        connection,
        """
        select table_name, reason, count(*) as number from diagnostics.rejected_records
        group by all order by number desc, table_name, reason
        """,
    )


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
        union all select 5, 'Deals won', count(*), max(closed_at) from core.fct_deals
            where is_closed_won
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
