"""The Superset dashboard as code: it names only what is published, every chart what its dataset
has, and filters reach only what they may.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

import duckdb
import pytest

from orchestration.building.project import ensure_manifest
from orchestration.ground.paths import PUBLISHED_SCHEMAS
from tests.conftest import ROOT

FOLDER = ROOT / "dashboards" / "superset"


@cache
def code() -> ModuleType:
    """dashboards/superset/dashboard_code.py."""
    spec = importlib.util.spec_from_file_location("dashboard_code", FOLDER / "dashboard_code.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def known() -> dict[str, str]:
    return code().placeholders("/somewhere/published/touchledger.duckdb", "USD")


@cache
def assets() -> dict[str, Any]:
    """What the YAML says, with its placeholders filled in."""
    return code().filled(code().load_assets(), known())


def kind(folder: str) -> dict[str, dict]:
    """By uuid, the datasets, charts or dashboards."""
    return {
        content["uuid"]: content
        for name, content in assets().items()
        if name.startswith(f"{folder}/")
    }


def dashboard() -> dict:
    (only,) = kind("dashboards").values()
    return only


def published_models() -> list[dict]:
    nodes = json.loads(ensure_manifest().read_text(encoding="utf-8"))["nodes"].values()
    return [
        node
        for node in nodes
        if node["resource_type"] == "model" and node["config"]["schema"] in PUBLISHED_SCHEMAS
    ]


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    """The published tables as the contract has them, without rows."""
    with duckdb.connect() as connection:
        for schema in PUBLISHED_SCHEMAS:
            connection.execute(f"create schema {schema}")
        for node in published_models():
            columns = ", ".join(
                f"{column['name']} {column['data_type']}" for column in node["columns"].values()
            )
            connection.execute(f"create table {node['schema']}.{node['name']} ({columns})")
        yield connection


def test_datasets_name_only_published_tables_and_say_what_columns_they_have(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    for dataset in kind("datasets").values():
        found = {
            name: type_
            for name, type_, *_ in empty.execute(f"describe {dataset['sql']}").fetchall()
        }
        assert {column["column_name"]: column["type"] for column in dataset["columns"]} == found, (
            dataset["table_name"]
        )
        assert all(
            column["is_dttm"] == (column["type"] in ("DATE", "TIMESTAMP"))
            for column in dataset["columns"]
        ), dataset["table_name"]
        assert all(column["verbose_name"] for column in dataset["columns"])


def test_metrics_can_be_asked(empty: duckdb.DuckDBPyConnection) -> None:
    for dataset in kind("datasets").values():
        for metric in dataset["metrics"]:
            empty.execute(f"select {metric['expression']} from ({dataset['sql']}) as virtual_table")
            assert metric["verbose_name"]


def _named(chart: dict) -> tuple[set[str], set[str], list[str]]:
    """(columns, metrics, SQL conditions) that a chart asks its dataset for."""
    params = chart["params"]
    columns = {
        *params.get("groupby", []),
        *params.get("groupbyRows", []),
        *params.get("groupbyColumns", []),
        *params.get("all_columns", []),
    }
    columns |= {params["x_axis"]} if "x_axis" in params else set()
    columns |= {json.loads(order)[0] for order in params.get("order_by_cols", [])}
    columns |= {
        entry["subject"] for entry in params["adhoc_filters"] if entry["expressionType"] == "SIMPLE"
    }
    metrics = {
        *params.get("metrics", []),
        *(
            params[name]
            for name in ("metric", "timeseries_limit_metric", "x_axis_sort")
            if name in params
        ),
    }
    return (
        columns,
        metrics,
        [
            entry["sqlExpression"]
            for entry in params["adhoc_filters"]
            if entry["expressionType"] == "SQL"
        ],
    )


def test_charts_name_only_what_their_dataset_has(empty: duckdb.DuckDBPyConnection) -> None:
    for chart in kind("charts").values():
        dataset = kind("datasets")[chart["dataset_uuid"]]
        columns, metrics, conditions = _named(chart)
        assert columns <= {column["column_name"] for column in dataset["columns"]}, chart[
            "slice_name"
        ]
        assert metrics <= {metric["metric_name"] for metric in dataset["metrics"]}, chart[
            "slice_name"
        ]
        assert columns | metrics, chart["slice_name"]
        for condition in conditions:
            empty.execute(f"select 1 from ({dataset['sql']}) as virtual_table where {condition}")
        assert not columns & {
            column["column_name"]
            for column in dataset["columns"]
            if column["column_name"].endswith("_id")
        }, "names, not ids"


def test_uuids_are_unique_and_lead_somewhere() -> None:
    uuids = [content["uuid"] for content in assets().values() if "uuid" in content]
    assert len(uuids) == len(set(uuids)) > 50
    (database,) = kind("databases")
    assert {dataset["database_uuid"] for dataset in kind("datasets").values()} == {database}
    shown = {meta["uuid"]: meta["chartId"] for meta in placed().values()}
    assert set(shown) == set(kind("charts")), "every chart is on the dashboard, once"
    assert len(set(shown.values())) == len(shown) == len(placed())
    assert {meta["uuid"]: meta["sliceName"] for meta in placed().values()} == {
        uuid: chart["slice_name"] for uuid, chart in kind("charts").items()
    }
    assert {dataset["uuid"] for dataset in kind("datasets").values()} == {
        chart["dataset_uuid"] for chart in kind("charts").values()
    }


def placed() -> dict[str, dict]:
    """By place in the layout, what it says of its chart."""
    return {
        name: entry["meta"]
        for name, entry in dashboard()["position"].items()
        if isinstance(entry, dict) and entry["type"] == "CHART"
    }


def reached(name: str) -> dict[str, dict]:
    """By title, the charts that a filter changes."""
    (each,) = [
        entry
        for entry in dashboard()["metadata"]["native_filter_configuration"]
        if entry["name"] == name
    ]
    position, scope = dashboard()["position"], each["scope"]
    inside = [
        meta
        for place, meta in placed().items()
        if set(scope["rootPath"]) & {*position[place]["parents"], "ROOT_ID"}
        and meta["chartId"] not in scope["excluded"]
    ]
    assert set(scope["excluded"]) <= {meta["chartId"] for meta in placed().values()}
    return {meta["sliceName"]: kind("charts")[meta["uuid"]] for meta in inside}


def _of_dataset(chart: dict) -> dict:
    return kind("datasets")[chart["dataset_uuid"]]


def test_the_model_filter_changes_numbers_of_the_chosen_model_and_no_others() -> None:
    charts = {
        chart["slice_name"]
        for chart in kind("charts").values()
        if _of_dataset(chart)["table_name"]
        in ("attribution_credits", "conversion_credits", "channels")
    }
    assert set(reached("Attribution model")) == charts
    (model,) = [
        each
        for each in dashboard()["metadata"]["native_filter_configuration"]
        if each["name"] == "Attribution model"
    ]
    labels = {row[-1] for row in code()._rows("models")}
    assert set(model["defaultDataMask"]["filterState"]["value"]) <= labels
    assert not model["controlValues"]["multiSelect"] and model["controlValues"]["enableEmptyFilter"]


def test_the_date_filter_changes_what_has_a_date_and_nothing_else() -> None:
    dated = {
        chart["slice_name"]
        for chart in kind("charts").values()
        if any(
            entry.get("operator") == "TEMPORAL_RANGE" for entry in chart["params"]["adhoc_filters"]
        )
    }
    assert set(reached("Date")) == dated
    assert not dated & {
        chart["slice_name"]
        for chart in kind("charts").values()
        if _of_dataset(chart)["table_name"] in ("campaign_totals", "assets")
    }


def test_the_campaign_filter_changes_everything_that_has_a_campaign() -> None:
    having = {
        chart["slice_name"]
        for chart in kind("charts").values()
        if any(column["column_name"] == "campaign" for column in _of_dataset(chart)["columns"])
    }
    assert set(reached("Campaign")) <= having
    assert having - set(reached("Campaign")) == {
        "Stray UTMs",
        "Looks misspelt",
    }, "a value of no campaign has none to filter by"


def test_a_filter_takes_only_values_that_are_there() -> None:
    chosen = [
        each
        for each in dashboard()["metadata"]["native_filter_configuration"]
        if each["filterType"] == "filter_select"
    ]
    assert len(chosen) == 2 and not any(each["controlValues"]["creatable"] for each in chosen)


def test_money_by_deal_drills_down_to_deals_and_touches() -> None:
    """Behind a number are the rows of its dataset."""
    for title, chart in reached("Date").items():
        asked = {*chart["params"].get("metrics", []), chart["params"].get("metric")}
        if asked & {"revenue", "attributed_revenue", "credited_to_campaigns", "pipeline"} and not (
            asked & {"spend", "influenced_contacts"}
        ):
            columns = {column["column_name"] for column in _of_dataset(chart)["columns"]}
            assert columns >= {"deal", "event_id", "occurred_at"}, title


def test_clicks_filter_nothing() -> None:
    """A click on a bar of one model would filter every chart that has models, whatever the scopes
    above say.
    """
    assert dashboard()["metadata"]["cross_filters_enabled"] is False


def test_numbers_that_do_not_add_up_are_counted_not_summed() -> None:
    for dataset in kind("datasets").values():
        for metric in dataset["metrics"]:
            name, expression = metric["metric_name"], metric["expression"]
            if re.search(r"deals|contacts|associated", name) and dataset["table_name"] not in (
                "campaign_days",
                "assets",
                "time_to_close",
            ):
                assert "distinct" in expression, f"{dataset['table_name']}.{name}"
            if dataset["table_name"] in (
                "attribution_credits",
                "conversion_credits",
                "model_comparison",
            ) and re.match(r"sum\(", expression):
                raise AssertionError(f"{dataset['table_name']}.{name} would add up models")


def test_nothing_in_the_files_belongs_to_one_machine() -> None:
    (database,) = [
        content for name, content in code().load_assets().items() if name.startswith("databases/")
    ]
    assert database["sqlalchemy_uri"] == "duckdb:///${published_file}"
    assert (
        database["extra"]["engine_params"]["connect_args"]["read_only"] is True
        and database["allow_dml"] is False
    )
    texts = {
        file: file.read_text(encoding="utf-8")
        for file in FOLDER.rglob("*")
        if file.suffix in (".yaml", ".lock", ".sql", ".in")
    }
    assert [
        file.name
        for file, text in texts.items()
        if re.search(r"(^|[\s'\"=:])/\w+/\w+|://", text.replace("duckdb:///${", ""))
    ] == []
    lock = texts[FOLDER / "requirements.lock"]
    assert (
        lock.count("==") > 100
        and re.findall(r"^([a-z0-9-]+==\S+) \\\n(?!    --hash=sha256:)", lock, re.MULTILINE) == []
    )
    assert max(len(line) for text in texts.values() for line in text.splitlines()) < 400


def test_the_files_are_as_an_export_writes_them() -> None:
    """So that an export after a change shows the change and nothing else."""
    written = {
        str(file.relative_to(code().ASSETS)): file.read_text(encoding="utf-8")
        for file in code().ASSETS.rglob("*.yaml")
    }
    assert {
        name: code().as_yaml(content)
        for name, content in code().normalised(assets(), known()).items()
    } == written


def test_the_exposure_names_the_tables_that_the_dashboard_reads() -> None:
    exposure = json.loads(ensure_manifest().read_text(encoding="utf-8"))["exposures"][
        "exposure.touchledger.campaign_dashboard"
    ]
    sql = " ".join(dataset["sql"] for dataset in kind("datasets").values())
    read = {
        node["unique_id"]
        for node in published_models()
        if re.search(rf"\b{node['schema']}\.{node['name']}\b", sql)
    }
    assert set(exposure["depends_on"]["nodes"]) == read
    assert exposure["url"].endswith(f"/superset/dashboard/{dashboard()['slug']}/")


NUMBERS = {
    "campaign_sessions": ["sessions"],
    "campaign_contacts": [
        "new_contacts_first_touch",
        "new_contacts_last_touch",
        "influenced_contacts",
    ],
    "campaign_deals": ["deals", "contacts_with_revenue", "revenue", "associated_deal_value"],
    "campaign_days": ["revenue", "spend", "roi"],
    "time_basis": ["revenue", "deals", "influenced_contacts"],
}


def test_each_campaigns_numbers_are_those_of_the_mart(published_sample: tuple) -> None:
    """Asked as Superset asks with one campaign chosen, whichever it is."""
    with duckdb.connect(
        str(published_sample[0] / "published" / "touchledger.duckdb"), read_only=True
    ) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for dataset in kind("datasets").values():
            for name in NUMBERS.get(dataset["table_name"], []):
                (metric,) = [
                    metric for metric in dataset["metrics"] if metric["metric_name"] == name
                ]
                differing = connection.execute(
                    f"""
                    with asked as (
                        select campaign as campaign_name, {metric["expression"]} as number
                            from ({dataset["sql"]}) as virtual_table group by campaign
                    )
                    select campaign_name, number, {name} from marts.campaign_performance
                        left join asked using (campaign_name)
                    where coalesce(number, 0) is distinct from coalesce({name}, 0)
                    """
                ).fetchall()
                assert differing == [], f"{dataset['table_name']}.{name}"


def test_the_funnel_ends_with_the_contacts_of_the_mart(published_sample: tuple) -> None:
    (funnel,) = [
        dataset
        for dataset in kind("datasets").values()
        if dataset["table_name"] == "contact_funnel"
    ]
    counts = ", ".join(
        f"count(distinct case when position = {step} then contact_id end)" for step in (1, 2, 3, 4)
    )
    with duckdb.connect(
        str(published_sample[0] / "published" / "touchledger.duckdb"), read_only=True
    ) as connection:
        steps = connection.execute(
            f"""
            select campaign_name, [{counts}], any_value(influenced_contacts),
                any_value(contacts_with_revenue)
            from ({funnel["sql"]}) as virtual_table
            inner join marts.campaign_performance on campaign = campaign_name
            group by campaign_name
            """
        ).fetchall()
    assert len(steps) > 5
    for campaign, (influenced, earning, on_deal, revenue), all_influenced, with_revenue in steps:
        assert (influenced, revenue) == (all_influenced, with_revenue), campaign
        assert influenced >= earning >= on_deal >= revenue, campaign


def _metrics(table: str) -> tuple[dict[str, str], str]:
    """(expression by metric, query) of a dataset."""
    (dataset,) = [one for one in kind("datasets").values() if one["table_name"] == table]
    metrics = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
    return metrics, dataset["sql"]


def test_every_deal_is_counted_or_has_a_reason_in_number_and_money(published_sample: tuple) -> None:
    """R97: all won deals = counted + left out, and every landed deal is in one row."""
    metrics, query = _metrics("deal_status")
    names = ("deals", "won_amount", "won_amount_counted", "won_amount_left_out")
    asked = ", ".join(metrics[name] for name in names)
    with duckdb.connect(
        str(published_sample[0] / "published" / "touchledger.duckdb"), read_only=True
    ) as connection:
        (deals, won, counted, left) = connection.execute(
            f"select {asked} from ({query}) as virtual_table"
        ).fetchone()
        facts = connection.execute(
            "select count(*), sum(amount_home) filter (is_closed_won) from core.fct_deals"
        ).fetchone()
        reasons = connection.execute(
            f"""
            select sum(deals), sum(won_amount)
            from (
                select {metrics["deals"]} as deals, {metrics["won_amount"]} as won_amount
                from ({query}) as virtual_table
                group by reason
            )
            """
        ).fetchone()
    assert (deals, won) == facts == reasons and counted + left == won and left > 0


def test_conversions_and_channels_are_those_of_the_marts(published_sample: tuple) -> None:
    """R102, R103, R111: by campaign and by channel, under every model."""
    metrics, query = _metrics("conversion_credits")
    credits, ledger = _metrics("attribution_credits")
    with duckdb.connect(
        str(published_sample[0] / "published" / "touchledger.duckdb"), read_only=True
    ) as connection:
        by_model = connection.execute(
            f"""
            select model, {metrics["contact_credit"]}, {metrics["pipeline"]}
            from ({query}) as virtual_table
            group by model order by all
            """
        ).fetchall()
        mart = connection.execute(
            f"""
            select labels.label, sum(credit) filter (conversion = 'contact_created'), sum(amount)
            from marts.attributed_conversions
            left join ({code().labels_as_sql("models")}) as labels using (model)
            group by all order by all
            """
        ).fetchall()
        by_channel = connection.execute(
            f"""
            select lower(replace(channel, ' ', '_')), {credits["attributed_revenue"]}
            from ({ledger}) as virtual_table
            where model = 'Markov (removal effect)'
            group by all order by all
            """
        ).fetchall()
        channels = connection.execute(
            """
            select channel, revenue from marts.channel_performance
            where model = 'markov' and revenue > 0 order by all
            """
        ).fetchall()
    assert by_model == mart and len(mart) > 10
    assert [row for row in by_channel if row[1]] == channels


def _filled(connection: duckdb.DuckDBPyConnection, rows: dict[str, tuple[str, list[str]]]) -> None:
    """Puts rows into the empty tables: by table, the columns and each row's values."""
    for table, (columns, values) in rows.items():
        listed = ", ".join(f"({row})" for row in values)
        connection.execute(f"insert into {table} ({columns}) values {listed}")


