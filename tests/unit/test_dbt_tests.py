"""Which of dbt's tests a run asks, and what is kept of them: their SQL, as long as nothing that it
is made from changes.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orchestration.building import tests
from orchestration.ground.settings import make_settings


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The kinds of builds whose tests dbt was asked to compile."""
    asked: list[str] = []

    def compiled(_: Any, kind: str) -> dict[str, str]:
        asked.append(kind)
        return {"test.touchledger.a": f"select {len(asked)} as compilation"}

    monkeypatch.setattr(tests, "_compiled", compiled)
    monkeypatch.setattr(tests, "cache_folder", lambda: tmp_path)
    return asked


def test_tests_are_compiled_once_for_all_homes(compilations: list[str], tmp_path: Path) -> None:
    first, second = (make_settings(home=str(tmp_path / name)) for name in ("first", "second"))
    assert tests._queries(first, "full") == tests._queries(second, "full")
    assert compilations == ["full"]


@pytest.mark.parametrize("variables", [["social_post_cap=3"], []])
def test_other_variables_and_builds_have_other_tests(
    compilations: list[str], tmp_path: Path, variables: list[str]
) -> None:
    tests._queries(make_settings(home=str(tmp_path)), "full")
    tests._queries(make_settings(home=str(tmp_path), variables=variables), "full")
    tests._queries(make_settings(home=str(tmp_path)), "increment")
    assert compilations == ["full", *["full"] * len(variables), "increment"]


@pytest.mark.parametrize(
    ("reads", "whole", "due"),
    [
        (["model.a", "model.b"], False, True),
        (["model.a", "model.b"], True, False),
        (["model.a", "source.x"], True, True),
        (["model.b"], False, False),
        (["source.x"], False, True),
        (["source.x"], True, True),
    ],
)
def test_what_was_built_is_tested_and_what_landed_always(
    reads: list[str], whole: bool, due: bool
) -> None:
    test = SimpleNamespace(depends_on=SimpleNamespace(nodes=reads))
    assert tests._is_due(test, {"model.a"}, only_whole=whole) == due


def test_damaged_queries_are_compiled_again(compilations: list[str], tmp_path: Path) -> None:
    settings = make_settings(home=str(tmp_path))
    tests._queries(settings, "full")
    (file,) = tmp_path.glob("tests-*.json")
    for content in ("", "[]", '{"made_from": 1}'):
        file.write_text(content)
        tests._queries(settings, "full")
    assert len(compilations) == 4
