"""Tables of a loader as files of any kind; what is new is what files are new or changed."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.connectors.coverage import kept_coverage
from orchestration.connectors.folders import Folder
from orchestration.connectors.kind import Source, SourceFailed
from orchestration.connectors.kinds import kind
from orchestration.connectors.landed import translated_files
from orchestration.connectors.loaders import check_tables
from orchestration.connectors.pull import Pull, pull_source
from orchestration.connectors.snowplow_fields import FIELDS
from orchestration.connectors.steps import pull_one
from orchestration.connectors.tables import LoaderTable, found_tables
from orchestration.connectors.translate import translate
from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings, make_settings


@pytest.fixture
def settings(tmp_path: Path, home: Path) -> Settings:
    return make_settings(landing=str(tmp_path / "landing"), home=str(home))


def folder_source(kind_name: str, path: Path, **options: object) -> Source:
    return Source("web", kind(kind_name), {"path": str(path), **options}, "touchledger.yml, line 2")


def rows_of(path: Path, kind_name: str, name: str) -> list[dict]:
    """What a folder has of a kind's table, read without a pull."""
    source = folder_source(kind_name, path)
    folder = Folder(path, source)
    table = source.kind.tables[name]
    listed = folder._listed()
    found = found_tables(name, table, list(listed), source.options)
    files = [(one, file) for one in found for file, _ in listed[one]]
    return [row for batch in folder._batches(table, files) for row in batch.to_pylist()]


def test_every_format_says_the_same(tmp_path: Path):
    at = datetime(2024, 5, 1, 10, 0, 0)
    params = [{"key": "page_location", "value": {"string_value": "https://x.example/a,b"}}]
    row = {
        "event_timestamp": 1714557600000000,
        "event_name": "page_view",
        "user_pseudo_id": "1.2",
        "event_params": params,
        "user_id": None,
        "unasked": at,
    }
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "Events_20240501.parquet")
    text = json.dumps({**row, "unasked": str(at)})
    (tmp_path / "EVENTS_20240502").mkdir()
    (tmp_path / "EVENTS_20240502" / "part-0.jsonl").write_text(text + "\n")
    with gzip.open(tmp_path / "events_20240503.ndjson.gz", "wt") as file:
        file.write(text + "\n")
    quoted = json.dumps(params).replace('"', '""')
    (tmp_path / "events_intraday_20240504.csv").write_text(
        "\ufeffEvent_Timestamp;event_name;user_pseudo_id;event_params;user_id\n"
        f'1714557600000000;page_view;1.2;"{quoted}";\n',
        encoding="utf-8",
    )
    (tmp_path / ".events_20240505.csv").write_text("half written")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    rows = rows_of(tmp_path, "ga4", "events")
    assert len(rows) == 4
    assert {row.pop("_table").lower() for row in rows} == {
        "events_20240501",
        "events_20240502",
        "events_20240503",
        "events_intraday_20240504",
    }
    for one in rows:
        told = one.pop("event_params")
        assert json.loads(told) == params
        assert one == {
            "event_timestamp": "1714557600000000",
            "event_name": "page_view",
            "user_pseudo_id": "1.2",
            "user_id": None,
        }


def test_types_of_parquet_as_text(tmp_path: Path):
    duckdb.execute(
        "copy (select 12.0::double as id, timestamptz '2024-05-01 12:00:00+02' as "
        "property_createdate, true as _fivetran_deleted, "
        f"timestamp '2024-05-01 09:00:00' as _fivetran_synced, '012' as property_email) to "
        f"'{tmp_path}/contact.parquet' (format parquet)"
    )
    assert rows_of(tmp_path, "fivetran_hubspot", "contact") == [
        {
            "id": "12",
            "property_createdate": "2024-05-01T10:00:00.000000Z",
            "property_email": "012",
            "_fivetran_deleted": "true",
            "_fivetran_synced": "2024-05-01 09:00:00",
        }
    ]


