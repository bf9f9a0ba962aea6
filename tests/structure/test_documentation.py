"""Everything that a table shows is described, names its rule, and leads to where people look."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from orchestration.building.project import ensure_manifest
from orchestration.ground.contract import raw_tables
from orchestration.ground.errors import SettingsError
from orchestration.ground.paths import PUBLISHED_SCHEMAS
from orchestration.ground.settings import make_settings
from orchestration.ground.variables import checked, default_variables, variables
from orchestration.reading.documentation import RULE, linked, rule_texts, rules_page, write
from tests.conftest import ROOT
from tests.structure.test_project import RULE_IDS
from tests.warehouses import opened
from tools import variables as variable_tables

# Columns that are shown as they came, or that tell of files and runs: no rule decides them.
PLAIN = {
    "asset_name", "created_at", "deal_id", "deal_name", "lifecycle_stage", "network", "occurred_at",
    "owner", "pipeline", "stage", "status", "cure", "label", "meaning", "rule_id", "subject",
    "file_id", "file_name", "finished_at", "reason", "record", "rows_accepted", "rows_landed",
    "rows_rejected", "column_name", "rows", "examples", "run_id", "started_at", "table_name",
    "check_name", "checked_at", "passed", "rows_failing", "sample", "says", "severity",
    "previous_run_id", "source", "raw_table", "oldest", "newest", "not_exact",
}  # fmt: skip


@cache
def manifest() -> dict:
    return json.loads(ensure_manifest().read_text(encoding="utf-8"))


def tables() -> list[dict]:
    return [
        node for node in manifest()["nodes"].values() if node["resource_type"] in ("model", "seed")
    ]


def test_every_table_and_column_names_the_rule_that_decides_it() -> None:
    wrong = [node["name"] for node in tables() if not RULE.search(node["description"])]
    wrong += [
        f"{node['name']}.{column['name']}"
        for node in tables()
        for column in node["columns"].values()
        if node["schema"] != "staging"
        and column["name"] not in PLAIN
        and not RULE.search(column["description"])
    ]
    assert wrong == [], (
        "say in the description which rule decides it, or add the column to PLAIN here"
    )


def test_every_rule_that_a_text_names_exists() -> None:
    known = {rule for rules in rule_texts(manifest()).values() for rule, _ in rules}
    nodes = [
        *tables(),
        *manifest()["sources"].values(),
        *manifest()["metrics"].values(),
        *manifest()["semantic_models"].values(),
    ]
    texts = {
        node["name"]: json.dumps(
            [node["description"], node.get("columns"), node.get("dimensions"), node.get("measures")]
        )
        for node in nodes
    }
    assert {
        name: set(RULE.findall(text)) - known
        for name, text in texts.items()
        if set(RULE.findall(text)) - known
    } == {}
    assert known == set(RULE_IDS)


def test_no_built_column_lacks_a_description(published_sample: tuple[Path, str]) -> None:
    described = {
        (node["schema"], node["alias"], column) for node in tables() for column in node["columns"]
    }
    with opened(published_sample[0] / "warehouse.duckdb") as connection:
        built = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal "
            "and schema_name <> 'main'"
        ).fetchall()
    assert {row for row in built if row[0] != "raw"} - described == set()
    assert len(built) > 500


def test_every_published_table_leads_to_where_people_look() -> None:
    published = {
        node["unique_id"] for node in tables() if node["config"]["schema"] in PUBLISHED_SCHEMAS
    }
    exposures = manifest()["exposures"]
    shown = {name: set(exposure["depends_on"]["nodes"]) for name, exposure in exposures.items()}
    assert shown["exposure.touchledger.published_file"] == published, (
        "name the table in models/exposures.yml"
    )
    assert (
        shown["exposure.touchledger.campaign_dashboard"] <= published
        and shown["exposure.touchledger.campaign_report"] <= published
    )
    assert all(exposure["description"] for exposure in exposures.values())


def test_rules_are_linked_once() -> None:
    assert (
        linked("Counts (R30-R32), **R33** too.")
        == "Counts ([R30](rules.html#R30)-[R32](rules.html#R32)), **[R33](rules.html#R33)** too."
    )
    assert linked("[R30](rules.html#R30) and XR30") == "[R30](rules.html#R30) and XR30"


def test_every_link_of_the_rules_page_leads_somewhere() -> None:
    page = rules_page(manifest())
    sections = re.split(r'<section id="', page)[1:]
    ids = [section.partition('"')[0] for section in sections]
    assert ids == RULE_IDS
    assert set(re.findall(r'href="#(R\d{2,3})"', page)) <= set(ids)
    nodes = set(re.findall(r'href="index.html#!/\w+/([\w.]+)"', page))
    assert nodes and nodes <= set(manifest()["nodes"])
    deals = next(section for section in sections if section.startswith("R60"))
    for text in (
        "Decided in",
        "deal_paths",
        "campaign_performance.deals",
        "r60_contact_before_and_still_at_the_close",
    ):
        assert text in deals


@pytest.mark.long
def test_the_pages_open_without_a_server(
    published_sample: tuple[Path, str], tmp_path: Path
) -> None:
    page = write(make_settings(home=str(published_sample[0])), tmp_path / "site")
    text = page.read_text(encoding="utf-8")
    assert "INLINE DATA" not in text and str(published_sample[0]) not in text
    start = text.index('{"metadata": {"dbt_schema_version"')
    data, _ = json.JSONDecoder().raw_decode(text, start)
    nodes = {**data["nodes"], **data.get("exposures", {})}
    assert (
        "[R60](rules.html#R60)"
        in nodes["model.touchledger.campaign_performance"]["columns"]["deals"]["description"]
    )
    assert "exposure.touchledger.campaign_report" in nodes
    assert (page.parent / "rules.html").exists()


def test_nothing_to_document_says_what_to_do(home: Path) -> None:
    with pytest.raises(SettingsError, match="run `make run` first"):
        write(make_settings(home=str(home)), home / "site")
    assert not (home / "site").exists()


def test_links_between_pages_lead_somewhere() -> None:
    pages = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "benchmarks").glob("*.md"),
        *(ROOT / "dbt_project" / "docs").rglob("*.md"),
        *(ROOT / "orchestration").rglob("*.md"),
    ]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in link and link != "rules.html"  # a page that `make docs` writes
    ]
    assert len(links) >= 6
    assert [
        f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()
    ] == []


def test_the_page_about_landing_lists_the_columns_of_the_raw_contract() -> None:
    page = (ROOT / "docs" / "landing.md").read_text(encoding="utf-8")
    listed = {
        name: re.findall(r"(\*\*)?`(\w+)`", columns)
        for name, columns in re.findall(
            r"(?m)^- `(\w+)`: ([^.]*)\. +Key:", page.replace("\n ", " ")
        )
    }
    assert {
        name: [(column, bool(bold)) for bold, column in columns] for name, columns in listed.items()
    } == {
        name: [(column.name, column.required) for column in table.columns]
        for name, table in raw_tables().items()
    }


def test_prose_is_wrapped_at_100_columns() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "benchmarks" / "README.md"]
    pages += (ROOT / "dbt_project" / "docs").rglob("*.md")
    pages += (ROOT / "orchestration").rglob("*.md")
    long_lines = []
    for page in pages:
        if page.name in ("recipes.md", "report.md"):
            continue
        text = re.sub(r"(?ms)^```.*?^```", "", page.read_text(encoding="utf-8"))
        long_lines += [
            f"{page.name}: {line[:60]}"
            for line in text.splitlines()
            if len(line) > 100 and not line.startswith(("|", "    ", "!["))
        ]
    assert long_lines == []


def test_variables_are_those_of_dbt_and_their_tables_are_up_to_date() -> None:
    assert list(variables()) == list(default_variables()), "list it in both, in the same order"
    assert variable_tables.PAGE.read_text(encoding="utf-8") == variable_tables.page(), (
        "run `make variables`"
    )
    text = variable_tables.OPERATIONS.read_text(encoding="utf-8")
    assert variable_tables.BEGIN in text and text == variable_tables.operations(text), (
        "run `make variables`"
    )


def test_every_default_may_be_given() -> None:
    for name, default in default_variables().items():
        assert checked(name, default) == default
