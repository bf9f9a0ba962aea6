"""The command: what `touchledger compare` prints, for people and for machines."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys

import duckdb
from rich.table import Table
from rich.text import Text

from orchestration.ground.errors import SettingsError
from orchestration.ground.spreadsheet import safe_cell
from orchestration.reading.compare.differences import count, find, rows
from orchestration.reading.compare.filters import check_filters, condition
from orchestration.reading.compare.publications import Side, find_side, opened
from orchestration.reading.compare.reasons import differing_settings, in_words
from orchestration.reading.compare.reported import compare_reported
from orchestration.terminal.console import make_console, plain, plain_cell
from orchestration.terminal.failures import print_error

EQUAL, DIFFERENT, UNUSABLE = 0, 1, 2
SHOWN = 15
COLUMNS = (
    "kind", "campaign_id", "metric", "model", "deal_id", "contact_id", "change", "a", "b",
    "difference", "reason", "rule_id", "words", "decided_by",
)  # fmt: skip


def _explained(row: dict[str, object]) -> dict[str, object]:
    words, rule_id = in_words(row["reason"], row["setting"])
    found = row | {"words": words or None, "rule_id": rule_id or None}
    return {name: found[name] for name in COLUMNS}


def _print_json(connection: duckdb.DuckDBPyConnection, a: Side, b: Side, where: str) -> None:
    """One JSON object; the findings are written as they are read."""
    head = {
        "a": str(a.file),
        "b": str(b.file),
        "settings": [setting.text for setting in differing_settings(a, b)],
    }
    print(json.dumps(head, ensure_ascii=True)[:-1] + ', "findings": [')
    separator = ""
    for row in rows(connection, where):
        print(separator + json.dumps(_explained(row), default=str, ensure_ascii=True), end="")
        separator = ",\n"
    print("]}")


def _print_csv(connection: duckdb.DuckDBPyConnection, where: str) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    cell = plain_cell if sys.stdout.isatty() else safe_cell
    writer.writerow(COLUMNS)
    for row in rows(connection, where):
        writer.writerow([cell(value) for value in _explained(row).values()])


def _why(row: dict[str, object]) -> str:
    if row["setting"]:
        return str(row["setting"])
    found = _explained(row)
    by = f": {found['decided_by']}" if found["decided_by"] else ""
    return f"{found['words'] or found['reason']} ({found['rule_id']}){by}"


def _amount(value: object) -> str:
    text = plain(value) if value is not None else "-"
    try:
        return f"{float(text):,.2f}".removesuffix(".00")
    except ValueError:
        return text


def _section(
    connection: duckdb.DuckDBPyConnection,
    where: str,
    kind: str,
    title: str,
    total: int,
) -> None:
    console = make_console()
    console.print(Text(f"\n{title}", style="bold"))
    table = Table()
    table.add_column("Campaign", overflow="fold")
    if kind == "number":
        table.add_column("Number", overflow="fold")
    else:
        table.add_column("Deal" if kind == "deal" else "Contact", overflow="fold")
        table.add_column("Counts as" if kind == "contact" else "Change", overflow="fold")
    for side in ("A", "B"):
        table.add_column(side, justify="right", overflow="fold")
    table.add_column("Why", overflow="fold")
    for row in rows(connection, f"kind = '{kind}' and {where}", limit=SHOWN):
        campaign = Text(plain(row["campaign_id"]) or "none")
        if kind == "number":
            subject = [" ".join(plain(row[name]) for name in ("metric", "model")).strip()]
        elif kind == "deal":
            subject = [plain(row["deal_id"]), plain(row["change"])]
        else:
            subject = [
                plain(row["contact_id"]),
                f"{plain(row['metric'])}, {row['change']}",
            ]
        shown = [Text(text) for text in [*subject, _amount(row["a"]), _amount(row["b"])]]
        table.add_row(campaign, *shown, Text(plain(_why(row))))
    console.print(table)
    if total > SHOWN:
        console.print(
            Text(f"The first {SHOWN} of {total:,}, the largest first; --csv or --json gives all.")
        )


def _print_page(
    connection: duckdb.DuckDBPyConnection,
    a: Side,
    b: Side,
    where: str,
    totals: dict[str, int],
    same: str,
) -> None:
    console = make_console()
    console.print(Text(f"A: {plain(a.file)}\nB: {plain(b.file)}"))
    for setting in differing_settings(a, b):
        kind = {"SETTING": "variable", "RULE_FILE": "rules", "PROGRAM": "program"}[setting.kind]
        console.print(Text(f"Different {kind}: {plain(setting.text)}"))
    if not totals:
        console.print(Text(same))
        return
    titles = {
        "number": "Numbers of campaigns",
        "deal": "Deals of campaigns",
        "contact": "Contacts of campaigns",
    }
    for kind, title in titles.items():
        if totals.get(kind):
            heading = f"{title}: {totals[kind]:,} differ"
            _section(connection, where, kind, heading, totals[kind])


def _same(metric: str | None, campaign: str | None) -> str:
    """What is said of sides that are equal, in what was compared."""
    of = f"campaign {plain(campaign)}" if campaign else "every campaign"
    what = f"in {metric}." if metric else "number by number, deal by deal, contact by contact."
    return f"Both say the same of {of}{'' if metric else ':'} {what}"


def compare_sides(
    a: Side,
    b: Side,
    *,
    metric: str | None = None,
    campaign: str | None = None,
    as_json: bool = False,
    as_csv: bool = False,
) -> int:
    """Prints how two publications differ; returns 0 where they are equal, else 1.

    Raises SettingsError where neither has such a metric or campaign.
    """
    with opened(a, b) as connection:
        check_filters(connection, metric, campaign)
        find(connection, a, b)
        where = condition(metric, campaign)
        totals = count(connection, where)
        try:
            if as_json:
                _print_json(connection, a, b, where)
            elif as_csv:
                _print_csv(connection, where)
            else:
                _print_page(connection, a, b, where, totals, _same(metric, campaign))
            sys.stdout.flush()
        except BrokenPipeError:  # the reader, `head` say, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DIFFERENT if totals else EQUAL


def compare(arguments: argparse.Namespace) -> int:
    """`touchledger compare A B`: exit status 0 equal, 1 different, 2 not comparable."""
    if arguments.reported:
        return compare_reported(arguments)
    try:
        if not arguments.a or not arguments.b:
            raise SettingsError(
                "Two publications are compared: touchledger compare A B; "
                "or ours with what others report: touchledger compare --reported"
            )
        a, b = find_side(arguments.a), find_side(arguments.b)
        return compare_sides(
            a,
            b,
            metric=arguments.metric,
            campaign=arguments.campaign,
            as_json=arguments.json,
            as_csv=arguments.csv,
        )
    except (SettingsError, duckdb.Error) as error:
        print_error(str(error))
        return UNUSABLE
