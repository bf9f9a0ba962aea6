"""Queries on what is left out, rejected, late or broken."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.ground.sql import sql_beside
from orchestration.publishing.report.queries import rows


def deal_statuses(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per status (R97): all deals, the won ones, their money, and how many of them have an amount
    but no rate; what counts first, then by money.
    """
    return rows(
        connection,
        sql_beside(__file__, "deal_statuses"),
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
        sql_beside(__file__, "asset_reasons"),
    )


def utm_statuses(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per status (R95): utm values, their page views, and those seen most."""
    return rows(
        connection,
        sql_beside(__file__, "utm_statuses"),
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
        sql_beside(__file__, "freshness"),
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
