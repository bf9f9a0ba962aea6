"""Makes a landing of any size with realistic skew: heavy visitors, heavy assets, one asset that moves often, late events.

    python benchmarks/make_data.py --events 1000000 --out /some/empty/folder

Deterministic for a given size: every value is a hash of a row number. Events land as typed Parquet files, CRM tables as Parquet too.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

START = "timestamp '2024-01-01 00:00:00'"
MINUTES = 366 * 24 * 60
EVENTS_PER_FILE = 5_000_000


def _fraction(row: str, salt: int) -> str:
    """SQL of a number in [0, 1) that depends on a row number and a salt alone."""
    return f"((hash({row} * 1000003 + {salt}) % 1000000007) / 1000000007.0)"


def _skewed(row: str, salt: int, count: int) -> str:
    """SQL of a number below `count`; low numbers come far more often (about one in ten is below count / 1000)."""
    return f"cast(floor({count} * power({_fraction(row, salt)}, 3)) as bigint)"


def _write(connection: duckdb.DuckDBPyConnection, out: Path, table: str, select: str, part: int = 0) -> None:
    folder = out / table
    folder.mkdir(parents=True, exist_ok=True)
    connection.execute(f"copy ({select}) to '{folder / f'part-{part:03}.parquet'}' (format parquet, compression zstd)")


def make(events: int, out: Path) -> None:
    """Writes the landing: `events` events, a visitor for 8 of them, a contact for 40, a deal for 400, 200 campaigns at most."""
    visitors, contacts, deals = max(events // 8, 10), max(events // 40, 10), max(events // 400, 5)
    campaigns, assets = min(200, max(events // 2000, 5)), min(5000, max(events // 200, 20))
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set preserve_insertion_order = false")

        def at(row: str, salt: int) -> str:
            return f"{START} + interval 1 second * cast(floor({_fraction(row, salt)} * {MINUTES} * 60) as integer)"

        loaded = f"{START} as _loaded_at"
        _write(
            connection,
            out,
            "contacts",
            f"select 'c' || i as contact_id, 'c' || i || '@example.com' as email, {at('i', 1)} as created_at, 'lead' as lifecycle_stage, {loaded} "
            f"from range({contacts}) t(i)",
        )
        _write(
            connection,
            out,
            "contact_merges",
            f"select 'c' || i as loser_contact_id, 'c' || (i - 1) as winner_contact_id, {loaded} from range(50, {contacts}, 100) t(i)",
        )
        _write(
            connection,
            out,
            "visitor_identities",
            f"select 'v' || {_skewed('i', 2, visitors)} as visitor_id, 'c' || {_skewed('i', 3, contacts)} as contact_id, "
            f"{at('i', 4)} as identified_at, {loaded} from range({contacts}) t(i)",
        )
        _write(
            connection,
            out,
            "campaigns",
            f"select 'k' || i as campaign_id, 'Campaign ' || i as campaign_name, {START} as created_at, {loaded} from range({campaigns}) t(i)",
        )
        _write(
            connection,
            out,
            "campaign_utms",
            f"select 'k' || i as campaign_id, 'campaign-' || i as utm_campaign, {START} as added_at, {loaded} from range({campaigns}) t(i)",
        )
        kind = (
            "['landing_page', 'blog_post', 'website_page', 'form', 'cta', 'marketing_email', 'social_post', 'ad_campaign', 'workflow'][1 + {n} % 9]"
        )
        _write(
            connection,
            out,
            "assets",
            f"select {kind.format(n='i')} as asset_type, 'a' || i as asset_id, 'Asset ' || i as asset_name, {START} as published_at, {loaded} "
            f"from range({assets}) t(i)",
        )
        _write(
            connection,
            out,
            "campaign_asset_log",
            f"select 'l' || i as log_id, 'k' || (i % {campaigns}) as campaign_id, {kind.format(n='i')} as asset_type, 'a' || i as asset_id, "
            f"'associated' as action, {START} + interval 1 hour * (i % 4000) as occurred_at, {loaded} from range({assets}) t(i) "
            # The heaviest page moves every other day.
            f"union all select 'm' || i, 'k' || (i % {campaigns}), {kind.format(n='0')}, 'a0', 'associated', "
            f"{START} + interval 2 day * i, {START} from range(1, 180) t(i)",
        )
        _write(
            connection,
            out,
            "deals",
            f"select 'd' || i as deal_id, 'Deal ' || i as deal_name, i % 5 < 3 as is_closed_won, "
            f"cast(500 + {_fraction('i', 5)} * 50000 as decimal(18, 2)) as amount, "
            f"case when i % 7 = 0 then 'EUR' end as currency, {at('i', 6)} as created_at, "
            f"{at('i', 6)} + interval 1 day * cast(floor({_fraction('i', 7)} * 120) as bigint) as closed_at, {loaded} from range({deals}) t(i)",
        )
        _write(
            connection,
            out,
            "deal_contact_log",
            f"select 'x' || i as log_id, 'd' || (i % {deals}) as deal_id, 'c' || (hash(i) % {contacts}) as contact_id, "
            f"'associated' as action, {START} as occurred_at, {loaded} from range({deals * 2}) t(i)",
        )
        _write(
            connection,
            out,
            "exchange_rates",
            f"select 'EUR' as currency, date '2023-12-01' + cast(i as integer) as rate_date, "
            f"cast(1.05 + (i % 20) / 200.0 as decimal(18, 4)) as rate_to_home, {loaded} from range(600) t(i)",
        )
        _write(
            connection,
            out,
            "spend_items",
            f"select 's' || i as item_id, 'k' || (i % {campaigns}) as campaign_id, cast(100 + i % 900 as decimal(18, 2)) as amount, "
            f"date '2024-01-01' + cast(i % 366 as integer) as spent_on, {loaded} from range({campaigns * 20}) t(i)",
        )
        for part, first in enumerate(range(0, events, EVENTS_PER_FILE)):
            _write(connection, out, "events", _events(first, min(first + EVENTS_PER_FILE, events), visitors, contacts, campaigns, assets, kind), part)


def _events(first: int, last: int, visitors: int, contacts: int, campaigns: int, assets: int, kind: str) -> str:
    """Events in bursts of up to 16 by one visitor, a minute apart; every hundredth lands a month late, every thousandth is a bot's."""
    actions = {
        "form": "form_submission",
        "cta": "cta_click",
        "marketing_email": "email_click",
        "social_post": "social_click",
        "ad_campaign": "ad_click",
        "workflow": "workflow_enrollment",
    }
    event_type = "case asset_type " + " ".join(f"when '{key}' then '{value}'" for key, value in actions.items()) + " else 'page_view' end"
    return f"""
        select
            'e' || i as event_id, {event_type} as event_type, occurred_at, visitor_id,
            case when i % 11 = 0 then contact_id end as contact_id, cast(null as varchar) as email,
            asset_type, asset_id,
            'https://www.example.com/' || asset_id || case
                when i % 6 = 0 then '?utm_source=google&utm_medium=cpc&utm_campaign=campaign-' || (i % {campaigns * 2}) else ''
            end as url,
            i % 1000 = 0 as is_filtered,
            occurred_at + case when i % 100 = 0 then interval 30 day else interval 5 minute end as _loaded_at
        from (
            select
                i, 'v' || {_skewed("burst", 11, visitors)} as visitor_id, 'c' || {_skewed("burst", 12, contacts)} as contact_id,
                {kind.format(n=_skewed("i", 13, assets))} as asset_type, 'a' || {_skewed("i", 13, assets)} as asset_id,
                {START} + interval 1 second * cast(
                    floor({_fraction("burst", 14)} * {MINUTES} * 60) + (i % 16) * 60 + floor({_fraction("i", 15)} * 60) as integer
                ) + interval 1 millisecond * cast(i % 1000 as integer) as occurred_at
            from (select i, i // 16 as burst from range({first}, {last}) t(i))
        )
    """


def main() -> None:
    """Reads the arguments and makes the landing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    make(arguments.events, arguments.out)
    size = sum(file.stat().st_size for file in arguments.out.rglob("*.parquet"))
    print(f"{arguments.events:,} events, {size / 1e6:,.1f} MB in {arguments.out}")


if __name__ == "__main__":
    main()
