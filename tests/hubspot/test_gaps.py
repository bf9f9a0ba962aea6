"""One failing part of HubSpot costs no other, and a gap is named only as long as it is one."""

from __future__ import annotations

import time

import pytest

from tests.hubspot.portal import Portal
from tests.hubspot.server import Answer, Request, missing_scope
from tests.hubspot.test_faults import on, removed
from tests.hubspot.test_history import fill
from tests.hubspot.world import iso


def test_an_endpoint_that_fails_for_good_leaves_the_others_alone(small: Portal) -> None:
    world = small.world
    fill(world)
    for identity in range(30, 42):
        world.add_content("blog_posts", str(identity))
    small.fake.faults = [on("/revisions", Answer(500)), on("/email/public", Answer(503))]
    small.pull()
    assert small.outcome is not None and not small.outcome.failed
    asked = [request for request in small.fake.requests if "/revisions" in request.path]
    assert len({request.path for request in asked}) <= 9
    coverage = small.translate()
    assert coverage["contacts"].rows == 5 and coverage["contacts"].reason is None
    assert "revisions blog_posts: answered 500 (12 times)" in coverage["campaign_asset_log"].reason
    assert "email_events: answered 503" in coverage["events"].reason


def submitted_forms(small: Portal) -> list[str]:
    """Seven forms in order, each with a submission."""
    world = small.world
    fill(world)
    forms = sorted([*world.forms, *(world.add_form(f"Form {number}") for number in range(6))])
    for form in forms:
        world.tick()
        world.submit(form, None, "p1@example.com", "www.example.com/")
    return forms


def test_what_one_form_is_refused_costs_no_other(small: Portal) -> None:
    world, forms = small.world, submitted_forms(small)
    small.fake.faults = [
        on(forms[1], missing_scope()),
        *(on(form, Answer(500)) for form in forms[2:5]),
    ]
    world.tick()
    small.pull()
    coverage = small.translate()
    assert {row["asset_id"] for row in small.rows("events")} == {forms[0], *forms[5:]}
    assert "form_submissions: answered 500 (3 times)" in coverage["events"].reason
    assert "form_submissions: no permission;" in coverage["events"].reason


def test_a_contact_that_is_gone_when_its_visits_are_asked_for_is_not_asked_again(
    small: Portal,
) -> None:
    world = small.world
    fill(world)
    small.pull()
    world.tick(days=1)
    world.add_contact("7", "p7@example.com", hs_analytics_num_page_views="1")

    def gone(request: Request) -> None:
        if request.params.get("objectId") == "7":
            raise Answer(404)

    small.fake.faults = [gone]
    world.tick(hours=1)
    small.pull()
    reason = small.translate()["events"].reason
    assert "event_occurrences e_visited_page: not found (404)" in reason
    world.tick(days=1)
    before = small.fake.count("/event-occurrences/")
    small.pull()
    assert small.fake.count("/event-occurrences/") == before + 3
    assert "404" not in small.translate()["events"].reason


def test_a_type_of_asset_that_is_no_type_takes_few_requests(small: Portal) -> None:
    world = small.world
    fill(world)
    for number in range(5):
        world.add_campaign(f"More {number}")
    small.fake.faults = [on("/assets/MEDIA", Answer(400, {"message": "no such asset type"}))]
    small.pull()
    # Pages of four sizes each.
    assert small.fake.count("/assets/MEDIA") == 3 * 4
    reason = small.translate()["campaign_asset_log"].reason
    assert "campaign_assets MEDIA: answered 400 (7 times)" in reason


def test_a_pull_that_stops_is_a_gap_of_what_it_did_not_come_to(small: Portal) -> None:
    fill(small.world)
    small.options["max_requests"] = 35
    small.pull()
    coverage = small.translate()
    assert "max_requests" in coverage["contacts"].reason
    for raw_table in ("campaigns", "exchange_rates", "ad_metrics", "visitor_identities"):
        assert "max_requests" not in (coverage[raw_table].reason or "")


