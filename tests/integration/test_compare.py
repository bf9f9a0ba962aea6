"""`touchledger compare`: planted differences are found, nothing else is, and the reasons are
right.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from benchmarks.measure import clean_environment, measure
from orchestration.reading.compare.command import compare_sides
from orchestration.reading.compare.publications import Side
from orchestration.reading.compare.reasons import Setting, reasons, responsible
from tests.conftest import AS_OF, ROOT, build_tables, command, land_rows, scratch
from tests.warehouses import as_published

Plant = Callable[[Path], None]
LATER = "2024-06-20T00:00:00Z"


def _land_base(landing: Path) -> None:
    land_rows(
        landing,
        "campaigns",
        *(
            {
                "campaign_id": name,
                "campaign_name": name.upper(),
                "created_at": "2024-01-01T00:00:00Z",
            }
            for name in ("k1", "k2")
        ),
    )
    land_rows(
        landing,
        "campaign_utms",
        {"campaign_id": "k2", "utm_campaign": "two", "added_at": "2024-01-01T00:00:00Z"},
    )
    land_rows(
        landing,
        "assets",
        {"asset_type": "landing_page", "asset_id": "p1"},
        {"asset_type": "form", "asset_id": "f1"},
        {"asset_type": "cta", "asset_id": "b1"},
    )
    land_rows(
        landing,
        "campaign_asset_log",
        *(
            {
                "log_id": f"l-{kind}", "campaign_id": "k1", "asset_type": kind, "asset_id": name,
                "action": "associated", "occurred_at": "2024-02-01T00:00:00Z",
            }
            for kind, name in (("landing_page", "p1"), ("form", "f1"), ("cta", "b1"))
        ),
    )  # fmt: skip
    land_rows(
        landing,
        "contacts",
        *(
            {
                "contact_id": name,
                "email": f"{name}@example.com",
                "created_at": f"2024-03-1{day}T00:00:00Z",
            }
            for day, name in enumerate(("c1", "c2", "c3", "c4"))
        ),
    )
    land_rows(
        landing,
        "deals",
        *(
            {
                "deal_id": f"d{number}", "is_closed_won": True, "amount": "100.00",
                "currency": currency,
                "created_at": "2024-04-01T00:00:00Z", "closed_at": "2024-05-01T00:00:00Z",
            }
            for number, currency in ((1, "USD"), (2, "EUR"), (4, "USD"))
        ),
    )  # fmt: skip
    land_rows(
        landing,
        "exchange_rates",
        {"currency": "EUR", "rate_date": "2024-04-01", "rate_to_home": "1.5"},
    )
    land_rows(
        landing,
        "spend_items",
        {"item_id": "s1", "campaign_id": "k1", "amount": "10.00", "spent_on": "2024-03-01"},
    )
    land_rows(
        landing,
        "deal_contact_log",
        *(
            {
                "log_id": f"x{number}", "deal_id": f"d{number}", "contact_id": f"c{number}",
                "action": "associated", "occurred_at": "2024-04-02T00:00:00Z",
            }
            for number in (1, 2, 4)
        ),
        {
            "log_id": "x0", "deal_id": "d1", "contact_id": "nobody", "action": "associated",
            "occurred_at": "2024-04-02T00:00:00Z",
        },
    )  # fmt: skip
    events = [
        {
            "event_id": f"again-{name}", "event_type": "page_view", "contact_id": name,
            "occurred_at": "2024-03-04T10:00:00Z", "asset_type": "landing_page", "asset_id": "p1",
        }
        for name in ("c1", "nobody")
    ]  # fmt: skip
    events.append(
        {
            "event_id": "seen3", "event_type": "cta_view", "contact_id": "c3",
            "occurred_at": "2024-03-24T10:00:00Z", "asset_type": "cta", "asset_id": "b1",
        }
    )  # fmt: skip
    for number in (1, 2, 3):
        visit = {"visitor_id": f"v{number}", "contact_id": f"c{number}"}
        page = {"asset_type": "landing_page", "asset_id": "p1", "url": "https://example.com/p1"}
        events += [
            {
                "event_id": f"view{number}", "event_type": "page_view",
                "occurred_at": f"2024-03-0{number}T10:00:00Z", **visit, **page,
            },
            {
                "event_id": f"tagged{number}", "event_type": "page_view",
                "occurred_at": f"2024-03-2{number}T10:00:00Z", **visit,
                "url": "https://example.com/other?utm_campaign=two",
            },
            {
                "event_id": f"form{number}", "event_type": "form_submission",
                "occurred_at": f"2024-03-2{number}T10:05:00Z", **visit,
                "asset_type": "form", "asset_id": "f1",
            },
        ]  # fmt: skip
    land_rows(landing, "events", *events)


@pytest.fixture(scope="module")
def base() -> Iterator[tuple[Path, Path]]:
    """Landing and HOME of a small world."""
    with scratch() as folder:
        landing, home = folder / "landing", folder / "home"
        landing.mkdir()
        _land_base(landing)
        build_tables(landing, home, AS_OF, [])
        yield landing, home


def _found(a: Side, b: Side, capsys: pytest.CaptureFixture[str]) -> list[dict]:
    status = compare_sides(a, b, as_json=True)
    found = json.loads(capsys.readouterr().out)["findings"]
    assert status == (1 if found else 0)
    return found


def _side(home: Path, **variables: str) -> Side:
    return Side(
        str(home), as_published(home), {"session_gap_minutes": "30", **variables}, {}, "one"
    )


def _edited(table: str, **row: object) -> Plant:
    return lambda landing: (
        land_rows(landing, table, {"_loaded_at": LATER, **row}, name="planted") and None
    )


def _open_deal(landing: Path) -> None:
    """R102: the creation of a deal is credited before it is won."""
    open_deal = {"deal_id": "d3", "is_closed_won": False, "created_at": "2024-04-01T00:00:00Z"}
    on_it = {"log_id": "x3", "deal_id": "d3", "contact_id": "c3", "action": "associated"}
    land_rows(landing, "deals", {"_loaded_at": LATER, **open_deal}, name="planted")
    land_rows(
        landing,
        "deal_contact_log",
        {"_loaded_at": LATER, **on_it, "occurred_at": "2024-03-30T00:00:00Z"},
        name="planted",
    )


CASES: dict[str, tuple[Plant, str, set[tuple[str, ...]]]] = {
    "a new event": (
        _edited(
            "events",
            event_id="more",
            event_type="form_submission",
            contact_id="c3",
            occurred_at="2024-04-20T10:00:00Z",
            asset_type="form",
            asset_id="f1",
        ),
        "EVENT_MISSING",
        {("contact", "influenced", "c3")},
    ),
    "an event in no campaign": (
        _edited(
            "events",
            event_id="alone",
            event_type="ad_click",
            contact_id="c4",
            occurred_at="2024-04-20T10:00:00Z",
        ),
        "PATH",
        {("number", "revenue", "None")},
    ),
    "an event in no campaign before a contact was created": (
        _edited(
            "events",
            event_id="early",
            event_type="ad_click",
            contact_id="c3",
            occurred_at="2024-03-02T10:00:00Z",
        ),
        "PATH",
        {("number", "credit", "None")},
    ),
    "a form on a CTA": (
        _edited("assets", asset_type="cta", asset_id="b1", has_form=True),
        "CTA_FORM",
        {("contact", "influenced", "c3")},
    ),
    "an event at another time": (
        _edited(
            "events",
            event_id="view3",
            event_type="page_view",
            contact_id="c3",
            visitor_id="v3",
            occurred_at="2024-03-03T11:00:00Z",
            asset_type="landing_page",
            asset_id="p1",
            url="https://example.com/p1",
        ),
        "EVENT_EDITED",
        {("contact", "influenced", "c3")},
    ),
    "a filtered event": (
        _edited(
            "events",
            event_id="form3",
            event_type="form_submission",
            contact_id="c3",
            visitor_id="v3",
            occurred_at="2024-03-23T10:05:00Z",
            asset_type="form",
            asset_id="f1",
            is_filtered=True,
        ),
        "EVENT_FILTERED",
        {("contact", "influenced", "c3")},
    ),
    "an alias": (
        _edited(
            "campaign_utms", campaign_id="k1", utm_campaign="two", added_at="2024-01-01T00:00:00Z"
        ),
        "ALIAS",
        {("contact", "influenced", "c1"), ("deal", "revenue", "d1")},
    ),
    "a merge": (
        _edited("contact_merges", loser_contact_id="c3", winner_contact_id="c1"),
        "CONTACT_MERGED",
        {("contact", "influenced", "c3")},
    ),
    "a merge of a contact on a deal": (
        _edited("contact_merges", loser_contact_id="c2", winner_contact_id="c1"),
        "CONTACT_MERGED",
        {("deal", "revenue", "d1"), ("deal", "revenue", "d2"), ("contact", "revenue", "c1")},
    ),
    "a merge of a contact without a record": (
        _edited("contact_merges", loser_contact_id="nobody", winner_contact_id="c1"),
        "CONTACT_MERGED",
        {("deal", "revenue", "d1"), ("contact", "influenced", "c1")},
    ),
    "a record of a contact on a deal": (
        _edited("contacts", contact_id="nobody", created_at="2024-03-20T00:00:00Z"),
        "CONTACT_MISSING",
        {("deal", "revenue", "d1"), ("contact", "influenced", "nobody")},
    ),
    "a deleted contact": (
        _edited("contacts", contact_id="c2", _deleted=True),
        "CONTACT_DELETED",
        {("contact", "influenced", "c2"), ("deal", "revenue", "d2")},
    ),
    "an amount": (
        _edited(
            "deals",
            deal_id="d1",
            is_closed_won=True,
            amount="250.00",
            created_at="2024-04-01T00:00:00Z",
            closed_at="2024-05-01T00:00:00Z",
        ),
        "DEAL_AMOUNT",
        {("deal", "revenue", "d1"), ("number", "revenue", "None")},
    ),
    "a removal before the close": (
        _edited(
            "deal_contact_log",
            log_id="x9",
            deal_id="d2",
            contact_id="c2",
            action="removed",
            occurred_at="2024-04-20T00:00:00Z",
        ),
        "DEAL_CONTACT",
        {("deal", "revenue", "d2")},
    ),
    "an open deal": (
        _open_deal,
        "DEAL_MISSING",
        {("number", "subjects", "None")},
    ),
    "a moved asset": (
        _edited(
            "campaign_asset_log",
            log_id="l9",
            campaign_id="k2",
            asset_type="form",
            asset_id="f1",
            action="associated",
            occurred_at="2024-03-15T00:00:00Z",
        ),
        "ASSOCIATION",
        {("deal", "revenue", "d1"), ("deal", "revenue", "d2")},
    ),
    "a rate": (
        _edited("exchange_rates", currency="EUR", rate_date="2024-04-30", rate_to_home="1.6"),
        "EXCHANGE_RATE",
        {("deal", "revenue", "d2")},
    ),
    "a lost deal": (
        _edited(
            "deals",
            deal_id="d1",
            is_closed_won=False,
            amount="100.00",
            currency="USD",
            created_at="2024-04-01T00:00:00Z",
            closed_at="2024-05-01T00:00:00Z",
        ),
        "DEAL_WON",
        {("deal", "revenue", "d1"), ("contact", "revenue", "c1")},
    ),
}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(name, marks=[] if number in (0, 1, 8, 10) else [pytest.mark.long])
        for number, name in enumerate(CASES)
    ],
)
def test_a_planted_difference_is_found_with_its_reason(
    base: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    plant, reason, expected = CASES[case]
    with scratch() as folder:
        landing, home = folder / "landing", folder / "home"
        shutil.copytree(base[0], landing)
        shutil.copytree(base[1], home)
        plant(landing)
        build_tables(landing, home, AS_OF, [])
        capsys.readouterr()
        found = _found(_side(base[1]), _side(home), capsys)
    shown = {
        (row["kind"], row["metric"], str(row["deal_id"] or row["contact_id"])) for row in found
    }
    assert expected <= shown, found
    whose = {row["reason"] for row in found if row["kind"] != "number"}
    if not whose:  # won deals and contacts are as they were
        whose = {row["reason"] for row in found} - {"CHAIN"}
    assert reason in whose and whose <= {reason, "ASSOCIATION_SHARE", "PATH"}, found
    assert {row["reason"] for row in found} <= set(reasons())


def test_equal_publications_are_equal(
    base: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _found(_side(base[1]), _side(base[1]), capsys) == []
    assert compare_sides(_side(base[1]), _side(base[1])) == 0
    # Deals and contacts that no campaign asks for are not compared.
    assert "Both say the same of every campaign" in capsys.readouterr().out
    assert compare_sides(_side(base[1]), _side(base[1]), metric="influenced", campaign="k1") == 0
    assert "Both say the same of campaign k1 in influenced." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--metric", "revenu"), "There is no metric 'revenu' to compare; write one such as rev"),
        (("--metric", ""), "There is no metric ''"),
        (("--campaign", "K1"), "There is no campaign 'K1' to compare; write one such as k1"),
    ],
)
def test_a_filter_that_nothing_has_is_no_comparison(
    base: tuple[Path, Path], tmp_path: Path, arguments: tuple[str, str], said: str
) -> None:
    """Any two publications are equal in a number that is misspelt."""
    home = tmp_path / "home"
    (home / "published").mkdir(parents=True)
    shutil.copy(as_published(base[1]), home / "published" / "touchledger.duckdb")
    (home / "warehouse.duckdb").touch()
    for what in (
        ("compare", str(home), str(home)),
        ("compare", "--reported", "--home", str(home)),
        ("what-if", "--home", str(home), "--var", "session_gap_minutes=10"),
    ):
        done = command(*what, *arguments)
        assert done.returncode == 2 and said in done.stderr, done.stdout + done.stderr


def test_a_setting_is_the_reason_where_no_record_differs(
    base: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with scratch() as home:
        build_tables(base[0], home, AS_OF, ["attribution_lookback_days=30"])
        capsys.readouterr()
        found = _found(
            _side(base[1], attribution_lookback_days="none"),
            _side(home, attribution_lookback_days="30"),
            capsys,
        )
        assert found and {row["reason"] for row in found} == {"SETTING"}, found
        # Of two variables that differ only the one is named that can change such a number.
        a = _side(base[1], attribution_lookback_days="none", conversion_tolerance_minutes="5")
        b = _side(home, attribution_lookback_days="30", conversion_tolerance_minutes="1")
        found = _found(a, b, capsys)
        assert {row["words"] for row in found} == {
            "a variable differs: attribution_lookback_days none -> 30"
        }, found
        compare_sides(a, b)
        shown = capsys.readouterr().out
        assert shown.count("attribution_lookback_days none -> 30") > 10
        assert shown.count("conversion_tolerance_minutes 5 -> 1") == 1


def test_what_only_one_side_computes_says_nothing_of_the_chain(
    base: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """R78, R100: without credits of conversions the chain of deals' paths is the same."""
    with scratch() as home:
        build_tables(base[0], home, AS_OF, ["conversions=none"])
        capsys.readouterr()
        found = _found(
            _side(base[1], conversions="contact_created,deal_created"),
            _side(home, conversions="none"),
            capsys,
        )
    assert "deal_created markov" in {row["model"] for row in found}
    assert {row["reason"] for row in found} == {"SETTING"}, found