def test_the_enriched_tsv(tmp_path: Path):
    event = dict.fromkeys(FIELDS, "") | {
        "event_id": "e1",
        "event": "page_view",
        "page_url": 'https://x.example/?q="a"',
        "derived_tstamp": "2024-05-01 10:00:00.123",
    }
    lines = ["\t".join(event[name] for name in FIELDS)] * 2
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "run=1.tsv").write_text("\n".join(lines) + "\n")
    rows = rows_of(tmp_path, "snowplow", "events")
    assert len(rows) == 2
    assert rows[0]["page_url"] == 'https://x.example/?q="a"'
    assert rows[0]["derived_tstamp"] == "2024-05-01 10:00:00.123"


def test_only_new_and_changed_files_are_read(tmp_path: Path, settings: Settings):
    web = tmp_path / "web"
    (web / "pages").mkdir(parents=True)
    (web / "pages" / "1.csv").write_text(
        "id,anonymous_id,url,timestamp\n1,v,https://x/,2024-05-01\n"
    )
    source = folder_source("segment", web)

    def read(pull: Pull) -> list[tuple]:
        with pull.extracts("pages") as connection:
            found = connection.execute(
                (
                    "select status, rows from ledger where table_name = 'pages' and parent_id is "
                    "null and _pull = ?"
                ),
                [pull.number],
            )
            return found.fetchall()

    assert read(pull_source(source, settings)) == [("whole", 1)]
    assert read(pull_source(source, settings)) == [("unchanged", 0)]
    (web / "pages" / "2.csv").write_text(
        "id,anonymous_id,url,timestamp\n2,v,https://x/,2024-05-02\n"
    )
    assert read(pull_source(source, settings)) == [("new rows", 1)]
    assert read(pull_source(source, settings, full=True)) == [("whole", 2)]


def test_a_table_that_bigquery_exports_in_several_files_is_one(tmp_path: Path):
    for day, place in (("20240501", 0), ("20240501", 1), ("20240502", 0)):
        file = tmp_path / f"events_{day}_{place:012}.csv"
        file.write_text("event_timestamp,event_name,user_pseudo_id\n1714557600000000,scroll,v\n")
    (tmp_path / "events_202405010000.csv").write_text("of another name\n")
    rows = rows_of(tmp_path, "ga4", "events")
    assert sorted(row["_table"] for row in rows) == [
        "events_20240501",
        "events_20240501",
        "events_20240502",
    ]


def test_a_table_of_events_is_missing_only_where_one_is_asked_for(
    tmp_path: Path, settings: Settings
):
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "pages.csv").write_text("id,timestamp\n1,2024-05-01\n")
    for events, says in ({}, "not asked"), ({"Sent": "form_submission"}, "no such table"):
        source = folder_source("segment", tmp_path / "web", events=json.dumps(events))
        pull(source, settings)
        assert f"own_events: {says}" in reason(settings, "events")
        assert [one.says for one in check_tables(source) if one.what == "own_events"] == [says]


def test_what_a_person_sees(tmp_path: Path, settings: Settings):
    with pytest.raises(SourceFailed, match="There is no folder"):
        pull_source(folder_source("segment", tmp_path / "none"), settings)
    (tmp_path / "pages.avro").write_text("Obj")
    with pytest.raises(SettingsError, match="no table as Parquet, CSV or JSON"):
        pull_source(folder_source("segment", tmp_path), settings)
    (tmp_path / "pages.parquet").write_text("no parquet")
    with pytest.raises(SourceFailed, match=r"pages\.parquet cannot be read"):
        check_tables(folder_source("segment", tmp_path))


