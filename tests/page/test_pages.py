"""Every page and list on a small published file: what they say, where they lead, and what they
answer to what cannot be shown.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from starlette.testclient import TestClient

from orchestration.ground.settings import make_settings
from orchestration.reading.page.app import application
from orchestration.reading.page.lists import LISTS
from tests.conftest import scratch
from tests.page.published import HOSTILE, PLAIN, publish

BASE = "http://127.0.0.1:8090"
C, D, P, A = (f"{letter}0{PLAIN}" for letter in "cdpa")
NEW = (
    "diagnostics.deal_status", "diagnostics.contact_status", "marts.conversion_credits",
    "marts.attributed_conversions", "marts.removal_effects", "marts.channel_performance",
    "diagnostics.parity", "diagnostics.parity_contacts", "diagnostics.coverage",
    "diagnostics.unread_values", "diagnostics.restatements", "diagnostics.restatement_causes",
    "diagnostics.check_results",
)  # fmt: skip


def browse(home: Path) -> TestClient:
    return TestClient(application(make_settings(home=str(home))), base_url=BASE)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """The page of a file with hostile text in every field."""
    with scratch() as home:
        yield browse(publish(home))


def words(page: str) -> str:
    """What a page says, without its marks."""
    text = re.sub(r"<svg.*?</svg>|<[^>]*>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


class _Marks(HTMLParser):
    """Elements and attributes that no page has, but for what the data would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "img", "style", "iframe", "object"):
            self.found.append(tag)
        self.found += [name for name, _ in attributes if name.startswith("on") or name == "style"]


def marks(page: str) -> list[str]:
    parser = _Marks()
    parser.feed(page)
    return parser.found


def test_charts_of_a_year_say_so_beside_numbers_of_the_whole_time(client: TestClient) -> None:
    said = "the totals beside the charts are of these weeks."
    assert said in words(client.get("/").text)
    assert said not in words(client.get("/?from=2024-01-01&to=2024-12-31").text)


def links(page: str) -> set[str]:
    return {html.unescape(found) for found in re.findall(r'href="(/[^"#]*)', page)}


def test_every_link_leads_somewhere_and_no_text_becomes_a_mark(client: TestClient) -> None:
    waiting, seen, kinds = ["/"], set(), {}
    while waiting and len(seen) < 230:
        url = waiting.pop(0)
        path = url.partition("?")[0]
        # Each kind of page about once with every hostile text.
        if url in seen or kinds.get(path, 0) >= (3 if path.startswith("/list") else 9):
            continue
        kinds[path] = kinds.get(path, 0) + 1
        seen.add(url)
        answer = client.get(url)
        assert answer.status_code == 200, (url, words(answer.text)[:300])
        if "text/html" in answer.headers["content-type"]:
            assert not marks(answer.text), url
            assert not {"\u202e", "\x1b"} & set(words(answer.text)), url
            waiting += sorted(links(answer.text) - seen)
    assert {
        "/campaign",
        "/deal",
        "/contact",
        "/asset",
        "/event",
        "/session",
        "/list/influenced",
        "/list/credits.csv",
    } <= set(kinds)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_list_and_its_csv_can_be_read(client: TestClient, name: str) -> None:
    query = {"contact-status": "?metric=influenced", "campaign-interactions": f"?campaign={C}"}
    answer = client.get(f"/list/{name}{query.get(name, '')}")
    assert answer.status_code == 200, words(answer.text)
    file = client.get(f"/list/{name}.csv{query.get(name, '')}")
    assert file.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(file.text)))
    shown = re.search(r"<span>([\d,]+) rows?[<,]", answer.text)
    assert shown and int(shown[1].replace(",", "")) == len(rows) - 1
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@" and cell]


def test_a_campaign_leads_from_its_numbers_to_the_deciding_event(client: TestClient) -> None:
    page = client.get(f"/campaign?id={C}&from=2024-06-01&to=2024-06-30")
    said = words(page.text)
    for part in (
        "Sessions 1",
        "Influenced contacts 1",
        "Deals 1",
        "$50.00",
        "Why is it not there?",
    ):
        assert part in said, part
    listed = f"/list/influenced?from=2024-06-01&to=2024-06-30&campaign={C}"
    assert listed in links(page.text)
    row = client.get(listed).text
    assert f"/event?from=2024-06-01&to=2024-06-30&id=e0{PLAIN}" in links(row)
    event = words(client.get(f"/event?id=e0{PLAIN}").text)
    assert "The asset was in the campaign at that moment." in event
    assert "No contact." in words(client.get(f"/list/influenced?from=2024-07-01&campaign={C}").text)


def test_the_model_and_the_period_change_the_numbers(client: TestClient) -> None:
    assert "$80.00" in words(client.get(f"/campaign?id={C}&model=u_shaped").text)
    both = words(client.get(f"/compare?id={C}&id=c1{quote_plus(HOSTILE[0])}&model=u_shaped").text)
    assert "U-shaped model" in both and both.count("$80.00") == 2
    before = words(client.get("/?to=2023-12-31").text)
    assert "All 9 0.00 0.00" in before


