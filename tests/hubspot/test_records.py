"""What becomes what, to the row: records, money, events and reports of a made-up portal."""

from __future__ import annotations

from datetime import timedelta

from tests.hubspot.portal import Portal
from tests.hubspot.server import Answer
from tests.hubspot.test_faults import on
from tests.hubspot.test_history import at, fill
from tests.hubspot.world import iso, ms


def test_records_of_three_pulls(small: Portal) -> None:
    world = small.world
    small.options["portal"] = "eu"
    made = fill(world)
    first = iso(world.now)
    contact = world.contacts["1"]
    born = contact["createdAt"]
    small.pull()
    changed = iso(world.tick(hours=3))
    world.change(
        contact, email="new@example.com", hs_additional_emails="x@example.com;y@example.com"
    )
    world.change(
        contact,
        salesforcecontactid="003A",
        salesforceleadid="00QB",
        salesforcecampaignids="701;702",
    )
    world.archive(world.contacts["2"])
    world.campaigns[made["spring"]]["properties"]["hs_utm"] = "spring-2"
    world.budgets[made["spring"]]["spendItems"] = [
        {
            "id": "9",
            "name": "Ads",
            "amount": 12.5,
            "order": 0,
            "createdAt": ms(world.now),
            "updatedAt": ms(world.now),
        }
    ]
    second = iso(world.tick(days=1))
    small.pull()
    del world.contacts["3"]
    world.merge("4", "5", timed=False)
    del world.campaigns[made["autumn"]]
    world.campaigns[made["spring"]]["properties"]["hs_utm"] = "spring"
    world.budgets[made["spring"]]["spendItems"] = []
    world.content["landing_pages"]["11"] |= {"archived": True}
    third = iso(world.tick(days=1))
    small.pull(full=True)
    small.translate()

    def of(table: str, key: str, identity: str) -> list:
        rows = [row for row in small.rows(table) if row[key] == f"eu:{identity}"]
        return sorted(rows, key=lambda row: row["_loaded_at"])

    versions = of("contacts", "contact_id", "1")
    assert [(row["email"], row["_loaded_at"]) for row in versions] == [
        # As it was when the address was new, with the rest as it is now.
        ("p1@example.com", at(born)),
        ("p1@example.com", at(first)),
        ("new@example.com", at(second)),
    ]
    newest = versions[-1]
    assert newest["additional_emails"] == "x@example.com;y@example.com"
    assert (
        newest["salesforce_ids"] == "003A;00QB" and newest["salesforce_campaign_ids"] == "701;702"
    )
    assert changed < second
    assert [row["_deleted"] for row in of("contacts", "contact_id", "2")] == [None, "true"]
    gone = of("contacts", "contact_id", "3")[-1]
    assert (gone["_deleted"], gone["_loaded_at"], gone["email"]) == ("true", at(third), None)
    assert all(row["_deleted"] is None for row in of("contacts", "contact_id", "4"))
    (merge,) = small.rows("contact_merges")
    assert (merge["loser_contact_id"], merge["merged_at"]) == ("eu:4", at(third))
    spent, unspent = of("spend_items", "item_id", "9")
    assert (spent["amount"], spent["currency"], spent["spent_on"]) == ("12.5", "EUR", changed[:10])
    assert unspent["_deleted"] == "true"
    utms = {row["utm_campaign"]: row["added_at"] for row in small.rows("campaign_utms")}
    assert utms == {"spring": at(made["created"]), "spring-2": at(second)}
    assert of("campaigns", "campaign_id", made["autumn"])[-1]["_deleted"] == "true"
    assert of("assets", "asset_id", "11")[-1]["_deleted"] == "true"


