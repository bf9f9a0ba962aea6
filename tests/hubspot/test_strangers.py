"""HubSpots that speak otherwise than ours: the same rows, or a gap that is named."""

from __future__ import annotations

import base64
import copy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from orchestration.ground.settings import make_settings
from tests.hubspot.moving import Mover
from tests.hubspot.portal import Portal
from tests.hubspot.reference import instant
from tests.hubspot.server import Answer, FakeHubSpot, serving
from tests.hubspot.test_faults import on, removed
from tests.hubspot.test_history import fill
from tests.hubspot.world import World, iso, ms

IDS = ("id", "listId", "recordId", "toObjectId", "objectId", "contactId", "emailCampaignId")
TIMES = ("createdAt", "updatedAt", "publishDate", "effectiveAt", "occurredAt", "archivedAt")


def hidden(cursor: str) -> str:
    return base64.urlsafe_b64encode(f"after {cursor}".encode()).decode()


def shown(cursor: str) -> str:
    return base64.urlsafe_b64decode(cursor).decode().removeprefix("after ")


class Stranger(FakeHubSpot):
    """Numbers where ours has text and the other way round, milliseconds for ISO and the other way
    round, nothing for null, and cursors that nobody can read, in links.
    """

    def answer(self, method: str, target: str, body: Any, token: str) -> tuple[int, Any, dict]:
        parts = urlsplit(target)
        params = [
            (name, shown(value) if name == "after" else value)
            for name, value in parse_qsl(parts.query)
        ]
        asked = copy.deepcopy(body)
        for one in [asked, *(asked or {}).get("inputs", [])] if isinstance(asked, dict) else []:
            if "after" in one:
                one["after"] = shown(one["after"])
        target = f"{parts.path}?{urlencode(params)}"
        status, given, headers = super().answer(method, target, asked, token)
        return status, self.dressed(copy.deepcopy(given)), headers

    def dressed(self, given: Any, name: str = "") -> Any:
        if isinstance(given, list):
            return [self.dressed(one, name) for one in given]
        if isinstance(given, dict):
            if name == "paging":
                after = hidden(given["next"]["after"])
                link = f"https://api.example.com/elsewhere?limit=1&after={after}"
                return {"next": {"link": link}}
            return {
                "anUnknownKey": {"deep": [1, None]},
                **{key: self.dressed(one, key) for key, one in given.items() if one is not None},
            }
        if name in IDS and str(given).isdigit():
            return int(given) if isinstance(given, str) else str(given)
        if name in TIMES:
            return iso(instant(given)) if isinstance(given, int) else ms(instant(given))
        if name in ("submittedAt", "amount", "created") and isinstance(given, (int, float)):
            return str(given)
        return given


def test_the_same_rows_of_other_bodies(home: Path, tmp_path: Path) -> None:
    landed = []
    for number, kind in enumerate((FakeHubSpot, Stranger)):
        world = World()
        mover = Mover(world, 4)
        place = {"landing": str(tmp_path / f"{number}"), "home": str(home / f"{number}")}
        with serving(kind(world, page=3)) as fake:
            fake.enforces_limit = False
            served = Portal(world, fake, make_settings(**place))
            mover.move(80)
            world.tick(days=1)
            served.pull()
            assert served.incomplete() == set()
            served.translate()
            landed.append(served.landing())
    for table, rows in landed[0].items():
        assert landed[1][table] == rows, table


def test_answers_that_say_nothing_remove_nothing(small: Portal) -> None:
    world = small.world
    fill(world)
    small.pull()
    small.translate()
    world.tick(days=1)
    small.fake.faults = [
        lambda request: {} if "/assets/FORM" in request.path else None,
        lambda request: {"results": None} if "/assets/CTA" in request.path else None,
        lambda request: {} if "/associations/" in request.path else None,
        lambda request: {"status": "COMPLETE"} if request.path.endswith("search") else None,
        lambda request: {"hasMore": True, "events": []} if "/email/" in request.path else None,
        on("/landing-pages", Answer(429), 2),
        on("/site-pages", Answer(503, "<html>busy</html>"), 1),
    ]
    small.pull()
    small.translate()
    assert removed(small) == []
    reasons = {(table, reason) for table, _, reason in small.incomplete()}
    assert reasons == {
        ("campaign_assets", "an answer without results"),
        ("deal_contacts", "an answer with errors (207)"),
        ("contacts", "an answer without results"),
        ("deals", "an answer without results"),
        ("email_events", "more, and no cursor to it"),
        ("lists", "an answer without lists"),
    }


def test_a_value_cut_off_within_a_character_lands(small: Portal) -> None:
    world = small.world
    fill(world)
    world.change(world.contacts["1"], lifecyclestage="Grüße 😀\ud83d")
    small.pull()
    assert small.translate()["contacts"].reason is None
    stages = {row["lifecycle_stage"] for row in small.rows("contacts")}
    assert stages == {None, "Grüße 😀\ufffd"}


def test_submissions_are_joined_however_many_colons_part_form_and_time(small: Portal) -> None:
    world = small.world
    form = fill(world)["form"]
    world.submit(form, "3", "p3@example.com", "www.example.com/")
    told = world.contacts["3"]["properties"]["hs_calculated_form_submissions"]
    world.change(
        world.contacts["3"], hs_calculated_form_submissions=f"{told.replace(':', '::')};{form}"
    )
    world.tick()
    small.pull()
    small.translate()
    assert [row["contact_id"] for row in small.rows("events")] == ["3"]
