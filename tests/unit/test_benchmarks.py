"""The benchmark's data maker, peers and report: what they claim to make, compute and show."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from benchmarks import duck, report, spark_log, steps
from benchmarks.make_data import make, make_batch
from benchmarks.measure import clean_environment, measure, unplaced
from benchmarks.run import memory_bytes
from orchestration.ground.contract import SOURCES_FILE
from orchestration.ground.paths import PUBLISHED_FILE

EVENTS = 20_000


@pytest.fixture(scope="module")
def landing(tmp_path_factory) -> Path:
    """A first landing and one batch of 10 %."""
    out = tmp_path_factory.mktemp("landing")
    make(EVENTS, out)
    make_batch(0.1, out)
    return out


def ask(sql: str) -> list[tuple]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def test_every_event_is_its_own_and_the_same_call_makes_the_same_rows(landing, tmp_path):
    files = f"'{landing}/events/*.parquet'"
    assert ask(f"select count(*), count(distinct event_id) from {files}") == [
        (EVENTS * 11 // 10, EVENTS * 11 // 10)
    ]
    make(EVENTS, tmp_path)
    make_batch(0.1, tmp_path)
    for folder in sorted(path.name for path in landing.iterdir()):
        assert (
            ask(
                f"from '{landing}/{folder}/*.parquet' except all from "
                f"'{tmp_path}/{folder}/*.parquet'"
            )
            == []
        ), folder


def test_tables_and_columns_are_those_of_the_contract(landing):
    (source,) = yaml.safe_load(SOURCES_FILE.read_text(encoding="utf-8"))["sources"]
    known = {
        table["name"]: {column["name"] for column in table["columns"]} for table in source["tables"]
    }
    for folder in landing.iterdir():
        columns = {
            row[0]
            for row in ask(
                f"select distinct name from parquet_schema('{folder}/*.parquet') where type is "
                f"not null"
            )
        }
        assert columns <= known[folder.name], folder.name


def test_visitors_and_assets_are_skewed_and_the_heaviest_asset_moves_often(landing):
    files = f"'{landing}/events/part-*.parquet'"
    for key, least in (("visitor_id", 0.03), ("asset_id", 0.1)):
        [(share,)] = ask(
            f"select max(events) / {EVENTS} from (select count(*) as events from {files} group by "
            f"{key})"
        )
        assert share > least, key
    moves = ask(
        f"select asset_id, count(*) from '{landing}/campaign_asset_log/*.parquet' group by 1 "
        f"order by 2 desc limit 1"
    )
    heaviest = ask(f"select asset_id from {files} group by 1 order by count(*) desc limit 1")
    assert moves == [(heaviest[0][0], 180)]


def test_one_visit_in_a_hundred_lands_thirty_days_late(landing):
    [(late,)] = ask(
        f"select count(*) filter (_loaded_at - occurred_at > interval 29 day) from "
        f"'{landing}/events/part-*.parquet'"
    )
    assert late == pytest.approx(EVENTS / 100, rel=0.1)


def test_a_contact_comes_to_be_by_a_form_within_the_tolerance(landing):
    [(forms,)] = ask(
        f"""
        select count(*) from '{landing}/events/part-*.parquet' as events
        inner join '{landing}/contacts/part-*.parquet' as contacts on events.email = contacts.email
        where events.event_type = 'form_submission'
            and abs(epoch(events.occurred_at - contacts.created_at)) <= 300
        """
    )
    assert forms == EVENTS // 40


def test_a_batch_is_half_late_mostly_of_known_visitors_and_changes_the_crm(landing):
    batch = f"'{landing}/events/batch-001.parquet'"
    [(events, late, fresh)] = ask(
        f"""
        select count(*), count(*) filter (occurred_at < timestamp '2025-01-01'),
            count(*) filter (visitor_id like 'v1-%') from {batch}
        """
    )
    assert events == EVENTS // 10
    assert late == events // 2
    assert 0 < fresh < events * 0.15
    assert ask(
        f"select count(distinct month(occurred_at)) from {batch} where year(occurred_at) = 2024"
    ) == [(12,)]
    rows = {
        folder: ask(f"select count(*) from '{landing}/{folder}/batch-*.parquet'")[0][0]
        for folder in ("contacts", "visitor_identities", "deals")
    }
    assert rows == {
        "contacts": EVENTS // 400,
        "visitor_identities": EVENTS // 400,
        "deals": 2 * (EVENTS // 4000),
    }
    for folder in ("campaign_asset_log", "contact_merges", "campaign_utms", "campaigns"):
        assert ask(f"select count(*) from '{landing}/{folder}/batch-*.parquet'") == [(1,)], folder
    edited = (
        f"select count(*) from '{landing}/deals/batch-*.parquet' where deal_id in (select deal_id "
        f"from '{landing}/deals/part-*.parquet')"
    )
    assert ask(edited) == [(EVENTS // 4000,)]


def test_a_batch_needs_a_landing(tmp_path):
    with pytest.raises(SystemExit, match="No landing to add to"):
        make_batch(0.1, tmp_path)


# Visitor v is contact c. Three visits: tagged for k1, on k2's page, tagged for k3; then a visit
# after the close, and one of a bot.
HAND_MADE = """
create view landed_events as
select event_id, 'page_view' as event_type, cast(occurred_at as timestamp) as occurred_at,
    'v' as visitor_id, contact_id,
    cast(null as varchar) as email, 'landing_page' as asset_type, asset_id,
        'https://example.com/' || tag as url, is_filtered
