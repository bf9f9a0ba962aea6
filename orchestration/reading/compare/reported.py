"""`touchledger compare --reported`: where another system's numbers differ from ours (R120)."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import make_settings
from orchestration.ground.spreadsheet import safe_cell
from orchestration.reading.compare.differences import LISTS
from orchestration.reading.compare.filters import refuse_unknown
from orchestration.reading.published import Published
from orchestration.terminal.console import make_console, plain, plain_cell
from orchestration.terminal.failures import print_error

EQUAL, DIFFERENT, UNUSABLE = 0, 1, 2
SHOWN = 15
NUMBERS = """
select 'number' as kind, source, campaign_id, metric, model, period_start, period_end,
    null as contact_id, ours, reported, difference, share, null as reason, null as meaning
from diagnostics.parity
where difference is distinct from 0
"""
CONTACTS = """
select 'contact' as kind, source, campaign_id, metric, null as model, null as period_start,
    null as period_end, contact_id, case when is_ours then 1 else 0 end as ours,
    case when is_ours then 0 else 1 end as reported, null as difference, null as share,
    reason, null as meaning
from diagnostics.parity_contacts
"""


def _check_filters(published: Published, arguments: argparse.Namespace) -> None:
    """Raises SettingsError where nobody reports such a number and there is no such campaign."""
    if arguments.metric is not None:
        reported = published.rows("select distinct metric as name from diagnostics.parity")
        ours = published.rows(
            "select column_name as name from duckdb_columns() where schema_name = 'marts' "
            "and table_name = 'campaign_performance' and not starts_with(data_type, 'VARCHAR')"
        )
        names = [row["name"] for row in (*reported, *ours)]
        lists = [metric for metric, *_ in LISTS.values()]
        refuse_unknown("--metric", arguments.metric, [*names, "attributed_revenue", *lists])
    if arguments.campaign is not None:
        campaigns = published.rows(
            "select campaign_id as name from core.dim_campaigns union "
            "select campaign_id from diagnostics.parity union "
            "select campaign_id from diagnostics.parity_contacts"
        )
        refuse_unknown("--campaign", arguments.campaign, [row["name"] for row in campaigns])


def _rows(published: Published, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Numbers that differ, the largest shares first, then contacts that only one side has."""
    conditions, values = ["true"], []
    for column in ("metric", "campaign"):
        wanted = getattr(arguments, column)
        if wanted:
            conditions.append(f"{'campaign_id' if column == 'campaign' else column} = ?")
            values.append(wanted)
    return published.rows(
        f"""
        select * from ({NUMBERS} union all {CONTACTS}) where {" and ".join(conditions)}
        order by kind desc, abs(share) desc nulls last, source, campaign_id, metric, contact_id
        """,
        *values,
    )


def _period(row: dict[str, Any]) -> str:
    if row["period_start"] is None and row["period_end"] is None:
        return "all time"
    return f"{row['period_start'] or '…'} to {row['period_end'] or '…'}"


def _number(value: object) -> str:
    return "-" if value is None else f"{float(str(value)):,.2f}".removesuffix(".00")


def _print_numbers(rows: list[dict[str, Any]]) -> None:
    console = make_console()
    table = Table()
    for head in ("Source", "Campaign", "Number", "Period"):
        table.add_column(head, overflow="fold")
    for head in ("Ours", "Theirs", "Difference", "Share"):
        table.add_column(head, justify="right")
    for row in rows[:SHOWN]:
        share = "" if row["share"] is None else f"{row['share']:+.1%}"
        cells = [
            plain(row["source"]),
            plain(row["campaign_id"]),
            " ".join(plain(row[name]) for name in ("metric", "model")).strip(),
            _period(row),
            *(_number(row[name]) for name in ("ours", "reported", "difference")),
            share,
        ]
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    if len(rows) > SHOWN:
        console.print(Text(f"The first {SHOWN} of {len(rows):,}; --csv or --json gives all."))


def _print_contacts(rows: list[dict[str, Any]], reasons: Mapping[str, Mapping[str, str]]) -> None:
    console = make_console()
    counts: dict[tuple[str, str, str, bool], list[str]] = {}
    for row in rows:
        key = (row["source"], row["metric"], row["reason"], bool(row["ours"]))
        counts.setdefault(key, []).append(plain(row["contact_id"]))
    table = Table()
    for head in ("Source", "List", "Only", "Contacts", "Why", "Such as"):
        table.add_column(head, overflow="fold", justify="right" if head == "Contacts" else "left")
    for (source, metric, reason, ours), contacts in sorted(
        counts.items(), key=lambda item: (-len(item[1]), item[0])
    ):
        meaning = reasons.get(reason, {}).get("meaning", reason)
        rule = reasons.get(reason, {}).get("rule_id", "R120")
        table.add_row(
            Text(plain(source)),
            Text(plain(metric)),
            Text("ours" if ours else "theirs"),
            Text(f"{len(contacts):,}"),
            Text(f"{meaning} ({rule})"),
            Text(", ".join(contacts[:3])),
        )
    console.print(table)


def compare_reported(arguments: argparse.Namespace) -> int:
    """Prints parity; returns the exit status: 0 nothing differs, 1 something does, 2 unusable."""
    try:
        published = Published(make_settings(home=arguments.home or arguments.a))
        _check_filters(published, arguments)
    except SettingsError as error:
        print_error(str(error))
        return UNUSABLE
    rows = _rows(published, arguments)
    known = published.one("select count(*) as numbers from diagnostics.parity") or {"numbers": 0}
    if arguments.json:
        print(json.dumps(rows, default=str, ensure_ascii=True, indent=1))
    elif arguments.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        cell = plain_cell if sys.stdout.isatty() else safe_cell
        writer.writerow(rows[0] if rows else ["kind"])
        writer.writerows([cell(value) for value in row.values()] for row in rows)
    elif not rows and not known["numbers"]:
        print(
            "No other system's numbers have landed; they come with the HubSpot connector, or as "
            "files of reported_metrics and reported_contacts (docs/landing.md)."
        )
    elif not rows:
        print("All reported numbers and contacts are ours, too.")
    else:
        from orchestration.reading.explain.reasons import reason_codes

        console = make_console()
        numbers = [row for row in rows if row["kind"] == "number"]
        contacts = [row for row in rows if row["kind"] == "contact"]
        if numbers:
            console.print(Text(f"Numbers: {len(numbers):,} differ", style="bold"))
            _print_numbers(numbers)
        if contacts:
            console.print(Text(f"Contacts: {len(contacts):,} on one side only", style="bold"))
            _print_contacts(contacts, reason_codes("parity"))
    return DIFFERENT if rows else EQUAL
