"""Tables of a loader in a real PostgreSQL: read whole and by the clock, with their types, and never
with the password in sight.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from orchestration.connectors.config import read_config
from orchestration.connectors.kind import Source, SourceFailed
from orchestration.connectors.landed import translated_files
from orchestration.connectors.loaders import check_tables
from orchestration.connectors.pull import pull_source
from orchestration.connectors.steps import pull_one
from orchestration.connectors.translate import translate
from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings, make_settings

from .postgres import PASSWORD, running_postgres

TABLES = """
create schema hubspot;
create table hubspot.contact (
    id bigint, property_email text, property_createdate timestamp,
        property_hs_additional_emails text,
    _fivetran_deleted boolean, _fivetran_synced timestamptz
);
create table hubspot.deal (
    deal_id bigint, property_dealname text, property_amount numeric(12, 2),
        property_closedate timestamptz,
    property_hs_is_closed boolean, property_hs_is_closed_won boolean,
        property_createdate timestamptz, _fivetran_synced timestamptz
);
create table hubspot.deal_contact (deal_id bigint, contact_id bigint, type_id bigint, category text,
    _fivetran_synced timestamptz);
create view hubspot.email_event as
    select 'e' || n as id, timestamptz '2024-05-01 12:00:00+02' + n * interval '1 second' as
        created, 'OPEN' as type,
        'ann@x.example' as recipient, false as filtered_event, 0 as email_campaign_id,
            timestamptz '2024-05-02 00:00:00+00' as _fivetran_synced
    from generate_series(1, 45000) as n;
create schema lake;
create table lake.contacts (_airbyte_data jsonb, _airbyte_extracted_at timestamptz);
create table lake.deals (
    id text, properties jsonb, contacts jsonb, "createdAt" timestamptz, archived boolean,
        _airbyte_extracted_at timestamptz
);
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_postgres() as url:
        engine = _engine(url)
        with engine.begin() as connection:
            connection.execute(sa.text(TABLES))
        engine.dispose()
        yield url


def _engine(url: str) -> sa.Engine:
    return sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg", password=PASSWORD)
    )


@pytest.fixture
def settings(tmp_path: Path, home: Path) -> Settings:
    return make_settings(landing=str(tmp_path / "landing"), home=str(home))


def source(tmp_path: Path, kind: str, url: str, schema: str) -> Source:
    file = tmp_path / "touchledger.yml"
    file.write_text(f"sources:\n  - {{name: crm, kind: {kind}, url: '{url}', schema: {schema}}}\n")
    return read_config(file).source("crm")


def change(url: str, *statements: str) -> None:
    engine = _engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def landed(settings: Settings, one: Source, table: str, columns: str) -> list[tuple]:
    files = [str(file) for file in translated_files(settings, one, table)]
    sql = f"select {columns} from read_parquet(?, union_by_name = true) order by all"
    return duckdb.execute(sql, [files]).fetchall() if files else []


