"""What pages say is so: each number by its own name, each reason the one that holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from starlette.testclient import TestClient

from tests.conftest import scratch
from tests.page.published import PLAIN, Rows, publish
from tests.page.test_pages import C, browse, links, words


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
