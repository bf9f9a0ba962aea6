"""The metrics of dbt_project/models/metrics say what the marts say, and where adding up would be
wrong they count anew or stay empty.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.building.project import ensure_manifest
from orchestration.ground.paths import DBT_PROJECT
from tests.conftest import land_rows, query

pytest.importorskip("metricflow", reason="metrics are asked with dbt-metricflow, of the dev extra")

COUNTS = [
    "sessions",
    "new_contacts_first_touch",
    "new_contacts_last_touch",
    "influenced_contacts",
    "contacts_with_revenue",
    "deals",
]
MONEY = [
    "revenue",
    "associated_deal_value",
    "budget",
    "spend",
    "remaining_budget",
    "ad_spend",
    "total_cost",
]
PERFORMANCE = [*COUNTS, *MONEY, "roi", "roas"]
ATTRIBUTED = [
    "attributed_contacts",
    "attributed_deals",
    "attributed_deal_amount",
    "attributed_revenue",
]
CONVERSIONS = {
    "contact_created": ("created_contacts", "contact_credit", None),
    "deal_created": ("created_deals", "deal_credit", "pipeline"),
}
CONVERTED = [name for names in CONVERSIONS.values() for name in names if name]

# The same numbers straight from the published tables: {by} is what they are grouped by, from
# campaigns and, where there is one, the day.
LIVING = "(select * from core.dim_campaigns where not is_deleted) as campaigns"
TRUTH = {
    "sessions": f"""
        select {{by}}, count(distinct sessions.session_id)
            from core.fct_campaign_interactions as interactions
        inner join {LIVING} using (campaign_id)
            inner join core.fct_sessions as sessions on interactions.session_id =
            sessions.session_id
        where interactions.event_type = 'page_view' group by all""",
    "influenced_contacts": f"""
        select {{by}}, count(distinct contact_id) from marts.influenced_contacts
            inner join {LIVING} using (campaign_id) group by all""",
    "new_contacts_first_touch": f"""
        select {{by}}, count(distinct contact_id) from marts.first_touch_contacts
            inner join {LIVING} using (campaign_id) group by all""",
    "new_contacts_last_touch": f"""
        select {{by}}, count(distinct contact_id) from marts.last_touch_contacts
            inner join {LIVING} using (campaign_id) group by all""",
    "contacts_with_revenue": f"""
        select {{by}}, count(distinct contact_id) from marts.revenue_contacts
            inner join {LIVING} using (campaign_id) group by all""",
    "deals": f"""
        select {{by}}, count(distinct deal_id) from diagnostics.deal_inclusion
            inner join {LIVING} using (campaign_id)
        where is_included group by all""",
    "associated_deal_value": f"""
        select * exclude (deal_id, amount_home), sum(amount_home) from (
            select distinct {{by}}, deals.deal_id, deals.amount_home
                from diagnostics.deal_inclusion as inclusion
            inner join {LIVING} using (campaign_id)
                inner join core.fct_deals as deals on inclusion.deal_id = deals.deal_id
            where inclusion.is_included
        ) group by all""",
    **{
        money: (
            f"select {{by}}, sum({money}) from marts.campaign_performance inner join {LIVING} "
            f"using (campaign_id) group by all"
        )
        for money in ("revenue", "budget", "spend", "remaining_budget", "ad_spend", "total_cost")
    },
}


class Metrics:
    """Asks metrics of a DuckDB connection whose catalog `warehouse` is a built warehouse."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        from metricflow.engine.metricflow_engine import MetricFlowEngine
        from metricflow.protocols.sql_client import SqlEngine
        from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
        from metricflow_semantics.model.dbt_manifest_parser import (
            parse_manifest_from_dbt_generated_manifest,
        )
        from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

        class Client:
            """Enough of a client to write SQL; it is run here, so that cents stay cents."""

            sql_engine_type = SqlEngine.DUCKDB
            sql_plan_renderer = DuckDbSqlPlanRenderer()

        manifest = parse_manifest_from_dbt_generated_manifest(
            ensure_manifest().with_name("semantic_manifest.json").read_text(encoding="utf-8")
        )
        self.manifest = manifest
        self.engine = MetricFlowEngine(
            semantic_manifest_lookup=SemanticManifestLookup(manifest), sql_client=Client()
        )
        self.connection = connection

    def ask(
        self,
        metrics: Sequence[str] = (),
        by: Sequence[str] = (),
        where: Sequence[str] = (),
        saved: str | None = None,
    ) -> list[dict]:
        """Rows as dicts."""
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        request = MetricFlowQueryRequest.create(
            saved_query_name=saved,
            metric_names=list(metrics) or None,
            group_by_names=list(by) or None,
            where_constraints=list(where) or None,
        )
        found = self.connection.execute(self.engine.explain(request).sql_statement.sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def metrics(published_sample: tuple[Path, str]) -> Iterator[Metrics]:
    with duckdb.connect() as connection:
        for name in ("warehouse", ".touchledger/to_publish"):
            connection.execute(f"attach '{published_sample[0]}/{name}.duckdb' (read_only)")
        connection.execute("set TimeZone = 'UTC'")
        yield Metrics(connection)


def test_every_number_of_the_marts_is_a_metric(
    metrics: Metrics, published_sample: tuple[Path, str]
) -> None:
    columns = query(
        published_sample[0],
        (
            "select table_name, column_name from information_schema.columns where table_name in "
            "('campaign_performance', 'attributed_revenue')"
        ),
    )
    keys = {"campaign_id", "campaign_name", "model"}
    wanted = {name for table, name in columns if table == "campaign_performance"} - keys
    wanted |= {
        f"attributed_{name.removeprefix('attributed_')}"
        for table, name in columns
        if table == "attributed_revenue" and name not in keys
    }
    assert wanted == {*PERFORMANCE, *ATTRIBUTED}
    wanted |= {*CONVERTED}
    assert {
        metric.name for metric in metrics.manifest.metrics if not metric.name.startswith("part_")
    } == wanted


def test_by_campaign_the_metrics_are_campaign_performance(
    metrics: Metrics, published_sample: tuple[Path, str]
) -> None:
    """R80, R83: all of it, zeros and empty ROI included."""
    rows = metrics.ask(saved="campaign_overview")
    found = {
        row["campaign"]: [row["campaign__campaign_name"], *(row[name] for name in PERFORMANCE)]
        for row in rows
    }
    mart = query(
        published_sample[0],
        (
            f"select campaign_id, campaign_name, {', '.join(PERFORMANCE)} from "
            f"marts.campaign_performance"
        ),
    )
    assert len(found) == len(rows) == len(mart) > 5
    for campaign, *values in mart:
        assert found[campaign][:-1] == values[:-1], campaign
        assert found[campaign][-1] == pytest.approx(values[-1], abs=1e-9), campaign


def test_by_campaign_and_model_the_metrics_are_attributed_revenue(
    metrics: Metrics, published_sample: tuple[Path, str]
) -> None:
    """R63, R74: the row without a campaign included."""
    rows = metrics.ask(saved="model_comparison")
    found = {
        (row["campaign"], row["model"]): tuple(row[name] for name in ATTRIBUTED) for row in rows
    }
    mart = query(
        published_sample[0],
        (
            "select campaign_id, model, contacts, deals, deal_amount, revenue from "
            "marts.attributed_revenue"
        ),
    )
    assert len(found) == len(rows) and (None, "linear") in found
    assert found == {(campaign, model): tuple(values) for campaign, model, *values in mart}


def test_by_campaign_and_model_the_metrics_are_attributed_conversions(
    metrics: Metrics, published_sample: tuple[Path, str]
) -> None:
    """R100-R103: created contacts and pipeline, also without a campaign; no sum over models."""
    rows = metrics.ask(saved="conversion_comparison")
    found = {(row["campaign"], row["model"]): row for row in rows}
    assert len(found) == len(rows) and (None, "markov") in found
    mart = query(
        published_sample[0],
        "select campaign_id, model, conversion, subjects, credit, amount "
        "from marts.attributed_conversions",
    )
    for campaign, model, conversion, *values in mart:
        names = CONVERSIONS[conversion]
        told = [found[campaign, model][name] for name in names if name]
        assert told == values[: len(told)], (campaign, model, conversion)
    assert {conversion for _, _, conversion, *_ in mart} == set(CONVERSIONS)
    (mixed,) = metrics.ask(["contact_credit", "deal_credit", "pipeline", "created_deals"])
    assert mixed["contact_credit"] is mixed["deal_credit"] is mixed["pipeline"] is None
    assert [(mixed["created_deals"],)] == query(
        published_sample[0],
        "select count(distinct subject_id) from marts.conversion_credits "
        "where conversion = 'deal_created'",
    )


def test_by_channel_and_model_the_metrics_are_channel_performance(
    metrics: Metrics, published_sample: tuple[Path, str]
) -> None:
    """R110, R111: what each channel's events are credited with; a session has one."""
    names = ["attributed_deals", "attributed_revenue", "contact_credit", "pipeline"]
    found = {
        (row["channel"], row["model"]): [row[name] or 0 for name in names]
        for row in metrics.ask(names, ["channel", "model"])
    }
    mart = query(
        published_sample[0],
        "select channel, model, deals, revenue, contacts_created, pipeline "
        "from marts.channel_performance",
    )
    assert len(mart) > 20
    for channel, model, *values in mart:
        assert found.get((channel, model), [0] * 4) == values, (channel, model)
    sessions = query(
        published_sample[0],
        f"""
        select sessions.channel, count(distinct sessions.session_id)
        from core.fct_campaign_interactions as interactions
        inner join {LIVING} using (campaign_id)
        inner join core.fct_sessions as sessions on interactions.session_id = sessions.session_id
        where interactions.event_type = 'page_view' group by all
        """,
    )
    asked = {row["channel"]: row["sessions"] for row in metrics.ask(["sessions"], ["channel"])}
    assert asked == dict(sessions) and len(asked) > 3


def _truth(published: Path, metric: str, by: str) -> dict:
    return {row[0]: row[-1] for row in query(published, TRUTH[metric].format(by=by))}


@pytest.mark.parametrize("metric", sorted(TRUTH))
def test_without_campaigns_and_by_owner_nothing_is_counted_twice(
    metrics: Metrics, published_sample: tuple[Path, str], metric: str
) -> None:
    """R83: a contact or a deal that several campaigns share is one."""
    total = metrics.ask([metric])
    assert [row[metric] for row in total] == list(
        _truth(published_sample[0], metric, "'all'").values()
    )
    owners = _truth(published_sample[0], metric, "campaigns.owner")
    found = {
        row["campaign__owner"]: row[metric] for row in metrics.ask([metric], ["campaign__owner"])
    }
    assert {owner: value for owner, value in found.items() if value} == {
        owner: value for owner, value in owners.items() if value
    }
    one, two = sorted(
        query(
            published_sample[0],
            "select campaign_id from marts.campaign_performance order by deals desc limit 2",
        )
    )
    asked = metrics.ask(
        [metric], where=[f"{{{{ Entity('campaign') }}}} in ('{one[0]}', '{two[0]}')"]
    )
    both = _truth(published_sample[0], metric, f"campaigns.campaign_id in ('{one[0]}', '{two[0]}')")
    assert [row[metric] for row in asked] == [both[True]]


def test_shared_deals_make_a_sum_over_campaigns_wrong_and_the_metric_does_not_make_it(
    metrics: Metrics, published_sample: tuple[Path, str]
) -> None:
    """R83: the sample has such deals, or the tests here would show nothing."""
    ((summed, deals),) = query(
        published_sample[0],
        "select sum(associated_deal_value), sum(deals) from marts.campaign_performance",
    )
    (row,) = metrics.ask(["associated_deal_value", "deals"])
    assert 0 < row["associated_deal_value"] < summed and 0 < row["deals"] < deals
    # By status the campaigns of a deal fall apart in a way that no count of it can mend: empty,
    # never a wrong sum.
    statuses = {
        row["campaign__status"]: row["associated_deal_value"]
        for row in metrics.ask(["associated_deal_value"], ["campaign__status"])
    }
    right = _truth(published_sample[0], "associated_deal_value", "campaigns.status")
    assert None in statuses.values()
    assert all(value is None or value == right.get(status, 0) for status, value in statuses.items())


def test_models_are_never_added_up(metrics: Metrics, published_sample: tuple[Path, str]) -> None:
    """R75: without a model, revenue of all models at once would be many times the truth; with one
    it is every deal's amount.
    """
    (row,) = metrics.ask(
        ["attributed_revenue", "attributed_deal_amount", "attributed_deals", "attributed_contacts"]
    )
    assert row["attributed_revenue"] is None and row["attributed_deal_amount"] is None
    ledger = "marts.attribution_credits"
    ((deals, contacts),) = query(
        published_sample[0],
        f"select count(distinct deal_id), count(distinct contact_id) from {ledger}",
    )
    assert (row["attributed_deals"], row["attributed_contacts"]) == (deals, contacts)
    ((won,),) = query(
        published_sample[0],
        (
            f"select sum(amount_home) from core.fct_deals where deal_id in (select deal_id from "
            f"{ledger})"
        ),
    )
    by_model = metrics.ask(["attributed_revenue", "attributed_deal_amount"], ["model"])
    assert (
        len(by_model)
        == query(published_sample[0], f"select count(distinct model) from {ledger}")[0][0]
    )
    assert {(row["attributed_revenue"], row["attributed_deal_amount"]) for row in by_model} == {
        (won, won)
    }
    (linear,) = metrics.ask(["attributed_revenue"], where=["{{ Entity('model') }} = 'linear'"])
    assert linear["attributed_revenue"] == won


def test_by_day_the_metrics_are_campaign_daily(
    metrics: Metrics, published_sample: tuple[Path, str]
) -> None:
    """R84: every metric with a day has the day of campaign_daily."""
    names = [
        "sessions",
        "new_contacts_first_touch",
        "new_contacts_last_touch",
        "influenced_contacts",
        "deals",
        "revenue",
        "spend",
    ]
    found = {}
    for row in metrics.ask(names, ["campaign", "metric_time__day"]):
        values = [row[name] or 0 for name in names]
        if any(values):
            found[row["campaign"], row["metric_time__day"].date()] = values
    mart = query(
        published_sample[0],
        f"select campaign_id, day, {', '.join(names)} from marts.campaign_daily",
    )
    assert found == {(campaign, day): values for campaign, day, *values in mart if any(values)}


@pytest.mark.parametrize("grain", ["week", "month", "quarter"])
def test_longer_times_count_distinct_things_too(
    metrics: Metrics, published_sample: tuple[Path, str], grain: str
) -> None:
    rows = query(
        published_sample[0],
        f"""
        select cast(date_trunc('{grain}', closed_at) as date), count(distinct deal_id),
            sum(amount_home) from core.fct_deals
        where deal_id in (
            select deal_id from diagnostics.deal_inclusion inner join {LIVING} using (campaign_id)
                where is_included
        ) group by 1
        """,
    )
    time = f"metric_time__{grain}"
    found = [
        (row[time].date(), row["deals"], row["associated_deal_value"])
        for row in metrics.ask(["deals", "associated_deal_value"], [time])
        if row["deals"]
    ]
    assert sorted(found) == sorted((start, deals, amount) for start, deals, amount in rows)


def test_by_event_type_and_asset_type(metrics: Metrics, published_sample: tuple[Path, str]) -> None:
    """Revenue by what earned it adds up to the ledger; a spend has no event type, and asking so is
    refused.
    """
    ledger = f"""
        select credits.event_type, interactions.asset_type, sum(credits.credit),
            count(distinct credits.deal_id)
        from marts.attribution_credits as credits
            inner join core.fct_interactions as interactions using (event_id)
        inner join {LIVING} using (campaign_id) where credits.model = 'linear' group by all
    """
    found = {
        (row["event_type"], row["asset_type"]): (row["revenue"], row["deals"])
        for row in metrics.ask(["revenue", "deals"], ["event_type", "asset_type"])
    }
    assert found == {
        (event, asset): (revenue, deals)
        for event, asset, revenue, deals in query(published_sample[0], ledger)
    }
    evidence = dict(query(
        published_sample[0],
        (
            f"select event_type, count(distinct contact_id) from marts.influenced_contacts inner "
            f"join {LIVING} using (campaign_id) group by 1"
        ),
    ))  # fmt: skip
    rows = metrics.ask(["influenced_contacts"], ["event_type__event_label", "event_type"])
    assert {
        row["event_type"]: row["influenced_contacts"] for row in rows if row["influenced_contacts"]
    } == evidence
    assert all(row["event_type__event_label"] for row in rows)
    for metric in ("spend", "roi", "sessions"):
        with pytest.raises(Exception, match="event_type"):
            metrics.ask([metric], ["event_type"])


def test_what_is_unknown_makes_a_total_unknown(metrics: Metrics) -> None:
    """R83: one item without a rate empties the sums that it is in, and no others."""
    with duckdb.connect() as connection:
        connection.execute(
            "attach ':memory:' as warehouse; create schema warehouse.metrics; create schema "
            "warehouse.core"
        )
        connection.execute(
            "create table warehouse.core.dim_campaigns (campaign_id varchar, campaign_name "
            "varchar, owner varchar, status varchar)"
        )
        connection.execute(
            "insert into warehouse.core.dim_campaigns values ('a', 'A', 'Ann', 'new'), ('b', 'B', "
            "'Ben', 'new')"
        )
        connection.execute(
            """
            create table warehouse.metrics.metric_money as
            from (values
                ('campaign', 'a', date '2024-01-01', 0.00),
                    ('campaign', 'b', date '2024-01-01', 0.00), ('budget', 'a', null, 20.00),
                ('spend', 'a', date '2024-01-02', 10.00), ('spend', 'a', date '2024-02-02', null),
                    ('spend', 'b', date '2024-01-02', 5.00)
            )
            as money (kind, campaign_id, counted_on, amount_home)
            """
        )
        small = Metrics(connection)
        by_campaign = {
            row["campaign"]: row
            for row in small.ask(["spend", "budget", "remaining_budget"], ["campaign"])
        }
        assert by_campaign["a"] == {
            "campaign": "a",
            "spend": None,
            "budget": Decimal(20),
            "remaining_budget": None,
        }
        assert by_campaign["b"] == {
            "campaign": "b",
            "spend": Decimal(5),
            "budget": Decimal(0),
            "remaining_budget": Decimal(-5),
        }
        assert small.ask(["spend"]) == [{"spend": None}]
        months = {
            str(row["metric_time__month"])[:7]: row["spend"]
            for row in small.ask(["spend"], ["metric_time__month"])
        }
        assert (months["2024-01"], months["2024-02"]) == (Decimal(15), None)


def _mf(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("mf")), *arguments],
        cwd=DBT_PROJECT,
        env={
            **os.environ,
            "TOUCHLEDGER_WAREHOUSE": str(home / "warehouse.duckdb"),
            "DBT_LOG_PATH": str(home / "logs"),
            "DBT_TARGET_PATH": str(home / "target"),
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_mf_finds_nothing_wrong_and_answers(
    published_sample: tuple[Path, str], home: Path, tmp_path: Path
) -> None:
    """The commands of docs/metrics.md, on a warehouse that nobody else has open."""
    (home / ".touchledger").mkdir(parents=True)
    for name in ("warehouse.duckdb", ".touchledger/to_publish.duckdb"):
        shutil.copy(published_sample[0] / name, home / name)
    parsed = subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "--quiet", "parse"],
        cwd=DBT_PROJECT,
        env={**os.environ, "DBT_LOG_PATH": str(home / "logs")},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert parsed.returncode == 0, parsed.stdout + parsed.stderr
    checked = _mf(home, "validate-configs")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count("(ERRORS: 0, FUTURE_ERRORS: 0, WARNINGS: 0)") == 6, checked.stdout
    file = tmp_path / "answer.csv"
    asked = _mf(
        home,
        "query",
        "--metrics",
        "deals,revenue,roi",
        "--group-by",
        "campaign__owner,metric_time__quarter",
        "--csv",
        str(file),
    )
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert file.read_text(encoding="utf-8").startswith(
        "metric_time__quarter,campaign__owner,deals,revenue,roi\n"
    )