def test_tables_of_fivetran_by_the_clock(url, tmp_path, settings, monkeypatch):
    monkeypatch.setenv("TOUCHLEDGER_CRM_PASSWORD", PASSWORD)
    one = source(tmp_path, "fivetran_hubspot", url, "hubspot")
    change(
        url,
        (
            "insert into hubspot.contact values (1, 'a@x.example', '2024-01-01 10:00:00', null, "
            "false, '2024-05-01 00:00:00+00')"
        ),
        (
            "insert into hubspot.deal values (7, 'Big', 1234.50, '2024-02-01 00:00:00+01', true, "
            "true, '2024-01-02 00:00:00+00', '2024-05-01 00:00:00+00')"
        ),
        (
            "insert into hubspot.deal_contact values (7, 1, 3, 'HUBSPOT_DEFINED', '2024-05-01 "
            "00:00:00+00'), (7, 1, 5, 'USER_DEFINED', '2024-05-01 00:00:00+00')"
        ),
    )
    first = pull_source(one, settings)
    translate(one, settings)
    assert landed(settings, one, "contacts", "contact_id, created_at, _loaded_at") == [
        ("1", "2024-01-01T10:00:00.000000Z", "2024-05-01T00:00:00.000000Z")
    ]
    assert landed(settings, one, "deals", "deal_id, amount, is_closed_won, closed_at") == [
        ("7", "1234.50", "true", "2024-01-31T23:00:00.000000Z")
    ]
    assert landed(settings, one, "deal_contact_log", "deal_id, contact_id, action, time_basis") == [
        ("7", "1", "associated", "assumed")
    ]
    events = landed(settings, one, "events", "event_id, occurred_at, is_filtered")
    assert len(events) == 45_000
    assert ("crm:email_event:e1", "2024-05-01T10:00:01.000000Z", "false") in events

    change(
        url,
        (
            "update hubspot.contact set property_email = 'b@x.example', _fivetran_synced = "
            "'2024-05-03 00:00:00+00'"
        ),
        (
            "insert into hubspot.contact values (2, null, '2024-01-01 10:00:00', null, true, "
            "'2024-05-03 00:00:00+00')"
        ),
        "delete from hubspot.deal_contact",
    )
    second = pull_source(one, settings)
    coverage = {row.raw_table: row for row in translate(one, settings).coverage}
    with second.extracts() as connection:
        counts = connection.execute(
            "select table_name, _pull, rows, status from ledger where status != 'absent' order by "
            "all"
        ).fetchall()
    rows = {(name, pull): (count, status) for name, pull, count, status in counts}
    assert rows[("contact", 1)] == (1, "whole") and rows[("contact", 2)] == (2, "new rows")
    assert rows[("deal_contact", 2)] == (0, "whole")
    assert first.number == 1 and second.number == 2
    assert landed(settings, one, "contacts", "contact_id, email, _deleted") == [
        ("1", "a@x.example", "false"),
        ("1", "b@x.example", "false"),
        ("2", None, "true"),
    ]
    assert landed(settings, one, "deal_contact_log", "action, time_basis") == [
        ("associated", "assumed"),
        ("removed", "first_seen"),
    ]
    assert coverage["events"].rows == 45_000
    assert "form: no such table" in (coverage["assets"].reason or "")
    for file in [*settings.home.rglob("*"), *settings.landing.rglob("*")]:
        assert not file.is_file() or PASSWORD.encode() not in file.read_bytes()


def test_json_of_airbyte(url, tmp_path, settings, monkeypatch):
    monkeypatch.setenv("TOUCHLEDGER_CRM_PASSWORD", PASSWORD)
    one = source(tmp_path, "airbyte_hubspot", url, "lake")
    contact = {
        "id": "1",
        "properties": {"email": "a@x.example", "createdate": "2024-01-01T00:00:00Z"},
    }
    properties = {"dealname": "Big", "hs_is_closed_won": False, "closedate": "2030-01-01T00:00:00Z"}
    change(
        url,
        (
            f"insert into lake.contacts values ('{json.dumps(contact)}', '2024-05-01 00:00:00+00')"
        ).replace(":", r"\:"),
        (
            f"insert into lake.deals values ('7', '{json.dumps(properties)}', '[\"1\", \"1\"]', "
            f"'2024-01-03 00:00:00+00', false, '2024-05-01 00:00:00+00')"
        ).replace(":", r"\:"),
    )
    pull_source(one, settings)
    translate(one, settings)
    assert landed(settings, one, "contacts", "contact_id, email") == [("1", "a@x.example")]
    assert landed(settings, one, "deals", "deal_id, closed_at, created_at") == [
        ("7", None, "2024-01-03T00:00:00.000000Z")
    ]
    assert landed(settings, one, "deal_contact_log", "contact_id, occurred_at") == [
        ("1", "2024-01-03T00:00:00.000000Z")
    ]


