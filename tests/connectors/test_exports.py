"""HubSpot's own exports: known by their labels in any language, times in the account's zone, CSV
and workbooks alike.
"""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook

from orchestration.connectors.config import read_config
from orchestration.connectors.kind import Source
from orchestration.connectors.kinds.hubspot_export.reading import (
    LABELS,
    cell_text,
    columns_of,
    exports_of,
    languages,
)
from orchestration.connectors.landed import translated_files
from orchestration.connectors.pull import Pull, pull_source
from orchestration.connectors.rows import SHARED
from orchestration.connectors.steps import pull_one
from orchestration.connectors.translate import translate
from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings, make_settings
from tests.connectors.extracts import at, translated

AT = datetime(2024, 1, 1, 10)
ZONE = {"timezone": "Europe/Berlin", "path": "exports"}


@pytest.fixture
def settings(tmp_path: Path, home: Path) -> Settings:
    return make_settings(landing=str(tmp_path / "landing"), home=str(home))


def source(tmp_path: Path) -> Source:
    (tmp_path / "exports").mkdir(exist_ok=True)
    file = tmp_path / "touchledger.yml"
    file.write_text(
        "sources:\n  - {name: ui, kind: hubspot_export, path: exports, timezone: Europe/Berlin, "
        "language: de}\n"
    )
    return read_config(file).source("ui")


def landed(settings: Settings, one: Source, table: str, columns: str) -> list[tuple]:
    files = [str(file) for file in translated_files(settings, one, table)]
    sql = f"select {columns} from read_parquet(?, union_by_name = true) order by all"
    return duckdb.execute(sql, [files]).fetchall() if files else []


def test_a_german_csv_and_a_workbook(tmp_path: Path, settings: Settings):
    one = source(tmp_path)
    (tmp_path / "exports" / "alle-kontakte.csv").write_text(
        "\ufeffDatensatz-ID;E-Mail;Erstellungsdatum;Lifecycle-Phase;Lieblingsfarbe\n"
        '012;ann@x.example;2024-07-01 10:30;"Lead; warm";blau\n'
        ";;;;\n",
        encoding="utf-8",
    )
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(
        [
            "Datensatz-ID",
            "Deal-Name",
            "Abschlussdatum",
            "Is Closed Won",
            "Betrag",
            "Zugeordnete Kontakt-IDs",
        ]
    )
    sheet.append([7, "Groß", datetime(2024, 1, 31, 0, 30), True, 1234.5, "012;9"])
    book.save(tmp_path / "exports" / "deals.xlsx")
    pull_source(one, settings)
    coverage = {row.raw_table: row for row in translate(one, settings).coverage}
    assert ("012", "ann@x.example", "2024-07-01T08:30:00.000000Z", "Lead; warm") in landed(
        settings, one, "contacts", "contact_id, email, created_at, lifecycle_stage"
    )
    assert landed(
        settings, one, "deals", "deal_id, deal_name, closed_at, is_closed_won, amount"
    ) == [("7", "Groß", "2024-01-30T23:30:00.000000Z", "true", "1234.5")]
    assert landed(settings, one, "deal_contact_log", "contact_id, action") == [
        ("012", "associated"),
        ("9", "associated"),
    ]
    assert coverage["deals"].reason and "deals.currency: no such column" in coverage["deals"].reason


