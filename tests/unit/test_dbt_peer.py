"""The benchmark's dbt peer without the peer's code: a project of the same shape stands in for it.

What is held here is the glue: that the common ground is one, that the comparison counts what it
says, and that Touchledger's selected models and a plain formulation of the playbook's four models
come to the same credits.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks import common_ground, report
from benchmarks.dbt_peer import (
    BUILD,
    BUILT,
    MATERIALIZED,
    MODEL,
    Both,
    checked,
    prepare_theirs,
    version_of,
)
from benchmarks.make_data import make
from benchmarks.measure import clean_environment

ROOT = Path(__file__).parents[2]
# Touches of a customer within 30 days before its conversion, counted from both ends.
STAND_IN = """
with placed as (
    select
        touches.*,
        conversions.deal_id,
        conversions.revenue,
        rank() over (partition by customer_id order by started_at, session_id) as place,
        rank() over (partition by customer_id order by started_at desc, session_id desc) as back
    from {{ ref('customer_conversions') }} as conversions
    inner join {{ ref('sessions') }} as touches using (customer_id)
    where touches.started_at
        between conversions.converted_at - interval 720 hour and conversions.converted_at
),

weighed as (
    select
        *,
        place + back - 1 as touches,
        cast(place = 1 as int) as first_touch_points,
        cast(back = 1 as int) as last_touch_points,
        1 / (place + back - 1) as linear_points
    from placed
),

shaped as (
    select
        *,
        case
            when touches < 3 then linear_points
            when place = 1 or back = 1 then 0.4
            else 0.2 / (touches - 2)
        end as forty_twenty_forty_points
    from weighed
)

select
    *,
    revenue * first_touch_points as first_touch_revenue,
    revenue * last_touch_points as last_touch_revenue,
    revenue * linear_points as linear_revenue,
    revenue * forty_twenty_forty_points as forty_twenty_forty_revenue
