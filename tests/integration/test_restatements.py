"""The log of restatements: what each publication changes in numbers seen before, by hand on a small
world, and to the cent on generated ones.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.building.project import ensure_manifest
from orchestration.ground.contract import raw_tables
from orchestration.ground.paths import PUBLISHED_FILE
from orchestration.ground.settings import make_settings
from orchestration.home.origin import BUILT_FROM, BuiltFrom
from orchestration.home.publication import Publication
from orchestration.home.runs import current_run, end_run
from orchestration.home.verification import CONTENTS
from orchestration.home.warehouse import warehouse
from orchestration.publishing.causes import _other_causes
from orchestration.publishing.publish import publish, write_folder
from orchestration.publishing.words import Cause, change_kinds
from tests.conftest import (
    AS_OF,
    ROOT,
    build_tables,
    command,
    land_rows,
    query,
    run_command,
    scratch,
)
from tests.integration.test_run import CAMPAIGN, CONTACT, DEAL, LOG, VIEW, land_small_world
from tests.worlds.histories import make_history
from tests.worlds.landings import write_landing

COUNTS = (
    "sessions",
    "new_contacts_first_touch",
    "new_contacts_last_touch",
    "influenced_contacts",
    "contacts_with_revenue",
    "deals",
)
MONEY = (
    "revenue", "associated_deal_value", "budget", "spend", "remaining_budget", "ad_spend",
    "total_cost",
)  # fmt: skip
PER_MODEL = ("contacts", "deals", "deal_amount", "revenue")
LATER = "2024-07-02T00:00:00Z"
# What the first view and the second one get of 200.00. The second is the last touch, the last
# before the deal's creation, and the contact's last before its own. Time decay: seven days apart,
# half the weight.
SHARES = {
    "last_non_direct": (None, "200.00"),
    "markov": ("100.00", "100.00"),
    "shapley": ("100.00", "100.00"),
    "first_interaction": ("200.00", None),
    "last_interaction": (None, "200.00"),
    "linear": ("100.00", "100.00"),
    "u_shaped": ("100.00", "100.00"),
    "w_shaped": ("66.67", "133.33"),
    "full_path": ("50.00", "150.00"),
    "j_shaped": ("50.00", "150.00"),
    "inverse_j_shaped": ("150.00", "50.00"),
    "time_decay": ("66.67", "133.33"),
}


def land_what_comes_late(landing: Path) -> None:
    """A view of a week later by the same person, before which the page moved to the second
    campaign; a deal that is worth more; a view of today.
    """
    newer = {"_loaded_at": "2024-06-30T00:00:00Z"}
    land_rows(
        landing,
        "campaign_asset_log",
        {**LOG, "log_id": "l2", "campaign_id": "k2", "occurred_at": "2024-02-05T00:00:00Z"},
        name="late",
    )
    land_rows(
        landing,
        "events",
        {**VIEW, "event_id": "e2", "occurred_at": "2024-02-08T00:00:00Z"},
        {
            "event_id": "e3",
            "event_type": "page_view",
            "occurred_at": "2024-07-01T12:00:00Z",
            "visitor_id": "v9",
            "asset_type": "landing_page",
            "asset_id": "p1",
        },
        {**VIEW, **newer, "url": "https://example.com/p1?again"},
        name="late",
    )
    land_rows(landing, "deals", {**DEAL, **newer, "amount": "200.00"}, name="late")
    # These say nothing new: the same again, and an older version.
    land_rows(landing, "contacts", {**CONTACT, **newer}, name="late")
    land_rows(
        landing,
        "campaigns",
        {**CAMPAIGN, "campaign_name": "Winter", "_loaded_at": "2023-12-01T00:00:00Z"},
        name="late",
    )


def expected_restatements() -> set[tuple]:
    """campaign, metric, model, change, old, new of the run after `land_what_comes_late`."""

    def rows(
        campaign: str, model: str | None, change: str, **values: tuple[str | None, str | None]
    ) -> set[tuple]:
        return {
            (
                campaign,
                metric,
                model,
                change,
                *(None if value is None else Decimal(value) for value in pair),
            )
            for metric, pair in values.items()
        }

    expected = rows(
        "k1",
        None,
        "changed",
        revenue=("100.01", "100.00"),
        associated_deal_value=("100.01", "200.00"),
    )
    expected |= rows(
        "k2",
        None,
        "changed",
        sessions=("0", "2"),
        influenced_contacts=("0", "1"),
        contacts_with_revenue=("0", "1"),
        deals=("0", "1"),
        revenue=("0", "100.00"),
        associated_deal_value=("0", "200.00"),
    )
    for model, (first, second) in SHARES.items():
        if first:
            expected |= rows(
                "k1", model, "changed", deal_amount=("100.01", "200.00"), revenue=("100.01", first)
            )
        else:
            expected |= rows(
                "k1",
                model,
                "vanished",
                contacts=("1", None),
                deals=("1", None),
                deal_amount=("100.01", None),
                revenue=("100.01", None),
            )
        if second:
            expected |= rows(
                "k2",
                model,
                "appeared",
                contacts=(None, "1"),
                deals=(None, "1"),
                deal_amount=(None, "200.00"),
                revenue=(None, second),
            )
    return expected


def land_two_campaigns(landing: Path) -> None:
    land_small_world(landing)
    land_rows(landing, "campaigns", {**CAMPAIGN, "campaign_id": "k2"}, name="second")


def test_four_runs_of_one_home(home: Path, landing: Path) -> None:
    """Late records, then a failing run, then a rate, then nothing new."""
    land_two_campaigns(landing)
    land_rows(
        landing,
        "spend_items",
        {
            "item_id": "s1",
            "campaign_id": "k2",
            "amount": "100.00",
            "currency": "EUR",
            "spent_on": "2024-03-01",
        },
    )
    assert run_command(landing, home).returncode == 0
    assert query(home, "select count(*) from diagnostics.restatements") == [(0,)]
    first = os.readlink(home / "published")

    land_what_comes_late(landing)
    done = command("run", "--landing", str(landing), "--home", str(home), "--as-of", LATER)
    assert done.returncode == 0, done.stderr
    rows = query(
        home,
        (
            "select campaign_id, metric, model, change, old_value, new_value from "
            "diagnostics.restatements"
        ),
    )
    assert len(rows) == len(set(rows)) and set(rows) == expected_restatements()
    assert query(home, "select distinct previous_run_id from diagnostics.restatements") == [
        (Path(first).name,)
    ]
    everything = "new_event 1, late_event 1, event_edit 1, deal_edit 1, moved_asset 1"
    assert query(
        home,
        (
            "select distinct campaign_id, campaign_causes, run_causes from "
            "diagnostics.restatements order by 1"
        ),
    ) == [
        ("k1", "event_edit 1, deal_edit 1, moved_asset 1", everything),
        ("k2", "new_event 1, late_event 1, deal_edit 1, moved_asset 1", everything),
    ]
    assert query(
        home, "select kind, detail, changes from diagnostics.restatement_causes order by kind"
    ) == [
        ("deal_edit", None, 1),
        ("event_edit", None, 1),
        ("late_event", None, 1),
        ("moved_asset", None, 1),
        ("new_event", None, 1),
    ]
    parquet = home / "published" / "parquet" / "diagnostics" / "restatements" / "part-0.parquet"
    assert duckdb.execute(f"select count(*) from '{parquet}'").fetchone() == (len(rows),)
    second = os.readlink(home / "published")

    land_rows(landing, "contacts", {"contact_id": "c2"}, name="bad")
    land_rows(
        landing,
        "exchange_rates",
        {"currency": "EUR", "rate_date": "2024-01-01", "rate_to_home": "1.10"},
    )
    failing = command("run", "--landing", str(landing), "--home", str(home), "--as-of", LATER)
    assert failing.returncode == 1 and os.readlink(home / "published") == second

    again = (
        "run",
        "--landing",
        str(landing),
        "--home",
        str(home),
        "--as-of",
        LATER,
        "--var",
        "reject_rate_limit=1",
    )
    assert command(*again).returncode == 0
    third = Path(os.readlink(home / "published")).name
    added = f"where run_id = '{third}'"
    assert query(
        home,
        (
            f"select metric, model, change, old_value, new_value, difference from "
            f"diagnostics.restatements {added} order by 1"
        ),
    ) == [
        ("remaining_budget", None, "changed", None, Decimal(-110), Decimal(-110)),
        ("spend", None, "changed", None, Decimal(110), Decimal(110)),
        ("total_cost", None, "changed", None, Decimal(110), Decimal(110)),
    ]
    assert query(
        home,
        (
            f"select distinct previous_run_id, campaign_id, campaign_causes, run_causes from "
            f"diagnostics.restatements {added}"
        ),
    ) == [(Path(second).name, "k2", None, "rate 1")]
    log = query(home, "select run_id, count(*) from diagnostics.restatements group by 1 order by 1")
    assert log == [(Path(second).name, len(rows)), (third, 3)]

    repeated = command(*again)
    assert repeated.returncode == 0
    assert "nothing to build" in repeated.stdout, repeated.stdout
    assert Path(os.readlink(home / "published")).name == third
    assert (
        query(home, "select run_id, count(*) from diagnostics.restatements group by 1 order by 1")
        == log
    )


def published_in_process(
    landing: Path,
    home: Path,
    as_of: str = AS_OF,
    *variables: str,
    full_refresh: bool = False,
    is_killed: str | None = None,
) -> str:
    """Builds and publishes in this process, without checks; returns the run.

    It may end before or right after the switch.
    """
    build_tables(landing, home, as_of, list(variables), full_refresh=full_refresh, status="running")
    settings = make_settings(
        landing=str(landing), home=str(home), as_of=as_of, variables=list(variables)
    )
    with warehouse(settings) as connection:
        run_id = current_run(connection)
        if is_killed == "before the switch":
            write_folder(
                connection,
                settings.private / "runs" / run_id,
                run_id,
                ensure_manifest(),
                settings,
                Publication.visible(settings),
            )
            return run_id
        publish(connection, settings, run_id, ensure_manifest())
        if is_killed is None:
            end_run(connection, run_id, "published")
    return run_id


def restatements(home: Path, run_id: str) -> int:
    return query(home, f"select count(*) from diagnostics.restatements where run_id = '{run_id}'")[
        0
    ][0]


def causes(home: Path, run_id: str) -> list[tuple]:
    return query(
        home,
        (
            f"select kind, detail, changes from diagnostics.restatement_causes where run_id = "
            f"'{run_id}' order by all"
        ),
    )


def test_the_log_survives_kills_and_forgets_what_nobody_saw(
    home: Path, landing: Path, caplog: pytest.LogCaptureFixture
) -> None:
    land_two_campaigns(landing)
    first = published_in_process(landing, home)
    land_what_comes_late(landing)
    unseen = published_in_process(landing, home, LATER, is_killed="before the switch")
    seen = published_in_process(landing, home, LATER, is_killed="after the switch")
    assert query(home, "select distinct previous_run_id, run_id from diagnostics.restatements") == [
        (first, seen)
    ]
    assert (
        restatements(home, seen) == len(expected_restatements()) and restatements(home, unseen) == 0
    )
    # A full refresh of the same files restates nothing; one without a file says that its rows are
    # gone; a variable is named.
    assert restatements(home, published_in_process(landing, home, LATER, full_refresh=True)) == 0
    assert restatements(home, seen) == len(expected_restatements())
    (landing / "deals" / "late.jsonl").unlink()
    without = published_in_process(
        landing, home, LATER, "attribution_lookback_days=55", full_refresh=True
    )
    assert causes(home, without) == [
        ("removed_row", None, 1),
        ("variable", "attribution_lookback_days none -> 55.0", 1),
    ]
    assert ("k1", Decimal(-1)) in query(
        home,
        (
            f"select campaign_id, difference from diagnostics.restatements where run_id = "
            f"'{without}' and metric = 'contacts' and model = 'linear'"
        ),
    )

    # A version that left neither.
    for name in (BUILT_FROM, CONTENTS):
        (home / "published" / name).unlink()
    unknown = published_in_process(landing, home, LATER, "attribution_lookback_days=none")
    assert causes(home, unknown) == [("unknown", None, 1)] and restatements(home, without) > 0

    # Of a damaged publication nothing is compared: the newest whole one is, and its log goes on.
    file = home / "published" / PUBLISHED_FILE
    file.chmod(0o644)
    file.write_bytes(b"no database")
    again = published_in_process(landing, home, LATER, "attribution_lookback_days=55")
    assert restatements(home, again) == 0 and restatements(home, without) > 0


def test_a_record_concerns_the_campaigns_that_it_takes_from(home: Path, landing: Path) -> None:
    """R21, R83: an asset that moves at the very instant at which it came leaves no trace of having
    been there; an item of spend lands again for another campaign; a log names a campaign into which
    the asset never gets.
    """
    land_small_world(landing)
    names = ("k2", "k3", "k4", "named")
    land_rows(
        landing, "campaigns", *({**CAMPAIGN, "campaign_id": name} for name in names), name="b"
    )
    spend = {"item_id": "s1", "campaign_id": "k3", "amount": "100.00", "spent_on": "2024-03-01"}
    land_rows(landing, "spend_items", spend)
    published_in_process(landing, home)

    newer = {"_loaded_at": "2024-06-30T00:00:00Z"}
    logs = [
        {**LOG, **newer, "log_id": f"m{number}", "campaign_id": campaign}
        for number, campaign in enumerate(("named", "k2"))
    ]
    land_rows(landing, "campaign_asset_log", *logs, name="late")
    spends = [
        {**spend, **newer, "campaign_id": "k4"},
        {**spend, "item_id": "s2", "campaign_id": "named"},
    ]
    land_rows(landing, "spend_items", *spends, name="late")
    run_id = published_in_process(landing, home, LATER)
    assert query(
        home,
        "select distinct campaign_id, campaign_causes from diagnostics.restatements order by 1",
    ) == [
        ("k1", "moved_asset 2"),
        ("k2", "moved_asset 2"),
        ("k3", "spend 1"),
        ("k4", "spend 1"),
        ("named", "moved_asset 1, spend 1"),
    ]
    assert causes(home, run_id) == [("moved_asset", None, 2), ("spend", None, 2)]


def sums(home: Path) -> dict[tuple[str, str | None], Decimal]:
    """Metric and model -> what the published table sums up to, in plain SQL, apart from the log."""
    found: dict[tuple[str, str | None], Decimal] = {}
    for metric in (*COUNTS, *MONEY):
        found[metric, None] = query(
            home,
            f"select coalesce(sum({metric}), 0)::decimal(38, 6) from marts.campaign_performance",
        )[0][0]
    for metric in PER_MODEL:
        found |= {
            (metric, model): total
            for model, total in query(
                home,
                (
                    f"select model, sum({metric})::decimal(38, 6) from marts.attributed_revenue "
                    f"group by 1"
                ),
            )
        }
    return found


def test_every_number_is_compared(published_sample: tuple[Path, str]) -> None:
    """A number that a published table gets is in the log, or its absence is on purpose."""
    columns = query(
        published_sample[0],
        "select table_name, column_name from duckdb_columns() where table_name in "
        "('campaign_performance', 'attributed_revenue') "
        "and database_name = current_database() and data_type <> 'VARCHAR'",
    )
    of = {table: {name for where, name in columns if where == table} for table, _ in columns}
    assert of == {
        "campaign_performance": {*COUNTS, *MONEY, "roi", "roas"},
        "attributed_revenue": set(PER_MODEL),
    }


@pytest.mark.parametrize(
    "seed", [3, *(pytest.param(seed, marks=pytest.mark.long) for seed in (8, 21, 34))]
)
def test_differences_are_what_the_published_tables_differ_by(seed: int) -> None:
    history = make_history(seed, size=120, batches=4)
    with scratch() as folder:
        landing, home = folder / "landing", folder / "home"
        landing.mkdir()
        before: dict[tuple[str, str | None], Decimal] | None = None
        for number, step in enumerate(history.steps):
            write_landing(step.rows, landing, number)
            variables = [
                f"{name}={'none' if value is None else value}"
                for name, value in step.variables.items()
            ]
            run_id = published_in_process(landing, home, step.as_of.isoformat(), *variables)
            now = sums(home)
            logged = query(
                home,
                (
                    f"select metric, model, sum(difference) from diagnostics.restatements where "
                    f"run_id = '{run_id}' group by 1, 2"
                ),
            )
            if before is None:
                assert logged == []
            else:
                expected = {
                    key: now.get(key, Decimal(0)) - before.get(key, Decimal(0))
                    for key in now.keys() | before.keys()
                }
                found = {(metric, model): difference for metric, model, difference in logged}
                assert {key: value for key, value in found.items() if value} == {
                    key: value for key, value in expected.items() if value
                }
            before = now
        assert query(home, "select count(distinct run_id) from diagnostics.restatements")[0][0] >= 1


def test_every_raw_table_has_its_causes() -> None:
    """All but Salesforce memberships (R06) and what other systems report, which are in no
    number.
    """
    models = ROOT / "dbt_project" / "models"
    text = (models / "changes" / "changed_records.sql").read_text(encoding="utf-8")
    rows = re.findall(r"^    \['(\w+)', '(\w+)', '(\w+)', ", text, re.MULTILINE)
    assert {table for table, _, _ in rows} == set(raw_tables()) - {
        "salesforce_campaign_members", "reported_metrics", "reported_contacts",
    }  # fmt: skip
    assert {kind for _, new, edit in rows for kind in (new, edit)} | {
        "late_event",
        "erasure",
        "removed_row",
        "variable",
        "rule",
        "model",
        "unknown",
    } == set(change_kinds())
    described = (models / "marts" / "diagnostics" / "restatement_causes.yml").read_text(
        encoding="utf-8"
    )
    assert [kind for kind in change_kinds() if f"`{kind}`" not in described] == []


def test_what_else_differs_is_named() -> None:
    old = BuiltFrom(
        datetime(2024, 1, 1),
        {"home_currency": "USD", "naive_timezone": "UTC", "gone": "1"},
        {"a.csv": "1", "b.csv": "1"},
        "m",
    )
    new = BuiltFrom(
        datetime(2024, 2, 1),
        {"home_currency": "EUR", "naive_timezone": "Asia/Tokyo", "new": "1"},
        {"a.csv": "2", "b.csv": "1", "c.csv": "1"},
        "n",
    )
    assert _other_causes(old, new) == [
        Cause("variable", 1, "home_currency USD -> EUR"),
        Cause("variable", 1, "naive_timezone UTC -> Asia/Tokyo"),
        Cause("rule", 1, "a.csv"),
        Cause("rule", 1, "c.csv"),
        Cause("model", 1),
    ]
    assert _other_causes(old, old) == []