@pytest.mark.long
def test_days_of_metrics_are_portal_days(build: Callable[..., Path], landing: Path) -> None:
    """R84: an instant that is another day in Tokyo is counted on that day, in the run's time
    zone.
    """
    campaign = {
        "campaign_id": "k1",
        "campaign_name": "K",
        "created_at": "2024-01-01T00:00:00Z",
        "owner": "Ann",
    }
    page = {"asset_type": "landing_page", "asset_id": "p1"}
    land_rows(landing, "campaigns", campaign)
    land_rows(
        landing,
        "campaign_asset_log",
        {
            **page,
            "log_id": "l1",
            "campaign_id": "k1",
            "action": "associated",
            "occurred_at": "2024-01-02T00:00:00Z",
        },
    )
    land_rows(landing, "contacts", {"contact_id": "c1", "created_at": "2024-03-31T16:00:00Z"})
    view = {
        **page,
        "event_type": "page_view",
        "visitor_id": "v1",
        "contact_id": "c1",
        "url": "https://example.com/p1",
    }
    land_rows(landing, "events", {**view, "event_id": "e1", "occurred_at": "2024-03-31T15:30:00Z"})
    land_rows(
        landing,
        "deals",
        {
            "deal_id": "d1",
            "is_closed_won": True,
            "amount": "10.00",
            "created_at": "2024-04-02T00:00:00Z",
            "closed_at": "2024-06-30T15:00:00Z",
        },
    )
    land_rows(
        landing,
        "deal_contact_log",
        {
            "log_id": "x1",
            "deal_id": "d1",
            "contact_id": "c1",
            "action": "associated",
            "occurred_at": "2024-04-03T00:00:00Z",
        },
    )
    for zone, expected in {
        "Asia/Tokyo": ("2024-04-01", "2024-07-01"),
        "UTC": ("2024-03-31", "2024-06-30"),
    }.items():
        file = build(
            landing, f"portal_timezone={zone}", into=landing.parent / zone.replace("/", "-")
        )
        with duckdb.connect() as connection:
            for path in (file, file.parent / ".touchledger" / "to_publish.duckdb"):
                connection.execute(f"attach '{path}' (read_only)")
            metrics = Metrics(connection)
            rows = metrics.ask(
                ["sessions", "new_contacts_first_touch", "influenced_contacts", "deals", "revenue"],
                ["metric_time__day"],
            )
            days = {
                name: [str(row["metric_time__day"])[:10] for row in rows if row[name]]
                for name in rows[0]
                if name != "metric_time__day"
            }
        touched, closed = expected
        assert days == {
            "sessions": [touched],
            "new_contacts_first_touch": [touched],
            "influenced_contacts": [touched],
            "deals": [closed],
            "revenue": [closed],
        }
