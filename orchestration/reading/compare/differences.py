"""What differs between two publications and what decides it, found by one engine query per table.

All rows stay in DuckDB, in temporary tables that spill to disk; Python sees what is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Template

import duckdb

from orchestration.ground.errors import SettingsError
from orchestration.ground.sql import quote_text
from orchestration.publishing.numbers import number_pairs, number_rows
from orchestration.reading.compare.publications import SIDES, Side, columns_of
from orchestration.reading.compare.reasons import differing_settings, settle

FOLDER = Path(__file__).parent
# The tables whose numbers are compared: their keys beside the campaign. Ratios are compared, too.
NUMBERS = {
    ("marts", "campaign_performance"): "cast(null as varchar)",
    ("marts", "attributed_revenue"): "model",
    ("marts", "attributed_conversions"): "conversion || ' ' || model",
}
NUMERIC = ("BIGINT", "DECIMAL", "DOUBLE", "INTEGER")
# Contact lists: table, metric, event, date and value of a row; `null` where it has none.
LISTS = {
    "first_touch_contacts": ("first_touch", "event_id", "contact_created_at", "null"),
    "last_touch_contacts": ("last_touch", "conversion_event_id", "contact_created_at", "null"),
    "influenced_contacts": ("influenced", "event_id", "influenced_at", "interactions"),
    "revenue_contacts": ("revenue", "null", "null", "revenue"),
}
# A number of a campaign, and the list of contacts that it counts.
LIST_OF = {
    "new_contacts_first_touch": "first_touch",
    "new_contacts_last_touch": "last_touch",
    "influenced_contacts": "influenced",
    "contacts_with_revenue": "revenue",
}


def _run(connection: duckdb.DuckDBPyConnection, name: str, **values: str) -> None:
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    connection.execute(Template(text).substitute(values))


def _shared(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    a, b = (columns_of(connection, side, schema, table) for side in SIDES)
    return {name: kind for name, kind in a.items() if name in b}


def _number_differences(connection: duckdb.DuckDBPyConnection) -> None:
    sides: dict[str, list[str]] = {side: [] for side in SIDES}
    for (schema, table), model in NUMBERS.items():
        columns = _shared(connection, schema, table)
        metrics = [name for name, kind in columns.items() if kind.startswith(NUMERIC)]
        for side in SIDES:
            sides[side] += number_rows(f"{side}.{schema}.{table}", metrics, model, "double")
    if not sides["side_a"]:
        raise SettingsError("One of the two publications lacks marts.campaign_performance")
    a, b = (sides[side] for side in SIDES)
    connection.execute(
        f"""
        create temp table number_differences as
        select campaign_id, metric, model, old_value as value_a, new_value as value_b
        from ({number_pairs(a, b)}) as pairs
        where case
            when (old_value is null) <> (new_value is null) then true
            else abs(old_value - new_value) > 1e-9 * greatest(1, abs(old_value))
        end
        """
    )


def _counted(connection: duckdb.DuckDBPyConnection) -> str:
    selected = []
    for table, (metric, event, date, value) in LISTS.items():
        if not _shared(connection, "marts", table):
            continue
        selected += [
            f"select {quote_text(side)} as side, campaign_id, {quote_text(metric)} as metric, "
            f"contact_id, cast({event} as varchar) as event_id, "
            f"cast({date} as timestamp) as counted_at, cast({value} as double) as value "
            f"from {side}.marts.{table}"
            for side in SIDES
        ]
    return " union all ".join(selected)


def _people(connection: duckdb.DuckDBPyConnection) -> None:
    """The contacts whose interactions may decide, of lists and deals that differ, and the sessions
    that only one side counts: many are of people nobody knows."""
    of_deals = " union ".join(
        f"select contact_id from {side}.core.fct_deal_contacts "
        "where deal_id in (select deal_id from deal_differences)"
        for side in SIDES
    )
    connection.execute(
        f"""
        create temp table people as
        select distinct contact_id
        from (select contact_id from contact_differences union {of_deals}) as people
        where contact_id is not null
        """
    )
    page_views = {
        side: f"select distinct campaign_id, session_id from {side}.core.fct_campaign_interactions "
        "where event_type = 'page_view' and session_id is not null and campaign_id in "
        "(select campaign_id from number_differences where metric = 'sessions')"
        for side in SIDES
    }
    a, b = (page_views[side] for side in SIDES)
    connection.execute(
        f"""
        create temp table odd_sessions as
        select distinct session_id from (({a} except {b}) union all ({b} except {a})) as odd
        """
    )


def _event_differences(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        create temp table event_differences (
            side varchar, event_id varchar, campaign_id varchar, contact_id varchar,
            event_type varchar, occurred_at timestamp, reason varchar, detail varchar
        )
        """
    )
    connection.execute(
        "create temp table retimed_events "
        "(event_id varchar, campaign_id varchar, event_type varchar)"
    )
    _run(connection, "events", x="side_a", y="side_b")
    _run(connection, "events", x="side_b", y="side_a")


