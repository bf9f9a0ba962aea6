"""Rule files: what is wrong is named before anything is built."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.building.rules import check_rules
from orchestration.ground.errors import SettingsError
from orchestration.ground.paths import RULES


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def _append(rules: Path, name: str, row: str) -> None:
    with (rules / f"{name}.csv").open("a", encoding="utf-8") as stream:
        stream.write(row + "\n")


def test_the_shipped_rules_are_sound() -> None:
    check_rules()


@pytest.mark.parametrize(
    ("file", "row", "said"),
    [
        (
            "attribution_models",
            "mine,Mine,weights,50,0,0,40,0,0,",
            "mine: the weights add up to 90",
        ),
        (
            "attribution_models",
            "mine,Mine,weights,abc,0,0,40,0,60,",
            "first_weight must be a number",
        ),
        (
            "attribution_models",
            "mine,Mine,weights,-10,0,0,50,0,60,",
            "first_weight must be a number",
        ),
        (
            "attribution_models",
            "linear,Linear,weights,100,0,0,0,0,0,",
            "linear comes more than once",
        ),
        (
            "attribution_models",
            "mine,Mine,weights,0,50,50,0,0,0,",
            "weight on first, last, last non-direct or others",
        ),
        ("attribution_models", "mine,Mine,weights,NaN,0,0,0,0,60,", "first_weight must be"),
        ("attribution_models", "mine,Mine,weights,0,0,0,0,0,100,-7", "half_life_days"),
        ("attribution_models", "mine,Mine,weights,0,0,0,0,0,100,0.00001", "at most 4 decimals"),
        ("attribution_models", "mine,Mine,weights,0,0,0,0,0,100,1000000", "up to 99999"),
        ("attribution_models", "mine,Mine,weights,0,0,0,0,0,100,Infinity", "up to 99999"),
        (
            "attribution_models",
            "mine,Mine,magic,0,0,0,0,0,100,",
            "method must be weights, markov or shapley",
        ),
        (
            "attribution_models",
            "mine,Mine,markov,0,0,0,0,0,100,",
            r"data give the weights of markov.*R78",
        ),
        ("traffic_sources", "host_bot,exact,bot.example,Bot", r"kind must be one of .*R110"),
        ("traffic_sources", "medium_paid,label,banner,Banner", "match must be exact"),
        ("traffic_sources", "medium_paid,exact,Banner,Banner", "write 'banner'"),
        ("traffic_sources", "medium_paid,exact,cpc,Again", "medium_paid cpc comes more than once"),
        ("attribution_models", "mine,Mine,100", "fields are needed"),
        (
            "interaction_types",
            "sms_click,SMS,false,false,true,true,false,false,,offline",
            r"influence.*R33",
        ),
        (
            "interaction_types",
            "sms_click,SMS,false,maybe,true,true,false,false,,offline",
            "must be true or false",
        ),
        (
            "interaction_types",
            "sms_click,SMS,false,true,true,true,false,false,sms,offline",
            "no column of asset_performance",
        ),
        (
            "interaction_types",
            "sms_click,SMS,false,true,true,true,false,false,,sms",
            r"channel must be .*R111",
        ),
        ("reason_codes", "RAIN,deal,first,Rain,It rained.,R94,Wait.", "RAIN: position must be"),
        (
            "asset_types",
            " podcast,Podcast,true,false,,false",
            "' podcast' has a space before or after it",
        ),
        ("asset_types", "podcast,Podcast,no,false,,false", "is_shared must be true or false"),
        ("asset_types", "podcast,Podcast,false,false,ears,false", "visit_match"),
    ],
)
def test_a_wrong_row_is_named(rules: Path, file: str, row: str, said: str) -> None:
    _append(rules, file, row)
    with pytest.raises(SettingsError, match=said):
        check_rules(rules)


def test_an_unknown_position_is_named(rules: Path) -> None:
    path = rules / "attribution_models.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("last_weight", "second_weight"), encoding="utf-8"
    )
    with pytest.raises(
        SettingsError, match="unknown column second_weight and missing column last_weight"
    ):
        check_rules(rules)


def test_a_byte_order_mark_is_named(rules: Path) -> None:
    path = rules / "asset_types.csv"
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    with pytest.raises(SettingsError, match="begins with a byte order mark"):
        check_rules(rules)


def test_revenue_needs_the_linear_model(rules: Path) -> None:
    path = rules / "attribution_models.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("linear,Linear", "even,Even"), encoding="utf-8"
    )
    with pytest.raises(SettingsError, match="R62"):
        check_rules(rules)


def test_too_many_models_are_refused_before_their_checks_cannot_tell_them_apart(
    rules: Path,
) -> None:
    for number in range(50):
        _append(rules, "attribution_models", f"m{number},M,weights,100,0,0,0,0,0,")
    check_rules(rules)
    _append(rules, "attribution_models", "one_more,M,weights,100,0,0,0,0,0,")
    with pytest.raises(SettingsError, match="63 models are too many; keep 62"):
        check_rules(rules)


def test_a_missing_file_is_named(rules: Path) -> None:
    (rules / "asset_types.csv").unlink()
    with pytest.raises(SettingsError, match=r"asset_types\.csv cannot be read"):
        check_rules(rules)
