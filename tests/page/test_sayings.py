"""What pages say is so: each number by its own name, each reason the one that holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from orchestration.ground.paths import VARIABLES_FILE
from orchestration.reading.page.views.deals import PEOPLE
from tests.conftest import scratch
from tests.page.published import PLAIN, Rows, publish
from tests.page.test_pages import C, D, browse, links, words

NOON = datetime(2024, 6, 10, 12)
# From a deal's creation on.
DEAL_END = (NOON, NOON, False, None)


@contextmanager
def page_with(**more: list[tuple]) -> Iterator[TestClient]:
    """The page of a small file and rows of `schema__table` more."""
    rows: Rows = {name.replace("__", "."): found for name, found in more.items()}
    with scratch() as home:
        yield browse(publish(home, (PLAIN,), more=rows))


def changed(run: str, metric: str, old: int, new: int, campaign: str | None, of_run: str) -> tuple:
    """A row of the log: a number of the campaign, the causes of the campaign and of the run."""
    values = (Decimal(old), Decimal(new), Decimal(new - old))
    return (run, "r0", C, metric, None, "changed", *values, campaign, of_run)


def parity(metric: str, ours: float, theirs: float) -> tuple:
    difference = ours - theirs
    return ("other", C, metric, None, None, None, ours, theirs, difference, difference / theirs)


def test_revenue_is_money_but_in_a_list_of_contacts() -> None:
    with page_with(
        diagnostics__restatements=[changed("r2", "revenue", 1000, 1500, None, "deal_edit 1")],
        diagnostics__parity=[parity("revenue", 1000, 500), parity("contacts_with_revenue", 1, 3)],
        diagnostics__parity_contacts=[("other", C, "revenue", "z", False, "NOT_COUNTED")],
    ) as client:
        for url in ("/changes?from=2020-01-01", "/list/restatements"):
            said = words(client.get(url).text)
            assert "Revenue" in said and "Contacts with revenue" not in said, url
        said = words(client.get("/list/parity?source=other").text)
        assert "Revenue – – – 1,000 500" in said and "Contacts with revenue – – – 1 3" in said
        said = words(client.get("/list/parity-contacts?source=other").text)
        assert "Contacts with revenue z" in said


def test_a_number_of_contacts_that_differs_leads_to_them() -> None:
    numbers = {
        "new_contacts_first_touch": "first_touch",
        "new_contacts_last_touch": "last_touch",
        "influenced_contacts": "influenced",
        "contacts_with_revenue": "revenue",
        "revenue": None,
        "sessions": None,
    }
    with page_with(diagnostics__parity=[parity(metric, 3, 2) for metric in numbers]) as client:
        for metric, of in numbers.items():
            found = links(client.get(f"/list/parity?source=other&metric={metric}").text)
            contacts = {link for link in found if link.startswith("/list/parity-contacts")}
            wanted = f"/list/parity-contacts?source=other&campaign={C}&metric={of}"
            assert contacts == ({wanted} if of else set()), metric


def interaction(key: str, **given: object) -> tuple:
    """A page view of nothing by nobody at noon, but for what is given."""
    row: dict[str, object] = {
        "event_type": "page_view",
        "occurred_at": NOON,
        "visitor_id": None,
        "contact_id": None,
        "session_id": None,
        "asset_type": None,
        "asset_id": None,
        "url": None,
        "utm_source": None,
        "utm_medium": None,
        "utm_campaign": None,
        "is_filtered": False,
        "channel": None,
        "influences": True,
        "earns_revenue": True,
    }
    return (key, *(row | given).values())


def test_an_interaction_that_counts_for_no_campaign_says_what_it_lacks() -> None:
    page = {"asset_type": "landing_page", "asset_id": "moved"}
    interval = (C, "landing_page", "moved")
    hour = timedelta(hours=1)
    events = {
        "filtered": page | {"is_filtered": True},
        "between": page,
        "elsewhere": {"asset_type": "landing_page", "asset_id": "never"},
        "early": {"utm_campaign": "both"},
        "mistyped": {"utm_campaign": "boht"},
        "form": {"event_type": "form_submission", "utm_campaign": "both"},
        "click": {"event_type": "cta_click", "utm_campaign": "both"},
        "opened": {"event_type": "email_open"},
    }
    campaign = ("new", "Newer", NOON + hour, None, None, None, None, None, ["both"], False)
    with page_with(
        core__dim_campaigns=[campaign, ("old", "Older", NOON - hour, *campaign[3:])],
        core__fct_asset_associations=[
            (*interval, NOON - 2 * hour, NOON - hour, "removed", "exact"),
            (*interval, NOON + hour, None, None, "exact"),
        ],
        core__fct_interactions=[interaction(key, **given) for key, given in events.items()],
        diagnostics__utm_audit=[
            ("both", key, 1, 1, "shared", None) for key in ("new", "old", "ghost")
        ],
    ) as client:
        said = {key: words(client.get(f"/event?id={key}").text) for key in events}
    not_then = "At that moment its asset was in no campaign."
    assert "a filtered interaction counts nowhere" in said["filtered"]
    assert not_then not in said["filtered"]
    assert not_then in said["between"] and "carries no utm_campaign" in said["between"]
    assert "Its asset was never in a campaign." in said["elsewhere"]
    assert "Newer has the alias “both”, which did not count yet: the campaign" in said["early"]
    assert "Older has the alias “both”, which did not count yet: the alias" in said["early"]
    assert "ghost has the alias “both”, which never counts" in said["early"]
    assert "No campaign has its utm_campaign “boht” as an alias." in said["mistyped"]
    assert "a form submission counts by its link for last touch alone" in said["form"]
    assert "only a page view counts by its link" in said["click"]
    assert "It is on no asset." in said["opened"] and "link" not in said["opened"]


def test_an_id_without_a_record_that_a_list_has_leads_to_a_page() -> None:
    page = {"asset_type": "landing_page", "asset_id": "lost"}
    with page_with(
        core__fct_interactions=[interaction("e", contact_id="nobody", **page)],
        core__fct_deal_contacts=[
            (deal, "nobody", NOON, None, "exact", False, "CONTACT_UNKNOWN")
            for deal in (D, "unknown")
        ],
        core__fct_asset_associations=[
            ("logged", "landing_page", "lost", NOON, None, None, "exact")
        ],
        diagnostics__utm_audit=[("tag", "tagged", 0, 0, "never_seen", None)],
        diagnostics__parity=[("other", "reported", *parity("sessions", 1, 2)[2:])],
        diagnostics__merges=[("contact", "loser", "ghost"), ("deal", "gone", D)],
        diagnostics__parity_contacts=[
            ("other", C, "influenced", key, False, "UNKNOWN_CONTACT")
            for key in ("loser", "stranger")
        ],
    ) as client:
        lists = (
            "interactions",
            "deal-contacts",
            "parity-contacts",
            "parity",
            "utm",
            "associations",
        )
        pages = ["/event?id=e", f"/deal?id={D}", *(f"/list/{name}" for name in lists)]
        found = {link for url in pages for link in links(client.get(url).text)}
        ids = {
            "/campaign?id=reported": "This campaign is deleted or has no record",
            "/campaign?id=tagged": "This campaign is deleted or has no record",
            "/campaign?id=logged": "This campaign is deleted or has no record",
            "/contact?id=nobody": "No contact record has the id nobody: it is nobody",
            "/contact?id=loser": "Merged into it all the same: loser.",
            "/contact?id=stranger": "It has no interactions.",
            "/deal?id=unknown": "No record of this deal has landed",
            "/asset?type=landing_page&id=lost": "No record of this asset has landed.",
        }
        assert set(ids) <= found
        said = {url: words(client.get(url).text) for url in (*ids, "/deal?id=gone")}
        for url, says in ids.items():
            assert says in said[url], url
        assert "cost" in said["/contact?id=nobody"] and "(R" not in said["/contact?id=nobody"]
        assert "Unknown contact" in said["/contact?id=stranger"], "who lists it"
        assert "No contact record has this id." in said["/deal?id=unknown"]
        assert f"Merged into {PLAIN}" in said["/deal?id=gone"]


def test_a_deal_says_of_each_contact_what_is_in_its_path() -> None:
    """A contact at the close need not have an interaction in the path, and a merged deal's contacts
    are with its survivor.
    """
    deal = (None, None, True, 100, "USD", 100, NOON, NOON, False)
    with page_with(
        core__fct_deals=[("late", "Late", *deal, None), ("merged", "Merged", *deal, "late")],
        core__dim_contacts=[
            (key, None, NOON, None, [], [], False) for key in ("after", "idle", "away")
        ],
        core__fct_deal_contacts=[
            ("late", "after", NOON - timedelta(1), None, "exact", True, None),
            ("late", "idle", NOON - timedelta(1), None, "exact", True, None),
            ("late", "away", NOON, None, "exact", False, "CONTACT_ASSOCIATED_AFTER_CLOSE"),
        ],
        core__fct_interactions=[
            interaction("e", contact_id="after", occurred_at=NOON + timedelta(1))
        ],
    ) as client:
        said = words(client.get("/deal?id=late").text)
        assert "after Jun 9, 2024, 12:00 PM still on it On the deal at the close, but none" in said
        assert "idle Jun 9, 2024, 12:00 PM still on it On the deal at the close, but it" in said
        assert "The contact was associated only at the close or later." in said
        assert "Its interactions are in the path" not in said
        won = words(client.get(f"/deal?id={D}").text)
        assert "Yes, on the deal at the close: 2 of its interactions are in the path." in won
        merged = client.get("/deal?id=merged").text
        assert "Its contacts are with the deal that it was merged into: Late" in words(merged)
        assert "Nobody was ever" not in merged and "/deal?id=late" in links(merged)


def test_a_change_names_the_causes_of_the_run_that_made_it() -> None:
    """Of a number that several runs changed those of the last; where no record of the campaign
    changed, what concerned all campaigns.
    """
    setting = "variable attribution_lookback_days 60 -> 30"
    edit = "deal_edit 1, spend 2"
    with page_with(
        diagnostics__restatements=[
            changed("r1", "revenue", 1000, 1500, "deal_edit 1", edit),
            changed("r2", "revenue", 1500, 0, None, f"{edit}, {setting}, model 1"),
            changed("r2", "deals", 1, 0, "deal_edit 1", f"deal_edit 1, {setting}, rate 3"),
            changed("r2", "spend", 1, 2, None, "spend 2, rate 3"),
            changed("r2", "budget", 1, 2, None, edit),
        ]
    ) as client:
        said = words(client.get("/changes?from=2020-01-01").text)
        every = words(client.get("/list/restatements").text)
    days = "changed setting attribution_lookback_days 60 → 30"
    assert f"Revenue 1,000 0 -1,000 {days}, 1 new version of the models" in said
    assert f"Deals 1 0 -1 1 edited deal, {days} C0" in said.replace(PLAIN, "C0")
    assert "Spend 1 2 +1 3 exchange rates" in said
    assert "Budget 1 2 +1 one or more of the run's causes: 1 edited deal, 2 spend items" in said
    assert f"1,500 0 -1,500 {days}" in every and "1,000 1,500 500 1 edited deal" in every


def test_a_shared_alias_is_not_said_to_count_for_each_campaign() -> None:
    """R95 lets `shared` go first, whether or not a visit counts for the campaign (R31)."""
    rows = [("both", key, 1, 1, "shared", None) for key in ("early", "late")]
    with page_with(diagnostics__utm_audit=rows) as client:
        said = words(client.get("/list/utm?status=shared").text)
    assert "the same visits" not in said
    assert "Each counts the visits since the campaign and its own alias began" in said


@pytest.mark.parametrize("days", [None, 30])
def test_a_reason_names_the_look_back_window_only_where_one_is_set(days: int | None) -> None:
    """R70, R94: without a window nothing lies before it."""
    more: Rows = {
        "diagnostics.deal_status": [("idle", "NO_REVENUE_INTERACTION", 0, 100)],
        "diagnostics.deal_inclusion": [("idle", C, False, "NO_REVENUE_INTERACTION")],
        "core.fct_deals": [
            ("idle", None, None, None, True, 100, "USD", 100, NOON, NOON, False, None)
        ],
    }
    with scratch() as home:
        publish(home, (PLAIN,), more=more)
        variables = {"attribution_lookback_days": days}
        (home / "published" / VARIABLES_FILE).write_text(json.dumps(variables))
        client = browse(home)
        for url in ("/deal?id=idle", f"/campaign?id={C}", "/missing", "/list/deals"):
            said = words(client.get(url).text)
            assert "such as list additions, workflow enrolments and opens" in said, url
            assert ("look-back window of 30 days" in said) == bool(days), url
            assert ("attribution_lookback_days" in said) == bool(days), url
        path = words(client.get("/deal?id=idle").text)
        assert ("and from 30 days before it on" in path) == bool(days)


def test_a_last_touch_is_not_said_to_count_by_the_form_s_own_campaign() -> None:
    """R51: a page of the campaign in the session is enough."""
    form = interaction("form", event_type="form_submission", asset_type="form", asset_id="f")
    with page_with(
        marts__last_touch_contacts=[(C, "p", NOON, "form", "asset", True)],
        core__fct_interactions=[form],
    ) as client:
        said = client.get(f"/list/last_touch?campaign={C}").text
        conversion = words(client.get("/event?id=form").text)
    assert "Up to the conversion, its session saw a page or submitted a form" in said
    assert "The asset was in the campaign at that moment." not in said
    assert "Its asset was never in a campaign." in conversion
    assert "It created a contact, whose last touch counts for 1" in conversion


def test_nothing_is_said_of_what_a_deleted_campaign_lacks() -> None:
    """R84: its assets, spend and visibility are published nowhere."""
    gone = ("gone", "Gone", NOON, None, None, None, None, "USD", [], True)
    associations = [("gone", "blog_post", "b", NOON, None, None, "exact")]
    with page_with(core__dim_campaigns=[gone], core__fct_asset_associations=associations) as client:
        said = words(client.get("/campaign?id=gone").text)
    assert "All its assets are shown" not in said and "No asset is in it now" not in said
    assert (
        "spend unknown" not in said
        and "known of campaigns that have a record and are not deleted" in said
    )


def test_a_deal_of_many_contacts_shows_those_in_its_path() -> None:
    many = [(f"n{number:03}", NOON) for number in range(PEOPLE)]
    spans = [("crowd", key, at, None, "exact", True, None) for key, at in [*many, ("z", NOON)]]
    credit = ("page_view", NOON, NOON, "linear", 1.0, 100, None)
    with page_with(
        core__fct_deals=[("crowd", "Crowd", *(None, None, True, 100, "USD", 100), *DEAL_END)],
        core__fct_deal_contacts=spans,
        marts__attribution_credits=[("crowd", "e", None, "z", *credit)],
    ) as client:
        said = words(client.get("/deal?id=crowd").text)
    assert "Yes, on the deal at the close: 1 of its interactions is in the path." in said
    assert "All contacts of the deal" in said and "n198 " in said and "n199 " not in said
