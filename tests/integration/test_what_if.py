"""`touchledger what-if`: the same rows under other variables, built apart, shown, kept and
removed.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.assets.what_if import _published_variables
from orchestration.home.publication import Publication
from orchestration.home.verification import damage
from tests.conftest import AS_OF, command, land_rows
from tests.integration.test_compare import _land_base


def test_nothing_is_asked_without_a_variable_or_a_publication(home: Path) -> None:
    done = command("what-if", "--home", str(home), "--var", "session_gap_minutes=10")
    assert done.returncode == 2 and "Nothing is published" in done.stderr
    done = command("what-if", "--home", str(home), "--remove", "../x")
    assert done.returncode == 2 and "Nothing is kept" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("session_gap_minutes", "NAME=VALUE"),
        ("session_gap_minutes=x", "whole number"),
        ("naive_timezone=Asia/Tokyo", "touchledger compare"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_an_answer_is_replaced(
    published_sample: tuple[Path, str], home: Path, text: str, said: str
) -> None:
    for name in ("warehouse.duckdb", "published"):
        home.mkdir(exist_ok=True)
        (home / name).symlink_to((published_sample[0] / name).resolve())
    kept = home / ".touchledger" / "what_if" / "kept" / "asked.json"
    kept.parent.mkdir(parents=True)
    kept.write_text('{"variables": ["social_post_cap=1"]}', encoding="utf-8")
    done = command("what-if", "--home", str(home), "--var", text, "--name", "kept")
    assert done.returncode == 2 and said in done.stderr
    assert kept.exists() and not done.stdout


def test_all_but_what_is_asked_stays_as_published(tmp_path: Path) -> None:
    """A default that something was published under counts before what the environment says now."""
    published = {"session_gap_minutes": 30, "social_post_cap": 7, "of_another_version": 1}
    (tmp_path / "variables.json").write_text(json.dumps(published), encoding="utf-8")
    now = {"session_gap_minutes": 45, "social_post_cap": 7}
    assert _published_variables(Publication(tmp_path), now) == {"session_gap_minutes": "30"}


@pytest.mark.long
def test_other_variables_are_shown_kept_and_removed(landing: Path, home: Path) -> None:
    _land_base(landing)
    places = ("--home", str(home))
    run = ("run", "--landing", str(landing), *places, "--as-of", AS_OF)
    assert command(*run, "--var", "session_gap_minutes=20").returncode == 0
    before = (home / "published").resolve()
    # What lands meanwhile is not part of the question.
    late = {"event_id": "x", "event_type": "page_view", "occurred_at": "2024-01-05T00:00:00Z"}
    land_rows(landing, "events", late, name="new")

    lookback = ("--var", "attribution_lookback_days=30")
    asked = command("what-if", *places, *lookback, "--name", "a-month", "--json")
    assert asked.returncode == 0, asked.stderr
    # What comes next is the comparison: the files of an answer without a name are removed.
    assert "Next:" not in asked.stderr
    found = json.loads(asked.stdout)
    assert found["settings"] == ["attribution_lookback_days none -> 30.0"]
    assert {row["reason"] for row in found["findings"]} == {"SETTING"}
    assert (home / "published").resolve() == before
    page = home / "published" / "report.html"
    mode = (home / "published" / "touchledger.duckdb").stat().st_mode
    told = page.read_text(encoding="utf-8")
    assert "<bdi>a-month</bdi>" in told and "attribution_lookback_days none" in told
    assert page.stat().st_mode == mode and damage(Publication(before)) is None
    assert "a-month: attribution_lookback_days=30" in command("what-if", *places, "--list").stdout
    kept = home / ".touchledger" / "what_if" / "a-month"
    assert command("compare", str(home), str(kept)).returncode == 1
    # The report of the next run has it, too, until it is removed.
    assert command(*run, "--var", "session_gap_minutes=21").returncode == 0
    assert "<bdi>a-month</bdi>" in page.read_text(encoding="utf-8")
    assert command("what-if", *places, "--remove", "a-month").returncode == 0 and not kept.exists()
    assert "a-month" not in page.read_text(encoding="utf-8")
    assert damage(Publication((home / "published").resolve())) is None
