"""`published/report.html`: the answers of one run as a page for everyone; one file, no script, no
network, drawn from the published file alone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ground.paths import REPORT_FILE
from orchestration.ground.sql import one_row, quote_text
from orchestration.publishing.report import quality, queries, timeline
from orchestration.publishing.report.answers import what_ifs_part
from orchestration.publishing.report.changes import changes_part, times_part
from orchestration.publishing.report.credit import credit_part
from orchestration.publishing.report.numbers import Formats, shown
from orchestration.publishing.report.parity import parity_part
from orchestration.publishing.report.rankings import (
    assets_part,
    campaigns_part,
    funnel_part,
    models_part,
    money_parts,
)
from orchestration.publishing.report.reasons import (
    checks_part,
    coverage_part,
    freshness_part,
    reasons_part,
)
from orchestration.publishing.report.trend import kpis_part, trend_part
from orchestration.publishing.words import lookback_days

TEMPLATE = Path(__file__).with_name("page.html.j2")
# Colours, type and tables of the report, and of `touchledger serve`.
LOOK = Path(__file__).with_name("look.css")


def content(
    connection: duckdb.DuckDBPyConnection,
    variables: Mapping[str, object],
    answers: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Everything that the page says, formatted; text from data is cleaned but not escaped, which
    the template does. `answers` are those that `what-if` keeps.
    """
    formats = Formats(
        str(variables["report_locale"]),
        str(variables["home_currency"]).upper(),
        str(variables["portal_timezone"]),
    )
    runs = queries.runs(connection)
    run = runs[0] if runs else {"run_id": "", "as_of": None, "started_at": None}
    days = timeline.daily(connection, formats.timezone)
    until: date = timeline.newest_day(run["as_of"])
    recent = timeline.latest(days, until)
    totals = queries.totals(connection, days)
    won = queries.won_money(connection)
    names, model_rows = queries.models(connection)
    freshness = freshness_part(
        connection, run["as_of"], float(str(variables["freshness_warning_days"])), formats
    )
    return {
        "run": {
            "id": shown(run["run_id"]),
            "as_of": formats.instant(run["as_of"]),
            "timezone": formats.timezone,
        },
        "currency": formats.currency,
        "has_campaigns": totals["campaigns"] > 0,
        "campaign_count": formats.counted(totals["campaigns"], "campaign"),
        "headline": {
            "earned": formats.money(totals["revenue"]),
            "won": formats.money(won["won"]),
            "deals": "The one won deal"
            if won["deals"] == 1
            else f"All {formats.count(won['deals'])} won deals",
            "not_converted": formats.count(won["not_converted"]) if won["not_converted"] else "",
            "share": formats.share(float(totals["revenue"] / won["won"]), 1) if won["won"] else "",
            "spend": None if totals["spend"] is None else formats.money(totals["spend"]),
        },
        "kpis": kpis_part(totals, recent, formats),
        "recent": None
        if recent is None
        else (formats.day(recent[0].first), formats.day(recent[0].last)),
        "trend": trend_part(timeline.periods(days, until), formats),
        "campaigns": campaigns_part(queries.campaigns(connection), formats),
        "money": money_parts(won, formats),
        "models": models_part(names, model_rows, formats),
        "credit": credit_part(connection, formats),
        "changes": changes_part(connection, formats),
        "parity": parity_part(connection, formats),
        "what_ifs": what_ifs_part(answers, formats),
        "times": times_part(connection, formats),
        "assets": assets_part(queries.assets(connection), formats),
        "funnel": funnel_part(queries.funnel(connection), formats),
        "reasons": reasons_part(connection, formats, lookback_days(variables)),
        "freshness": freshness,
        "stale": next((row for row in freshness if row["stale"]), None),
        "coverage": coverage_part(quality.coverage(connection), formats),
        "checks": checks_part(quality.check_results(connection), formats),
        "runs": [
            {
                "started": formats.instant(row["started_at"]),
                "status": shown(row["status"], 20),
                "landed": formats.count(row["rows_landed"]),
                "accepted": formats.count(row["rows_accepted"]),
                "rejected": formats.count(row["rows_rejected"]),
            }
            for row in runs
        ],
    }


def render(
    connection: duckdb.DuckDBPyConnection,
    variables: Mapping[str, object],
    answers: Sequence[dict[str, Any]] = (),
) -> str:
    """The page as text, from a connection on a published file; `variables` are those of
    dbt_project.yml.
    """
    from jinja2 import Environment, StrictUndefined

    connection.execute("set TimeZone = 'UTC'")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        content(connection, variables, answers), look=LOOK.read_text(encoding="utf-8")
    )


def write(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    variables: Mapping[str, object],
    answers: Sequence[dict[str, Any]] = (),
) -> Path:
    """Writes the page beside the published `file` and returns its path.

    The file is read through `connection`, a warehouse's, so that one limit of memory holds for
    both. A page that is there is replaced in one step: readers see it whole.
    """
    (path,) = one_row(connection, "select current_setting('search_path')")
    connection.execute(f"attach {quote_text(str(file))} as readers (read_only)")
    try:
        connection.execute("use readers")
        page = render(connection, variables, answers)
    finally:
        connection.execute(f"set search_path = {quote_text(path)}")
        connection.execute("detach readers")
    path = file.with_name(REPORT_FILE)
    drawn = path.with_name(f".{REPORT_FILE}.drawn")
    drawn.write_text(page, encoding="utf-8")
    if path.exists():
        shutil.copymode(path, drawn)
    os.replace(drawn, path)
    return path