def test_the_export_of_campaigns_brings_their_reported_numbers(tmp_path: Path, settings: Settings):
    """One file is campaigns and report; a report by name finds its campaign."""
    one = source(tmp_path)
    (tmp_path / "exports" / "hubspot-campaigns-export.csv").write_text(
        "Campaign name,Campaign ID,Created date,Start date,Owner,Currency,Sessions,"
        "New contacts (first touch),New contacts (last touch),Influenced contacts,"
        "Closed-won deals,Attributed revenue,Total budget,Total spend,ROI,UTM campaign\n"
        "Summer sale,5F3C1A20-1111-4222-8333-ABCDEF012345,2024-05-01 10:00,2024-05-02,Ann,EUR,"
        '"1,204",31,28,"2,017",4,"12,500.00",5000,"4,200.50",1.98,summer-sale\n'
        "Webinar,6f3c1a20-1111-4222-8333-abcdef012345,2024-05-03 10:00,,Ann,USD,12,0,,3,0,10,,,,\n",
        encoding="utf-8",
    )
    (tmp_path / "exports" / "bericht.csv").write_text(
        "Kampagnenname;Sitzungen;Umsatz\nWebinar;13;1.234,50 €\nUnbekannt;7;1\n",
        encoding="utf-8",
    )
    pull_source(one, settings)
    reasons = [row.reason for row in translate(one, settings).coverage if row.reason]
    summer, webinar = (f"{first}f3c1a20-1111-4222-8333-abcdef012345" for first in "56")
    assert landed(settings, one, "campaigns", "campaign_id, campaign_name, currency") == [
        (summer, "Summer sale", "EUR"),
        (webinar, "Webinar", "USD"),
    ]
    told = landed(settings, one, "reported_metrics", "campaign_id, metric, model, value, source")
    assert {row[:4] for row in told if row[0] == summer} == {
        (summer, "sessions", None, "1204"),
        (summer, "new_contacts_first_touch", None, "31"),
        (summer, "new_contacts_last_touch", None, "28"),
        (summer, "influenced_contacts", None, "2017"),
        (summer, "deals", None, "4"),
    }, "amounts in euros are not compared with a warehouse in dollars"
    assert {row[1:4] for row in told if row[0] == webinar} >= {
        ("attributed_revenue", "linear", "10"),
        ("sessions", None, "13"),
        ("revenue", None, "1234.50"),
    }
    assert {row[4] for row in told} == {"ui"}
    (said,) = {reason for reason in reasons if "Campaign ID" in reason}
    assert "not landed (1 rows)" in said and "another currency" in said


@pytest.mark.parametrize(
    ("told", "whole", "money"),
    [
        ("1,234", "1234", "1234"),
        ("1.234", "1234", "1.234"),
        ("$1,234.50", "$1,234.50", "1234.50"),
        ("1.234.567,8 EUR", "1.234.567,8 EUR", "1234567.8"),
        ("12,5", "12,5", "12.5"),
        ("-7", "-7", "-7"),
        ("n/a", "n/a", "n/a"),
        ("", None, None),
    ],
)
def test_numbers_as_pages_write_them(told: str, whole: str | None, money: str | None):
    with duckdb.connect() as connection:
        for name in ("macros", "exports"):
            connection.execute((SHARED / f"{name}.sql").read_text(encoding="utf-8"))
        found = connection.execute("select whole($1), money($1)", [told]).fetchone()
    assert found == (whole, money)


def test_what_a_person_sees(tmp_path: Path, settings: Settings):
    one = source(tmp_path)
    with pytest.raises(SettingsError, match="has no CSV or XLSX"):
        pull_source(one, settings)
    (tmp_path / "exports" / "deals.xlsx").write_text("no workbook")
    assert "export it again" in pull_one(one, settings).says
    (tmp_path / "exports" / "deals.xlsx").unlink()
    (tmp_path / "exports" / "deals.csv").write_text(
        "Record ID,Deal Name,Close Date\n1,a,2024-01-01\n"
    )
    pull_source(one, settings)
    with pytest.raises(
        SettingsError, match=r"no column is_closed_won or probability.*export it again"
    ):
        translate(one, settings)


def test_a_file_of_unknown_labels_is_named_with_the_nearest_ones(
    tmp_path: Path, settings: Settings
):
    one = source(tmp_path)
    header = "Record ID,E-mail addresses,Create-Datum\n"
    (tmp_path / "exports" / "a.csv").write_text(f"{header}1,a@example.com,2024-01-01\n")
    pull_source(one, settings)
    coverage = {row.raw_table: row.reason or "" for row in translate(one, settings).coverage}
    assert "a.csv" in coverage["contacts"] or "no export that is known" in coverage["contacts"]
    assert "'E-mail addresses' is near" in coverage["contacts"]
    (check,) = one.kind.check(one)
    assert not check.allowed and "add a row to labels.csv" in check.says


