"""What goes wrong on the way: nothing is lost, nothing is removed by mistake, every gap is named,
and no secret stays behind.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestration.ground.errors import SettingsError
from orchestration.ground.settings import Settings
from tests.hubspot.portal import Portal, portal
from tests.hubspot.server import TOKEN, Answer, Request, missing_scope
from tests.hubspot.test_history import fill
from tests.hubspot.world import World, iso


def on(part: str, answer: Answer, times: int = 1_000_000):
    """A fault that answers so to the first requests whose path has `part` in it."""
    left = [times]

    def fault(request: Request) -> None:
        if part in request.path and left[0] > 0:
            left[0] -= 1
            raise answer

    return fault


def removed(served: Portal) -> list:
    return [
        row
        for table in ("campaign_asset_log", "deal_contact_log")
        for row in served.rows(table)
        if row["action"] == "removed"
    ] + [
        row
        for table in ("contacts", "deals", "campaigns", "assets")
        for row in served.rows(table)
        if row["_deleted"]
    ]


def test_every_gap_is_named_and_nothing_is_removed(small: Portal) -> None:
    world = small.world
    made = fill(world)
    small.pull()
    small.translate()
    before = small.landing()
    world.tick(days=1)

    def empty_page(request: Request):
        if request.path.endswith("/assets/CTA"):
            if "after" in request.params:
                return {"results": []}
            return {"results": [], "paging": {"next": {"after": "9"}}}
        if request.path.endswith("/budget/totals"):
            raise Answer(207, {"errors": [{"message": "half of it"}]})
        return None

    small.fake.faults = [
        empty_page,
        on("/assets/FORM", Answer(404)),
        on("/assets/OBJECT_LIST", missing_scope()),
        on("/email/public/v1/events", Answer(403, {"message": "Upgrade your subscription"})),
        on("/associations/", Answer(207, {"results": [], "errors": [{"message": "broken"}]})),
        on("/site-pages", Answer(500), 6),
        on("/flows", Answer(429, headers={"Retry-After": "0"}), 2),
        on("/crm/lists/2026-03/5/memberships", Answer(502), 1),
    ]
    small.pull()
    coverage = small.translate()
    assert removed(small) == []
    assert {
        table: rows for table, rows in small.landing().items() if table != "reported_metrics"
    } == {table: rows for table, rows in before.items() if table != "reported_metrics"}
    gaps = small.incomplete()
    assert ("campaign_assets", "CTA", "an empty page with a cursor") in gaps
    assert ("campaign_assets", "FORM", "not found (404)") in gaps
    assert ("campaign_assets", "OBJECT_LIST", "no permission") in gaps
    assert ("email_events", None, "not in this plan") in gaps
    assert ("budget_totals", None, "an answer with errors (207)") in gaps
    assert ("deal_contacts", None, "an answer with errors (207)") in gaps
    assert ("site_pages", "live", "answered 500") in gaps
    assert not [gap for gap in gaps if gap[0] in ("flows", "list_members")]
    assert "no permission" in coverage["campaign_asset_log"].reason
    assert "not in this plan" in coverage["events"].reason

    small.fake.faults = []
    world.take(made["spring"], "CTA", "c1")
    world.tick(days=1)
    small.pull()
    small.translate()
    (gone,) = removed(small)
    assert (gone["asset_id"], gone["occurred_at"]) == ("c1", iso(world.now).replace("Z", "000Z"))


def test_without_campaigns_there_is_nothing(small: Portal) -> None:
    fill(small.world)
    small.fake.faults = [on("/marketing/campaigns/", missing_scope())]
    with pytest.raises(SettingsError, match=r"marketing\.campaigns\.read"):
        small.pull()
    small.fake.faults = []
    small.pull()
    assert small.outcome is not None and not small.outcome.failed
    assert small.translate()["campaigns"].rows == 2


def test_a_pull_goes_on_where_it_stopped(small: Portal) -> None:
    """max_requests, and a server that is gone for a while: the parts make the same rows as one
    pull.
    """
    fill(small.world)
    start = iso(small.world.now).replace("Z", "000Z")
    small.options["max_requests"] = 30
    small.fake.page = 2
    asked = small.pull()
    assert asked == 30 and "goes on at campaign_assets" in small.outcome.says
    small.world.tick(hours=1)
    rounds = 1
    while small.outcome.says:
        asked += small.pull()
        rounds += 1
        small.translate()
    assert 3 <= rounds <= 6
    landed = small.landing()
    assert {row["_loaded_at"] for row in landed["campaigns"]} == {start}
    assert len(landed["deal_contact_log"]) == 3 and len(landed["contacts"]) == 5
    small.forget_landing()
    small.translate()
    assert small.landing() == landed
    # Nothing was asked twice.
    paths = [
        (r.path, str(r.params), str(r.body)) for r in small.fake.requests if "account" not in r.path
    ]
    assert len(paths) == len(set(paths))


def test_a_refused_token_is_a_failure_that_is_told(
    small: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHLEDGER_MAIN_TOKEN", "pat-wrong-secret-000")
    small.pull()
    assert small.outcome.failed and "TOUCHLEDGER_MAIN_TOKEN" in small.outcome.says
    assert "pat-wrong" not in small.outcome.says
    monkeypatch.delenv("TOUCHLEDGER_MAIN_TOKEN")
    with pytest.raises(SettingsError, match="TOUCHLEDGER_MAIN_TOKEN"):
        small.pull()


def test_an_endpoint_that_refuses_a_good_token_leaves_the_others_alone(small: Portal) -> None:
    """As one may that takes no service keys."""
    fill(small.world)
    small.fake.faults = [on("/email/public", Answer(401)), on("/associations/", Answer(401))]
    small.pull()
    assert small.outcome is not None and not small.outcome.says
    coverage = small.translate()
    assert "email_events: no permission" in coverage["events"].reason
    assert coverage["deal_contact_log"].reason == "deal_contacts: no permission (2 times)"
    assert coverage["reported_metrics"].reason is None
    small.fake.faults = [on("/marketing/campaigns/", Answer(401))]
    with pytest.raises(SettingsError, match=r"marketing\.campaigns\.read"):
        small.pull()


def test_the_token_is_nowhere_below_home(small: Portal) -> None:
    fill(small.world)
    small.fake.faults = [on("/blogs/", Answer(500)), on("/flows", Answer(400, {"message": TOKEN}))]
    small.pull()
    small.translate()
    roots = (Path(small.settings.home), Path(small.settings.landing))
    files = [file for root in roots for file in root.rglob("*") if file.is_file()]
    assert len(files) > 30
    assert not [file for file in files if TOKEN.encode() in file.read_bytes()]


def test_the_limit_of_requests_is_held(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From pull to pull as well; here another one."""
    from orchestration.connectors.kinds.hubspot import pace

    monkeypatch.setattr(pace, "REQUESTS", 40)
    monkeypatch.setattr(pace, "SECONDS", 0.6)
    world.add_campaign("Spring")
    with portal(world, settings) as served:
        served.fake.enforces_limit = False
        monkeypatch.setattr("tests.hubspot.server.SECONDS", 0.4)
        for _ in range(2):
            served.pull()
            world.tick(days=1)
        assert len(served.fake.requests) > 50
        assert served.fake.most_in_ten_seconds <= 40