from shaped
"""
PROJECT = f"""
name: stand_in
config-version: 2
seed-paths: [data]
models:
{MATERIALIZED[0]}"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stand_in")
    for name, text in {
        "dbt_project.yml": PROJECT,
        str(MODEL): STAND_IN,
        "data/sessions.csv": "session_id\nexample\n",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, out = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("ground") / "landing"
    make(40_000, made)
    assert common_ground.make_ground(made, out).startswith("40000 events, ")
    return out


def ask(sql: str) -> list[tuple]:
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


def test_the_checkout_keeps_its_sql_and_loses_its_examples(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    prepare_theirs(project, copy)
    assert (copy / MODEL).read_bytes() == (project / MODEL).read_bytes()
    assert sorted(path.name for path in (copy / "models").iterdir()) == [
        "attribution_touches.sql",
        "customer_conversions.sql",
        "sessions.sql",
    ]
    assert not (copy / "data").exists()
    settings = (copy / "dbt_project.yml").read_text(encoding="utf-8")
    assert settings == PROJECT.replace(*MATERIALIZED) + "\nprofile: attribution_playbook\n"


def test_another_folder_is_refused_with_what_to_name(project: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name the folder examples/dbt/attribution-playbook"):
        checked(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / MODEL).touch()
    (tmp_path / "dbt_project.yml").write_text("name: other\n", encoding="utf-8")
    with pytest.raises(ValueError, match="use the commit"):
        checked(tmp_path)
    assert checked(project) == project
    assert version_of(tmp_path) != version_of(project)


def test_the_common_ground_has_one_meaning(ground: Path) -> None:
    def twice(table: str, key: str) -> str:
        return f"select {key} from '{ground}/{table}/*.parquet' group by all having count(*) > 1"

    for table, key in {
        "visitor_identities": "visitor_id",
        "deal_contact_log": "deal_id",
        "campaign_asset_log": "asset_type, asset_id",
        "campaign_utms": "lower(trim(utm_campaign))",
    }.items():
        assert ask(twice(table, key)) == [], table
    assert ask(twice("deal_contact_log", "contact_id")) == [], "one conversion per customer"
    assert not (ground / "contact_merges").exists()
    pages = ask(
        f"select count(*) from '{ground}/campaign_asset_log/*.parquet' "
        f"where asset_type like '%page' or asset_type = 'blog_post'"
    )
    assert pages == [(0,)]


def _databases(folder: Path) -> tuple[Path, Path]:
    """A deal of 100.00 with three touches, of which the sides differ in some."""
    theirs, ours = folder / "theirs.duckdb", folder / "ours.duckdb"
    with duckdb.connect(str(theirs)) as connection:
        connection.execute(
            """
            create table customer_conversions as
            select 'd' as deal_id, cast(100 as decimal(18, 2)) as revenue;
            create table attribution_touches as
            select 'd' as deal_id, *, 1.0 / 3 as linear_points, 100 / 3 as linear_revenue,
                0.0 as forty_twenty_forty_points, 0.0 as forty_twenty_forty_revenue,
                100 * first_touch_points as first_touch_revenue,
                100 * last_touch_points as last_touch_revenue
            from (values
                ('e1', 'k1', timestamp '2024-01-01', 1.0, 0.0),
                ('e2', null, timestamp '2024-01-02', 0.0, 0.0),
                ('e3', 'k2', timestamp '2024-01-03', 0.0, 1.0)
            ) rows(session_id, campaign_id, started_at, first_touch_points, last_touch_points)
            """
        )
    with duckdb.connect(str(ours)) as connection:
        connection.execute(
            """
            create schema attribution;
            create table attribution.credits as
            select 'd' as deal_id, * replace (cast(credit as decimal(18, 2)) as credit)
            from (values
                ('e1', 'k1', 'first_touch', 1.0, 100.0),
                ('e2', 'k2', 'last_touch', 1.0, 100.0),
                ('e1', 'k1', 'linear', 1 / 3, 33.34),
                ('e2', null, 'linear', 1 / 3, 33.33),
                ('e3', 'k1', 'linear', 1 / 3, 33.33)
            ) rows(event_id, campaign_id, model, weight, credit)
            """
        )
    return theirs, ours


def test_the_comparison_counts_what_differs(tmp_path: Path) -> None:
    found = common_ground.compare(*_databases(tmp_path))
    assert found == {
        "credits": 6,
        "only_ours": 1,
        "only_theirs": 1,
        "common": 4,
        "same_campaign": 3,
        "same_weight": 4,
        "same_cents": 3,
        "widest": pytest.approx(0.006667),
        "totals": 5,
        "totals_same_credits": 3,
        "totals_same_cents": 3,
        "totals_widest": pytest.approx(33.336667),
        "deals": 1,
        "ledgers": 3,
        "ledgers_exact": 3,
        "ledgers_exact_rounded": 2,
    }
    page = report.compared(found)
    assert (
        "| credit (deal x event x model): in both | 6 | 4 | 2 | 1 ours alone, 1 theirs alone |"
        in page
    )
    assert (
        "| total (campaign x model): money, theirs rounded | 5 | 3 | 2 | by at most 33.3367 |"
        in page
    )


@pytest.mark.long
def test_both_come_to_the_same_credits(project: Path, ground: Path, tmp_path: Path) -> None:
    both = Both(tmp_path / "work")
    both.prepare(project)
    both.ground.symlink_to(ground)
    common_ground.land(both.ground, both.home)
    for arguments in (both.theirs.arguments("run"), both.ours.arguments(*BUILD, *BUILT)):
        done = subprocess.run(
            [sys.executable, *arguments],
            env=clean_environment(ROOT),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:]
    found = common_ground.compare(both.database, both.warehouse)
    assert found["credits"] > 100
    assert found["common"] == found["same_campaign"] == found["same_weight"] == found["credits"]
    assert found["widest"] < 0.01
    assert found["totals_same_credits"] == found["totals"]
    assert found["ledgers_exact"] == found["ledgers"]