def test_events_of_two_pulls(small: Portal) -> None:
    world = small.world
    made = fill(world)
    form = made["form"]
    world.tick(days=40)
    small.options["since"] = (world.now - timedelta(minutes=1)).replace(tzinfo=None)
    early = world.mail("OPEN", "p1@example.com", 901)
    early["created"] -= 120_000
    world.mail("SENT", "p1@example.com", 901)
    world.mail("OPEN", "p1@example.com", 902, filteredEvent=True)
    world.mail("CLICK", "p2@example.com", 0, url="https://www.example.com/")
    world.mail("DROPPED", "p2@example.com", 901)
    world.mail("BOUNCE", "p3@example.com", 903)
    world.submit(form, "3", "p3@example.com", "www.example.com/landing?utm_campaign=x")
    world.tick()
    world.submit(form, None, "nobody@example.com", "www.example.com/landing")
    world.members["5"]["2"] = iso(world.now)
    world.members["6"]["2"] = iso(world.now)
    world.add_event("77")
    world.take_part("77", "1", "REGISTERED")
    world.take_part("77", "2", "CANCELLED")
    page = {
        "hs_page_id": "11",
        "hs_url": "https://www.example.com/p",
        "hs_query_params": "utm_source=a",
        "hs_referrer": "https://g.example/",
    }
    world.occur("e_visited_page", "1", **page)
    world.occur(
        "e_visited_page",
        "1",
        hs_page_id="99",
        hs_url="https://www.example.com/q?z=1",
        hs_query_params="b=2",
    )
    world.occur("e_ad_interaction", "2", hs_interaction_type="CLICK", hs_ad_campaign_id="888")
    world.occur("e_ad_interaction", "2", hs_interaction_type="VIEW", hs_ad_campaign_id="888")
    world.occur("e_submitted_form", "3", hs_form_id=form)
    world.tick()
    small.pull()
    # An e-mail that is known only now, and a contact that HubSpot joins late.
    world.add_content("marketing_emails", "22", primaryEmailCampaignId="903")
    late = world.submissions[form][0]
    world.change(
        world.contacts["4"], hs_calculated_form_submissions=f"{form}:{late['submittedAt']}"
    )
    world.tick(days=1)
    small.pull()
    coverage = small.translate()

    newest: dict[str, dict] = {}
    for row in sorted(small.rows("events"), key=lambda row: row["_loaded_at"]):
        newest[row["event_id"]] = row
    columns = (
        "event_type",
        "contact_id",
        "email",
        "asset_type",
        "asset_id",
        "is_filtered",
        "visitor_id",
        "url",
    )
    assert sorted(
        (tuple(row[name] for name in columns) for row in newest.values()), key=str
    ) == sorted(
        [
            ("email_sent", None, "p1@example.com", "marketing_email", "21", None, None, None),
            ("email_open", None, "p1@example.com", "marketing_email", "21", "true", None, None),
            ("email_click", None, "p2@example.com", None, None, None, None, None),
            ("email_bounced", None, "p3@example.com", "marketing_email", "22", None, None, None),
            (
                "form_submission",
                "3",
                "p3@example.com",
                "form",
                form,
                None,
                "contact:3",
                "www.example.com/landing?utm_campaign=x",
            ),
            (
                "form_submission",
                "4",
                "nobody@example.com",
                "form",
                form,
                None,
                "contact:4",
                "www.example.com/landing",
            ),
            ("list_addition", "2", None, "static_list", "5", None, None, None),
            ("marketing_event_registration", "1", None, "marketing_event", "77", None, None, None),
            (
                "page_view",
                "1",
                None,
                "landing_page",
                "11",
                None,
                "contact:1",
                "https://www.example.com/p?utm_source=a",
            ),
            (
                "page_view",
                "1",
                None,
                None,
                None,
                None,
                "contact:1",
                "https://www.example.com/q?z=1",
            ),
            ("ad_click", "2", None, "ad_campaign", "888", None, None, None),
        ],
        key=str,
    )
    assert "DROPPED" in coverage["events"].reason
    small.options["brings"] = ("page_view",)
    small.forget_landing()
    small.translate()
    assert {row["event_type"] for row in small.rows("events")} == {"page_view"}


def test_what_is_restored_is_deleted_no_more(small: Portal) -> None:
    world = small.world
    fill(world)
    small.pull()
    world.tick(days=1)
    records = (world.contacts["2"], world.contacts["3"], world.deals["500"])
    for record in records:
        world.archive(record)
    small.pull()
    world.tick(days=1)
    # Restoring does not count as a change either.
    for record in (world.contacts["2"], world.deals["500"]):
        record["archived"] = False
    del world.contacts["3"]
    small.pull()
    assert small.incomplete() == set()
    small.translate()

    def deletions(table: str, key: str, identity: str) -> list:
        rows = [row for row in small.rows(table) if row[key] == identity]
        return [row["_deleted"] for row in sorted(rows, key=lambda row: row["_loaded_at"])][-3:]

    assert deletions("contacts", "contact_id", "2")[-2:] == ["true", None]
    assert deletions("contacts", "contact_id", "3")[-1] == "true"
    assert deletions("deals", "deal_id", "500") == [None, "true", None]


def test_what_is_restored_is_asked_for_until_it_is_told(small: Portal) -> None:
    world = small.world
    fill(world)
    small.pull()
    world.tick(days=1)
    world.archive(world.contacts["2"])
    small.pull()
    world.tick(days=1)
    world.contacts["2"]["archived"] = False
    small.fake.faults = [on("/contacts/batch/read", Answer(500))]
    small.pull()
    assert small.incomplete()
    small.fake.faults = []
    world.tick(days=1)
    small.pull()
    small.translate()
    rows = [row for row in small.rows("contacts") if row["contact_id"] == "2"]
    newest = max(rows, key=lambda row: row["_loaded_at"])
    assert newest["_deleted"] is None and len(rows) == 3