def test_later_exports_of_a_deal_say_who_left_and_nothing_of_other_deals():
    first = {
        "deals": [
            {
                "record_id": one,
                "close_date": "",
                "is_closed_won": "false",
                "contact_ids": "1;2",
                "created_at": "2024-01-01 01:00",
            }
            for one in "de"
        ]
    }
    second = {
        "deals": [
            {"record_id": "d", "close_date": "", "is_closed_won": "false", "contact_ids": "2;3"}
        ]
    }
    log = translated("hubspot_export", first, second, **ZONE)["deal_contact_log"]
    assert {
        (row["deal_id"], row["contact_id"], row["action"], row["occurred_at"]) for row in log
    } == {
        *((one, two, "associated", "2024-01-01T00:00:00.000000Z") for one in "de" for two in "12"),
        ("d", "1", "removed", at(2)),
        ("d", "3", "associated", at(2)),
    }


def test_won_by_its_own_word_else_by_probability_and_events_only_with_a_time():
    landed = translated(
        "hubspot_export",
        {
            "deals": [
                {"record_id": "1", "probability": "100%", "close_date": "2024-01-01"},
                {
                    "record_id": "2",
                    "probability": "1",
                    "is_closed": "nein",
                    "close_date": "2024-01-01",
                },
                {"record_id": "3", "probability": "0.0", "close_date": "2024-01-01"},
                {"record_id": "4", "probability": "0,4", "close_date": "2024-01-01"},
            ],
            "email_recipients": [{"email": "a@x", "sent": "2024-01-01 10:00", "opened": "true"}],
        },
        **ZONE,
    )
    assert [(row["is_closed_won"], row["closed_at"] is not None) for row in landed["deals"]] == [
        ("true", True),
        ("false", False),
        ("false", True),
        ("false", False),
    ]
    assert [row["event_type"] for row in landed["events"]] == ["email_sent"]
    assert (
        landed["gaps"][0]["reason"]
        == "email_open without a time in the export: not landed (1 rows)"
    )


def test_every_language_has_every_label_and_none_twice_in_a_table():
    rows = list(csv.DictReader(LABELS.open(encoding="utf-8", newline="")))
    tables = {row["table"] for row in rows}
    for language in languages():
        for table in tables:
            told = [row for row in rows if row["table"] == table and row["language"] == language]
            labels = [row["label"].casefold() for row in told]
            assert len(labels) == len(set(labels)), (table, language)
            english = {
                row["column"] for row in rows if row["table"] == table and row["language"] == "en"
            }
            assert english - {row["column"] for row in told} <= {"merged_vids"}, (table, language)
            header = {row["column"]: row["label"] for row in told}
            assert columns_of(table, list(header.values()), language).keys() == header.keys()
            assert list(exports_of(list(header.values()), language)) == [table], (table, language)


CONTACTS = "Record ID,Email,Create Date\n"


def test_sheets_that_are_no_export_are_named_as_long_as_they_are_there(
    tmp_path: Path, settings: Settings
):
    one = source(tmp_path)
    file = tmp_path / "exports" / "all.xlsx"

    def save(*sheets: tuple[str, list[list[object]]]) -> None:
        book = Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets:
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(file)

    def reason() -> str:
        pull_source(one, settings)
        rows = translate(one, settings).coverage
        return next(row.reason or "" for row in rows if row.raw_table == "contacts")

    contacts = ("Contacts", [["Record ID", "Email", "Create Date"], [1, "a@x.example", AT]])
    save(contacts, ("Sheet2", []), ("Notes", [["made by Ann"]]))
    said = [check.what for check in one.kind.check(one) if not check.allowed]
    assert said == ["all.xlsx, sheet Notes"]
    for _ in range(2):
        assert "all.xlsx, sheet Notes: no export that is known: its labels are made by" in reason()
        assert "Sheet2" not in reason()
    save(contacts, ("Sheet2", []))
    assert "all.xlsx" not in reason()
    (tmp_path / "exports" / "b.csv").write_text("")
    assert "b.csv: it is empty, or has no labels in its first row" in reason()
    (tmp_path / "exports" / "b.csv").unlink()
    assert "b.csv" not in reason()
    assert landed(settings, one, "contacts", "contact_id") == [("1",)]


