"""Three sources in one configuration: campaigns of HubSpot's API, people of Fivetran, the web of
Segment. One person across them, no event twice, and who is believed where two say the same.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.connectors.config import read_config
from orchestration.connectors.coverage import CoverageRow
from orchestration.connectors.kinds.hubspot import pace
from orchestration.connectors.precedence import doubles
from orchestration.connectors.steps import pull_all, translate_all
from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings, make_settings
from tests.hubspot.server import TOKEN, FakeHubSpot, missing_scope, serving
from tests.hubspot.test_faults import on
from tests.hubspot.world import World, iso
from tests.oracle.publish import expected_tables
from tests.oracle.rules import Parameters

SYNCED = "2025-03-02 00:00:00"


def write(folder: Path, **tables: list[dict]) -> None:
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        lines = "\n".join(json.dumps(row) for row in rows)
        (folder / f"{name}.jsonl").write_text(lines + "\n")


def sources(tmp_path: Path, text: str):
    file = tmp_path / "touchledger.yml"
    file.write_text(f"sources:\n{text}")
    return read_config(file).sources


@pytest.fixture
def settings(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("TOUCHLEDGER_MAIN_TOKEN", TOKEN)
    for name in ("REQUESTS", "SEARCHES"):
        monkeypatch.setattr(pace, name, 100_000)
    return make_settings(landing=str(tmp_path / "landing"), home=str(home))


def test_one_person_across_three_sources(tmp_path: Path, settings: Settings) -> None:
    world = World()
    spring = world.add_campaign("Spring")
    world.add_content("landing_pages", "11", campaign=spring)
    form = world.add_form("Contact us")
    world.put(spring, "FORM", form)
    world.tick(hours=2)
    page = world.content["landing_pages"]["11"]["url"]
    seen = iso(world.now)
    contact = {
        "id": "1",
        "property_email": "Ann@Example.com",
        "property_createdate": "2025-02-01 00:00:00",
        "_fivetran_synced": SYNCED,
    }
    submission = {
        "contact_id": "1",
        "form_id": form.replace("-", ""),
        "timestamp": seen,
        "conversion_id": "s1",
        "page_url": page,
    }
    write(tmp_path / "crm", contact=[contact], contact_form_submission=[submission])
    hit = {"anonymous_id": "v", "timestamp": seen}
    write(
        tmp_path / "web",
        pages=[{**hit, "id": "p1", "url": f"{page}?utm_source=x"}],
        identifies=[{**hit, "id": "i1", "email": "ann@example.com"}],
        tracks=[{**hit, "id": "t1", "event": "form_submitted", "event_text": "Form Submitted"}],
    )
    with serving(FakeHubSpot(world)) as fake:
        refused = missing_scope()
        fake.faults = [on("/objects/", refused), on("/form-integrations/", refused)]
        three = sources(
            tmp_path,
            f"  - {{name: main, kind: hubspot, url: '{fake.url}'}}\n"
            "  - {name: crm, kind: fivetran_hubspot, path: crm, brings: [form_submission]}\n"
            "  - {name: web, kind: segment, path: web, identify: email,"
            " events: {Form Submitted: form_submission}}\n",
        )
        assert not [one for one in pull_all(three, settings) if one.says]
    coverage = {(row.source, row.raw_table): row for row in translate_all(three, settings)}
    warnings = doubles(three)
    assert any(one.startswith("form_submission comes from crm alone") for one in warnings)
    assert any(one.startswith("page_view comes from web alone") for one in warnings)

    tables = expected_tables(settings.landing, Parameters(as_of=datetime(2025, 4, 1)))
    (person,) = tables["dim_contacts"]
    assert person["contact_id"] == "1"
    hits = {
        (row["event_type"], row["contact_id"], row["campaign_id"])
        for row in tables["fct_campaign_interactions"]
    }
    assert hits == {("page_view", "1", spring), ("form_submission", "1", spring)}
    assert len(tables["fct_interactions"]) == 2

    def says(source: str, raw_table: str) -> str:
        return coverage[source, raw_table].reason or ""

    assert "form_submission" in says("web", "events") and "left to crm" in says("web", "events")
    assert "page_view: left to web" in says("main", "events")
    assert "main counts before crm" in says("crm", "contacts")
    assert says("main", "contacts").startswith("contacts")  # no permission, nothing of others


def rows_of(settings: Settings, tmp_path: Path, order: tuple[str, ...]) -> list[CoverageRow]:
    lines = {
        name: f"  - {{name: {name}, kind: fivetran_hubspot, path: {name}}}\n" for name in order
    }
    both = sources(tmp_path, "".join(lines[name] for name in order))
    pull_all(both, settings)
    return translate_all(both, settings)


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_the_first_of_the_list_counts_where_both_are_equally_new(
    tmp_path: Path, settings: Settings, order: tuple[str, ...]
) -> None:
    for name in ("one", "two"):
        contact = {
            "id": "1",
            "property_email": f"{name}@example.com",
            "property_createdate": "2025-02-01 00:00:00",
            "_fivetran_synced": SYNCED,
        }
        event = {"id": name, "created": SYNCED, "type": "OPEN", "recipient": "a@example.com"}
        write(tmp_path / name, contact=[contact], email_event=[event])
    coverage = {(row.source, row.raw_table): row for row in rows_of(settings, tmp_path, order)}
    tables = expected_tables(settings.landing, Parameters(as_of=datetime(2025, 4, 1)))
    (person,) = tables["dim_contacts"]
    assert person["email"] == f"{order[0]}@example.com"
    (mail,) = tables["fct_interactions"]
    assert mail["event_id"].startswith(order[0])
    assert f"{order[0]} counts before {order[1]}" in coverage[order[1], "contacts"].reason
    assert coverage[order[1], "events"].rows == 0


def test_two_are_told_to_bring_one_type_and_it_is_said(tmp_path: Path) -> None:
    text = (
        "  - {name: one, kind: segment, path: a, identify: email, brings: [page_view]}\n"
        "  - {name: two, kind: ga4, path: b, identify: email, brings: [page_view]}\n"
        "  - {name: emea, kind: hubspot, portal: emea}\n"
    )
    one, two, emea = sources(tmp_path, text)
    assert not one.yields and not two.yields and not emea.yields
    (warning,) = doubles((one, two, emea))
    assert warning.startswith("page_view comes from one and two") and "twice" in warning
    with pytest.raises(SettingsError, match="brings"):
        sources(tmp_path, "  - {name: one, kind: hubspot, brings: [cta_view]}\n")