LOOKBACK = Setting("SETTING", "attribution_lookback_days", "none", "30")
TOLERANCE = Setting("SETTING", "conversion_tolerance_minutes", "5", "1")
GAP = Setting("SETTING", "session_gap_minutes", "30", "20")
BACKDATED = Setting("SETTING", "backdate_associations", "False", "True")
THREADS = Setting("SETTING", "threads", "0", "1")
MODELS = Setting("RULE_FILE", "attribution_models.csv", "", "")
PROGRAM = Setting("PROGRAM", "models of another version", "", "")


@pytest.mark.parametrize(
    ("reason", "concerned", "settings", "expected"),
    [
        ("PATH", {"deals"}, [LOOKBACK, TOLERANCE], [LOOKBACK]),
        ("DEAL_AMOUNT", {"deals"}, [LOOKBACK, PROGRAM], []),
        ("OTHER_CONVERSION", {"last_touch"}, [LOOKBACK, TOLERANCE, GAP], [TOLERANCE, GAP]),
        (None, {"people"}, [LOOKBACK, TOLERANCE, PROGRAM], [TOLERANCE]),
        # R78: the effects that a chained model gives a contact by follow from deals' paths.
        (None, {"people", "deals"}, [LOOKBACK, TOLERANCE], [LOOKBACK, TOLERANCE]),
        (None, {"deals"}, [TOLERANCE, MODELS, PROGRAM], [MODELS]),
        (None, {"money"}, [LOOKBACK, MODELS, PROGRAM], [PROGRAM]),
        # R74, R83: credit and ad spend go to the campaign that the asset is in.
        ("ASSOCIATION_SHARE", {"deals"}, [BACKDATED, TOLERANCE], [BACKDATED]),
        ("MONEY_ITEM", {"money"}, [BACKDATED, TOLERANCE], [BACKDATED]),
        # No number depends on how many threads compute it.
        (None, {"deals"}, [THREADS], []),
    ],
)
def test_a_setting_answers_for_what_it_can_change(
    reason: str | None, concerned: set[str], settings: list[Setting], expected: list[Setting]
) -> None:
    assert responsible(settings, reason, frozenset(concerned)) == expected


