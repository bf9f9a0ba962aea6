"""Makes a landing of any size with realistic skew: heavy visitors, heavy assets, one asset that
moves often, late events.

    python -m benchmarks.make_data --events 1000000 --out /some/empty/folder
    python -m benchmarks.make_data --batch 0.001 --out /that/folder

The second adds a later day's files to the first: 0.1 % new events, half of them late, and the CRM
changes that go with them.

Deterministic: every value is a hash of a row number, so the same calls in the same order give the
same rows. Typed Parquet files; events lie in files of five million in the order in which they
landed, and are written one file at a time, so memory does not grow with their number.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import duckdb

START = "timestamp '2024-01-01 00:00:00'"
SECONDS = 366 * 24 * 3600  # the year of the first landing
FIRST_BATCH = "timestamp '2025-01-01 00:00:00'"  # batch n lands n days later
AS_OF = "2025-02-01T00:00:00Z"  # of every run measured, so that no time boundary lies between
EVENTS_PER_FILE = 5_000_000
VISIT = 16  # events of a visit in the first landing, a minute apart
BATCH_VISIT = 4  # in a batch: short visits, so that more visitors change
ASSET_TYPES = [
    "landing_page",
    "blog_post",
    "website_page",
    "form",
    "cta",
    "marketing_email",
    "social_post",
    "ad_campaign",
    "workflow",
]
EVENT_TYPES = {
    "form": "form_submission",
    "cta": "cta_click",
    "marketing_email": "email_click",
    "social_post": "social_click",
    "ad_campaign": "ad_click",
    "workflow": "workflow_enrollment",
}


@dataclass(frozen=True)
class Shape:
    """How many rows of each kind go with a number of events."""

    events: int

    @property
    def visitors(self) -> int:
        return max(self.events // 8, 10)

    @property
    def contacts(self) -> int:
        return max(self.events // 40, 10)

    @property
    def deals(self) -> int:
        return max(self.events // 400, 5)

    @property
    def campaigns(self) -> int:
        return min(200, max(self.events // 2000, 5))

    @property
    def assets(self) -> int:
        return min(5000, max(self.events // 200, 20))

    @property
    def visits(self) -> int:
        return max(self.events // VISIT, 1)


def _fraction(row: str, salt: int) -> str:
    """SQL of a number in [0, 1) that depends on a row number and a salt alone."""
    return f"((hash(({row}) * 1000003 + {salt}) % 1000000007) / 1000000007.0)"


def _skewed(row: str, salt: int, count: int | str) -> str:
    """SQL of a number below `count`; low numbers come far more often (about one in ten is below
    count / 1000).
    """
    return f"cast(floor(({count}) * power({_fraction(row, salt)}, 3)) as bigint)"


def _evenly(row: str, salt: int, count: int) -> str:
    """SQL of a number below `count`, each as often."""
    return f"cast(floor({count} * {_fraction(row, salt)}) as bigint)"


def _kind(asset: str) -> str:
    """SQL of the type of an asset, by its number."""
    return f"({ASSET_TYPES!r}[1 + ({asset}) % {len(ASSET_TYPES)}])"


def _event_type(kind: str) -> str:
    return (
        f"case {kind} "
        + " ".join(f"when '{key}' then '{value}'" for key, value in EVENT_TYPES.items())
        + " else 'page_view' end"
    )


def _seconds(number: str) -> str:
    return f"interval 1 second * cast({number} as integer)"


def _any_time(row: str, salt: int) -> str:
    """SQL of an instant anywhere in the year of the first landing."""
    return f"{START} + {_seconds(f'floor({_fraction(row, salt)} * {SECONDS})')}"


def _visit_start(visit: str, shape: Shape) -> str:
    """SQL of the instant a visit begins: visits come in order of time, but one in a hundred
    happened thirty days before it landed.
    """
    offset = f"floor((({visit}) + {_fraction(visit, 14)}) * {SECONDS - 3600} / {shape.visits})"
    late = f"({visit}) % 100 = 50 and {offset} >= 30 * 86400"
    return (
        f"{START} + {_seconds(offset)} - case when {late} then interval 30 day else interval 0 "
        f"day end"
    )


def _contact_visit(contact: str) -> str:
    """SQL of the visit in which a contact came to be: five visits bring two contacts."""
    return f"(({contact}) * 5) // 2"


def _contact_created(contact: str, shape: Shape) -> str:
    return f"{_visit_start(_contact_visit(contact), shape)} + interval 510 second"


def _visitor(visit: str, shape: Shape) -> str:
    return f"'v' || {_skewed(visit, 11, shape.visitors)}"


def _deal_times(deal: str) -> str:
    """SQL of the created and closed columns of a deal."""
    created = _any_time(deal, 6)
    return (
        f"{created} as created_at, {created} + interval 1 day * {_evenly(deal, 7, 120)} as "
        f"closed_at"
    )


def _deal_contact(row: str, contacts: int) -> str:
    """SQL of a deal's contact: every second one is among the oldest tenth, who are the busiest."""
    return (
        f"'c' || case when ({row}) % 2 = 0 then {_evenly(row, 8, max(contacts // 10, 1))} else "
        f"{_evenly(row, 8, contacts)} end"
    )