def test_what_a_visitor_did_comes_with_a_contact_that_was_told_late(small: Portal) -> None:
    """The search for contacts failed in the pull in which it would have come."""
    world = small.world
    fill(world)
    world.tick(days=20)
    world.occur("e_visited_page", "7", hs_url="https://www.example.com/")
    visits = [*world.occurrences]
    world.occurrences.clear()
    world.tick(days=20)
    small.pull()
    world.occurrences += visits
    world.tick(days=1)
    world.add_contact("7", "p7@example.com", hs_analytics_num_page_views="1")
    world.tick(days=6)
    small.fake.faults = [on("/contacts/search", Answer(500))]
    small.pull()
    small.fake.faults = []
    world.tick(days=7)
    small.pull()
    small.translate()
    views = [row for row in small.rows("events") if row["event_type"] == "page_view"]
    assert [row["contact_id"] for row in views] == ["7"]


def test_what_a_visitor_did_comes_with_the_contact_that_it_becomes(small: Portal) -> None:
    """HubSpot tells it once it knows the contact: much older than the last pull."""
    world = small.world
    form = fill(world)["form"]
    world.tick(days=20)
    visits: list[dict] = []

    def visit(contact: str, kind: str = "e_visited_page", **properties: str) -> None:
        world.tick(hours=1)
        visits.append(world.occur(kind, contact, hs_url="https://www.example.com/", **properties))

    for contact in ("1", "7"):
        visit(contact)
        visit(contact, "e_ad_interaction", hs_interaction_type="CLICK", hs_ad_campaign_id="888")
    # Anonymous until now.
    hidden = [*visits]
    world.occurrences.clear()
    world.tick(days=20)
    small.pull()
    world.tick(days=1)
    world.occurrences += hidden
    world.add_contact("7", "p7@example.com", hs_analytics_num_page_views="1")
    world.submit(form, "1", "p1@example.com", "www.example.com/")
    world.change(world.contacts["1"], hs_analytics_num_page_views="1")
    # Without page views there is nothing to ask for.
    world.add_contact("8", "p8@example.com", hs_analytics_num_page_views="0")
    world.tick(hours=1)
    before = small.fake.count("/event-occurrences/")
    small.pull()
    assert small.fake.count("/event-occurrences/") == before + 3 + 2 * 2
    small.translate()
    columns = ("event_type", "contact_id", "occurred_at")

    def landed() -> set[tuple]:
        rows = [row for row in small.rows("events") if row["event_type"] != "form_submission"]
        return {tuple(row[name] for name in columns) for row in rows}

    assert landed() == {
        (
            "page_view" if one["eventType"] == "e_visited_page" else "ad_click",
            one["objectId"],
            at(one["occurredAt"]),
        )
        for one in hidden
    }
    found = landed()
    world.tick(days=1)
    small.pull(full=True)
    small.translate()
    assert landed() == found


def test_hubspots_own_numbers(small: Portal) -> None:
    world = small.world
    made = fill(world)
    spring = made["spring"]
    world.metrics[spring] = {
        "sessions": 7,
        "newContactsFirstTouch": 1,
        "newContactsLastTouch": 2,
        "influencedContacts": 3,
    }
    world.revenue[spring, "LINEAR"] = {
        "revenueAmount": 50.5,
        "dealAmount": 100,
        "dealsNumber": 1,
        "contactsNumber": 2,
        "currencyCode": "EUR",
    }
    world.revenue[spring, "U_SHAPED"] = {"revenueAmount": 40}
    world.reported[spring, "contactFirstTouch"] = ["1", "2"]
    world.budgets[spring]["budgetItems"] = [
        {"id": "1", "name": "b", "amount": 10, "order": 0, "createdAt": 1, "updatedAt": 1}
    ]
    world.tick()
    small.pull()
    small.translate()
    told = {
        (row["metric"], row["model"]): float(row["value"])
        for row in small.rows("reported_metrics")
        if row["campaign_id"] == spring
    }
    assert told == {
        ("sessions", None): 7,
        ("new_contacts_first_touch", None): 1,
        ("new_contacts_last_touch", None): 2,
        ("influenced_contacts", None): 3,
        ("attributed_revenue", "linear"): 50.5,
        ("attributed_revenue", "u_shaped"): 40,
        ("revenue", None): 50.5,
        ("associated_deal_value", None): 100,
        ("deals", None): 1,
        ("contacts_with_revenue", None): 2,
        ("budget", None): 10,
        ("spend", None): 0,
        ("remaining_budget", None): 10,
    }
    assert [(row["metric"], row["contact_id"]) for row in small.rows("reported_contacts")] == [
        ("first_touch", "1"),
        ("first_touch", "2"),
    ]


def test_an_unchanged_portal_takes_few_requests_and_lands_no_record(small: Portal) -> None:
    world = small.world
    fill(world)
    small.pull()
    small.translate()
    before = small.landing()
    world.tick(days=1)
    asked = small.pull()
    small.translate()
    after = small.landing()
    changed = [table for table in after if after[table] != before[table]]
    assert changed == ["reported_metrics"]
    assert asked <= 2 * 26 + 36
    assert small.fake.count("/revisions") == 2
