"""Does the project hold together: layers, names, docs, rules, and what must never be committed."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from jinja2 import Environment

from orchestration.building.project import ensure_manifest
from orchestration.checking.suites import business_checks
from orchestration.ground.contract import raw_tables
from orchestration.ground.paths import DBT_PROJECT, RULES
from tests.conftest import ROOT

LAYERS = [
    "staging",
    "landing",
    "associations",
    "interactions",
    "attribution",
    "marts",
    "metrics",
    "parity",
]
# What an increment looks at: beside the layers, because it compares all of them with what the last
# build left.
BESIDE = "changes"
RUN_TABLES = {
    "files",
    "rejected_rows",
    "unread_values",
    "runs",
    "run_context",
    "build_plan",
    "unseen_files",
    "check_results",
    "coverage",
}
# Rules that are about what the project does not do, or that a step outside dbt serves.
RULE_IDS = [
    *(f"R0{n}" for n in range(1, 8)),
    *(f"R{n}" for n in range(10, 15)),
    *(f"R{n}" for n in range(20, 24)),
    *(f"R{n}" for n in range(30, 37)),
    "R40",
    "R41",
    *(f"R{n}" for n in range(50, 54)),
    *(f"R{n}" for n in range(60, 67)),
    *(f"R{n}" for n in range(70, 80)),
    *(f"R{n}" for n in range(80, 85)),
    *(f"R{n}" for n in range(90, 99)),
    *(f"R{n}" for n in range(100, 104)),
    *(f"R{n}" for n in range(110, 113)),
    "R120",
]
COVERED_OUTSIDE_DBT = {"R06", "R07", "R22", "R77"}


@cache
def manifest() -> dict:
    return json.loads(ensure_manifest().read_text(encoding="utf-8"))


def models() -> Iterator[dict]:
    return (node for node in manifest()["nodes"].values() if node["resource_type"] == "model")


def test_dbt_tests_have_no_option_that_a_run_does_not_ask_for() -> None:
    """A run asks the tests themselves (orchestration/building/tests.py): any row is an error."""
    defaults = {
        "severity": "ERROR",
        "fail_calc": "count(*)",
        "warn_if": "!= 0",
        "error_if": "!= 0",
        "limit": None,
        "store_failures": False,
    }
    for node in manifest()["nodes"].values():
        if node["resource_type"] == "test":
            assert {name: node["config"][name] for name in defaults} == defaults, node["name"]


def layer(node: dict) -> str:
    return node["fqn"][1]


def test_staging_knows_records_as_the_contract_has_them() -> None:
    """Keys, columns and their order (R14): `record_of.sql` says what `_sources.yml` says."""
    macro = (DBT_PROJECT / "macros" / "record_of.sql").read_text(encoding="utf-8")
    found: list[dict] = []
    record_of = Environment().from_string(macro, {"return": found.append}).module.record_of
    for table in raw_tables().values():
        record_of(table.name)
        columns = [column for column in table.columns if column.name not in table.key]
        own = [column for column in columns if column.name not in ("_loaded_at", "_deleted")]
        assert found.pop() == {
            "key": list(table.key),
            "columns": [column.name for column in own],
            "required": [c.name for c in own if c.required and table.can_be_deleted],
            "is_deletable": table.can_be_deleted,
        }, table.name


def test_layers_only_look_back() -> None:
    """Staging reads sources and rules; the middle reads itself and staging; marts read the middle
    and marts.
    """
    everything = {**manifest()["nodes"], **manifest()["sources"]}
    wrong = []
    for node in models():
        for parent_id in node["depends_on"]["nodes"]:
            parent = everything[parent_id]
            if parent["resource_type"] == "seed":
                continue
            if parent["resource_type"] == "source":
                allowed = (
                    layer(node) in ("staging", "landing", BESIDE) or parent["name"] == "run_context"
                )
            elif BESIDE in (layer(node), layer(parent)):
                allowed = True
            elif layer(node) == "marts":
                allowed = layer(parent) not in ("staging",)
            else:
                allowed = LAYERS.index(layer(parent)) <= LAYERS.index(layer(node))
            if not allowed:
                wrong.append(f"{node['name']} reads {parent['name']}")
    assert wrong == []


def test_nothing_downstream_of_staging_and_landing_reads_a_raw_table() -> None:
    sources = {
        source["unique_id"]
        for source in manifest()["sources"].values()
        if source["name"] in raw_tables()
    }
    readers = {layer(node) for node in models() if sources & set(node["depends_on"]["nodes"])}
    assert readers == {"staging", "landing", BESIDE}


def test_what_is_stored_beside_published_columns_may_be_seen() -> None:
    """A column that publishing drops leaves its bytes in the file that everybody can read: each is
    named here once somebody has made sure that it tells of nobody what is not published.
    """
    nodes = {node["name"]: node for node in models()}
    stored = {
        name: set(node["columns"])
        - set(nodes[node["config"]["meta"]["published_as"].split(".")[1]]["columns"])
        for name, node in nodes.items()
        if "published_as" in node["config"]["meta"]
    }
    assert stored == {
        "interactions": {
            "landed_contact_id",
            "is_web_activity",
            "source",
            "page_channel",
            "page_source",
        },
        "campaign_interactions": {"visitor_id", "asset_type", "asset_id"},
        "sessions": set(),
    }


def test_published_tables_have_enforced_contracts() -> None:
    for node in models():
        if layer(node) == "marts":
            assert node["config"]["contract"]["enforced"], node["name"]
            assert all(column["data_type"] for column in node["columns"].values()), node["name"]


def test_every_model_begins_with_its_grain_and_describes_its_columns() -> None:
    wrong = [node["name"] for node in models() if not node["description"].startswith("One row")]
    wrong += [
        f"{node['name']}.{column['name']}"
        for node in models()
        for column in node["columns"].values()
        if not column["description"]
    ]
    wrong += [
        node["name"]
        for node in models()
        if not node["raw_code"].lstrip().partition("-- One row")[1] and layer(node) != "staging"
    ]
    assert wrong == []


def test_every_raw_column_is_described() -> None:
    sources = manifest()["sources"].values()
    assert [
        f"{s['name']}.{c['name']}"
        for s in sources
        for c in s["columns"].values()
        if not c["description"]
    ] == []


@pytest.mark.parametrize("rule", RULE_IDS)
def test_every_rule_has_words_a_home_and_a_proof(rule: str) -> None:
    words = [
        doc
        for doc in manifest()["docs"].values()
        if re.search(rf"\b{rule}\b", doc["block_contents"]) and doc["name"].startswith("rules_")
    ]
    assert len(words) == 1, f"{rule} is described in {len(words)} doc blocks"
    unit_tests = manifest()["unit_tests"].values()
    proofs = [
        test["name"]
        for test in unit_tests
        if re.search(rf"\b{rule}\b", test["description"] or "", re.IGNORECASE)
    ]
    tests = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "tests").rglob("test_*.py")
        if path.name != "test_project.py"
    )
    assert proofs or (rule in COVERED_OUTSIDE_DBT and rule in tests), f"no unit test names {rule}"


def test_seed_rows_and_reasons_are_the_ones_that_models_use() -> None:
    with (RULES / "reason_codes.csv").open(encoding="utf-8", newline="") as stream:
        known = {row["reason"] for row in csv.DictReader(stream)}
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (
            *(DBT_PROJECT / "models").rglob("*.sql"),
            *(DBT_PROJECT / "macros").rglob("*.sql"),
            ROOT / "orchestration/reading/explain/left_out.sql",
        )
    )
    used = set(re.findall(r"'([A-Z]+(?:_[A-Z]+)+)'", code))
    assert used == known


def test_every_business_check_names_a_published_table_a_rule_and_a_cure() -> None:
    published = {f"{node['schema']}.{node['name']}" for node in models() if layer(node) == "marts"}
    names = [(check.table, check.name) for check in business_checks()]
    assert len(names) == len(set(names))
    assert {check.table for check in business_checks()} == published - {
        f"diagnostics.{name}"
        for name in ("check_results", "coverage", "restatements", "restatement_causes")
    }
    for check in business_checks():
        assert check.rule in [*RULE_IDS, "raw contract"] and check.cure and check.says.endswith(".")
        assert re.search(r"\{batch\}|\{measures\}|\bchecks\.|\blanding\.", check.sql), check.name


def test_the_contract_file_names_every_raw_table() -> None:
    source = yaml.safe_load(
        (DBT_PROJECT / "models" / "staging" / "_sources.yml").read_text(encoding="utf-8")
    )["sources"][0]
    assert len(raw_tables()) == 19
    for table in raw_tables().values():
        assert table.columns[-1].name == "_loaded_at" and table.columns[-1].required
        # A reported number may be of no model and of no period.
        required = {column.name for column in table.columns if column.required}
        assert set(table.key) - required <= {"model", "period_start", "period_end"}
        assert set(table.key) <= {column.name for column in table.columns}
    assert {table["name"] for table in source["tables"]} - set(raw_tables()) == RUN_TABLES


def _tracked() -> list[str]:
    found = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return [name for name in found.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_link_is_committed() -> None:
    """What a link names is on one machine."""
    assert [name for name in _tracked() if (ROOT / name).is_symlink()] == []


def test_the_lock_has_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock and "--hash=sha256:" in lock
    direct = re.findall(
        r'^    "([a-z0-9-]+)==([^"]+)"',
        (ROOT / "pyproject.toml").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    for name, version in direct:
        assert re.search(rf"^{name}(\[[a-z,]+\])?=={re.escape(version)} ", lock, re.MULTILINE), name


def test_nothing_committed_is_large_or_names_this_machine() -> None:
    tracked = _tracked()
    assert tracked
    assert [name for name in tracked if (ROOT / name).stat().st_size > 1024 * 1024] == []
    here = str(ROOT.parent)
    if here.count("/") > 1 or here not in ("/", "/tmp"):
        assert [
            name
            for name in tracked
            if f"{here}/" in (ROOT / name).read_bytes().decode("utf-8", "ignore")
        ] == []


# A select of some columns of one model, after its comment.
PROJECTION = r"(--[^\n]*\n|\s)*select\s+[\w,\s]+\s+from \{\{ ref\('\w+'\) \}\}\s*"
# A select of some columns of two models that are joined by the number of the touch.
BY_TOUCH = (
    r"(--[^\n]*\n|\s)*select\s+[\w,.\s]+\s+from \{\{ ref\('\w+'\) \}\} as (?P<one>\w+)\s+"
    r"inner join \{\{ ref\('\w+'\) \}\} as (?P<two>\w+) "
    r"on (?P=one)\.touch_number = (?P=two)\.touch_number\s*"
)


def test_views_are_replaced_by_the_keys_of_the_tables_that_they_show() -> None:
    """Publishing replaces rows of a view by its key, which holds where each of its rows is one of
    the tables that it puts together, replaced by it, too, or by the number of the path that the
    same list of changes has beside it.
    """
    by_id = {node["unique_id"]: node for node in models()}
    by_name = {node["name"]: node for node in by_id.values()}
    views = [
        node
        for node in by_id.values()
        if node["config"]["materialized"] == "view" and node["config"]["meta"].get("replaces")
    ]
    assert views
    for view in views:
        replaces = view["config"]["meta"]["replaces"]
        rules = [replaces, *([replaces["also"]] if "also" in replaces else [])]
        for of_table in map(_replaced, _tables_behind(by_id, view)):
            assert set(of_table["changed"]) <= {name for rule in rules for name in rule["changed"]}
            for name in of_table["changed"]:
                assert {of_table["key"], replaces["key"]} <= set(by_name[name]["columns"]), name
        assert re.fullmatch(
            rf"(?s){PROJECTION}(union all\s+{PROJECTION})*|{BY_TOUCH}",
            _without_config(view["raw_code"]),
        ), view["name"]


def _replaced(node: dict[str, Any]) -> dict[str, Any]:
    return node["config"]["meta"]["replaces"]


def _tables_behind(by_id: dict[str, dict], view: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The tables of which a view, or a view that it is made from, shows rows."""
    for parent in map(by_id.__getitem__, view["depends_on"]["nodes"]):
        if parent["config"]["materialized"] == "view":
            yield from _tables_behind(by_id, parent)
        else:
            yield parent


def _without_config(code: str) -> str:
    return re.sub(r"(?s)\{\{\s*config\(.*?\)\s*\}\}", "", code, count=1)