def _write(
    connection: duckdb.DuckDBPyConnection,
    out: Path,
    table: str,
    select: str,
    name: str = "part-000",
) -> None:
    folder = out / table
    folder.mkdir(parents=True, exist_ok=True)
    connection.execute(
        f"copy ({select}) to '{folder / name}.parquet' (format parquet, compression zstd)"
    )


def _connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    return connection


def make(events: int, out: Path) -> None:
    """Writes the first landing: `events` events, a visitor for 8 of them, a contact for 40, a deal
    for 400, 200 campaigns at most.
    """
    shape = Shape(events)
    with _connect() as connection:
        for table, select in _tables(shape).items():
            _write(connection, out, table, select)
        for part, first in enumerate(range(0, events, EVENTS_PER_FILE)):
            _write(
                connection,
                out,
                "events",
                _events(first, min(first + EVENTS_PER_FILE, events), shape),
                f"part-{part:03}",
            )


def _tables(shape: Shape) -> dict[str, str]:
    """The SQL of every CRM table of the first landing."""
    loaded = f"{START} as _loaded_at"
    created = _contact_created("i", shape)
    contacts, deals, campaigns, assets = shape.contacts, shape.deals, shape.campaigns, shape.assets
    return {
        "contacts": f"select 'c' || i as contact_id, 'c' || i || '@example.com' as email, "
        f"{created} as created_at, "
        f"'lead' as lifecycle_stage, {created} + interval 5 minute as _loaded_at from "
        f"range({contacts}) t(i)",
        "contact_merges": f"select 'c' || i as loser_contact_id, 'c' || (i - 1) as "
        f"winner_contact_id, {loaded} "
        f"from range(50, {max(contacts, 51)}, 100) t(i)",
        "visitor_identities": f"select {_visitor(_contact_visit('i'), shape)} as visitor_id, 'c' "
        f"|| i as contact_id, "
        f"{created} as identified_at, {created} + interval 5 minute as _loaded_at from "
        f"range({contacts}) t(i)",
        "campaigns": f"select 'k' || i as campaign_id, 'Campaign ' || i as campaign_name, {START} "
        f"as created_at, {loaded} "
        f"from range({campaigns}) t(i)",
        "campaign_utms": f"select 'k' || i as campaign_id, 'campaign-' || i as utm_campaign, "
        f"{START} as added_at, {loaded} "
        f"from range({campaigns}) t(i)",
        "assets": f"select {_kind('i')} as asset_type, 'a' || i as asset_id, 'Asset ' || i as "
        f"asset_name, {START} as published_at, {loaded} "
        f"from range({assets}) t(i)",
        # The heaviest page moves every other day.
        "campaign_asset_log": f"select 'l' || i as log_id, 'k' || (i % {campaigns}) as "
        f"campaign_id, {_kind('i')} as asset_type, "
        f"'a' || i as asset_id, 'associated' as action, {START} + interval 1 hour * (i % 4000) as "
        f"occurred_at, {loaded} "
        f"from range({assets}) t(i) "
        f"union all select 'm' || i, 'k' || (i % {campaigns}), {_kind('0')}, 'a0', 'associated', "
        f"{START} + interval 2 day * i, {START} "
        "from range(1, 180) t(i)",
        "deals": f"select 'd' || i as deal_id, 'Deal ' || i as deal_name, i % 5 < 3 as "
        f"is_closed_won, "
        f"cast(500 + {_fraction('i', 5)} * 50000 as decimal(18, 2)) as amount, case when i % 7 = "
        f"0 then 'EUR' end as currency, "
        f"{_deal_times('i')}, {loaded} from range({deals}) t(i)",
        "deal_contact_log": f"select 'x' || i as log_id, 'd' || (i % {deals}) as deal_id, "
        f"{_deal_contact('i', contacts)} as contact_id, "
        f"'associated' as action, {_any_time(f'i % {deals}', 6)} as occurred_at, {loaded} from "
        f"range({deals * 2}) t(i)",
        "exchange_rates": "select 'EUR' as currency, date '2023-12-01' + cast(i as integer) as "
        "rate_date, "
        f"cast(1.05 + (i % 20) / 200.0 as decimal(18, 4)) as rate_to_home, {loaded} from "
        f"range(600) t(i)",
        "spend_items": f"select 's' || i as item_id, 'k' || (i % {campaigns}) as campaign_id, "
        f"cast(100 + i % 900 as decimal(18, 2)) as amount, "
        f"date '2024-01-01' + cast(i % 366 as integer) as spent_on, {loaded} from "
        f"range({campaigns * 20}) t(i)",
    }