def test_what_is_gone_is_no_gap_any_more(small: Portal) -> None:
    """A campaign and a form that are deleted while they are read, and e-mail events whose windows
    are other ones in the next pull.
    """
    world = small.world
    made = fill(world)

    def vanish(request: Request) -> None:
        if request.path.endswith("/assets/CTA"):
            world.campaigns.pop(made["autumn"], None)
        if "/submissions/forms/" in request.path:
            world.forms.pop(made["form"], None)
            raise Answer(404)

    small.fake.faults = [vanish, on("/email/public", Answer(500))]
    small.pull()
    coverage = small.translate()
    assert "budget_totals: not found (404)" in coverage["budget_items"].reason
    assert "email_events: answered 500" in coverage["events"].reason
    small.fake.faults = []
    world.mail("FORWARD", "p1@example.com", 901)
    world.mail("FORWARD", "p1@example.com", 901)["type"] = None
    world.tick(days=1)
    small.pull()
    coverage = small.translate()
    assert coverage["budget_items"].reason is None
    said = coverage["events"].reason
    assert "500" not in said and "404" not in said
    assert "e-mail events of type FORWARD do not land (1)" in said
    assert "e-mail events without a type do not land (1)" in said


def test_events_stand_in_for_submissions_that_the_forms_api_never_gave(small: Portal) -> None:
    world = small.world
    form = fill(world)["form"]
    world.submit(form, "1", "p1@example.com", "www.example.com/")
    world.occur("e_submitted_form", "1", hs_form_id=form)
    world.occur("e_submitted_form", "2", hs_form_id="0e1e7ed0-0000-4000-8000-000000000000")
    small.fake.faults = [on("/submissions/", missing_scope())]
    world.tick()
    small.pull()
    small.translate()

    def submissions() -> set[tuple]:
        return {
            (row["contact_id"], row["event_id"].split(":")[1], row["is_filtered"])
            for row in small.rows("events")
            if row["event_type"] == "form_submission"
        }

    assert submissions() == {("1", "event", None), ("2", "event", None)}
    small.fake.faults = []
    world.tick(days=1)
    at = iso(world.now).replace("Z", "000Z")
    small.pull()
    small.translate()
    # The form's own submissions came: what stood in for them is withdrawn.
    whole = {("1", "event", None), ("1", "event", "true"), ("2", "event", None)}
    assert submissions() == {*whole, ("1", "form_submission", None)}
    (withdrawn,) = [row for row in small.rows("events") if row["is_filtered"] == "true"]
    assert withdrawn["_loaded_at"] == at
    landed = small.landing()
    small.forget_landing()
    small.translate()
    assert small.landing() == landed


def test_without_revisions_the_first_look_is_the_rule_s(small: Portal) -> None:
    world = small.world
    made = fill(world)
    world.add_content("blog_posts", "50")
    world.revisions.pop(("blog_posts", "50"), None)
    world.put(made["spring"], "BLOG_POST", "50")
    small.pull()
    small.translate()
    (row,) = [row for row in small.rows("campaign_asset_log") if row["asset_id"] == "50"]
    created = max(
        world.campaigns[made["spring"]]["createdAt"], world.content["blog_posts"]["50"]["createdAt"]
    )
    assert row["time_basis"] == "assumed" and row["occurred_at"] == created.replace("Z", "000Z")


def test_a_property_that_the_account_does_not_have_is_a_gap(small: Portal) -> None:
    world = small.world
    fill(world)

    def refuse(request: Request) -> None:
        """As an account without Salesforce might."""
        asked = str(request.params) + str(request.body)
        if "/contacts" in request.path and "salesforceleadid" in asked:
            raise Answer(400, {"message": 'Property "salesforceleadid" does not exist'})

    small.fake.faults = [refuse]
    small.pull()
    coverage = small.translate()
    assert coverage["contacts"].rows == 5
    assert coverage["contacts"].reason == "contacts salesforceleadid: no such column"
    world.change(world.contacts["1"], lifecyclestage="customer")
    world.tick(days=1)
    small.pull()
    coverage = small.translate()
    assert coverage["contacts"].reason == "contacts salesforceleadid: no such column"
    assert {row["lifecycle_stage"] for row in small.rows("contacts")} >= {"customer"}


