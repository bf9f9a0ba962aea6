"""What a portal's past becomes: first seen where HubSpot tells no time, exact where it does, and
the same however it is translated.
"""

from __future__ import annotations

from orchestration.connectors.pull import Pull
from tests.hubspot.portal import Portal, Row
from tests.hubspot.world import World, iso

MICRO = "000Z"


def at(instant: str) -> str:
    """An instant of the world as the landing writes it."""
    return instant.replace("Z", MICRO)


def log(rows: list[Row], *names: str) -> set[tuple]:
    return {tuple(row[name] for name in names) for row in rows}


def fill(world: World) -> dict[str, str]:
    """A campaign with one asset of most kinds, people and a deal; returns the ids."""
    spring, autumn = world.add_campaign("Spring", hs_utm="spring"), world.add_campaign("Autumn")
    made = {"spring": spring, "autumn": autumn, "created": iso(world.now)}
    world.tick()
    world.add_content("landing_pages", "11", campaign=spring)
    world.add_content(
        "marketing_emails",
        "21",
        campaign=spring,
        allEmailCampaignIds=["901", "902"],
        primaryEmailCampaignId="901",
    )
    made["form"] = world.add_form("Contact us")
    world.put(spring, "FORM", made["form"], "Contact us")
    world.put(spring, "CTA", "c1", "Buy")
    world.put(spring, "EXTERNAL_WEB_URL", "x1", "Elsewhere")
    for identity, processing in (("5", "MANUAL"), ("6", "DYNAMIC")):
        world.add_list(identity, processing)
        world.put(spring, "OBJECT_LIST", identity)
    made["made_at"] = iso(world.now)
    world.tick()
    for number in range(1, 6):
        world.add_contact(str(number), f"p{number}@example.com")
    world.add_deal(
        "500",
        dealname="Won",
        amount="100",
        closedate=iso(world.now),
        hs_is_closed="true",
        hs_is_closed_won="true",
    )
    world.add_deal(
        "501", dealname="Open", amount="7", closedate=iso(world.now), hs_is_closed="false"
    )
    world.associate("500", "1", "Decider")
    world.associate("500", "2")
    made["people_at"] = iso(world.now)
    world.tick(hours=1)
    return made


def test_associations_are_seen_and_removed(small: Portal) -> None:
    world = small.world
    made = fill(world)
    assert small.pull() < 120
    first = small.translate()
    assert first["campaign_asset_log"].reason == "no asset type: EXTERNAL_WEB_URL (1)"

    world.tick(days=1)
    world.take(made["spring"], "FORM", made["form"])
    world.put(made["autumn"], "FORM", made["form"], "Contact us")
    world.dissociate("500", "2")
    world.associate("500", "3")
    world.revise("landing_pages", "11", campaign=made["autumn"])
    world.merge("4", "5")
    small.pull()
    moved = iso(world.now)
    small.translate()

    assets = small.rows("campaign_asset_log")
    columns = ("campaign_id", "asset_type", "asset_id", "action", "occurred_at", "time_basis")
    spring, autumn = made["spring"], made["autumn"]
    assert log(assets, *columns) == {
        (spring, "form", made["form"], "associated", at(made["made_at"]), "assumed"),
        (spring, "form", made["form"], "removed", at(moved), "first_seen"),
        (autumn, "form", made["form"], "associated", at(moved), "first_seen"),
        (spring, "cta", "c1", "associated", at(made["created"]), "assumed"),
        (spring, "static_list", "5", "associated", at(made["made_at"]), "assumed"),
        (spring, "landing_page", "11", "associated", at(made["made_at"]), "exact"),
        (spring, "landing_page", "11", "removed", at(moved), "exact"),
        (autumn, "landing_page", "11", "associated", at(moved), "exact"),
        (spring, "marketing_email", "21", "associated", at(made["made_at"]), "exact"),
    }
    moves = sorted(
        (row for row in assets if row["asset_id"] == made["form"]), key=lambda row: row["log_id"]
    )
    assert [row["action"] for row in moves] == ["associated", "associated", "removed"]
    deals = log(
        small.rows("deal_contact_log"), "contact_id", "label", "action", "occurred_at", "time_basis"
    )
    assert deals == {
        ("1", None, "associated", at(made["people_at"]), "assumed"),
        ("1", "Decider", "associated", at(made["people_at"]), "assumed"),
        ("2", None, "associated", at(made["people_at"]), "assumed"),
        ("2", None, "removed", at(moved), "first_seen"),
        ("3", None, "associated", at(moved), "first_seen"),
    }
    (merge,) = small.rows("contact_merges")
    assert (merge["loser_contact_id"], merge["winner_contact_id"]) == ("4", "5")
    assert not [row for row in small.rows("contacts") if row["_deleted"]]
    won, opened = sorted(small.rows("deals"), key=lambda row: row["deal_id"])
    assert won["is_closed_won"] == "true" and won["closed_at"] and won["currency"] == "EUR"
    assert opened["is_closed_won"] == "false" and opened["closed_at"] is None

    landed = small.landing()
    small.forget_landing()
    small.translate()
    assert small.landing() == landed
    small.translate()
    assert small.landing() == landed


def test_what_a_pull_asks_of_itself_opens_no_earlier_file(small: Portal) -> None:
    """So that a pull costs the same however many there were before it."""
    small.world.add_form("Form")
    for _ in range(3):
        small.world.tick(days=1)
        small.pull()
    forms = small.settings.home / "extracts" / "main" / "forms"
    earlier = sorted(forms.glob("*.parquet"))[:-1]
    assert len(earlier) >= 2
    for file in earlier:
        file.write_bytes(b"not to be opened")
    last = Pull(small.source, small.settings)
    last.number = 3
    with last.extracts("forms", is_own=True) as connection:
        found = connection.execute("select distinct _pull from forms").fetchall()
    assert found == [(3,)]
