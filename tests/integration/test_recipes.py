"""Every recipe of docs/recipes.md runs as written on the published sample, read-only, and says
something sensible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import ROOT, query

RECIPES = dict(
    re.findall(
        r"^## (\d+)\. .*?```sql\n(.*?)```",
        (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
)
README = re.findall(
    r"```sql\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
)
Rows = list[dict[str, Any]]


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    found = connection.execute(sql)
    names = [column[0] for column in found.description]
    assert len(names) == len(set(names))
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture
def connection(
    published_sample: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, opened in a folder where it is found as the recipes say."""
    (tmp_path / "warehouse").symlink_to(published_sample[0])
    monkeypatch.chdir(tmp_path)
    with duckdb.connect("warehouse/published/touchledger.duckdb", read_only=True) as opened:
        yield opened


def _won(connection: duckdb.DuckDBPyConnection, model: str) -> Decimal:
    return connection.execute(
        "select sum(revenue) from marts.attributed_revenue where model = ?", [model]
    ).fetchone()[0]


def every_model_is_of_the_same_total(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    missing = connection.execute(
        "select sum(revenue) from marts.attributed_revenue where campaign_id is null and model = "
        "'linear'"
    ).fetchone()[0]
    assert sum(row["linear"] or 0 for row in rows) == _won(connection, "linear") - missing
    assert rows[0]["linear"] == max(row["linear"] or 0 for row in rows) and any(
        row["linear"] != row["last_interaction"] for row in rows
    )


def gains_are_losses(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert sum(row["difference"] for row in rows) == 0 and {
        row["difference"] > 0 for row in rows
    } == {True, False}
    assert "(no campaign)" in {row["campaign"] for row in rows}


def assisting_is_less_than_all(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert (
        all(0 <= row["assisted"] <= row["deals"] for row in rows)
        and 0 < rows[0]["assisted"] < rows[0]["deals"]
    )


def a_reason_for_every_campaign(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert {row["reason"] for row in rows} == {"NO_REVENUE_INTERACTION"} and not any(
        row["is_included"] for row in rows
    )


def every_won_deal_once(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    """R97: all won deals are the rows' sum, in number and money."""
    assert (
        sum(row["deals"] for row in rows),
        sum(row["amount"] or 0 for row in rows),
        sum(row["deals_not_converted"] for row in rows),
    ) == connection.execute(
        "select count(*), sum(amount_home), count(*) filter (where amount is not null and "
        "amount_home is null) "
        "from core.fct_deals where is_closed_won"
    ).fetchone()
    by_status = {row["status"]: row for row in rows}
    assert rows[0]["status"] == "COUNTED" and {"NO_REVENUE_INTERACTION", "DEAL_DELETED"} <= {
        *by_status
    }
    counted = connection.execute(
        "select count(distinct deal_id) from diagnostics.deal_inclusion where is_included"
    ).fetchone()
    assert (by_status["COUNTED"]["deals"],) == counted


def the_path_adds_up(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    amount = connection.execute(
        "select amount_home from core.fct_deals where deal_id = 'D-2025'"
    ).fetchone()[0]
    assert all(
        sum(row[model] or 0 for row in rows) == amount
        for model in ("linear", "u_shaped", "time_decay")
    )
    assert len(rows) > 1


def the_last_days_only(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    expected = connection.execute(
        "select sum(sessions), sum(deals), sum(revenue) from marts.campaign_daily where day >= "
        "'2026-06-29'"
    ).fetchone()
    assert (
        tuple(sum(row[name] for row in rows) for name in ("sessions", "deals_closed", "revenue"))
        == expected
        and expected[0] > 0
    )


def no_difference_to_itself(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert (
        {row["revenue_change"] for row in rows} == {0}
        and {row["deals_change"] for row in rows} == {0}
        and len(rows) > 5
    )


def narrowing(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert (
        all(row["contacts_with_revenue"] <= row["influenced_contacts"] for row in rows)
        and rows[0]["percent_of_influenced"] > 0
    )


def some_days(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert all(0 <= row["median_days"] <= row["nine_in_ten_within_days"] < 400 for row in rows)


def clicks_are_fewer_than_sends(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert all(row["contacts_opened"] <= row["contacts_sent"] for row in rows) and len(rows) > 3


def kinds_add_up(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    total = connection.execute(
        "select sum(revenue) from marts.attributed_revenue where campaign_id is not null and "
        "model = 'linear'"
    ).fetchone()[0]
    assert sum(row["linear"] or 0 for row in rows) == total and "email_open" not in {
        row["event_type"] for row in rows
    }


def tags_of_nobody(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert {row["status"] for row in rows} == {"unmatched", "before_campaign"} and all(
        row["page_views"] > 0 for row in rows
    )


def hidden_with_a_reason(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert "NO_VISIT_AFTER_CAMPAIGN_CREATED" in {row["reason"] for row in rows}


def pairs(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert (
        all(row["campaign"] != row["with_campaign"] for row in rows) and rows[0]["shared_deals"] > 1
    )


def members_do_something(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert all(0 < row["influenced"] <= row["contacts"] for row in rows) and any(
        row["revenue"] > 0 for row in rows
    )


def fresh(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    (row,) = rows
    assert (
        row["published_at"]
        and str(row["newest_event"]).startswith("2026-06-30")
        and row["rejected_rows"] > 0
        and "contacts" in row["rejected_in"]
    )


def nothing(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert rows == []


def every_contact_once(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    """R98: each metric's rows add up to all contacts."""
    (all_contacts,) = connection.execute(
        "select count(*) from core.dim_contacts where not is_deleted"
    ).fetchone()
    metrics = ("first_touch", "last_touch", "influenced")
    assert [sum(row[metric] for row in rows) for metric in metrics] == [all_contacts] * 3
    assert rows[0]["status"] == "COUNTED"


def channels_add_up(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert sum(row["revenue"] or 0 for row in rows) == _won(connection, "linear")
    (sessions,) = connection.execute("select count(*) from core.fct_sessions").fetchone()
    assert sum(row["sessions"] for row in rows) == sessions


def pipeline_adds_up(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    expected = connection.execute(
        "select sum(amount) from marts.conversion_credits where conversion = 'deal_created' and "
        "model = 'linear'"
    ).fetchone()
    assert (sum(row["pipeline"] or 0 for row in rows),) == expected and len(rows) > 5


def differences_cancel_out(rows: Rows, connection: duckdb.DuckDBPyConnection) -> None:
    assert sum(row["difference"] for row in rows) == 0
    assert sum(row["markov_share"] for row in rows) == _won(connection, "markov")
    assert any(0 < (row["removal_effect"] or 0) <= 1 for row in rows)


SENSIBLE: list[Callable[[Rows, duckdb.DuckDBPyConnection], None]] = [
    every_model_is_of_the_same_total,
    gains_are_losses,
    assisting_is_less_than_all,
    a_reason_for_every_campaign,
    every_won_deal_once,
    the_path_adds_up,
    the_last_days_only,
    no_difference_to_itself,
    narrowing,
    some_days,
    clicks_are_fewer_than_sends,
    kinds_add_up,
    tags_of_nobody,
    hidden_with_a_reason,
    pairs,
    members_do_something,
    fresh,
    nothing,
    nothing,
    every_contact_once,
    channels_add_up,
    pipeline_adds_up,
    differences_cancel_out,
    nothing,
]


def test_every_recipe_is_checked() -> None:
    assert list(RECIPES) == [str(number) for number in range(1, len(SENSIBLE) + 1)]


@pytest.mark.parametrize("number", RECIPES)
def test_a_recipe_answers_as_written(connection: duckdb.DuckDBPyConnection, number: str) -> None:
    rows = _rows(connection, RECIPES[number])
    sensible = SENSIBLE[int(number) - 1]
    assert rows or sensible is nothing
    sensible(rows, connection)


def test_a_ledger_that_does_not_add_up_would_show(connection: duckdb.DuckDBPyConnection) -> None:
    """The recipe that must find nothing finds what is wrong."""
    with duckdb.connect() as broken:
        broken.execute("create schema marts; create schema core")
        broken.execute(
            "create table marts.attribution_credits as select 'd' as deal_id, 'linear' as model, "
            "9.99 as credit"
        )
        broken.execute("create table core.fct_deals as select 'd' as deal_id, 10.00 as amount_home")
        assert len(_rows(broken, RECIPES["18"])) == 1


def test_a_restatement_would_show(connection: duckdb.DuckDBPyConnection) -> None:
    """The recipe that finds nothing after a first publication shows what a later one changes, and
    not what an earlier one did.
    """
    with duckdb.connect() as later:
        later.execute(
            "create schema core; create schema diagnostics; create table core.dim_campaigns as "
            "select 'k1' as campaign_id, 'One' as campaign_name"
        )
        later.execute(
            "create table diagnostics.run_log as select * from (values ('r1', timestamp "
            "'2024-01-01', 'published'), "
            "('r2', timestamp '2024-01-02', 'published'), ('r3', timestamp '2024-01-03', "
            "'failed')) as runs (run_id, started_at, status)"
        )
        columns = [
            row[0] for row in connection.execute("describe diagnostics.restatements").fetchall()
        ]
        later.execute(
            f"create table diagnostics.restatements "
            f"({', '.join(f'{name} varchar' for name in columns[:6])}, "
            f"{', '.join(f'{name} decimal(38, 6)' for name in columns[6:9])}, "
            f"{', '.join(f'{name} varchar' for name in columns[9:])})"
        )
        for run_id, campaign, old, new in (
            ("r1", "k1", 1, 2),
            ("r2", "k1", 2, 5),
            ("r2", None, 9, 4),
        ):
            later.execute(
                (
                    "insert into diagnostics.restatements values (?, 'r0', ?, 'revenue', "
                    "'linear', 'changed', ?, ?, ?, 'deal_edit 1', 'rate 2')"
                ),
                [run_id, campaign, old, new, new - old],
            )
        rows = _rows(later, RECIPES["19"])
    assert [(row["campaign"], row["difference"], row["run_causes"]) for row in rows] == [
        ("(no campaign)", Decimal(-5), "rate 2"), ("One", Decimal(3), "rate 2"),
    ]  # fmt: skip


def test_the_questions_of_the_readme_are_answered(published_sample: tuple[Path, str]) -> None:
    questions = [question for block in README for question in block.split(";") if question.strip()]
    assert len(questions) >= 3
    for question in questions:
        assert query(published_sample[0], question), question