def test_a_deal_shows_its_way_its_credit_and_why_another_is_not_counted(
    client: TestClient,
) -> None:
    said = words(client.get(f"/deal?id={D}").text)
    assert "Counted for 1 campaign" in said and "No campaign" in said
    assert said.count("$50.00") == 2 and "Sum 100.00 100.00" in said
    assert "Filtered: a bot or internal traffic" in said
    other = client.get(f"/deal?id=x0{PLAIN}").text
    assert "Not counted: not closed-won" in words(other) and "What to do:" in words(other)
    assert "NOT_CLOSED_WON" not in words(other), "words, no codes"


def test_a_contact_shows_a_reason_for_each_metric(client: TestClient) -> None:
    said = words(client.get(f"/contact?id={P}").text)
    for part in ("First touch Counted", "Conversion in no campaign", "No interaction"):
        assert part in said, part
    assert "was merged into this contact" in words(client.get(f"/contact?id=m0{PLAIN}").text)


def test_won_deals_add_up_by_reason(client: TestClient) -> None:
    said = words(client.get("/missing").text)
    assert "Won deals" in said
    deals = words(client.get("/list/deals").text)
    assert "All 18 900.00 9" in deals, "nine won, nine without a rate beside the sum"
    only = words(client.get("/list/deals?status=COUNTED").text)
    assert "9 rows" in only


def test_search_finds_by_id_name_and_address(client: TestClient) -> None:
    for wanted in (C, PLAIN.lower(), D, P, f"e0{PLAIN}", HOSTILE[0]):
        said = words(client.get("/search", params={"q": wanted}).text)
        assert "Nothing is called" not in said, wanted
    assert "Nothing is called" in words(client.get("/search?q=zzzzzz").text)


def test_what_changed_says_the_net_and_the_cause(client: TestClient) -> None:
    said = words(client.get("/changes").text)
    assert "1 run in this time" in said or "2 runs in this time" in said
    assert "Sessions 1 2 +1" in said and "1 new event" in said
    assert "No number" in words(client.get("/changes?from=2024-07-01").text)


@pytest.mark.parametrize(
    ("url", "status", "says"),
    [
        ("/campaign?id=nothing", 404, "There is no campaign"),
        ("/deal?id=nothing", 404, "nearest IDs"),
        ("/contact?id=nothing", 404, "There is no contact"),
        ("/asset?type=form&id=nothing", 404, "There is no form"),
        ("/event?id=nothing", 404, "There is no interaction"),
        ("/session?id=nothing", 404, "There is no session"),
        ("/nowhere", 404, "no such page"),
        ("/list/nowhere", 400, "There is no list"),
        ("/campaign", 400, "No campaign is named"),
        ("/?model=none", 400, "There is no model"),
        ("/?channel=none", 400, "There is no channel"),
        ("/?from=yesterday", 400, "is not a date"),
        ("/?from=2024-02-02&to=2024-01-01", 400, "ends before it begins"),
        ("/list/deals?page=0", 400, "not a page number"),
        ("/list/deals?page=99", 400, "no page 99"),
        ("/list/deals?won=perhaps", 400, "is no choice"),
        ("/list/campaigns?sort=campaign_id)", 400, "is not sorted by"),
        ("/list/contact-status", 400, "Choose a metric"),
        ("/list/deals?status=%00", 400, "NUL"),
        (f"/search?q={'x' * 3000}", 400, "longer than"),
        ("/compare?" + "&".join(f"id={n}" for n in range(9)), 400, "too many"),
    ],
)
def test_what_cannot_be_shown_is_said_in_words(
    client: TestClient, url: str, status: int, says: str
) -> None:
    answer = client.get(url)
    assert answer.status_code == status
    assert says in words(answer.text)


def test_a_publication_of_an_older_version_says_what_it_lacks() -> None:
    with scratch() as home:
        old = browse(publish(home, (PLAIN,), without=NEW))
        for url in (
            "/",
            f"/campaign?id={C}",
            f"/campaign?id={C}&conversion=deal_created",
            f"/deal?id={D}",
            f"/contact?id={P}",
            f"/asset?type=landing_page&id={A}",
            "/channels",
            "/missing",
            "/changes",
            "/list/deals",
            "/list/coverage",
        ):
            answer = old.get(url)
            assert answer.status_code == 200, (url, words(answer.text)[:300])
        assert "has no diagnostics.deal_status" in words(old.get(f"/deal?id={D}").text)
        assert old.get("/list/parity.csv").status_code == 404


def test_a_new_run_shows_at_the_next_click() -> None:
    with scratch() as home:
        page = browse(publish(home, (PLAIN,)))
        assert "Autumn" not in words(page.get("/").text) and PLAIN in words(page.get("/").text)
        publish(home, (PLAIN, "Autumn"))
        assert "Autumn" in words(page.get("/").text)


def test_nothing_published_is_said() -> None:
    with scratch() as home:
        answer = browse(home).get("/")
        assert answer.status_code == 503 and "touchledger run" in words(answer.text)
