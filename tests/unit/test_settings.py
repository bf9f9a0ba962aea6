"""Arguments and variables: what is taken, and what is said of what is not."""

from __future__ import annotations

from datetime import datetime

import pytest

from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import make_settings, parse_as_of, parse_variables
from orchestration.ground.variables import default_variables


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-07-01T00:00:00Z", datetime(2024, 7, 1)),
        ("2024-07-01 02:00:00+02:00", datetime(2024, 7, 1)),
        ("2024-07-01", datetime(2024, 7, 1)),
        ("2024-07-01 05:00 UTC", datetime(2024, 7, 1, 5)),
        ("2024-07-01T5:00Z", datetime(2024, 7, 1, 5)),
    ],
)
def test_as_of_is_an_instant(text: str, instant: datetime) -> None:
    assert parse_as_of(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2024-13-01",
        "",
        "01/07/2024",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_as_of_that_is_none_says_what_would_do(text: str) -> None:
    with pytest.raises(SettingsError, match="write one such as"):
        parse_as_of(text)


@pytest.mark.parametrize(
    ("assignment", "hint"),
    [
        ("social_post_cap=-1", "whole number"),
        ("social_post_cap", "NAME=VALUE"),
        ("social_post_cpa=3", "did you mean social_post_cap"),
        ("portal_timezone=Mars/Olympus", "IANA"),
        ("home_currency=dollars", "ISO 4217"),
        ("reject_rate_limit=5", "between 0 and 1"),
        ("attribution_lookback_days=-2", "above 0"),
        ("attribution_lookback_days=1e300", "up to 1000000"),
        ("session_gap_minutes=99999999999999", "from 0 to"),
        ("social_post_cap=1_0", "whole number"),
        ("threads=100000", "from 0 to 1024"),
        ("memory_limit=0%", "at least 64MB"),
        ("memory_limit=200%", "at least 64MB"),
        ("memory_limit=1KB", "at least 64MB"),
        ("portal_timezone=localtime", "IANA"),
        ("memory_limit=lots", "8GB"),
        ("spark_file_format=orc", "choose parquet, delta, iceberg"),
        ("spark_buckets=many", "whole number"),
        ("portal_timezone='; drop table x; --", "IANA"),
    ],
)
def test_variables_that_cannot_be_used_say_what_would_do(assignment: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=hint):
        parse_variables([assignment], None)


def test_a_currency_is_one_in_any_case() -> None:
    assert parse_variables(["home_currency=eur"], None) == {"home_currency": "EUR"}


def test_command_line_beats_environment_beats_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHLEDGER_VARS", '{"social_post_cap": 7, "session_gap_minutes": 45}')
    settings = make_settings(variables=["social_post_cap=3"])
    assert settings.variables["social_post_cap"] == 3
    assert settings.variables["session_gap_minutes"] == 45
    assert settings.variables["home_currency"] == default_variables()["home_currency"]


def test_environment_that_is_no_json_is_named() -> None:
    with pytest.raises(SettingsError, match="JSON object"):
        parse_variables([], "social_post_cap=3")


def test_an_engine_that_is_not_there_is_refused() -> None:
    with pytest.raises(SettingsError, match="choose duckdb or spark"):
        make_settings(target="flink")


def test_a_target_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHLEDGER_TARGET", "spark")
    assert (make_settings().target, make_settings(target="duckdb").target) == ("spark", "duckdb")


def test_a_home_that_duckdb_cannot_open_is_refused() -> None:
    for home, said in {"/tmp/really?": "question mark", "/tmp/back\\slash": "backslash"}.items():
        with pytest.raises(SettingsError, match=said):
            make_settings(home=home)