def test_a_ratio_differs_by_its_own_campaign_s_deals_or_money(
    base: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R83: one campaign spends more while another's deal is worth more."""
    files = [tmp_path / "a.duckdb", tmp_path / "b.duckdb"]
    for file in files:
        shutil.copy(as_published(base[1]), file)
        with duckdb.connect(str(file)) as connection:
            connection.execute(
                "insert into core.dim_campaigns by name "
                "select 'k3' as campaign_id, 'K3' as campaign_name, false as is_deleted"
            )
            connection.execute(
                "insert into marts.campaign_performance by name select 'k3' as campaign_id, "
                "90 as revenue, 10 as spend, 10 as total_cost, 8.0 as roi, 9.0 as roas"
            )
    with duckdb.connect(str(files[1])) as connection:
        for statement in (
            "update core.fct_deals set amount = amount + 1 where deal_id = 'd1'",
            "update marts.attribution_credits set credit = credit + 1 where deal_id = 'd1'",
            "update marts.campaign_performance set revenue = revenue + 2, roi = roi + 0.2, "
            "roas = roas + 0.2 where campaign_id = 'k1'",
            "update marts.campaign_performance set spend = 70, total_cost = 70, roi = 20 / 70, "
            "roas = 90 / 70 where campaign_id = 'k3'",
        ):
            connection.execute(statement)
    found = _found(*(Side(str(file), file) for file in files), capsys)
    assert {
        (row["campaign_id"], row["metric"]): row["reason"]
        for row in found
        if row["metric"] in ("roi", "roas")
    } == {
        ("k1", "roi"): "DEAL_AMOUNT",
        ("k1", "roas"): "DEAL_AMOUNT",
        ("k3", "roi"): "MONEY_ITEM",
        ("k3", "roas"): "MONEY_ITEM",
    }, found


# What is planted in a copy of a large publication: events gone, people deleted, amounts changed.
LARGE = (
    "delete from core.fct_interactions where hash(event_id, 77) % 1000 = 0",
    "delete from core.fct_campaign_interactions where hash(event_id, 77) % 1000 = 0",
    "delete from marts.attribution_credits where hash(event_id, 77) % 1000 = 0",
    "update core.dim_contacts set is_deleted = true where hash(contact_id, 78) % 2000 = 0",
    "delete from marts.influenced_contacts where hash(contact_id, 78) % 2000 = 0",
    "delete from marts.influenced_contacts where hash(event_id, 77) % 1000 = 0",
    "update core.fct_deals set amount = amount + 1, amount_home = amount_home + 1 "
    "where hash(deal_id, 79) % 500 = 0",
    "update marts.attribution_credits set credit = credit + 1 where hash(deal_id, 79) % 500 = 0",
)


@pytest.mark.long
def test_ten_million_events_within_a_minute_and_two_gibibytes() -> None:
    with scratch() as folder:
        # Apart: a process is told the peak of the one that started it, too.
        command = [sys.executable, "-m", "benchmarks.page_data", "--home", str(folder / "a")]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        file = folder / "a" / "published" / "touchledger.duckdb"
        other = folder / "b" / "published" / file.name
        other.parent.mkdir(parents=True)
        shutil.copy(file, other)
        with duckdb.connect(str(other), config={"memory_limit": "1GB"}) as connection:
            for statement in LARGE:
                connection.execute(statement)
        command = [sys.executable, "-m", "orchestration.cli", "compare", "--csv"]
        measured = measure(
            [*command, str(folder / "a"), str(folder / "b")],
            environment=clean_environment(ROOT),
            folder=folder,
        )
    assert measured.status == 1, measured.lines[-3:]
    assert len(measured.lines) > 5_000
    assert measured.cpu < 60 and measured.peak < 2 * 1024**3