def test_a_near_miss_is_a_question(empty: duckdb.DuckDBPyConnection) -> None:
    """R95."""
    _, query = _metrics("utm_audit")
    rows = {
        "diagnostics.utm_audit": (
            "utm_campaign, page_views, sessions, status, similar_alias",
            ["'sumer-sale', 250, 213, 'unmatched', 'summer-sale'", "'x', 1, 1, 'unmatched', null"],
        )
    }
    _filled(empty, rows)
    asked = f"select question from ({query}) as virtual_table where similar_alias is not null"
    assert empty.execute(asked).fetchall() == [
        ("213 visits say `sumer-sale`; did you mean `summer-sale`?",)
    ]
    empty.execute("delete from diagnostics.utm_audit")


def test_what_rests_on_assumed_times(empty: duckdb.DuckDBPyConnection) -> None:
    """R96: the weakest of asset in campaign, where no utm counts as well, and contact on deal."""
    metrics, query = _metrics("time_basis")
    at, start = "timestamp '2026-01-05'", "timestamp '2026-01-01'"
    rows = {
        "core.dim_campaigns": ("campaign_id, campaign_name, is_deleted", ["'k', 'K', false"]),
        "core.fct_asset_associations": (
            "campaign_id, asset_type, asset_id, valid_from, time_basis",
            [f"'k', 'form', 'f', {start}, 'assumed'"],
        ),
        "core.fct_deal_contacts": (
            "deal_id, contact_id, valid_from, time_basis",
            [f"'d', 'a', {start}, 'exact'", f"'d', 'b', {start}, 'first_seen'"],
        ),
        "core.fct_interactions": (
            "event_id, occurred_at, asset_type, asset_id",
            [f"'{event}', {at}, 'form', 'f'" for event in ("e1", "e2", "e3")],
        ),
        "core.fct_campaign_interactions": (
            "event_id, campaign_id, contact_id, occurred_at, basis",
            [
                f"'{event}', 'k', '{contact}', {at}, '{basis}'"
                for event, contact, basis in (
                    ("e1", "a", "asset"),
                    ("e2", "a", "both"),
                    ("e3", "b", "utm"),
                )
            ],
        ),
        "marts.attribution_credits": (
            "deal_id, event_id, campaign_id, contact_id, closed_at, model, credit",
            [
                f"'d', '{event}', 'k', '{contact}', timestamp '2026-02-01', 'linear', 10"
                for event, contact in (("e1", "a"), ("e2", "a"), ("e3", "b"))
            ],
        ),
    }
    _filled(empty, rows)
    found = empty.execute(
        f"""
        select event_id, time_basis, {metrics["inexact_revenue"]}
        from ({query}) as virtual_table group by all order by all
        """
    ).fetchall()
    for table in rows:
        empty.execute(f"delete from {table}")
    assert found == [
        ("e1", "Assumed by a rule", 10),
        ("e2", "Exact", 0),
        ("e3", "First seen then", 10),
    ]