def test_a_workbook_whose_pull_was_stopped_between_sheets_is_read_again(
    tmp_path: Path, settings: Settings, monkeypatch
):
    one = source(tmp_path)
    book = Workbook()
    book.active.append(["Record ID", "Email", "Create Date"])
    book.active.append([1, "a@x.example", AT])
    deals = book.create_sheet("Deals")
    deals.append(["Record ID", "Deal Name", "Close Date", "Is Closed Won"])
    deals.append([7, "Big", AT, "Yes"])
    book.save(tmp_path / "exports" / "all.xlsx")
    load = Pull.load

    def stopped(self, resources, entries=()):
        if [resource.name for resource in resources] == ["deals"]:
            raise KeyboardInterrupt
        load(self, resources, entries)

    monkeypatch.setattr(Pull, "load", stopped)
    with pytest.raises(KeyboardInterrupt):
        pull_source(one, settings)
    monkeypatch.setattr(Pull, "load", load)
    pull_source(one, settings)
    translate(one, settings)
    assert landed(settings, one, "contacts", "contact_id") == [("1",)]
    assert landed(settings, one, "deals", "deal_id") == [("7",)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (CONTACTS.encode() + b"1,a@x.example,2024-01-01\n" * 5000 + b"2,\xfc,\n", "save it as CSV"),
        (f'{CONTACTS}1,"a@x.example,2024-01-01\n2,b@x.example,2024-01-02\n'.encode(), "unexpected"),
    ],
)
@pytest.mark.parametrize("name", ["bad.csv", "worse.csv"])
def test_a_damaged_export_is_named_and_stops_no_other(
    tmp_path: Path, settings: Settings, name: str, content: bytes, says: str
):
    one = source(tmp_path)
    bad = tmp_path / "exports" / name
    bad.write_bytes(content)
    (tmp_path / "exports" / "good.csv").write_text(f"{CONTACTS}7,a@x.example,2024-01-01\n")

    def reasons() -> str:
        coverage = translate(one, settings).coverage
        return " ".join(row.reason or "" for row in coverage if row.raw_table == "contacts")

    for _ in range(2):
        outcome = pull_one(one, settings)
        assert outcome.failed and says in outcome.says
        assert outcome.says.startswith(str(bad))
        assert says in reasons()
        assert landed(settings, one, "contacts", "contact_id") == [("7",)]
    bad.write_text(f"{CONTACTS}8,b@x.example,2024-01-01\n")
    outcome = pull_one(one, settings)
    assert not outcome.failed and says not in reasons()
    assert landed(settings, one, "contacts", "contact_id") == [("7",), ("8",)]


def test_a_check_names_every_file_and_the_damaged_one(tmp_path: Path):
    one = source(tmp_path)
    (tmp_path / "exports" / "bad.csv").write_bytes(CONTACTS.encode() + b"1,\xfc,\n")
    (tmp_path / "exports" / "good.csv").write_text(CONTACTS)
    assert [(check.what, check.allowed) for check in one.kind.check(one)] == [
        ("bad.csv", False),
        ("good.csv", True),
    ]


@pytest.mark.parametrize(
    ("name", "says"), [("all.zip", "put the files in it"), ("all.xls", "as XLSX or CSV")]
)
def test_an_export_in_a_form_that_is_not_read_is_named(
    tmp_path: Path, settings: Settings, name: str, says: str
):
    one = source(tmp_path)
    (tmp_path / "exports" / name).write_bytes(b"PK")
    (tmp_path / "exports" / "good.csv").write_text(f"{CONTACTS}7,a@x.example,2024-01-01\n")
    for _ in range(2):
        assert not pull_one(one, settings).failed
        assert any(says in (row.reason or "") for row in translate(one, settings).coverage)
    checks = {check.what: check for check in one.kind.check(one)}
    assert says in checks[name].says and checks["good.csv"].allowed
    assert landed(settings, one, "contacts", "contact_id") == [("7",)]


def test_a_number_of_a_spreadsheet_is_an_id_while_it_is_exact():
    assert cell_text(123456789012345.0) == "123456789012345"
    deal = {"deal_name": "Big", "close_date": "2024-01-02", "is_closed_won": "true"}
    ids = [cell_text(one) for one in (12345678901234567890.0, 1234567890123456.0, 7.0)]
    told = translated("hubspot_export", {"deals": [{**deal, "record_id": one} for one in ids]})
    assert [row["deal_id"] for row in told["deals"]] == ["7"]
    assert "such as 1.234568e+15: not landed (2 rows)" in str(told["gaps"])