from (values
    ('e1', '2024-01-01 10:00', null, 'plain', '?utm_campaign=One', false),
    ('e2', '2024-01-01 10:10', null, 'plain', '', false),
    ('e3', '2024-01-03 10:00', 'c', 'second', '', false),
    ('e4', '2024-01-05 10:00', null, 'plain', '?a=b&utm_campaign=three', false),
    ('e5', '2024-01-05 11:00', null, 'second', '', true),
    ('e6', '2024-02-01 10:00', null, 'second', '', false)
) rows(event_id, occurred_at, contact_id, asset_id, tag, is_filtered);
create view landed_visitor_identities as select 'v' as visitor_id, 'c' as contact_id,
    timestamp '2024-01-01' as identified_at;
create view landed_contacts as select 'c' as contact_id, 'c@example.com' as email;
create view landed_campaign_utms as from (values ('k1', 'one'), ('k3', 'Three')) rows(campaign_id,
    utm_campaign);
create view landed_campaign_asset_log as
select 'l' as log_id, 'k2' as campaign_id, 'landing_page' as asset_type, 'second' as asset_id,
    'associated' as action,
    timestamp '2024-01-01' as occurred_at;
create view landed_exchange_rates as
from (values ('EUR', date '2024-01-01', 2.0), ('EUR', date '2024-02-01', 3.0)) rows(currency,
    rate_date, rate_to_home);
create view landed_deals as
select *, timestamp '2024-01-10 12:00' as closed_at from (values
    ('d', true, 999.00, 'EUR', timestamp '2024-01-10'),
    ('d', true, 50.00, 'EUR', timestamp '2024-01-11'),
    ('lost', false, 70.00, null, timestamp '2024-01-10')
) rows(deal_id, is_closed_won, amount, currency, _loaded_at);
create view landed_deal_contact_log as
select 'x' || deal_id as log_id, deal_id, 'c' as contact_id, 'associated' as action,
    timestamp '2024-01-02' as occurred_at