def find(connection: duckdb.DuckDBPyConnection, a: Side, b: Side) -> None:
    """Fills the view `findings` with everything that differs."""
    _number_differences(connection)
    _run(connection, "contacts", counted=_counted(connection))
    _run(connection, "deals")
    _people(connection)
    _event_differences(connection)
    merged = "merged_into" in _shared(connection, "core", "fct_deals")
    _run(
        connection,
        "changed_deals",
        merged_a="a.merged_into" if merged else "null",
        merged_b="b.merged_into" if merged else "null",
    )
    _run(connection, "deal_reasons", absorbed=_absorbed(merged))
    if _shared(connection, "diagnostics", "contact_status"):
        joins = " ".join(
            f"left join {side}.diagnostics.contact_status as status_{side[-1]} "
            f"on differences.contact_id = status_{side[-1]}.contact_id "
            f"and differences.metric = status_{side[-1]}.metric"
            for side in SIDES
        )
        differs = "status_a.event_id is distinct from status_b.event_id"
        event = "coalesce(status_b.event_id, status_a.event_id)"
    else:
        joins, differs, event = "", "false", "cast(null as varchar)"
    _run(
        connection,
        "contact_reasons",
        status_joins=joins,
        status_differs=differs,
        status_event=event,
    )
    _run(
        connection,
        "number_reasons",
        chained=_chained(connection),
        on_both=_on_both(connection),
        credited=_credited(connection),
        odd_paths=_odd_paths(connection),
    )
    settle(connection, differing_settings(a, b))
    _run(connection, "findings")


def _absorbed(merged: bool) -> str:
    if not merged:
        return "select null::varchar as deal_id, null::varchar as loser_deal_id where false"
    losers = [
        f"select deal_id, merged_into from {side}.core.fct_deals where merged_into is not null"
        for side in SIDES
    ]
    odd = " union all ".join(f"({one} except {other})" for one, other in (losers, reversed(losers)))
    return (
        f"select merged_into as deal_id, min(deal_id) as loser_deal_id from ({odd}) as odd "
        "group by merged_into"
    )


def _chained(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL for the models whose weights follow from all deals (R78)."""
    if not _shared(connection, "marts", "removal_effects"):
        return "null"
    return " union ".join(f"select model from {side}.marts.removal_effects" for side in SIDES)


def _credited(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL for the changed deals and the campaigns that they, or their creation, are credited to."""
    selected = [
        f"select deal_id, campaign_id, false as is_pipeline from {side}.marts.attribution_credits "
        "where model = 'linear' and deal_id in (select deal_id from changed_deals)"
        for side in SIDES
    ]
    if _shared(connection, "marts", "conversion_credits"):
        selected += [
            f"select subject_id, campaign_id, true from {side}.marts.conversion_credits "
            "where conversion = 'deal_created' and model = 'linear' "
            "and subject_id in (select deal_id from changed_deals)"
            for side in SIDES
        ]
    return " union ".join(selected)


def _odd_paths(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL for the campaigns of deals, and of created contacts and deals, that have an interaction
    in their path on one side only; none where no number needs it.
    """
    needed = (
        "select 1 from number_differences where campaign_id is null or model like '% %' limit 1"
    )
    if not connection.execute(needed).fetchall():
        return "select null::varchar as conversion, null::varchar as campaign_id where false"
    sources = [("'deal_won'", "marts.attribution_credits", "deal_id")]
    if _shared(connection, "marts", "conversion_credits"):
        sources.append(("conversion", "marts.conversion_credits", "subject_id"))
    selected = []
    for conversion, table, subject in sources:
        a, b = (
            f"select {conversion} as conversion, {subject} as subject_id, event_id, campaign_id "
            f"from {side}.{table} where model = 'linear'"
            for side in SIDES
        )
        of = "select conversion, subject_id, event_id from"
        odd = f"({of} ({a}) except {of} ({b})) union all ({of} ({b}) except {of} ({a}))"
        selected.append(
            f"select conversion, campaign_id from ({a} union all {b}) as credits "
            "where (conversion, subject_id) in "
            f"(select (conversion, subject_id) from ({odd}) as odd)"
        )
    return " union ".join(selected)


def _on_both(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL for the models that both sides credit by."""
    found = [
        "({} intersect {})".format(
            *(f"select {model} from {side}.{schema}.{table}" for side in SIDES)
        )
        for (schema, table), model in NUMBERS.items()
        if "model" in _shared(connection, schema, table)
    ]
    return " union ".join(found) or "null"


def count(connection: duckdb.DuckDBPyConnection, condition: str) -> dict[str, int]:
    """Findings by kind that meet a condition."""
    return dict(
        connection.execute(
            f"select kind, count(*) from findings where {condition} group by kind"
        ).fetchall()
    )


def rows(
    connection: duckdb.DuckDBPyConnection,
    where: str,
    *,
    limit: int | None = None,
) -> Iterator[dict[str, object]]:
    """Findings as dicts, the largest differences of each kind first, read as they are wanted."""
    found = connection.execute(
        f"""
        select * from findings where {where}
        order by
            list_position(['number', 'deal', 'contact'], kind), abs(difference) desc nulls last,
            campaign_id, metric, model, deal_id, contact_id
        {"" if limit is None else f"limit {limit}"}
        """
    )
    names = [column[0] for column in found.description]
    while batch := found.fetchmany(1000):
        for row in batch:
            yield dict(zip(names, row, strict=True))
