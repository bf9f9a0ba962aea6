"""The coverage: what each source brought of each raw table, from when to when, how well its times
are known, and what is not there and why.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import duckdb

from orchestration.connectors.extracts import Extracts
from orchestration.connectors.kind import NO_COLUMN, NO_TABLE, NOT_READ, Source
from orchestration.connectors.loads import WHOLE_PULL
from orchestration.connectors.precedence import precedence_reasons
from orchestration.connectors.standing import Count
from orchestration.ground.contract import RawTable, raw_tables
from orchestration.ground.settings import Settings
from orchestration.ground.sql import quote_name, quote_text

# The time that tells how far back a raw table reaches.
TIMES = {
    "contacts": "created_at",
    "contact_merges": "merged_at",
    "visitor_identities": "identified_at",
    "visitor_emails": "identified_at",
    "deals": "created_at",
    "deal_contact_log": "occurred_at",
    "deal_merges": "merged_at",
    "campaigns": "created_at",
    "campaign_utms": "added_at",
    "assets": "created_at",
    "campaign_asset_log": "occurred_at",
    "budget_items": "budgeted_on",
    "spend_items": "spent_on",
    "ad_metrics": "metric_date",
    "exchange_rates": "rate_date",
    "salesforce_campaign_members": "added_at",
    "reported_metrics": "reported_at",
    "reported_contacts": "reported_at",
    "events": "occurred_at",
}


@dataclass(frozen=True)
class CoverageRow:
    """One source and raw table.

    Times are ISO text in UTC; `not_exact` is the share of rows whose time is not exact.
    """

    source: str
    raw_table: str
    rows: int = 0
    oldest: str | None = None
    newest: str | None = None
    not_exact: float | None = None
    reason: str | None = None


def find_newest_answers(connection: duckdb.DuckDBPyConnection) -> None:
    """The table `newest_answers`: how the newest request for each thing came out.

    Every pull asks again for what was not whole, if it is still there: a pull that ended without
    asking for it tells that it is gone, and no gap any more.
    """
    connection.execute(
        f"""
        create or replace temp table newest_answers as
        with newest as (
            select
                table_name, asset_type, parent_id,
                arg_max(
                    {{'is_complete': is_complete, 'reason': reason, 'pull': _pull}},
                    (_pull, _load, seq)
                ) as answer
            from _entries
            where table_name != {quote_text(WHOLE_PULL)}
            group by all
        )

        select
            table_name, asset_type, answer.is_complete as is_complete,
            coalesce(answer.reason, 'not read to its end') as reason, count(*) as times
        from newest
        where
            answer.is_complete
            or answer.pull >= coalesce((select max(_pull) from _pulls where is_finished), 0)
        group by all
        """
    )


def _is_log(table: RawTable) -> bool:
    return any(column.name == "action" for column in table.columns)


def unread_tables(connection: duckdb.DuckDBPyConnection, source: Source) -> frozenset[str]:
    """The raw tables that are poorer because the newest pull failed or stopped: those fed by what
    it was reading, or did not come to; logs, which go by pulls that are over; all where it did not
    begin.
    """
    tables = source.kind.tables
    begun = connection.execute(
        f"""
        select table_name, max((_load, seq)) as told
        from _entries
        where
            _pull = (select max(_pull) from _pulls)
            and _pull not in (select _pull from _pulls where is_finished)
            and table_name != {quote_text(WHOLE_PULL)}
        group by all
        order by told
        """
    ).fetchall()
    came = [name for name, _ in begun if name in tables]
    order = list(tables)
    behind = order[order.index(came[-1]) + 1 :] if came else order
    unread = {*came[-1:], *(name for name in behind if name not in came)}
    contract = raw_tables()
    logs = [name for name in source.kind.brings if _is_log(contract[name])]
    return frozenset(logs).union(*(tables[name].feeds for name in unread))


def _ledger_reasons(
    connection: duckdb.DuckDBPyConnection, source: Source, raw_table: str
) -> list[str]:
    """Why the newest answers about what feeds a raw table were not whole, each with how many of
    them.
    """
    feeding = [name for name, table in source.kind.tables.items() if raw_table in table.feeds]
    if not feeding:
        return []
    rows = connection.execute(
        """
        select table_name, asset_type, reason, sum(times)::bigint
        from newest_answers
        where table_name in (select unnest(?)) and not is_complete
        group by all
        order by all
        """,
        [feeding],
    ).fetchall()
    said = []
    for table, asset_type, reason, times in rows:
        what = f"{table} {asset_type}" if asset_type else table
        said.append(f"{what}: {reason}" + (f" ({times:,} times)" if times > 1 else ""))
    return said


def _is_over(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the newest pull came to its end."""
    found = connection.execute(
        "select is_finished from _pulls order by _pull desc limit 1"
    ).fetchone()
    return bool(found and found[0])


