"""Whether the server of the tests speaks as HubSpot does: the official client's types accept what
it says, and the client pages through it.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import hubspot_sdk
import pytest
from hubspot_sdk import HubSpot
from pydantic import BaseModel

from tests.hubspot.server import TOKEN, FakeHubSpot, serving
from tests.hubspot.test_history import fill
from tests.hubspot.world import World, iso

TYPES = Path(hubspot_sdk.__file__).parent / "types"
V = "2026-03"


@cache
def model(name: str) -> type[BaseModel]:
    """A type of the official client, wherever it lies."""
    for file in sorted(TYPES.rglob("*.py")):
        if re.search(rf"^class {name}\(", file.read_text(encoding="utf-8"), re.MULTILINE):
            module = ".".join(file.relative_to(TYPES).with_suffix("").parts)
            return getattr(importlib.import_module(f"hubspot_sdk.types.{module}"), name)
    raise LookupError(name)


@pytest.fixture
def fake() -> FakeHubSpot:
    world = World()
    fill(world)
    world.add_event("77")
    world.take_part("77", "1", "ATTENDED")
    world.members["5"]["1"] = iso(world.now)
    world.occur("e_visited_page", "1", hs_url="https://www.example.com/")
    world.add_rate("USD", 0.9)
    return FakeHubSpot(world, page=1)


GET = {
    "PublicCampaign": f"/marketing/campaigns/{V}",
    "PublicCampaignAsset": f"/marketing/campaigns/{V}/SPRING/assets/FORM",
    "PublicBudgetTotals": f"/marketing/campaigns/{V}/SPRING/budget/totals",
    "MetricsCounters": f"/marketing/campaigns/{V}/SPRING/reports/metrics",
    "PublicEmail": f"/marketing/emails/{V}",
    "MarketingEventPublicReadResponseV2": f"/marketing/marketing-events/{V}",
    "ParticipationBreakdown": "/marketing/v3/marketing-events/participations/77/breakdown",
    "SimplePublicObject": f"/crm/objects/{V}/contacts?properties=email&propertiesWithHistory=email",
    "ExchangeRate": f"/settings/currencies/{V}/exchange-rates",
    "ExternalUnifiedEvent": f"/events/event-occurrences/{V}?eventType=e_visited_page",
    "JoinTimeAndRecordID": f"/crm/lists/{V}/5/memberships/join-order",
}


@pytest.mark.parametrize("name", GET)
def test_the_official_types_accept_what_it_says(fake: FakeHubSpot, name: str) -> None:
    spring = next(iter(fake.world.campaigns))
    status, body, _ = fake.answer(
        "GET", GET[name].replace("SPRING", spring), None, f"Bearer {TOKEN}"
    )
    found = body.get("results", [body])
    assert status == 200 and found
    for one in found:
        model(name).model_validate(one)


def test_the_official_types_accept_its_associations(fake: FakeHubSpot) -> None:
    body: Any = {"inputs": [{"id": "500"}]}
    path = f"/crm/associations/{V}/deals/contacts/batch/read"
    status, answer, _ = fake.answer("POST", path, body, f"Bearer {TOKEN}")
    assert status == 200
    for one in answer["results"][0]["to"]:
        model("MultiAssociatedObjectWithLabel").model_validate(one)


def listed(ask: Callable[..., Any], **asked: Any) -> list[str]:
    """The ids of a list, page by page."""
    ids: list[str] = []
    after = {}
    while True:
        answer = ask(**asked, **after)
        ids += [one.id for one in answer.results]
        if answer.paging is None or answer.paging.next is None:
            return ids
        after = {"after": answer.paging.next.after}


def test_the_official_client_pages_to_the_same_rows(fake: FakeHubSpot) -> None:
    with serving(fake):
        client = HubSpot(access_token=TOKEN, base_url=fake.url, max_retries=0)
        campaigns = client.marketing.campaigns
        assert listed(campaigns.list, limit=1) == [*fake.world.campaigns]
        spring = next(iter(fake.world.campaigns))
        found = listed(
            campaigns.assets.list, asset_type="OBJECT_LIST", campaign_guid=spring, limit="1"
        )
        assert found == [*fake.world.assets[spring, "OBJECT_LIST"]]
