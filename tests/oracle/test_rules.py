"""Rules of the oracle that are easy to get wrong, on cases decided by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.oracle.channels import Channels
from tests.oracle.deal_contacts import DealContacts
from tests.oracle.merges import surviving_deals, survivors
from tests.oracle.people import People
from tests.oracle.rules import Row, read_rules
from tests.oracle.utm_audit import similar_alias

DAY = timedelta(days=1)
START = datetime(2024, 1, 1)
SITE = "https://www.example.com/page"


def test_survivors() -> None:
    """R10: through chains; of a cycle the smallest id, for what leads into it, too."""
    assert survivors({"a": "b", "b": "c"}) == {"a": "c", "b": "c", "c": "c"}
    assert survivors({"z": "b", "b": "c", "c": "b"}) == {"z": "b", "b": "b", "c": "b"}


@pytest.mark.parametrize(
    ("merges", "records", "expected"),
    [
        ({"a": "b", "b": "c"}, "abc", {"a": "c", "b": "c", "c": "c"}),
        ({"a": "b", "b": "c"}, "ab", {"a": "b", "b": "b", "c": "c"}),
        ({"a": "b", "b": "c"}, "a", {"a": "a", "b": "b", "c": "c"}),
        ({"a": "b", "b": "c"}, "c", {"a": "c", "b": "c", "c": "c"}),
        ({"b": "a", "c": "b", "a": "c"}, "bc", {"a": "b", "b": "b", "c": "b"}),
        ({"z": "a", "a": "b", "b": "a"}, "z", {"z": "z", "a": "a", "b": "b"}),
    ],
)
def test_surviving_deals(merges: dict, records: str, expected: dict) -> None:
    """R66: the last of the chain that has a record; a letter is a deal."""
    assert surviving_deals(merges, records) == expected


def _log(number: int, action: str, **values: object) -> Row:
    return {
        "log_id": str(number),
        "deal_id": "d",
        "contact_id": "c",
        "action": action,
        "occurred_at": START + number * DAY,
        "label": None,
        "time_basis": None,
        "_loaded_at": START,
    } | values


def test_labels_and_duplicates_unite() -> None:
    """R61, R66, R96: taking one of two labels away ends nothing; the weakest basis at the start."""
    empty = ("contact_merges", "contacts", "visitor_identities", "visitor_emails")
    people = People({name: [] for name in (*empty, "salesforce_campaign_members")}, [])
    log = [
        _log(1, "associated", label="a", time_basis="first_seen"),
        _log(1, "associated", label="A", deal_id="old", time_basis="assumed"),
        _log(2, "removed", label="A", deal_id="old"),
        _log(3, "removed", label=None),
        _log(4, "removed", label="a"),
        _log(4, "associated"),
    ]
    rows = DealContacts(log, people, lambda deal_id: "d").published()
    assert rows == [
        {
            "deal_id": "d",
            "contact_id": "c",
            "valid_from": START + DAY,
            "valid_to": None,
            "time_basis": "assumed",
        }
    ]


@pytest.mark.parametrize(
    ("tag", "referrer", "channel", "source"),
    [
        ("", None, "direct_traffic", None),
        ("", "https://user@WWW.example.com:443/x", "direct_traffic", None),
        ("", "https://example.com/", "referrals", "example.com"),
        ("", "shop.example/go?u=https://google.com", "referrals", "shop.example"),
        ("", "/relative", "referrals", None),
        ("", "https://www.google.co.uk/", "organic_search", "Google"),
        ("", "https://notgoogle.com", "referrals", "notgoogle.com"),
        ("", "https://gemini.google.com/app", "ai_referrals", "Gemini"),
        ("", "m.facebook.com/l.php", "organic_social", "Facebook"),
        ("?gclid=", "https://l.facebook.com", "organic_social", "Facebook"),
        ("?li_fat_id=1&gclid=1", None, "paid_search", None),
        ("?ttclid=1&utm_medium=email", None, "paid_social", None),
        ("?utm_medium=CPC", "https://facebook.com", "paid_social", "Facebook"),
        ("?utm_medium=CPC&utm_source=news", "https://facebook.com", "paid_search", "news"),
        ("?utm_medium=Paid+Social&utm_source=fb", None, "paid_social", "Facebook"),
        ("?utm_source=hs_email", None, "email_marketing", "HubSpot e-mail"),
        ("?utm_source=m.facebook.com", None, "other_campaigns", "Facebook"),
        ("?utm_medium=organic", None, "organic_search", None),
        ("?utm_campaign=x", "https://google.com", "other_campaigns", "Google"),
        ("?utm_source=www.example.com", None, "other_campaigns", "www.example.com"),
    ],
)
def test_channels(tag: str, referrer: str | None, channel: str, source: str | None) -> None:
    """R110."""
    channels = Channels(read_rules())
    assert channels.of_view(SITE + tag, referrer) == channel
    assert channels.source_of_view(SITE + tag, referrer) == source


@pytest.mark.parametrize(
    ("value", "alias"),
    [
        ("sprnig-sale", "spring sale"),
        ("spring.sale", "spring sale"),
        ("spring", None),
        ("lau", None),
        ("lunch", "launch"),
        ("launchx", "launch"),
        ("laünch", None),
        ("webinars", "webinar"),
        ("webinaz", "webinar"),
    ],
)
def test_similar_aliases(value: str, alias: str | None) -> None:
    """R95: the nearest, of several the smallest text; ASCII, long enough, at most two apart."""
    assert (
        similar_alias(value, ["spring sale", "webinar", "webinas", "launch", "été 2024"]) == alias
    )