COPIES = {
    "contact_data": ("fivetran_hubspot", "contact"),
    "HUBSPOT.CONTACT": ("fivetran_hubspot", "contact"),
    "hubspot_deal_contact_data": ("fivetran_hubspot", "deal_contact"),
    "facebook_ads_basic_ad_data": ("fivetran_facebook_ads", "basic_ad"),
    "linkedin_ad_analytics_by_campaign_data": ("fivetran_linkedin_ads", "ad_analytics_by_campaign"),
    "_AIRBYTE_RAW_CONTACTS": ("airbyte_hubspot", "contacts"),
    "airbyte_internal.lake_raw__stream_contacts": ("airbyte_hubspot", "contacts"),
    "example_segment_pages": ("segment", "pages"),
    "ATOMIC_EVENTS": ("snowplow", "events"),
    "event_data": ("ga4", "events"),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copied_table_is_known_by_its_own_name(name: str) -> None:
    kind_name, wanted = COPIES[name]
    found = {
        own: found_tables(own, table, [name, "something_else"], {}, kind_name)
        for own, table in kind(kind_name).tables.items()
    }
    assert found.pop(wanted) == [name]
    assert not any(found.values())


# --- What fails, and what comes back -------------------------------------------------------------

CONTACTS = "id,property_email,property_createdate,_fivetran_synced\n"
ANNA = "1,anna@x.io,2024-05-01,2024-05-02T00:00:00Z\n"
BEN = "2,ben@x.io,2024-05-01,2024-05-02T00:00:00Z\n"
DEALS = (
    "deal_id,deal_pipeline_id,deal_pipeline_stage_id,property_closedate,property_hs_is_closed_won,"
    "_fivetran_synced\n"
)
WON = "11,p,won,2024-05-09,true,2024-05-10T00:00:00Z\n"
PAIRS = "deal_id,contact_id\n"


def write(lake: Path, **tables: str) -> None:
    lake.mkdir(exist_ok=True)
    for name, text in tables.items():
        (lake / f"{name}.csv").write_text(text)


def deleted(settings: Settings, source: Source, raw_table: str, key: str) -> dict[str, bool]:
    """What the newest landed row of each record says of it."""
    files = [str(file) for file in translated_files(settings, source, raw_table)]
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select {key}, coalesce(arg_max(coalesce(_deleted, 'false'), _loaded_at), 'false') = "
            f"'true' from read_parquet(?, union_by_name = true) group by {key} order by all",
            [files],
        ).fetchall()
    return dict(rows)


def pull(source: Source, settings: Settings, *, full: bool = False) -> None:
    try:
        pull_source(source, settings, full=full)
    finally:
        translate(source, settings)


def refused(source: Source, settings: Settings) -> str:
    """What a pull says of what it could not read; what it could, lands."""
    outcome = pull_one(source, settings)
    translate(source, settings)
    assert outcome.failed
    return outcome.says


def reason(settings: Settings, raw_table: str) -> str:
    (row,) = (one for one in kept_coverage(settings) if one.raw_table == raw_table)
    return row.reason or ""


def test_a_table_that_could_not_be_read_deletes_nothing(tmp_path: Path, settings: Settings):
    lake = tmp_path / "lake"
    source = folder_source("fivetran_hubspot", lake)
    write(lake, contact=CONTACTS + ANNA + BEN, deal=DEALS + WON)
    pull(source, settings)
    (lake / "contact.csv").write_bytes((CONTACTS + ANNA).encode() + b"\xff\xfe3,broken\n")
    for _ in range(2):
        assert "contact.csv cannot be read" in refused(source, settings)
        assert f"contact: {lake / 'contact.csv'} cannot be read" in reason(settings, "contacts")
        assert deleted(settings, source, "contacts", "contact_id") == {"1": False, "2": False}
    write(lake, contact=CONTACTS + ANNA + BEN + "3,cleo@x.io,2024-05-01,2024-05-03T00:00:00Z\n")
    pull(source, settings)
    assert deleted(settings, source, "contacts", "contact_id") == {
        "1": False,
        "2": False,
        "3": False,
    }