def _events(first: int, last: int, shape: Shape) -> str:
    """SQL of events `first` to `last`: visits of 16 events; one in a hundred visits is late, one in
    a thousand events is a bot's.
    """
    known = f"least({shape.contacts}, (visit * 2) // 5 + 1)"  # contacts that there are by then
    form = (
        f"{len(ASSET_TYPES)} * {_skewed('i', 16, max(shape.assets // len(ASSET_TYPES), 1))} + "
        f"{ASSET_TYPES.index('form')}"
    )
    return f"""
        select
            'e' || i as event_id, {_event_type("asset_type")} as event_type, occurred_at,
                visitor_id,
            case when i % 11 = 0 and not converts then 'c' || {_skewed("visit", 12, known)}
                end as contact_id,
            case when converts then 'c' || arrived || '@example.com' end as email,
            asset_type, asset_id,
            'https://www.example.com/' || asset_id || case
                when i % 6 = 0 then '?utm_source=google&utm_medium=cpc&utm_campaign=campaign-' ||
                    (i % {shape.campaigns * 2}) else ''
            end as url,
            i % 1000 = 0 as is_filtered,
            occurred_at + case when visit % 100 = 50 then interval 30 day else interval 5 minute
                end as _loaded_at
        from (
            select
                i, visit, arrived, converts, {_visitor("visit", shape)} as visitor_id,
                    {_kind("asset")} as asset_type, 'a' || asset as asset_id,
                {_visit_start("visit", shape)} +
                    {_seconds(f"(i % {VISIT}) * 60 + floor({_fraction('i', 15)} * 60)")}
                    + interval 1 millisecond * cast(i % 1000 as integer) as occurred_at
            from (
                select i, visit, arrived, converts, case when converts then {form}
                    else {_skewed("i", 13, shape.assets)} end as asset
                from (
                    -- The ninth event of a visit that brings a contact is the form that made it
                    -- one.
                    select i, visit, arrived, i % {VISIT} = 8 and arrived < {shape.contacts}
                        and (arrived * 5) // 2 = visit as converts
                    from (select i, i // {VISIT} as visit, (2 * (i // {VISIT}) + 4) // 5 as arrived
                        from range({first}, {last}) t(i))
                )
            )
        )
    """


