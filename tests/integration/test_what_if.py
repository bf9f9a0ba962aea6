"""`touchledger what-if`: the same rows under other variables, built apart, shown, kept and
removed.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.home.publication import Publication
from orchestration.home.verification import damage
from tests.conftest import AS_OF, command, land_rows
from tests.integration.test_compare import _land_base


def test_nothing_is_asked_without_a_variable_or_a_publication(home: Path) -> None:
    done = command("what-if", "--home", str(home), "--var", "session_gap_minutes=10")
    assert done.returncode == 2 and "Nothing is published" in done.stderr
    done = command("what-if", "--home", str(home), "--remove", "../x")
    assert done.returncode == 2 and "Nothing is kept" in done.stderr


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