def test_files_beside_one_that_could_not_be_read_are_read_again(tmp_path: Path, settings: Settings):
    pages = tmp_path / "web" / "pages"
    pages.mkdir(parents=True)
    source = folder_source("segment", tmp_path / "web")
    (pages / "a.csv").write_text("id,anonymous_id,url,timestamp\n1,v,https://x/,2024-05-01\n")
    (pages / "b.csv").write_bytes(b"id,anonymous_id,url,timestamp\n2,v,\xff\xfe,2024-05-01\n")
    assert "b.csv cannot be read" in refused(source, settings)
    (pages / "b.csv").write_text("id,anonymous_id,url,timestamp\n2,v,https://x/,2024-05-01\n")
    pull(source, settings)
    files = [str(one) for one in translated_files(settings, source, "events")]
    with duckdb.connect() as connection:
        ids = connection.execute("select event_id from read_parquet(?)", [files]).fetchall()
    assert len(ids) == 2


def test_a_file_that_cannot_be_read_stops_its_table_alone(tmp_path: Path, settings: Settings):
    lake = tmp_path / "lake"
    source = folder_source("fivetran_hubspot", lake)
    write(lake, contact=CONTACTS, deal=DEALS + WON)
    (lake / "contact.csv").write_bytes(CONTACTS.encode() + b"\xff\xfe3,broken\n")
    assert refused(source, settings).startswith(f"{lake / 'contact.csv'} cannot be read")
    assert deleted(settings, source, "deals", "deal_id") == {"11": False}
    write(lake, contact=CONTACTS + ANNA)
    assert not pull_one(source, settings).failed
    translate(source, settings)
    assert deleted(settings, source, "contacts", "contact_id") == {"1": False}
    assert "cannot be read" not in reason(settings, "contacts")


