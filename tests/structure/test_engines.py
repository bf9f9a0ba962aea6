"""Nothing outside `macros/` knows the engine, and every macro that does is on the page about engines."""

from __future__ import annotations

import re

import pytest

from orchestration.project import DBT_PROJECT

PAGE = DBT_PROJECT / "docs" / "engines.md"
DISPATCHED = re.compile(r"\{%-?\s*macro\s+(default|duckdb|spark)__(\w+)")
# What only one of the engines understands, or what they understand differently.
IDIOMS = {
    "DuckDB": [
        r"::", r"\basof\b", r"\bhugeint\b", r"\bunnest\(", r"\blist_\w+\(", r"\blist\(", r"\bstruct_pack\b", r"\bstring_agg\b", r"\bstring_split\b", r"\bepoch\w*\(",
        r"\bstrftime\b", r"\bdate_diff\b", r"\barg_m(ax|in)\b", r"\bexclude\s*\(", r"\bby name\b", r"\blambda\b", r"\bregexp_matches\b", r"\bat time zone\b", r" // ",
        r"\bdelete from\b", r"\bstarts_with\(", r"\bstrpos\(", r"\bto_json\(", r"\burl_decode\(", r"\bas varchar\b", r"\brecursive\b",
    ],
    "Spark": [
        r"\bexplode\(", r"\blateral view\b", r"\bcollect_\w+\(", r"\bnamed_struct\b", r"\bleft (semi|anti)\b", r"<=>", r"`", r"\bdistribute by\b", r"\bdiv\b", r"->",
        r"\bunix_\w+\(", r"\bconvert_timezone\b", r"\bdate_format\b", r"\btimestamp_ntz\b", r"\bparse_url\b", r"\bstartswith\(", r"\binsert overwrite\b",
    ],
    "each its own way": [
        r"\blog\(", r"\bconcat\(", r"\bhash\(", r"\bregexp_replace\(", r"\bdayofweek\b", r"\btrim\([^()]*,", r"\blower\(", r"\bmedian\(", r"\bavg\(", r"\\d", r'(?<!\w)"\w+"(?!\w)',
    ],
}  # fmt: skip


def dispatched() -> set[str]:
    code = "".join(path.read_text(encoding="utf-8") for path in (DBT_PROJECT / "macros").rglob("*.sql"))
    return {name for _, name in DISPATCHED.findall(code)}


def plain_sql(text: str) -> str:
    """SQL without comments and without what Jinja puts in."""
    for pattern in (r"(?s)\{#.*?#\}", r"--[^\n]*", r"(?s)\{\{.*?\}\}", r"(?s)\{%.*?%\}"):
        text = re.sub(pattern, " ", text)
    return text


def test_every_dispatched_macro_is_on_the_page_and_no_other() -> None:
    listed = {
        name
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    assert listed == dispatched()


@pytest.mark.parametrize("idioms", IDIOMS.values(), ids=IDIOMS)
def test_models_and_tests_speak_to_both_engines(idioms: list[str]) -> None:
    files = [path for name in ("models", "tests") for path in (DBT_PROJECT / name).rglob("*.sql")]
    assert len(files) > 90
    found = [f"{path.name}: {idiom}" for path in files for idiom in idioms if re.search(idiom, plain_sql(path.read_text(encoding="utf-8")))]
    assert found == []


def test_only_macros_ask_which_engine_it_is() -> None:
    asking = [path.name for path in (DBT_PROJECT / "models").rglob("*") if path.is_file() and "target." in path.read_text(encoding="utf-8")]
    assert asking == ["_sources.yml"]  # where a source is, is no model's question