def test_what_a_person_sees_where_it_cannot_be_read(url, tmp_path, settings, monkeypatch):
    monkeypatch.setenv("TOUCHLEDGER_CRM_PASSWORD", "wrong " + PASSWORD)
    with pytest.raises(SourceFailed, match="password authentication failed") as failed:
        pull_source(source(tmp_path, "fivetran_hubspot", url, "hubspot"), settings)
    assert PASSWORD not in str(failed.value)
    monkeypatch.setenv("TOUCHLEDGER_CRM_PASSWORD", PASSWORD)
    with pytest.raises(SettingsError, match=r"none of the tables contact, deal.*it has"):
        pull_source(source(tmp_path, "fivetran_hubspot", url, "pg_catalog"), settings)
    checks = {
        one.what: one for one in check_tables(source(tmp_path, "fivetran_hubspot", url, "hubspot"))
    }
    assert checks["contact"].allowed and "property_lifecyclestage" in checks["contact"].says
    assert checks["form"].says == "no such table"


def test_a_table_without_permission_is_a_gap_and_all_of_them_an_error(
    url, tmp_path, settings, monkeypatch
):
    monkeypatch.setenv("TOUCHLEDGER_CRM_PASSWORD", PASSWORD)
    role = "drop owned by guest; drop role guest"
    change(
        url,
        "create schema part",
        "create table part.contact (id bigint, property_createdate timestamptz)",
        "create table part.email_event (id bigint, created timestamptz, type text)",
        "create table part.form (guid text)",
        "insert into part.contact values (1, '2024-01-01 00:00:00+00')",
        "insert into part.form values ('f')",
        f"create role guest login password '{PASSWORD}'",
        "grant usage on schema part to guest",
        "grant select on part.contact, part.form to guest",
    )
    one = source(tmp_path, "fivetran_hubspot", url.replace("reader@", "guest@"), "part")
    checks = {check.what: check for check in check_tables(one)}
    assert checks["contact"].allowed and checks["email_event"].says == "no permission"
    pull_source(one, settings)
    coverage = {row.raw_table: row for row in translate(one, settings).coverage}
    assert "email_event: no permission" in (coverage["events"].reason or "")
    assert coverage["contacts"].rows == 1 and coverage["assets"].rows == 1
    assert "permission" not in (coverage["contacts"].reason or "")

    change(
        url,
        "revoke select on part.contact from guest",
        "alter table part.contact add property_email text",
        "grant select (id, property_createdate) on part.contact to guest",
    )
    told = "no permission on property_email"
    assert {check.what: check.says for check in check_tables(one)}["contact"] == told
    with pytest.raises(SettingsError, match=f"may not read contact, .* \\({told}\\); grant"):
        pull_source(one, settings)
    change(url, "revoke all on part.contact from guest")
    with pytest.raises(SettingsError, match="may not read contact, on which everything hangs"):
        pull_source(one, settings)
    change(url, "grant select on all tables in schema part to guest")
    pull_source(one, settings)
    coverage = {row.raw_table: row for row in translate(one, settings).coverage}
    assert "permission" not in str([row.reason for row in coverage.values()])
    change(url, *role.split("; "))


def test_times_that_no_calendar_has_are_none_and_stop_nothing(url, tmp_path, settings, monkeypatch):
    monkeypatch.setenv("TOUCHLEDGER_CRM_PASSWORD", PASSWORD)
    one = source(tmp_path, "fivetran_hubspot", url, "ends")
    change(
        url,
        "create schema ends",
        "create table ends.contact (id int, property_createdate timestamptz, property_email text, "
        "_fivetran_synced timestamptz)",
        "insert into ends.contact values (1, 'infinity', 'a', '9999-12-31 23:59:59+00'), "
        "(2, '-infinity', 'b', '2024-05-01 00:00:00+00'), "
        "(3, '12000-01-01 00:00:00+00', 'c', '2024-05-01 00:00:00+00'), "
        "(4, '0044-03-15 00:00:00 BC', 'd', '2024-05-01 00:00:00+00'), "
        "(5, '2024-01-01 00:00:00+00', 'e', '2024-05-01 00:00:00+00'), "
        "(6, '2024-01-01 00:00:00+00', 'f', '2049-05-01 00:00:00+00')",
    )
    pull_source(one, settings)
    translate(one, settings)
    exact = "2024-01-01T00:00:00.000000Z"
    assert landed(settings, one, "contacts", "contact_id, created_at") == [
        *((str(number), None) for number in range(1, 5)),
        ("5", exact),
        ("6", exact),
    ]
    # A clock that is ahead holds back no later row.
    change(
        url,
        "insert into ends.contact values "
        "(7, '2024-01-01 00:00:00+00', 'g', '2024-05-02 00:00:00+00')",
    )
    second = pull_source(one, settings)
    translate(one, settings)
    assert ("7", exact) in landed(settings, one, "contacts", "contact_id, created_at")
    with second.extracts() as connection:
        query = "select status from ledger where table_name = 'contact' and _pull = 2"
        assert connection.execute(query).fetchone() == ("new rows",)