def test_what_a_pull_did_not_come_to_is_not_called_missing(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    lake = tmp_path / "lake"
    source = folder_source("fivetran_hubspot", lake)
    write(lake, contact=CONTACTS + ANNA, deal=DEALS + WON)

    read = Folder.read

    def until_deals(folder: Folder, name: str, *more: object) -> object:
        if name == "deal":
            raise ConnectionError("the disk is gone")
        return read(folder, name, *more)

    monkeypatch.setattr(Folder, "read", until_deals)
    with pytest.raises(ConnectionError):
        pull(source, settings)
    assert "deal: not read yet" in reason(settings, "deals")
    assert "deal: no such table" not in reason(settings, "deals")


@pytest.mark.parametrize("full", [True, False])
def test_a_record_that_comes_back_is_deleted_no_more(
    tmp_path: Path, settings: Settings, full: bool
):
    """The loader's clock says when it wrote the row, which is before the row was missing."""
    lake = tmp_path / "lake"
    source = folder_source("fivetran_hubspot", lake)
    for contacts, deals in ((ANNA + BEN, WON), (ANNA, ""), (ANNA + BEN, WON), (ANNA + BEN, WON)):
        write(lake, contact=CONTACTS + contacts, deal=DEALS + deals)
        pull(source, settings, full=full)
        expected = {"1": False, "2": BEN not in contacts}
        assert deleted(settings, source, "contacts", "contact_id") == expected
        assert deleted(settings, source, "deals", "deal_id") == {"11": not deals}


EMPTY = {
    "csv": ("csv", b""),
    "jsonl": ("jsonl", b""),
    "parquet": ("parquet", b""),
    "gzip": ("json.gz", b""),
    "gzip of nothing": ("csv.gz", gzip.compress(b"")),
    "a byte order mark": ("csv", b"\xef\xbb\xbf"),
    "blanks": ("tsv", b" \n\t\r\n"),
    "a list": ("json", b"[]"),
    "gzip of a list": ("json.gz", gzip.compress(b"\xef\xbb\xbf[\n]\n")),
}


def pairs_in(file: Path) -> None:
    """Writes a file of one pair of deal and contact, in the form that its name says."""
    packed = gzip.compress if file.suffix == ".gz" else bytes
    if file.suffix == ".parquet":
        pq.write_table(pa.table({"deal_id": ["11"], "contact_id": ["1"]}), file)
    elif ".json" in file.name:
        file.write_bytes(packed(b'{"deal_id": "11", "contact_id": "1"}\n'))
    else:
        delimiter = b"\t" if ".tsv" in file.name else b","
        file.write_bytes(packed((PAIRS + "11,1\n").encode().replace(b",", delimiter)))


@pytest.mark.parametrize("form", EMPTY)
def test_an_empty_file_does_not_say_that_there_is_nothing(
    tmp_path: Path, settings: Settings, form: str
):
    ending, nothing = EMPTY[form]
    lake = tmp_path / "lake"
    source = folder_source("fivetran_hubspot", lake)
    write(lake, contact=CONTACTS + ANNA, deal=DEALS + WON)
    pairs = lake / f"deal_contact.{ending}"
    for is_empty in (False, True, False):
        pairs_in(pairs)
        if is_empty:
            pairs.write_bytes(nothing)
            (check,) = (one for one in check_tables(source) if one.what == "deal_contact")
            assert (check.allowed, check.says) == (
                None,
                "it is empty: its columns are not known yet",
            )
        pull(source, settings)
        files = [str(one) for one in translated_files(settings, source, "deal_contact_log")]
        with duckdb.connect() as connection:
            actions = connection.execute("select action from read_parquet(?)", [files]).fetchall()
        assert actions == [("associated",)]
        (row,) = (one for one in kept_coverage(settings) if one.raw_table == "deal_contact_log")
        assert (f"{pairs.name} is empty" in (row.reason or "")) is is_empty


def test_an_empty_file_beside_others_hides_no_column(tmp_path: Path):
    (tmp_path / "contact").mkdir()
    (tmp_path / "contact" / "1.csv").write_text(CONTACTS + ANNA)
    (tmp_path / "contact" / "2.jsonl").write_text("[]")
    checks = check_tables(folder_source("fivetran_hubspot", tmp_path))
    assert next(one for one in checks if one.what == "contact").allowed


ROWS = {
    "csv": "\n".join(["id,property_createdate", *(f"{one},2024-05-01" for one in range(3000))]),
    "jsonl": "\n".join(f'{{"id": {one}, "property_createdate": "x"}}' for one in range(3000)),
    "tsv": "\n".join(["id\tproperty_createdate", *(f"{one}\t2024-05-01" for one in range(3000))]),
}


def test_a_file_that_cannot_be_read_says_what_would_do(tmp_path: Path):
    head, row = "id,url,timestamp\n", "1,https://x/,2024-05-01\n"
    bad = {
        "pages.csv": ((head + row).encode("utf-16"), "write it as UTF-8"),
        "pages.jsonl": ('{"id": "\u00e4"}'.encode("latin-1"), "write it as UTF-8"),
        "pages.csv.gz": (
            gzip.compress((head + row * 9999 + "\u00e4,,\n").encode("latin-1")),
            "write it as UTF-8",
        ),
        "pages.ndjson": (b'{"id": 1}\nnone\n', "repair it"),
    }
    for name, (content, says) in bad.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SourceFailed, match=says):
            rows_of(tmp_path, "segment", "pages")
        (tmp_path / name).unlink()
    for rows in (1, 200_000):
        text = head + row * rows + "2,https://y/,2024-05-01,more\n"
        (tmp_path / "pages.csv").write_text(text)
        with pytest.raises(SourceFailed, match=f"{rows + 2} .Expected .*: 3 Found: 4") as failed:
            rows_of(tmp_path, "segment", "pages")
        assert "y/" not in str(failed.value)