def test_ten_thousand_of_one_instant_are_found(small: Portal) -> None:
    world = small.world
    world.add_campaign("Spring")
    world.tick()
    for number in range(1, 1001):
        world.add_contact(str(number), None)
    world.tick()
    small.pull()
    world.tick(hours=1)
    for record in world.contacts.values():
        world.change(record, lifecyclestage="lead")
    small.fake.page = 200
    # A search ends long before; here as if it did so at 400.
    small.fake.search_limit = 400
    world.tick(hours=1)
    small.pull()
    assert small.incomplete() == set()
    small.translate()
    leads = {
        row["contact_id"] for row in small.rows("contacts") if row["lifecycle_stage"] == "lead"
    }
    assert len(leads) == 1000


def test_what_changes_while_it_is_read_is_not_lost(small: Portal) -> None:
    world = small.world
    fill(world)
    small.fake.page = 2
    added = iter(range(100, 120))

    def change(request: Request) -> None:
        if "/objects/2026-03/contacts" in request.path and request.method == "GET":
            world.now = world.tick(seconds=1)
            world.change(world.contacts["1"], lifecyclestage=f"stage {world.now:%S}")
            world.add_contact(str(next(added)), None)

    small.fake.after = change
    small.pull()
    small.fake.after = None
    world.tick(days=1)
    small.pull()
    small.translate()
    rows = small.rows("contacts")
    assert {row["contact_id"] for row in rows} == set(world.contacts)
    newest = max(
        (row for row in rows if row["contact_id"] == "1"), key=lambda row: row["_loaded_at"]
    )
    assert newest["lifecycle_stage"] == world.contacts["1"]["properties"]["lifecyclestage"]