def test_what_is_no_time_is_not_the_oldest_one(tmp_path: Path, settings: Settings):
    one = source(tmp_path)
    (tmp_path / "exports" / "contacts.csv").write_text(
        f"{CONTACTS}7,a@x.example,2024-01-01 10:00\n8,b@x.example,01/02/2024 10:00\n"
    )
    pull_source(one, settings)
    (row,) = (row for row in translate(one, settings).coverage if row.raw_table == "contacts")
    assert (row.rows, row.oldest) == (2, row.newest) == (2, "2024-01-01T09:00:00.000000Z")


def test_an_amount_of_a_deal_is_one_however_it_is_written():
    amounts = ["1234.5", "1.234,50 €", "$1,234.50", "1E6", "much"]
    deal = {"deal_name": "D", "close_date": "2024-01-02", "is_closed_won": "true"}
    rows = [{**deal, "record_id": str(place), "amount": one} for place, one in enumerate(amounts)]
    told = translated("hubspot_export", {"deals": rows}, **ZONE)
    # What is no amount is the landing's to report.
    said = [row["amount"] for row in told["deals"]]
    assert said == ["1234.5", "1234.50", "1234.50", "1E6", "much"]


def test_an_export_that_does_not_say_who_won_calls_no_deal_open(tmp_path: Path, settings: Settings):
    one = source(tmp_path)
    head = "Record ID,Deal Name,Close Date"
    (tmp_path / "exports" / "old.csv").write_text(f"{head}\n5,D,2024-06-01\n6,E,2024-06-01\n")
    pull_source(one, settings)
    with pytest.raises(SettingsError, match="no column is_closed_won or probability"):
        translate(one, settings)
    (tmp_path / "exports" / "new.csv").write_text(f"{head},Is Closed Won\n5,D,2024-06-01,\n")
    pull_source(one, settings)
    (row,) = (row for row in translate(one, settings).coverage if row.raw_table == "deals")
    assert landed(settings, one, "deals", "deal_id, is_closed_won") == [("5", "false")]
    assert "not landed (1 deals that no later export has)" in str(row.reason)


def test_ids_that_a_spreadsheet_rounded_are_nobodys():
    contact = {"record_id": "1.23457E+11", "created_at": "2024-01-01"}
    deal = {"record_id": "7", "deal_name": "Big", "close_date": "2024-01-02", "probability": "1"}
    told = translated(
        "hubspot_export",
        *[
            {
                "contacts": [
                    {**contact, "email": "a@x.example"},
                    {**contact, "email": "b@x.example"},
                    {**contact, "record_id": "123457E11"},
                ],
                "deals": [
                    {**deal, "contact_ids": "1,23457E+11"},
                    {**deal, "record_id": "2E+11", "contact_ids": "9"},
                ],
            }
        ]
        * 2,
        **ZONE,
    )
    assert [row["contact_id"] for row in told["contacts"]] == ["123457E11"]
    assert [row["deal_id"] for row in told["deals"]] == ["7"]
    assert told["deal_contact_log"] == []
    said = {row["raw_table"]: str(row["reason"]) for row in told["gaps"]}
    assert "such as 1.23457E+11: not landed (2 rows)" in said["contacts"]
    assert "(1 rows)" in said["deals"] and "1,23457E+11" in said["deal_contact_log"]


def test_a_label_that_a_newer_export_has_not_is_named(tmp_path: Path, settings: Settings):
    one = source(tmp_path)
    folder = tmp_path / "exports"
    folder.joinpath("a.csv").write_text(f"{CONTACTS}1,a@x.example,2024-01-01\n2,,2024-01-01\n")
    pull_source(one, settings)
    lost = "contacts.email: not in the newest export of 2 records that had it"

    def reason() -> str:
        pull_source(one, settings)
        rows = translate(one, settings).coverage
        return next(row.reason or "" for row in rows if row.raw_table == "contacts")

    assert "contacts.email" not in reason()
    folder.joinpath("b.csv").write_text("Record ID,Create Date\n1,2024-01-01\n2,2024-01-01\n")
    assert lost in reason()
    folder.joinpath("c.csv").write_text(f"{CONTACTS}1,a@x.example,2024-01-01\n2,,2024-01-01\n")
    assert "contacts.email" not in reason()