def _shape_reasons(
    extracts: Extracts, source: Source, raw_table: str, asked: set[str], absence: str
) -> list[str]:
    """What the extracts lack; `absence` says it of a table that no pull has told of."""
    said = []
    for name, table in source.kind.tables.items():
        if raw_table in table.feeds:
            if name in extracts.absent and name not in asked and not source.kind.asks:
                said.append(f"{name}: {absence}")
            said += [
                f"{name}.{column}: {NO_COLUMN}"
                for column in extracts.missing.get(name, [])
                if raw_table in table.feeds_of(column)
            ]
    return said


def _gap_reasons(connection: duckdb.DuckDBPyConnection, raw_table: str) -> list[str]:
    """What the kind's own `_gaps.sql` (raw_table, reason) says."""
    there = connection.execute(
        "select count(*) from duckdb_tables() where table_name = 'gaps'"
    ).fetchone()
    if not there or not there[0]:
        return []
    return [
        reason
        for (reason,) in connection.execute(
            (
                "select distinct reason from gaps where raw_table = ? and reason is not null "
                "order by all"
            ),
            [raw_table],
        ).fetchall()
    ]


def count_rows(connection: duckdb.DuckDBPyConnection, told: str, raw_table: str) -> Count:
    """How the rows of a raw table stand that `told` (SQL) gives."""
    columns = [row[0] for row in connection.execute(f"describe select * from {told}").fetchall()]
    contract = raw_tables().get(raw_table)
    key = [name for name in contract.key if name in columns] if contract else ["_loaded_at"]
    keys = ", ".join(map(quote_name, key))
    at = TIMES.get(raw_table)
    instant = quote_name(at) if at and at in columns else "null::varchar"
    basis = next((name for name in ("_basis", "time_basis") if name in columns), "'exact'")
    # What is no time is the landing's to refuse, and neither the oldest nor the newest one.
    times = f"filter ({instant} like '____-__-__%')"
    counted = connection.execute(
        f"select count(distinct ({keys},)), count(*), count(*) filter ({basis} != 'exact'), "
        f"min({instant}) {times}, max({instant}) {times} from {told}"
    ).fetchone()
    return Count(*counted) if counted else Count()


def measure(
    connection: duckdb.DuckDBPyConnection,
    extracts: Extracts,
    source: Source,
    raw_table: str,
    count: Count,
) -> CoverageRow:
    """What the coverage says of a raw table whose rows stand like that."""
    asked = {
        name
        for (name,) in connection.execute(
            "select distinct table_name from newest_answers"
        ).fetchall()
    }
    reasons = [
        *precedence_reasons(source, raw_table),
        *_shape_reasons(
            extracts, source, raw_table, asked, NO_TABLE if _is_over(connection) else NOT_READ
        ),
        *_ledger_reasons(connection, source, raw_table),
        *_gap_reasons(connection, raw_table),
    ]
    return CoverageRow(
        source.name,
        raw_table,
        count.keys,
        count.oldest,
        count.newest,
        round(count.not_exact / count.rows, 6) if count.rows else None,
        "; ".join(dict.fromkeys(reasons)) or None,
    )


def _folder(settings: Settings) -> Path:
    return settings.private / "coverage"


def save_coverage(settings: Settings, source: Source, rows: Iterable[CoverageRow]) -> None:
    """Keeps the coverage of a source for the run that publishes it."""
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{source.name}.json"
    waiting = file.with_suffix(".new")
    waiting.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    waiting.replace(file)


def kept_coverage(settings: Settings, names: Iterable[str] | None = None) -> list[CoverageRow]:
    """The newest coverage of each source of that name (None: of all)."""
    wanted = None if names is None else set(names)
    rows = []
    for file in sorted(_folder(settings).glob("*.json")):
        if wanted is None or file.stem in wanted:
            rows += [CoverageRow(**row) for row in json.loads(file.read_text(encoding="utf-8"))]
    return rows


def note_failure(settings: Settings, source: Source, says: str | None) -> None:
    """Keeps why a source was not read by its newest pull, for its coverage; None where it was."""
    folder = _folder(settings)
    file = folder / f"{source.name}.failure"
    if says is None:
        file.unlink(missing_ok=True)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(says, encoding="utf-8")


def noted_failure(settings: Settings, source: Source) -> str | None:
    """Why the source was not read by its newest pull, None where it was."""
    file = _folder(settings) / f"{source.name}.failure"
    return file.read_text(encoding="utf-8") if file.is_file() else None


def with_reason(row: CoverageRow, says: str | None) -> CoverageRow:
    """The row with one reason more, in front."""
    if says is None:
        return row
    return replace(row, reason="; ".join(filter(None, [says, row.reason])))


def land_coverage(
    connection: duckdb.DuckDBPyConnection, settings: Settings, names: Iterable[str]
) -> None:
    """Replaces `raw.coverage` by the kept coverage of the sources of these names."""
    rows = kept_coverage(settings, names)
    connection.execute("delete from raw.coverage")
    if rows:
        connection.executemany(
            "insert into raw.coverage values (?, ?, ?, ?, ?, ?, ?)",
            [list(asdict(row).values()) for row in rows],
        )