KILLED = """
import sys
from datetime import datetime
from orchestration.connectors.config import find_config
from orchestration.connectors import pull as pulling
from orchestration.connectors.steps import pull_one
from orchestration.ground.settings import make_settings
pulling.SECONDS_AT_ONCE = 0.0
pull_one(find_config().sources[0], make_settings())
"""


@pytest.mark.parametrize(
    "number", [25, *(pytest.param(number, marks=pytest.mark.long) for number in (5, 45, 60, 85))]
)
def test_a_killed_pull_is_taken_up(small: Portal, tmp_path: Path, number: int) -> None:
    """Killed in the middle of a request: what had come is kept, nothing half-done is read, and the
    rows are those of one pull.
    """
    fill(small.world)
    config = tmp_path / "touchledger.yml"
    config.write_text(
        f"landing: {small.settings.landing}\nhome: {small.settings.home}\nsources:\n"
        f"  - {{name: main, kind: hubspot, url: '{small.fake.url}'}}\n"
    )
    environment = {**os.environ, "TOUCHLEDGER_CONFIG": str(config)}
    child = subprocess.Popen([sys.executable, "-c", KILLED], env=environment)

    def kill(request: Request) -> None:
        if request.number == number:
            os.kill(child.pid, signal.SIGKILL)

    small.fake.after = kill
    try:
        child.wait(timeout=300)
    finally:
        child.kill()
    assert child.returncode == -signal.SIGKILL
    small.fake.after = None
    small.translate()
    assert removed(small) == []
    small.pull()
    small.translate()
    assert small.incomplete() == set()
    landed = small.landing()
    assert len(landed["deal_contact_log"]) == 3 and len(landed["contacts"]) == 5
    assert len(landed["campaign_asset_log"]) == 5
    assert {row["_pull"] for row in small.ledger()} == {1}


def test_ctrl_c_while_a_load_is_written_stops_the_command(
    small: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dlt.normalize.normalize import Normalize

    fill(small.world)
    run = Normalize.run

    def interrupted(*arguments: Any, **named: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return run(*arguments, **named)

    # Whoever runs the tests in the background may have had it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(Normalize, "run", interrupted)
            with pytest.raises(KeyboardInterrupt):
                small.pull()
    finally:
        signal.signal(signal.SIGINT, before)
    small.pull()
    assert small.outcome is not None and not small.outcome.says
    assert small.translate()["contacts"].rows == 5


def test_a_server_of_other_limits_is_read_all_the_same(small: Portal) -> None:
    """Smaller pages than asked for, and a search that knows no order and no id."""
    world = small.world
    fill(world)

    def strict(request: Request) -> None:
        if int(request.params.get("limit", 0)) > 50:
            raise Answer(400, {"status": "error", "message": "limit must be at most 50"})
        if request.path.endswith("/search") and "filterGroups" in (request.body or {}):
            filters = request.body["filterGroups"][0]["filters"]
            if len(filters) > 1:
                raise Answer(400, {"status": "error", "message": "no such filter"})
            request.body.pop("sorts", None)

    small.fake.faults = [strict]
    small.fake.page = 2
    small.pull()
    world.tick(hours=1)
    for record in [*world.contacts.values()][::-1]:
        world.change(record, lifecyclestage="lead")
    world.contacts = dict(reversed(world.contacts.items()))
    world.tick(days=1)
    small.pull()
    assert small.incomplete() == set()
    small.translate()
    assert {
        row["contact_id"] for row in small.rows("contacts") if row["lifecycle_stage"] == "lead"
    } == set(world.contacts)