def _rows(connection: duckdb.DuckDBPyConnection, out: Path, table: str, files: str) -> int:
    """Rows of a table's files, from their footers."""
    if not list((out / table).glob(files)):
        return 0
    return connection.execute(
        f"select sum(num_rows) from parquet_file_metadata('{out / table / files}')"
    ).fetchone()[0]


def make_batch(fraction: float, out: Path) -> int:
    """Adds the next day's files to a landing that `make` wrote: `fraction` of its events anew, half
    of them late, and CRM changes.

    Half of the visits happened on the day that lands, half anywhere in the year before; nine in ten
    by visitors already known. In proportion: new contacts, as many identities of visitors already
    known, new deals and as many edits of old ones. Always: one asset moves, one contact is merged
    away, one campaign is renamed and gets an alias that new visits carry. Returns the number of new
    events.
    """
    with _connect() as connection:
        shape = Shape(_rows(connection, out, "events", "part-*.parquet"))
        if not shape.events:
            raise SystemExit(
                f"No landing to add to: {out / 'events'} has no part-*.parquet; make one with "
                f"--events first"
            )
        number = len(list((out / "events").glob("batch-*.parquet"))) + 1
        count = max(round(shape.events * fraction), 1)
        first = _rows(connection, out, "events", "*.parquet")
        name = f"batch-{number:03}"
        for table, select in _batch_tables(
            shape, fraction, number, _rows(connection, out, "contacts", "*.parquet")
        ).items():
            _write(connection, out, table, select, name)
        _write(connection, out, "events", _batch_events(first, count, shape, number), name)
    return count


def _landed(number: int) -> str:
    """SQL of the instant at which a batch lands."""
    return f"{FIRST_BATCH} + interval {number} day"


def _batch_tables(
    shape: Shape, fraction: float, number: int, known_contacts: int
) -> dict[str, str]:
    """The SQL of the CRM changes of a batch."""
    contacts, deals = (
        max(round(shape.contacts * fraction), 1),
        max(round(shape.deals * fraction), 1),
    )
    landed = _landed(number)
    loaded = f"{landed} as _loaded_at"
    salt = 100 * number
    moved = shape.assets // 3 + number
    campaign = number % shape.campaigns
    edited = f"(i * 7919 + {number * 31}) % {shape.deals}"
    winner = min(100 * number + 11, shape.contacts - 2)
    return {
        "contacts": f"select 'c' || ({known_contacts} + i) as contact_id, 'c' || "
        f"({known_contacts} + i) || '@example.com' as email, "
        f"{landed} - interval 1 hour as created_at, 'lead' as lifecycle_stage, {loaded} from "
        f"range({contacts}) t(i)",
        "visitor_identities": f"select 'v' || {_evenly('i', salt + 1, shape.visitors)} as "
        f"visitor_id, 'c' || ({known_contacts} + i) as contact_id, "
        f"{landed} - interval 1 hour as identified_at, {loaded} from range({contacts}) t(i)",
        "contact_merges": (
            f"select 'c' || {winner + 1} as loser_contact_id, 'c' || {winner} as "
            f"winner_contact_id, {loaded}"
        ),
        "deals": f"select 'd{number}-' || i as deal_id, 'New deal ' || i as deal_name, true as "
        f"is_closed_won, "
        f"cast(500 + {_fraction('i', salt + 5)} * 50000 as decimal(18, 2)) as amount, cast(null "
        f"as varchar) as currency, "
        f"{landed} - interval 40 day as created_at, {landed} - interval 2 hour as closed_at, "
        f"{loaded} from range({deals}) t(i) "
        f"union all select 'd' || deal, 'Deal ' || deal, true, cast(700 + "
        f"{_fraction('deal', salt + 6)} * 50000 as decimal(18, 2)), "
        f"case when deal % 7 = 0 then 'EUR' end, created_at, closed_at, {landed} "
        f"from (select deal, {_deal_times('deal')} from (select {edited} as deal from "
        f"range({deals}) t(i)))",
        "deal_contact_log": f"select 'x{number}-' || i as log_id, 'd{number}-' || (i % {deals}) "
        f"as deal_id, "
        f"{_deal_contact(f'i + {salt}', shape.contacts)} as contact_id, 'associated' as action, "
        f"{landed} - interval 39 day as occurred_at, {loaded} "
        f"from range({deals * 2}) t(i)",
        "campaigns": f"select 'k{campaign}' as campaign_id, 'Campaign {campaign}, renamed "
        f"{number}' as campaign_name, "
        f"{START} as created_at, {loaded}",
        "campaign_utms": (
            f"select 'k{campaign}' as campaign_id, 'renamed-{number}' as utm_campaign, {landed} - "
            f"interval 1 day as added_at, {loaded}"
        ),
        "campaign_asset_log": f"select 'n{number}' as log_id, 'k{(moved + 1) % shape.campaigns}' "
        f"as campaign_id, {_kind(str(moved))} as asset_type, "
        f"'a{moved}' as asset_id, 'associated' as action, {landed} - interval 12 hour as "
        f"occurred_at, {loaded}",
    }