from (values ('d'), ('lost')) rows(deal_id);
"""


@pytest.fixture
def hand_made():
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(HAND_MADE)
        yield connection


def test_the_playbook_weighs_sessions_before_the_close(hand_made):
    assert duck.playbook(hand_made) == "4 sessions, 3 touches"
    revenue = hand_made.execute("from campaign_revenue order by campaign_id").fetchall()
    third = pytest.approx(100 / 3)
    assert revenue == [
        ("k1", 1, 100, 0, 40, third),
        ("k2", 1, 0, 0, pytest.approx(20), third),
        ("k3", 1, 0, 100, 40, third),
    ]


def test_journeys_are_the_campaigns_before_the_close_in_order(hand_made, tmp_path):
    out = tmp_path / "journeys.parquet"
    assert duck.journeys(hand_made, out) == "1 journeys, 3 touches"
    assert ask(f"from '{out}'") == [("d", "k1 > k2 > k3", "218.000 > 170.000 > 122.000", 100.0, 3)]


def test_the_publication_floor_writes_every_published_row_once_in_each_format(tmp_path):
    published = tmp_path / "runs" / "one"
    published.mkdir(parents=True)
    with duckdb.connect(str(published / PUBLISHED_FILE)) as connection:
        connection.execute("create schema core")
        connection.execute('create table core."a b" as select range as id from range(5)')
        connection.execute("create table deals as select 'x' as id, 1.5::decimal(9, 2) as amount")
    with duckdb.connect() as connection:
        assert duck.publication(connection, published) == "6 rows"
        assert connection.execute('select sum(id) from core."a b"').fetchone() == (10,)
        assert connection.execute("from deals").fetchall() == [("x", Decimal("1.50"))]
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["one"]


def test_steps_add_up_to_the_whole():
    lines = [
        (0.1, "touchledger  landing -> home  as of 2025-02-01 00:00:00 UTC"),
        (2.0, "  2.0 s  Land     new files become typed rows"),
        (2.5, "         events: 1 file(s), 5 rows"),
        (3.0, "  3.0 s  Build    associations, interactions, attribution, marts"),
        (4.0, "           1/247 quick 0.2 s"),
        (5.0, "         121/247 slow 0.8 s"),
        (7.0, "  7.0 s  Check    business rules on what is about to be published"),
        (8.0, "  8.0 s  Publish  one switch for all readers"),
        (9.0, "Campaigns by revenue, USD"),
        (9.1, "Published: somewhere"),
    ]
    found = steps.steps(lines, 9.5)
    assert found == {
        "start-up": 2.0,
        "land": 1.0,
        "build": 4.0,
        "check": 1.0,
        "publish": 1.0,
        "report and exit": 0.5,
    }
    assert sum(found.values()) == 9.5
    assert steps.models(lines) == {"slow": 0.8, "quick": 0.2}


def process(code: str, tmp_path: Path, **options: float | int):
    return measure(
        [sys.executable, "-c", code],
        environment=clean_environment(tmp_path),
        folder=tmp_path,
        **options,
    )


def test_a_process_is_measured_with_its_children(tmp_path):
    code = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = "
        "bytearray(150_000_000); sum(range(8_000_000))']); print('done')"
    )
    one = process(code, tmp_path)
    assert (one.finished, [text for _, text in one.lines]) == (True, ["done"])
    assert one.peak > 150_000_000
    assert 0.05 < one.cpu < one.wall + 1


def test_what_does_not_finish_says_why(tmp_path):
    assert (
        process("import time; time.sleep(60)", tmp_path, time_limit=0.3).outcome
        == "did not finish: stopped after 0 s"
    )
    assert (
        process("x = bytearray(3_000_000_000)", tmp_path, address_space=1_000_000_000).outcome
        == "did not finish: MemoryError"
    )
    assert (
        process("raise ValueError('at /some/where/else')", tmp_path).outcome
        == "did not finish: ValueError: at …"
    )


def test_settings_of_the_measured_programs_do_not_leak_in(monkeypatch, tmp_path):
    monkeypatch.setenv("TOUCHLEDGER_HOME", "elsewhere")
    assert "TOUCHLEDGER_HOME" not in clean_environment(tmp_path)
    assert unplaced("see /a/b/c or https://example.com/x") == "see … or …"


@pytest.mark.parametrize(
    ("text", "size"), [("8GB", 8_000_000_000), ("512 MB", 512_000_000), ("4GiB", 4 * 2**30)]
)
def test_sizes_are_read(text, size):
    assert memory_bytes(text) == size


def entry(wall: float, **more: object) -> dict[str, object]:
    return {
        "at": "2025-01-01",
        "memory_limit": None,
        "runs": [{"wall": wall, "cpu": wall, "peak": 1e9, "outcome": "finished"} | more],
    }


def test_the_report_has_medians_ratios_and_exponents():
    run = {
        "rows": 10,
        "steps": {"start-up": 1.0, "land": 2.0, "build": 5.0},
        "models": {"one": 3.0},
        "bytes": 5,
    }
    small = {"copy": entry(1.0), "full": entry(8.0, **run)}
    small["full"]["runs"] += [
        {**small["full"]["runs"][0], "wall": 9.0},
        {**small["full"]["runs"][0], "wall": 100.0},
    ]
    large = {
        "copy": entry(10.0),
        "full": entry(90.0, **run),
        "batch 0.01": entry(9.0, **run),
        "channel_attribution": entry(1.0, outcome="did not finish: MemoryError"),
    }
    results = {
        "machine": {"cores": 2, "memory": 8e9, "processor": "x", "system": "Linux"},
        "versions": {"duckdb": "2"},
        "commands": ["python -m benchmarks.run"],
        "sizes": {"1000": small, "10000": large, "0": {"Python alone": entry(0.1)}},
    }
    page = report.markdown(results)
    assert "| full run / copy floor, wall | 9.00 | 9.00 |" in page
    assert "| 1 % new / full run, whole |  | 0.10 |" in page
    assert "| full run | 1.00 |" in page
    assert "median of 3" in page
    assert "did not finish: MemoryError" in page
    assert report.markdown({**results, "sizes": {}}).startswith("# Benchmark results")


# --- Spark's event log ----------------------------------------------------------------------------


def _job(stages: list[int], description: str) -> dict:
    return {
        "Event": "SparkListenerJobStart",
        "Stage IDs": stages,
        "Properties": {"spark.job.description": description},
    }


def _task(stage: int, milliseconds: int, shuffled: int = 0, spilled: int = 0) -> dict:
    metrics = {
        "Executor Run Time": milliseconds,
        "Disk Bytes Spilled": spilled,
        "Shuffle Write Metrics": {"Shuffle Bytes Written": shuffled},
    }
    return {"Event": "SparkListenerTaskEnd", "Stage ID": stage, "Task Metrics": metrics}


def test_sparks_log_is_summed_up_by_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = '/* {"app": "dbt", "node_id": "model.touchledger.interactions"} */ create table x'
    test = '/* {"app": "dbt", "node_id": "test.touchledger.unique_x.123"} */ select 1'
    events = [
        {"Event": "SparkListenerApplicationStart"},
        _job([1, 2], model),
        *(_task(1, milliseconds, shuffled=1_000_000) for milliseconds in (1000, 1000, 5000)),
        _task(2, 1000, spilled=7_000_000),
        {
            "Event": "SparkListenerTaskEnd",
            "Stage ID": 2,
            "Task Metrics": None,
        },  # a task that was lost
        _job([3], test),
        _task(3, 500),
        _job(
            [4],
            (
                "insert overwrite directory '/lake/built' using parquet select a, b from "
                "x_core.fct_deals"
            ),
        ),
        _task(4, 250),
        _job([5], "select count(*) from y"),
        _task(5, 250),
    ]
    (tmp_path / "eventlog_v2_app").mkdir()
    (tmp_path / "eventlog_v2_app" / "events_1_app").write_text(
        "".join(f"{json.dumps(event)}\n" for event in events), encoding="utf-8"
    )
    (tmp_path / "eventlog_v2_app" / "appstatus_app").touch()
    assert spark_log.main([str(tmp_path), "--top", "2"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| `interactions` | 8 | 4 | 3 | 7 | 5.0 |",
        "| tests of data | 0 | 1 | 0 | 0 | 1.0 |",
        "| 2 others | 0 | 2 | 0 | 0 |  |",
        "| everything | 9 | 7 | 3 | 7 |  |",
    ]


def test_a_log_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert spark_log.main([str(tmp_path / "none")]) == 2
    assert spark_log.main([str(tmp_path)]) == 2
    (tmp_path / "events_1").write_text('{"Event": "Sp', encoding="utf-8")
    assert spark_log.main([str(tmp_path)]) == 2
    (tmp_path / "events.zstd").touch()
    assert spark_log.main([str(tmp_path)]) == 2
    said = capsys.readouterr().err.splitlines()
    wanted = (
        "is not there",
        "tells of no task",
        "stop the cluster and ask again",
        "spark.eventLog.compress=false",
    )
    assert [text in line for text, line in zip(wanted, said, strict=True)] == [True] * 4