@pytest.mark.parametrize("left", [5, 30, 0.5, -9, -1], ids=str)
@pytest.mark.parametrize("ending", ROWS)
def test_gzip_that_is_cut_off_cannot_be_read(tmp_path: Path, ending: str, left: float):
    whole = gzip.compress(ROWS[ending].encode())
    file = tmp_path / f"contact.{ending}.gz"
    file.write_bytes(whole)
    assert len(rows_of(tmp_path, "fivetran_hubspot", "contact")) == 3000
    file.write_bytes(whole[: int(left * len(whole)) if left == 0.5 else int(left)])
    with pytest.raises(SourceFailed, match=r"contact\.\w+\.gz cannot be read"):
        rows_of(tmp_path, "fivetran_hubspot", "contact")


def test_an_enriched_event_that_is_cut_off_does_not_land(tmp_path: Path):
    given = dict.fromkeys(FIELDS, "") | {"event_id": "e1", "event": "page_view"}
    long = {**given, "contexts": '{"data": "' + "x" * 200_000 + '"}'}
    file = tmp_path / "events.tsv"
    for one in (given, long):
        event = "\t".join(one[name] for name in FIELDS)
        for before in ("", f"{event}\n"):
            file.write_text(before + event)
            assert len(rows_of(tmp_path, "snowplow", "events")) == 1 + bool(before)
            file.write_text(before + event[:-1])
            with pytest.raises(SourceFailed, match=r"events\.tsv ends within a row"):
                rows_of(tmp_path, "snowplow", "events")


def test_loads_of_dlt_that_did_not_end_wait(tmp_path: Path, settings: Settings):
    lake = tmp_path / "lake"
    source = folder_source("dlt_hubspot", lake)
    loads = "load_id,schema_name,status,inserted_at,schema_version_hash\n"
    first, second = "1714521600.5", "1714525200.5"
    ended = f"{first},hubspot,0,2024-05-01T00:00:00Z,h\n"
    contacts = (
        f"id,createdate,_dlt_load_id,_dlt_id\n1,2024-05-01,{first},r1\n2,2024-05-01,{second},r2\n"
    )
    deals = f"id,closedate,hs_is_closed_won,_dlt_load_id,_dlt_id\n11,2024-05-09,true,{first},d1\n"
    for status, expected in (("1", {"1"}), ("1", {"1"}), ("0", {"1", "2"})):
        told = loads + ended + f"{second},hubspot,{status},2024-05-01T01:00:00Z,h\n"
        write(lake, contacts=contacts, deals=deals, _dlt_loads=told)
        pull(source, settings)
        assert deleted(settings, source, "contacts", "contact_id").keys() == expected
        assert deleted(settings, source, "deals", "deal_id") == {"11": False}


def test_a_row_that_was_cut_off_does_not_land_as_another(tmp_path: Path, settings: Settings):
    lake = tmp_path / "lake"
    source = folder_source("fivetran_hubspot", lake)
    write(lake, contact=CONTACTS + ANNA, deal=DEALS + "11,p,won,2024-05-09,tr")
    said = refused(source, settings)
    assert "deal.csv ends within a row: 11,p,won,2024-05-09,tr" in said
    write(lake, deal=(DEALS + WON).rstrip("\n"))
    pull(source, settings)
    assert deleted(settings, source, "deals", "deal_id") == {"11": False}


@pytest.mark.parametrize(
    "table", ["form_sent", "FormSent", "FORM_SENT", "formsent", "raw.form_sent"]
)
@pytest.mark.parametrize("event", ["formSent", "Form Sent", "form-sent", "FORM_SENT"])
def test_the_table_of_an_event_is_found_with_any_separator(event: str, table: str) -> None:
    options = {"events": json.dumps({event: "form_submission", "フォーム": "form_submission"})}
    own = kind("segment").tables["own_events"]
    assert isinstance(own, LoaderTable)
    there = ["pages", "tracks", "form_sent_twice", "_", table]
    assert found_tables("own_events", own, there, options, "segment") == [table]
