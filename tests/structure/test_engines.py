"""Nothing outside `macros/` knows the engine, and every macro that does is on the page about
engines.
"""

from __future__ import annotations

import re

import pytest

from orchestration.checking.suites import business_checks, suites
from orchestration.ground.paths import DBT_PROJECT

PAGE = DBT_PROJECT / "docs" / "engines.md"
DISPATCHED = re.compile(r"\{%-?\s*macro\s+(default|duckdb|spark)__(\w+)")
# Functions and words that only one of the engines understands, or that they understand differently.
FUNCTIONS = """
list list_sort list_filter list_value unnest string_agg string_split struct_pack epoch epoch_us
strftime date_diff arg_max arg_min regexp_matches
starts_with strpos to_json url_decode generate_series
explode collect_list collect_set named_struct unix_micros unix_timestamp convert_timezone
date_format parse_url startswith timestampdiff
log concat hash regexp_replace dayofweek lower trim avg median
"""
WORDS = """
asof hugeint lambda varchar recursive exclude
div timestamp_ntz
"""
PATTERNS = [
    "::",
    " // ",
    "at time zone",
    "union all by name",
    "delete from",
    "lateral view",
    "left semi",
    "left anti",
    "<=>",
    "`",
    "distribute by",
    "insert overwrite",
    "->",
    r"\\d",
    r'"\w+"',
]
IDIOMS = [
    *(rf"\b{name}\(" for name in FUNCTIONS.split()),
    *(rf"\b{word}\b" for word in WORDS.split()),
    *PATTERNS,
]


def dispatched() -> set[str]:
    code = "".join(
        path.read_text(encoding="utf-8") for path in (DBT_PROJECT / "macros").rglob("*.sql")
    )
    return {name for _, name in DISPATCHED.findall(code)}


def plain_sql(text: str) -> str:
    """SQL without comments and without what Jinja puts in."""
    for pattern in (r"(?s)\{#.*?#\}", r"--[^\n]*", r"(?s)\{\{.*?\}\}", r"(?s)\{%.*?%\}"):
        text = re.sub(pattern, " ", text)
    return text


def listed() -> set[str]:
    """The macros in the first column of the page's tables."""
    rows = [
        line.split("|")[1]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_every_dispatched_macro_is_on_the_page_and_no_other() -> None:
    assert listed() == dispatched()


@pytest.mark.parametrize("folder", ["models", "tests"])
def test_models_and_tests_speak_to_both_engines(folder: str) -> None:
    code = {
        path.name: plain_sql(path.read_text(encoding="utf-8"))
        for path in (DBT_PROJECT / folder).rglob("*.sql")
    }
    assert code
    assert [
        f"{name}: {idiom}"
        for name, sql in code.items()
        for idiom in IDIOMS
        if re.search(idiom, sql, re.IGNORECASE)
    ] == []


def test_checks_speak_to_both_engines() -> None:
    """They are asked of the engine that built the tables."""
    asked = {check.name: check.sql for check in business_checks()} | {
        suite.table: suite.measures for suite in suites() if suite.measures
    }
    assert [
        f"{name}: {idiom}"
        for name, sql in asked.items()
        for idiom in IDIOMS
        if re.search(idiom, sql.replace("trim(both ' ' from", ""), re.IGNORECASE)
    ] == []


def test_only_macros_ask_which_engine_it_is() -> None:
    """But for the place of the sources, which is no model's question."""
    asking = [
        path.name
        for path in (DBT_PROJECT / "models").rglob("*")
        if path.is_file() and "target." in path.read_text(encoding="utf-8")
    ]
    assert asking == ["_sources.yml"]