def test_a_refusal_that_speaks_of_email_leaves_the_property_there(small: Portal) -> None:
    fill(small.world)
    refused = Answer(400, {"message": "no email history for now"})
    small.fake.faults = [on("/objects/2026-03/contacts", refused, 1)]
    small.pull()
    coverage = small.translate()
    assert coverage["contacts"].reason is None
    assert all(row["email"] for row in small.rows("contacts"))


def test_an_endpoint_that_does_not_answer_leaves_the_others_alone(
    small: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME__REQUEST_TIMEOUT", "0.3")
    fill(small.world)

    def sleep(request: Request) -> None:
        if request.path.endswith("/site-pages"):
            time.sleep(0.6)

    small.fake.faults = [sleep]
    small.pull()
    coverage = small.translate()
    assert coverage["contacts"].rows == 5 and coverage["contacts"].reason is None
    assert "site_pages live: gave no answer in time" in coverage["assets"].reason


def test_what_goes_while_a_list_is_read_takes_nothing_else_with_it(small: Portal) -> None:
    """HubSpot counts pages off: what goes moves the others forward, one of them past the reader."""
    world = small.world
    spring = fill(world)["spring"]
    for number in range(3):
        world.add_campaign(f"More {number}")
        world.put(spring, "CTA", f"more{number}")
        world.add_content("blog_posts", str(60 + number))
    small.fake.page = 2
    small.pull()
    world.tick(days=1)
    first = {
        "/campaigns/2026-03": lambda: world.campaigns.pop(next(iter(world.campaigns))),
        "/assets/CTA": lambda: world.take(spring, "CTA", "more0"),
        "/cms/blogs/2026-03/posts": lambda: world.content["blog_posts"].pop("60"),
    }

    def change(request: Request) -> None:
        for part in [part for part in first if request.path.endswith(part)]:
            if part != "/assets/CTA" or spring in request.path:
                first.pop(part)()

    # The first campaign is Spring itself: another one goes.
    world.campaigns = dict(reversed(world.campaigns.items()))
    small.fake.after = change
    small.pull()
    assert not first
    small.fake.after = None
    small.translate()
    # What was read before it went counts for this pull.
    assert removed(small) == []
    world.tick(days=1)
    small.pull()
    small.translate()
    (gone,) = [row for row in small.rows("campaigns") if row["_deleted"]]
    assert gone["campaign_id"] not in world.campaigns
    lost = [row for row in removed(small) if "asset_id" in row]
    assert {row["asset_id"] for row in lost} == {"more0", "60"}


@pytest.mark.parametrize("said", ["36000", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_long_wait_is_for_the_next_pull(small: Portal, said: str) -> None:
    """A daily limit says to come back tomorrow: nobody sleeps until then."""
    fill(small.world)
    small.fake.faults = [on("/automation/", Answer(429, headers={"Retry-After": said}))]
    small.pull()
    assert small.outcome is not None and small.outcome.failed
    assert "asks to wait" in small.outcome.says and "goes on at flows" in small.outcome.says
    assert "asks to wait" in small.translate()["contacts"].reason
    small.fake.faults = []
    small.pull()
    assert not small.outcome.says and small.translate()["contacts"].rows == 5


def test_a_form_that_is_refused_costs_no_other_in_a_pull_that_goes_on(small: Portal) -> None:
    world, forms = small.world, submitted_forms(small)
    of_third = f"/{forms[2]}"
    small.fake.faults = [on(of_third, Answer(429, {"message": "wait"}, {"Retry-After": "9999"}))]
    world.tick()
    small.pull()
    small.fake.faults = [on(of_third, missing_scope())]
    small.pull()
    small.translate()
    landed = {row["asset_id"] for row in small.rows("events") if row["asset_type"] == "form"}
    assert landed == {*forms} - {forms[2]}
