"""Cases by hand, one world for all: files, people and pages, deals, money, time basis, near misses.
What must come out is read off the rules; the plain Python of `tests/oracle` says the same.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.conftest import AS_OF, build_tables, land_rows, scratch
from tests.oracle.compare import differences
from tests.oracle.publish import expected_tables
from tests.oracle.rules import Parameters
from tests.warehouses import opened

DAY = "2024-03-{:02}T00:00:00Z".format
LATER = "2024-06-01T00:00:00Z"


def _write(landing: Path, name: str, text: str, encoding: str = "utf-8") -> None:
    file = landing / name
    file.parent.mkdir(parents=True, exist_ok=True)
    content = text.encode(encoding)
    file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)


def _files(landing: Path) -> None:
    """Spellings of files, names and values: the raw contract."""
    loaded = "2024-01-01"
    _write(
        landing,
        "contacts/spelled.csv",
        " Contact_ID ,EMAIL,Created_At,_LOADED_AT\r\n"
        f"012,zero@x.example,1709251200,{loaded}\n"
        f"f-ms,,1709251200000,{loaded}\r\n"
        f"f-us,,1709251200000000,{loaded}\n"
        f"f-ns,,1709251200000000000,{loaded}\n"
        f"f-day,,2024-03-01,{loaded}\n"
        f"f-offset,,2024-03-01 2:00:00+02:00,{loaded}\n"
        f"f-utc,,2024-03-01T00:00:00 UTC,{loaded}\n"
        f"f-zero,,0,{loaded}\n"
        f"f-1970,,1970-01-01T00:00:07Z,{loaded}\n"
        f"f-high,,2024-03-01T00:00:00+24:00,{loaded}\n"
        f"f-gone1,gone@x.example,2024-03-01,{loaded}\n"
        f"f-gone2,,2024-03-01,{loaded}\n"
        f"f-gone3,,2024-03-01,{loaded}\n"
        f"f-gone4,,2024-03-01,{loaded}\n"
        f"f-short,,2024-03-01\n"
        f'"f-lines","a\nb@x.example",2024-03-01,{loaded}\n',
        "utf-8-sig",
    )
    _write(landing, "contacts/del.csv", f"contact_id,_deleted,_loaded_at\nf-gone1,TRUE,{LATER}\n")
    _write(
        landing,
        "contacts/del.csv.gz",
        f"contact_id,_deleted,_loaded_at\nf-gone2,1,{LATER}\nf-nobody,1,{LATER}\n",
    )
    _write(
        landing,
        "contacts/del.ndjson.gz",
        f'{{"CONTACT_ID": "f-gone3", "_deleted": true, "_loaded_at": "{LATER}"}}\n'
        f'{{"contact_id": "f-lacks", "_deleted": null, "_loaded_at": "{LATER}"}}\n[1]\n',
    )
    duckdb.execute(
        f"""copy (select 'f-gone4' as contact_id, true as _deleted,
            timestamp '2024-06-01' as _loaded_at)
            to '{landing / "contacts" / "del.parquet"}' (format parquet)"""
    )
    for name in ("contacts/_hidden.csv", "contacts/.hidden.csv", "contacts/_more/x.csv"):
        _write(landing, name, f"contact_id,created_at,_loaded_at\nf-hidden,2024-03-01,{loaded}\n")
    # Two versions of one time: the greater text of the columns in their order wins.
    land_rows(
        landing,
        "contacts",
        {"contact_id": "f-tie", "email": "b@tie.example", "created_at": DAY(1)},
        {"contact_id": "f-tie", "email": "a@tie.example", "created_at": DAY(2)},
        name="tie",
    )


def _contact(contact_id: str, **more: object) -> dict:
    return {"contact_id": contact_id, "created_at": DAY(10), **more}


def _event(event_id: str, **more: object) -> dict:
    return {"event_id": event_id, "event_type": "form_submission", "occurred_at": DAY(5), **more}


def _people(landing: Path) -> None:
    land_rows(
        landing,
        "contacts",
        _contact("p-now", email=" New@P.example ", additional_emails="also@p.example; x@p.example"),
        _contact("p-before", email="left@p.example"),
        _contact("p-before", email="moved@p.example", _loaded_at=LATER),
        _contact("p-add", email="p-add@p.example", additional_emails="shared@p.example"),
        _contact("p-prime", email="shared@p.example", _deleted=True),
        _contact("p-two", email="two@p.example"),
        _contact("p-one", email="two@p.example"),
        _contact("p-old", created_at=DAY(2)),
        _contact("p-new", created_at=DAY(3)),
        _contact("p-c2"),
        _contact("p-c1"),
        _contact("p-lost"),
        _contact("p-sf", salesforce_ids="00Q000000000001AAA", salesforce_campaign_ids="s1"),
        name="people",
    )
    land_rows(
        landing,
        "contact_merges",
        {"loser_contact_id": "p-old", "winner_contact_id": "p-new"},
        {"loser_contact_id": "p-c1", "winner_contact_id": "p-c2"},
        {"loser_contact_id": "p-c2", "winner_contact_id": "p-c1"},
        {"loser_contact_id": "p-lost", "winner_contact_id": "p-nowhere"},
    )
    land_rows(
        landing,
        "visitor_emails",
        {"visitor_id": "v-mail", "email": "ALSO@p.example ", "identified_at": DAY(6)},
        {"visitor_id": "v-none", "email": "nobody@p.example", "identified_at": DAY(4)},
    )
    land_rows(
        landing,
        "visitor_identities",
        {"visitor_id": "v-two", "contact_id": "p-two", "identified_at": DAY(4)},
        {"visitor_id": "v-two", "contact_id": "p-one", "identified_at": DAY(6)},
        {"visitor_id": "v-none", "contact_id": "p-now", "identified_at": DAY(9)},
    )
    land_rows(
        landing,
        "salesforce_campaign_members",
        {"salesforce_campaign_id": "s2", "member_id": "m1", "salesforce_id": "00Q000000000001"},
        {"salesforce_campaign_id": "s3", "member_id": "m2", "salesforce_id": "00q000000000001"},
    )
    page = {"asset_type": "landing_page", "url": "https://P.example/a/"}
    land_rows(
        landing,
        "assets",
        {**page, "asset_id": "p-gone", "_deleted": True},
        {**page, "asset_id": "p-page"},
        {"asset_type": "form", "asset_id": "p-form", "url": "https://p.example/form"},
        name="people",
    )
    land_rows(
        landing,
        "events",
        _event("pe-outer", email="new@p.EXAMPLE "),
        _event("pe-additional", email="X@p.example"),
        _event("pe-former", email="left@p.example"),
        _event("pe-shared", email="shared@p.example"),
        _event("pe-equal", email="two@p.example"),
        _event("pe-unknown", contact_id="p-stranger", email="two@p.example"),
        _event("pe-merged", contact_id="p-old"),
        _event("pe-cycle", contact_id="p-c2"),
        _event("pe-norecord", contact_id="p-lost"),
        _event("pe-visitor", visitor_id="v-mail"),
        _event("pe-latest", visitor_id="v-two"),
        _event("pe-next", visitor_id="v-two", occurred_at=DAY(6)),
        _event("pe-no-address", visitor_id="v-none", email="nobody@p.example"),
        _event("pe-page", event_type="page_view", url="https://p.EXAMPLE/a?utm_source=x#y"),
        _event("pe-case", event_type="page_view", url="https://p.example/A"),
        _event("pe-no-host", event_type="page_view", url="/a"),
        _event("pe-on-form", event_type="page_view", url="https://p.example/form"),
        _event("pe-not-a-view", url="https://p.example/a"),
        name="people",
    )


def _deals(landing: Path) -> None:
    won = {"is_closed_won": True, "amount": "100", "created_at": DAY(6), "closed_at": DAY(20)}
    land_rows(
        landing, "campaigns",
        {"campaign_id": "d", "campaign_name": "Deals", "created_at": DAY(1)},
        name="deals",
    )  # fmt: skip
    land_rows(
        landing, "campaign_asset_log",
        {
            "log_id": "d1", "campaign_id": "d", "asset_type": "form", "asset_id": "d-form",
            "action": "associated", "occurred_at": DAY(2),
        },
        name="deals",
    )  # fmt: skip
    form = {"asset_type": "form", "asset_id": "d-form"}
    land_rows(
        landing,
        "contacts",
        *(_contact(f"d-{name}") for name in ("c", "early", "late", "list")),
        _contact("d-gone", _deleted=True),
        name="deals",
    )
    land_rows(
        landing,
        "events",
        _event("de-c", contact_id="d-c", **form),
        _event("de-gone", contact_id="d-gone", **form),
        _event("de-early", contact_id="d-early", occurred_at=DAY(1), **form),
        _event("de-late", contact_id="d-late", occurred_at=DAY(21), **form),
        _event("de-list", contact_id="d-list", event_type="list_addition", **form),
        name="deals",
    )
    deals = {
        "counted": {},
        "deleted": {"_deleted": True},
        "open": {"is_closed_won": False},
        "nothing": {"amount": "0"},
        "uncreated": {"created_at": None},
        "unclosed": {"closed_at": None},
        "unrated": {"currency": "XXX"},
        **{
            name: {}
            for name in (
                "of-gone", "removed", "at-close", "of-early", "of-late", "of-list", "alone",
                "strange", "labels", "case", "loser", "winner",
            )
        },
    }  # fmt: skip
    land_rows(landing, "deals", *({"deal_id": name, **won, **more} for name, more in deals.items()))
    land_rows(landing, "deal_merges", {"loser_deal_id": "loser", "winner_deal_id": "winner"})
    whom = {
        "of-gone": "d-gone", "of-early": "d-early", "of-late": "d-late", "of-list": "d-list",
        "strange": "d-nobody",
    }  # fmt: skip
    entries = [
        (name, whom.get(name, "d-c"), "associated", DAY(20) if name == "at-close" else DAY(7), None)
        for name in deals
        if name not in ("alone", "labels", "case", "winner")
    ]
    entries += [
        ("removed", "d-c", "removed", DAY(19), None),
        # Of two labels one is taken away: that ends nothing. Another case is another label.
        ("labels", "d-c", "associated", DAY(7), "Buyer"),
        ("labels", "d-c", "associated", DAY(8), None),
        ("labels", "d-c", "removed", DAY(9), "Buyer"),
        ("case", "d-c", "associated", DAY(7), "Buyer"),
        ("case", "d-c", "removed", DAY(9), "buyer"),
    ]
    land_rows(
        landing,
        "deal_contact_log",
        *(
            {
                "log_id": f"e{number:03}", "deal_id": deal, "contact_id": contact,
                "action": action, "occurred_at": at, "label": label,
            }
            for number, (deal, contact, action, at, label) in enumerate(entries)
        ),
    )  # fmt: skip


def _money(landing: Path) -> None:
    land_rows(
        landing,
        "campaigns",
        *(
            {"campaign_id": name, "campaign_name": name, "created_at": DAY(1), **more}
            for name, more in {
                "m-own": {"currency": " chf "}, "m-home": {}, "m-none": {}, "m-date": {},
                "m-old": {},
            }.items()
        ),
        name="money",
    )  # fmt: skip
    land_rows(
        landing,
        "exchange_rates",
        {"currency": "ChF", "rate_date": "2024-03-01", "rate_to_home": "1.005"},
        {"currency": "CHF", "rate_date": "2024-03-05", "rate_to_home": "2"},
    )
    item = {"item_name": "x", "amount": "1", "spent_on": "2024-03-04"}
    land_rows(
        landing,
        "spend_items",
        {**item, "item_id": "s1", "campaign_id": "m-own"},  # 1.005, half up: 1.01
        {**item, "item_id": "s2", "campaign_id": "m-own", "spent_on": "2024-03-05"},  # 2.00
        {**item, "item_id": "s3", "campaign_id": "m-home"},
        {**item, "item_id": "s4", "campaign_id": "m-home", "currency": "chf"},
        {**item, "item_id": "s5", "campaign_id": "m-none"},
        {**item, "item_id": "s6", "campaign_id": "m-none", "currency": "QQQ"},
        {**item, "item_id": "s7", "campaign_id": "m-old", "currency": "CHF",
         "spent_on": "2024-02-29"},
    )  # fmt: skip
    budget = {"item_name": "x", "amount": "10", "campaign_id": "m-date", "currency": "Chf"}
    land_rows(
        landing,
        "budget_items",
        {**budget, "item_id": "b1"},  # without a date: at the campaign's creation
        {**budget, "item_id": "b2", "budgeted_on": "2024-03-09"},
        {**budget, "item_id": "b3", "budgeted_on": "2024-03-09", "_deleted": True},
    )


def _times(landing: Path) -> None:
    land_rows(
        landing, "campaigns", {"campaign_id": "t", "campaign_name": "T", "created_at": DAY(1)},
        name="times",
    )  # fmt: skip
    log = {"campaign_id": "t", "asset_type": "form", "action": "associated"}
    land_rows(
        landing,
        "campaign_asset_log",
        {**log, "log_id": "t1", "asset_id": "t-a", "occurred_at": DAY(2), "time_basis": "assumed"},
        # It is in it already: nothing changes, the basis neither.
        {**log, "log_id": "t2", "asset_id": "t-a", "occurred_at": DAY(3), "time_basis": "exact"},
        {**log, "log_id": "t3", "asset_id": "t-b", "occurred_at": DAY(2)},
        {**log, "log_id": "t4", "asset_id": "t-b", "occurred_at": DAY(3), "action": "removed"},
        {**log, "log_id": "t5", "asset_id": "t-b", "occurred_at": DAY(3),
         "time_basis": "first_seen"},
        name="times",
    )  # fmt: skip
    land_rows(landing, "contacts", _contact("t-c"), _contact("t-d"), name="times")
    land_rows(
        landing, "contact_merges", {"loser_contact_id": "t-d", "winner_contact_id": "t-c"},
        name="times",
    )  # fmt: skip
    land_rows(landing, "deals", {"deal_id": "t-1", "is_closed_won": False}, name="times")
    link = {"deal_id": "t-1", "action": "associated", "occurred_at": DAY(3)}
    land_rows(
        landing,
        "deal_contact_log",
        {**link, "log_id": "t1", "contact_id": "t-c", "time_basis": "first_seen"},
        {**link, "log_id": "t2", "contact_id": "t-d", "time_basis": "assumed"},
        name="times",
    )


# A value that was seen, and the alias that is near.
NEAR = {
    "sumer-sale": "summer-sale",
    "summersale": "summer-sale",
    "summer sale": "summer-sale",
    "smmr-sale": "summer-sale",  # two letters are missing
    "smr-sale": None,  # three are
    "summer-sales-24": None,
    "abc": None,
    "wintr": "winter",
    "wintär": None,
    "win ter": "winter",
}


def _misses(landing: Path) -> None:
    land_rows(
        landing, "campaigns", {"campaign_id": "n", "campaign_name": "N", "created_at": DAY(1)},
        name="misses",
    )  # fmt: skip
    land_rows(
        landing,
        "campaign_utms",
        *(
            {"campaign_id": "n", "utm_campaign": alias, "added_at": DAY(1)}
            for alias in ("Summer-Sale", "winter", "abcd", "winters", "late-alias")
        ),
    )
    as_sent = {"summer sale": "Summer%20Sale", "win ter": "win+ter"}
    values = [*(as_sent.get(value, value) for value in NEAR), "LATE-alias"]
    land_rows(
        landing,
        "events",
        *(
            _event(
                f"ne-{number}", event_type="page_view", occurred_at=DAY(4),
                url=f"https://n.example/?utm_campaign={value}",
            )
            for number, value in enumerate(values)
        ),
        _event(
            "ne-filtered", event_type="page_view", is_filtered=True,
            url="https://n.example/?utm_campaign=botsale",
        ),
        _event("ne-fragment", event_type="page_view", url="https://n.example/#?utm_campaign=frag"),
        _event(
            "ne-first", event_type="page_view",
            url="https://n.example/?utm_campaign=&utm_campaign=second",
        ),
        name="misses",
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    landing = tmp_path_factory.mktemp("cases")
    for land in (_files, _people, _deals, _money, _times, _misses):
        land(landing)
    with scratch() as home:
        file = build_tables(landing, home, AS_OF, [])
        expected = expected_tables(landing, Parameters(as_of=datetime(2024, 7, 1)))
        assert differences(file, expected) == []
        with opened(file) as connection:
            yield connection


def _found(built: duckdb.DuckDBPyConnection, sql: str) -> dict:
    return dict(built.execute(sql).fetchall())


def test_files(built: duckdb.DuckDBPyConnection) -> None:
    created = _found(built, "select contact_id, created_at from core.dim_contacts")
    for name in ("012", "f-ms", "f-us", "f-ns", "f-day", "f-offset", "f-utc", "f-lines"):
        assert created[name] == datetime(2024, 3, 1), name
    absent = {"f-zero", "f-1970", "f-high", "f-short", "f-nobody", "f-lacks", "f-hidden", "12"}
    assert not absent & created.keys()
    deleted = _found(
        built,
        "select contact_id, is_deleted from core.dim_contacts where contact_id like 'f-gone%'",
    )
    assert deleted == {f"f-gone{number}": True for number in range(1, 5)}
    emails = _found(built, "select contact_id, email from core.dim_contacts")
    assert emails["f-gone1"] == "gone@x.example"  # the record keeps what it had
    assert emails["f-tie"] == "b@tie.example"
    ((rejected,),) = built.execute(
        "select count(*) from diagnostics.rejected_records where table_name = 'contacts'"
    ).fetchall()
    assert rejected == 6  # zero, 1970, high, short, lacks, and a line that is no object


def test_people_and_pages(built: duckdb.DuckDBPyConnection) -> None:
    """R10, R11, R06, R36."""
    whose = _found(
        built, "select event_id, contact_id from core.fct_interactions where event_id like 'pe-%'"
    )
    expected = {
        "pe-outer": "p-now", "pe-additional": "p-now", "pe-former": "p-before",
        "pe-shared": "p-prime", "pe-equal": "p-one", "pe-unknown": "p-stranger",
        "pe-merged": "p-new", "pe-cycle": "p-c1", "pe-norecord": "p-nowhere",
        "pe-visitor": "p-now", "pe-latest": "p-two", "pe-next": "p-one", "pe-no-address": "p-now",
    }  # fmt: skip
    assert {event: whose[event] for event in expected} == expected
    pages = _found(
        built, "select event_id, asset_id from core.fct_interactions where event_id like 'pe-%'"
    )
    assert {event for event, asset in pages.items() if asset == "p-page"} == {"pe-page"}
    assert all(asset is None for event, asset in pages.items() if event != "pe-page")
    created = _found(built, "select contact_id, created_at from core.dim_contacts")
    assert created["p-new"] == datetime(2024, 3, 2) and "p-old" not in created
    sales = _found(built, "select contact_id, salesforce_campaign_ids from core.dim_contacts")
    assert sales["p-sf"] == ["s1", "s2"]  # an id in another case is another


def test_deals(built: duckdb.DuckDBPyConnection) -> None:
    """R61, R66, R94, R97."""
    status = _found(built, "select deal_id, status from diagnostics.deal_status")
    del status["t-1"]
    assert status == {
        **dict.fromkeys(("counted", "labels", "case", "winner"), "COUNTED"),
        "deleted": "DEAL_DELETED",
        "open": "NOT_CLOSED_WON",
        "nothing": "AMOUNT_NOT_POSITIVE",
        "uncreated": "NO_CREATED_TIME",
        "unclosed": "NO_CLOSE_TIME",
        "unrated": "NO_EXCHANGE_RATE",
        "of-gone": "CONTACT_DELETED",
        "removed": "CONTACT_REMOVED_BEFORE_CLOSE",
        "at-close": "CONTACT_ASSOCIATED_AFTER_CLOSE",
        "of-early": "CONTACT_NOT_INFLUENCED",
        "of-late": "INTERACTION_AFTER_CLOSE",
        "of-list": "NO_REVENUE_INTERACTION",
        "alone": "NO_CONTACT",
        "strange": "CONTACT_UNKNOWN",
        "loser": "DEAL_MERGED",
    }
    included = _found(
        built, "select deal_id, reason from diagnostics.deal_inclusion where campaign_id = 'd'"
    )
    without = ("alone", "strange")
    assert included == {
        deal: None if reason == "COUNTED" else reason
        for deal, reason in status.items()
        if deal not in without
    }


def test_money(built: duckdb.DuckDBPyConnection) -> None:
    """R65, R83."""
    spend = _found(built, "select campaign_id, spend from marts.campaign_performance")
    assert spend["m-own"] == Decimal("3.01")
    assert spend["m-home"] == Decimal("2.01")
    assert spend["m-none"] is None and spend["m-old"] is None
    budget = _found(built, "select campaign_id, budget from marts.campaign_performance")
    assert budget["m-date"] == Decimal("30.05")


def test_time_basis(built: duckdb.DuckDBPyConnection) -> None:
    """R96: the row that opened it; of united ones the weakest."""
    rows = built.execute(
        "select asset_id, valid_from, time_basis from core.fct_asset_associations "
        "where campaign_id = 't' order by all"
    ).fetchall()
    assert rows == [
        ("t-a", datetime(2024, 3, 2), "assumed"),
        ("t-b", datetime(2024, 3, 2), "exact"),
        ("t-b", datetime(2024, 3, 3), "first_seen"),
    ]
    united = "select contact_id, time_basis from core.fct_deal_contacts where deal_id = 't-1'"
    assert _found(built, united) == {"t-c": "assumed"}


def test_near_misses(built: duckdb.DuckDBPyConnection) -> None:
    """R95, R31."""
    near = _found(
        built,
        "select utm_campaign, similar_alias from diagnostics.utm_audit where status = 'unmatched'",
    )
    assert near == NEAR
    status = _found(built, "select utm_campaign, status from diagnostics.utm_audit")
    assert status["late-alias"] == "matched" and status["abcd"] == "never_seen"