def test_a_column_that_a_table_has_no_more_is_named(url, tmp_path, settings, monkeypatch):
    monkeypatch.setenv("TOUCHLEDGER_CRM_PASSWORD", PASSWORD)
    one = source(tmp_path, "fivetran_hubspot", url, "drift")
    change(
        url,
        "create schema drift",
        "create table drift.contact (id int, property_createdate timestamptz, property_email text, "
        "_fivetran_synced timestamptz)",
        "insert into drift.contact values (1, '2024-01-01 00:00:00+00', 'a@x.example', "
        "'2024-05-01 00:00:00+00')",
    )

    def reason() -> str:
        pull_source(one, settings)
        rows = translate(one, settings).coverage
        return next(row.reason or "" for row in rows if row.raw_table == "contacts")

    gone = "contact.property_email: no such column"
    assert gone not in reason()
    change(
        url,
        "alter table drift.contact rename property_email to email",
        "update drift.contact set _fivetran_synced = '2024-05-02 00:00:00+00'",
    )
    assert gone in reason()
    change(url, "update drift.contact set _fivetran_synced = '2024-05-01 00:00:00+00'")
    assert gone in reason()  # no new row says otherwise
    change(
        url,
        "alter table drift.contact rename email to property_email",
        "update drift.contact set _fivetran_synced = '2024-05-03 00:00:00+00'",
    )
    assert gone not in reason()
    change(
        url,
        "alter table drift.contact drop property_createdate",
        "update drift.contact set _fivetran_synced = '2024-05-04 00:00:00+00'",
    )
    with pytest.raises(SettingsError, match="contact has no column property_createdate"):
        reason()


@pytest.mark.parametrize(
    ("kind_name", "table", "row"),
    [
        ("segment", "pages (id text, received_at timestamptz)", "'{0}', '{1}'"),
        (
            "snowplow",
            "events (event_id text, event text, collector_tstamp timestamp, etl_tstamp timestamp)",
            "'{0}', 'page_view', '{1}', '{1}'",
        ),
    ],
)
def test_a_hit_that_loads_late_is_not_lost(
    url, tmp_path, settings, monkeypatch, kind_name: str, table: str, row: str
):
    monkeypatch.setenv("TOUCHLEDGER_CRM_PASSWORD", PASSWORD)
    one = source(tmp_path, kind_name, url, f"late_{kind_name}")
    into = f"insert into late_{kind_name}.{table.split()[0]} values"
    change(
        url,
        f"create schema late_{kind_name}",
        f"create table late_{kind_name}.{table}",
        f"{into} ({row.format('new', '2024-05-02 12:00')})".replace(":", r"\:"),
    )
    for late in ("", f"{into} ({row.format('late', '2024-05-01 12:00')})"):
        change(url, *filter(None, [late.replace(":", r"\:")]))
        pull_source(one, settings)
        translate(one, settings)
    events = landed(settings, one, "events", "event_id")
    assert [event_id.rpartition(":")[2] for (event_id,) in events] == ["late", "new"]


def test_a_table_that_fails_is_named(url, tmp_path, settings, monkeypatch):
    monkeypatch.setenv("TOUCHLEDGER_CRM_PASSWORD", PASSWORD)
    one = source(tmp_path, "fivetran_hubspot", url, "broken")
    change(
        url,
        "create schema broken",
        "create view broken.contact as select 1 / (n - 1) as id, now() as property_createdate "
        "from generate_series(1, 3) as n",
    )
    outcome = pull_one(one, settings)
    assert outcome.failed and "says of contact: division by zero" in outcome.says