def _batch_events(first: int, count: int, shape: Shape, number: int) -> str:
    """SQL of a batch's events: visits of 4, every second one late."""
    landed = _landed(number)
    salt = 100 * number
    of_the_day = f"floor({_fraction('visit', salt + 14)} * 80000)"
    today = f"{landed} - interval 1 day + {_seconds(of_the_day)}"
    known = f"'v' || {_skewed('visit', salt + 11, shape.visitors)}"
    within = f"(i % {BATCH_VISIT}) * 60 + floor({_fraction('i', salt + 15)} * 60)"
    return f"""
        select
            'e' || i as event_id, {_event_type("asset_type")} as event_type, occurred_at,
                visitor_id,
            case when i % 11 = 0 then 'c' || {_skewed("visit", salt + 12, shape.contacts)}
                end as contact_id, cast(null as varchar) as email,
            asset_type, asset_id,
            'https://www.example.com/' || asset_id || case
                when i % 60 = 0 then '?utm_source=google&utm_medium=cpc&utm_campaign=' ||
                    'renamed-{number}'
                when i % 6 = 0 then '?utm_source=google&utm_medium=cpc&utm_campaign=campaign-' ||
                    (i % {shape.campaigns * 2}) else ''
            end as url,
            i % 1000 = 0 as is_filtered, {landed} as _loaded_at
        from (
            select
                i, visit, case when visit % 10 = 3 then 'v{number}-' || visit else {known}
                    end as visitor_id,
                {_kind("asset")} as asset_type, 'a' || asset as asset_id,
                case when visit % 2 = 1 then {_any_time("visit", salt + 13)} else {today} end
                    + {_seconds(within)}
                    + interval 1 millisecond * cast(i % 1000 as integer) as occurred_at
            from (
                select {first} + j as i, j // {BATCH_VISIT} as visit,
                    {_skewed(f"{first} + j", salt + 16, shape.assets)} as asset
                from range({count}) t(j)
            )
        )
    """


def main() -> None:
    """Reads the arguments and makes the landing or adds to it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--events", type=int, metavar="N", help="make a landing of N events")
    what.add_argument(
        "--batch",
        type=float,
        metavar="FRACTION",
        help="add the next day's files: this fraction of new events, half of them late",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    arguments = parser.parse_args()
    if arguments.batch is not None:
        print(f"{make_batch(arguments.batch, arguments.out):,} events added")
        return
    make(arguments.events, arguments.out)
    size = sum(file.stat().st_size for file in arguments.out.rglob("*.parquet"))
    print(f"{arguments.events:,} events, {size / 1e6:,.1f} MB")


if __name__ == "__main__":
    main()
