"""Numbers are the sums of the rows that they lead to, and no row is in a sum twice."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import quote_plus

from tests.conftest import scratch
from tests.page.published import PLAIN, publish
from tests.page.test_pages import C, P, browse, links, words
from tests.page.test_sayings import NOON, interaction, page_with


def test_credit_of_no_campaign_leads_to_its_own_rows() -> None:
    with page_with() as client:
        found = links(client.get(f"/contact?id={P}").text)
        credits = {one for one in found if one.startswith("/list/credits?") and "contact" in one}
        assert f"/list/credits?campaign=~none&contact={quote_plus(P)}" in credits
        rows = {link: words(client.get(link).text) for link in credits}
    assert all("50.00" in said and "All 2" not in said for said in rows.values())


def test_page_views_of_a_shared_link_are_summed_once() -> None:
    """R95: a shared alias has a row for each of its campaigns, with the same views."""
    rows = [("both", key, 5, 2, "shared", None) for key in ("early", "late")]
    with page_with(diagnostics__utm_audit=[*rows, ("other", None, 3, 1, "unmatched", None)]) as at:
        shared = words(at.get("/list/utm?status=shared").text)
        every = words(at.get("/missing").text)
        rest = words(at.get("/list/utm?status=unmatched").text)
    assert "All 2 5" in shared and "Remove the alias from all campaigns but one. 2 5" in every
    assert "No campaign – 3" not in rest, "an unmatched link may be in a campaign by its asset"


def test_page_views_of_a_link_lead_to_those_that_the_audit_counts() -> None:
    """R95: unfiltered page views of all time."""
    utm = {"utm_campaign": "once"}
    with page_with(
        diagnostics__utm_audit=[("once", None, 1, 1, "unmatched", None)],
        core__fct_interactions=[
            interaction("a", **utm),
            interaction("b", **utm, is_filtered=True),
        ],
    ) as client:
        found = links(client.get("/list/utm?from=2030-01-01&to=2030-12-31").text)
        (link,) = [one for one in found if "type=page_view" in one and "once" in one]
        rows = client.get(link.replace("?", ".csv?")).text.splitlines()
    assert len(rows) == 2 and "a" in rows[1].split(",")


def test_a_won_deal_without_a_close_time_is_not_said_to_lack_a_rate() -> None:
    """Its amount cannot be converted, for want of a day, and it is one of all won deals."""
    deal = ("open", "Open", None, None, True, 100, "EUR", None, NOON, None, False, None)
    status = ("open", "NO_CLOSE_TIME", 0, None)
    with page_with(core__fct_deals=[deal], diagnostics__deal_status=[status]) as client:
        overview = words(client.get("/").text)
        listed = words(client.get("/list/deals?status=NO_CLOSE_TIME").text)
    assert "All 2 won deals 1 of them in no sum" in overview
    assert "Not converted" in listed and "Without a rate" not in listed


def test_won_deals_without_a_sum_are_named_all_the_same() -> None:
    """R97: deals that cannot be converted are never left out unsaid."""
    deal = ("open", "Open", None, None, True, 100, "EUR", None, NOON, NOON, False, None)
    with scratch() as home:
        overview = browse(publish(home, (), more={"core.fct_deals": [deal]})).get("/")
    assert "The one won deal 1 of them in no sum" in words(overview.text)


def test_created_contacts_and_created_deals_are_not_added_up() -> None:
    """R101, R102: a created contact has no amount, known or not."""
    rows = [
        ("contact_created", "k", "linear", 2, 2, None),
        ("contact_created", C, "linear", 3, 3, None),
        ("deal_created", C, "linear", 4, 4, None),
    ]
    with page_with(marts__attributed_conversions=rows) as client:
        page = client.get("/list/conversions").text
        contacts = words(client.get("/list/conversions?kind=contact_created").text)
    every = words(page)
    assert "k 2 2 –" in every and "4 4 unknown" in every and "All 5 " not in every
    assert "All 3 6" in contacts
    assert "/list/conversion-credits?kind=contact_created&campaign=k" in links(page)


def test_a_number_that_was_unknown_is_not_said_to_have_been_zero() -> None:
    """R83: unknown is never zero. What no campaign gets leads to its own changes."""
    rows = [
        ("r2", "r0", C, "spend", None, "changed", None, Decimal(200), Decimal(200), None, None),
        ("r2", "r0", None, "revenue", "linear", "changed", 1, 2, 1, None, None),
    ]
    with page_with(diagnostics__restatements=rows) as client:
        page = client.get("/changes?from=2020-01-01").text
        (link,) = [one for one in links(page) if "campaign=~none" in one]
        nobody = words(client.get(link).text)
    assert "Spend unknown 200 unknown" in words(page)
    assert "Revenue Linear Changed 1 2 1" in nobody and PLAIN not in nobody
