"""Every sentence of explain against the tables it speaks of, over generated worlds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.ground.settings import make_settings
from orchestration.publishing.words import rule_rows
from orchestration.reading.explain.asset import asset_page, state_text
from orchestration.reading.explain.asset_facts import explain_asset
from orchestration.reading.explain.campaign import campaign_page
from orchestration.reading.explain.campaign_facts import explain_campaign
from orchestration.reading.explain.contact import contact_page
from orchestration.reading.explain.contact_facts import explain_contact
from orchestration.reading.explain.deal import deal_page
from orchestration.reading.explain.deal_facts import NOT_AT_CLOSE, explain_deal
from orchestration.reading.explain.page import money_text
from orchestration.reading.explain.reasons import influencing_types, own_gates
from orchestration.reading.published import Published
from tests.conftest import build_tables, scratch
from tests.warehouses import as_published
from tests.worlds.landings import write_landing
from tests.worlds.make import make_world

SEEDS = [
    pytest.param((4100, None), id="4100"),
    *(
        pytest.param((seed, lookback), id=f"{seed}-{lookback}", marks=pytest.mark.long)
        for seed, lookback in ((4101, 20), (4102, None), (4103, 3), (4104, None), (4105, None))
    ),
]
Row = dict[str, Any]
TYPES = {row["event_type"]: row for row in rule_rows("interaction_types")}
TABLES = [
    "core.dim_assets", "core.dim_campaigns", "core.dim_contacts", "core.fct_asset_associations",
    "core.fct_campaign_interactions", "core.fct_deal_contacts", "core.fct_deals",
    "core.fct_interactions", "diagnostics.asset_visibility", "diagnostics.contact_status",
    "diagnostics.deal_inclusion", "diagnostics.deal_status", "diagnostics.merges",
    "diagnostics.parity", "diagnostics.utm_audit", "marts.asset_performance",
    "marts.attributed_revenue",
    "marts.attribution_credits", "marts.campaign_performance", "marts.conversion_credits",
    "marts.influenced_contacts", "marts.removal_effects",
]  # fmt: skip


@dataclass(frozen=True)
class Explained:
    """A publication, all rows of its tables, and the look-back window it was built under."""

    published: Published
    tables: dict[str, list[Row]]
    lookback: int | None

    def of(self, table: str, **where: Any) -> list[Row]:
        return [
            row
            for row in self.tables[table]
            if all(row[name] == value for name, value in where.items())
        ]

    def one(self, table: str, **where: Any) -> Row:
        return next(iter(self.of(table, **where)), {})


@pytest.fixture(scope="module", params=SEEDS)
def world(request: pytest.FixtureRequest) -> Iterator[Explained]:
    seed, lookback = request.param
    with scratch() as folder:
        write_landing(make_world(seed, 300), folder / "landing", seed)
        home = folder / "home"
        variables = ["social_post_cap=3"]
        variables += [f"attribution_lookback_days={lookback}"] if lookback else []
        build_tables(folder / "landing", home, "2024-07-01T00:00:00Z", variables)
        _publish(home, lookback)
        published = Published(make_settings(home=str(home)))
        tables = {table: published.rows(f"select * from {table}") for table in TABLES}
        yield Explained(published, tables, lookback)
        published.connection.close()


def _publish(home: Path, lookback: int | None) -> None:
    folder = home / "published"
    folder.mkdir()
    said = {"home_currency": "USD", "attribution_lookback_days": lookback or "none"}
    (folder / "variables.json").write_text(json.dumps(said), encoding="utf-8")
    file = as_published(home)
    with duckdb.connect(str(file)) as connection:
        connection.execute("update diagnostics.run_log set status = 'published'")
    (folder / "touchledger.duckdb").hardlink_to(file)


@pytest.fixture
def page(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """What a page prints at 80 columns, as one line; no line is wider."""
    monkeypatch.setenv("COLUMNS", "80")

    def printed(show, found: Row) -> str:
        show(found)
        out = capsys.readouterr().out
        assert all(len(line) <= 80 for line in out.splitlines()), out
        assert "look-back" not in out or found.get("lookback_days") is not None, out
        return " ".join(out.split())

    return printed


def _contact_ids(world: Explained) -> set[str]:
    merges = world.of("diagnostics.merges", subject="contact")
    return {
        *(row["contact_id"] for row in world.tables["core.dim_contacts"]),
        *(row["contact_id"] for row in world.tables["core.fct_interactions"] if row["contact_id"]),
        *(row["contact_id"] for row in world.tables["core.fct_deal_contacts"]),
        *(row[name] for row in merges for name in ("merged_id", "survivor_id")),
    }


def test_every_deal(world: Explained, page) -> None:
    merged = world.of("diagnostics.merges", subject="deal")
    ids = {row["deal_id"] for row in world.tables["core.fct_deals"]}
    ids |= {row["merged_id"] for row in merged}
    stated = Counter()
    for deal_id in sorted(ids):
        found = explain_deal(world.published, deal_id)
        text = page(deal_page, found)
        status = world.one("diagnostics.deal_status", deal_id=deal_id)
        if not status:
            assert "No record of this deal has landed" in text
        elif status["status"] == "COUNTED":
            assert f"Yes, for {status['campaigns']} campaign" in text
        else:
            assert f"For no campaign. {status['status']} (R9" in text
        stated[status.get("status")] += 1
        into = [row["survivor_id"] for row in merged if row["merged_id"] == deal_id]
        assert ("It was merged into" in text) == bool(into)
        assert not into or into[0] in text.split("It was merged into")[1]
        _deal_path(world, found, text)
        _deal_left_out(world, found)
        _deal_campaigns(world, found)
    assert len(stated) > 4, stated


def _deal_path(world: Explained, found: Row, text: str) -> None:
    deal_id = found["deal_id"]
    credits = world.of("marts.attribution_credits", deal_id=deal_id)
    assert Counter(
        (entry["event_id"], entry["campaign_id"], model, cell["weight"], cell["credit"])
        for entry in found["path"]
        for model, cell in entry["models"].items()
    ) == Counter(
        tuple(row[name] for name in ("event_id", "campaign_id", "model", "weight", "credit"))
        for row in credits
    )
    assert ("There is none: " in text) == (not credits)
    rest = Decimal(0)
    for entry in found["path"]:
        assert entry["time_basis"] == _time_basis(world, deal_id, entry), entry
        if entry["time_basis"] != "exact" and "linear" in entry["models"]:
            rest += entry["models"]["linear"]["credit"]
        effects = found["removal_effects"].get("markov", {})
        known = world.one("marts.removal_effects", model="markov", campaign_id=entry["campaign_id"])
        assert effects.get(entry["campaign_id"]) == known.get("effect")
    if credits:
        assert found["time_basis"]["not_exact"] == rest
        assert ("times that are not exact" in text) == bool(rest)
        for model in {row["model"] for row in credits}:
            assert f"{money_text(found['deal']['amount_home'])}" in text, model
        if len(found["path"]) <= 40:
            for row in credits:
                assert money_text(row["credit"]) in text


def _time_basis(world: Explained, deal_id: str, entry: Row) -> str:
    """R96: the weakest time that a touch rests on."""
    bases = {
        row["time_basis"]
        for row in world.of(
            "core.fct_deal_contacts", deal_id=deal_id, contact_id=entry["contact_id"]
        )
        if row["is_at_close"]
    }
    if entry["basis"] == "asset":
        event = world.one("core.fct_interactions", event_id=entry["event_id"])
        bases |= {
            row["time_basis"]
            for row in world.of(
                "core.fct_asset_associations",
                campaign_id=entry["campaign_id"],
                asset_type=event["asset_type"],
                asset_id=event["asset_id"],
            )
            if row["valid_from"] <= event["occurred_at"] < (row["valid_to"] or datetime.max)
        }
    return next(basis for basis in ("assumed", "first_seen", "exact") if basis in bases)


def _deal_left_out(world: Explained, found: Row) -> None:
    """Every interaction of the deal's contacts is in the path or lacks what is said of it."""
    deal_id, deal = found["deal_id"], found["deal"] or {}
    people = {
        row["contact_id"]: row["is_at_close"]
        for row in sorted(
            world.of("core.fct_deal_contacts", deal_id=deal_id), key=lambda row: row["is_at_close"]
        )
    }
    in_path = {entry["event_id"] for entry in found["path"]}
    events = {
        row["event_id"]: row
        for row in world.tables["core.fct_interactions"]
        if row["contact_id"] in people and row["event_id"] not in in_path
    }
    assert sum(group["interactions"] for group in found["left_out"]) == len(events)
    status = world.one("diagnostics.deal_status", deal_id=deal_id).get("status")
    for group in found["left_out"]:
        for example in group["examples"]:
            event, reason = events[example["event_id"]], group["reason"]
            contact = world.one("core.dim_contacts", contact_id=event["contact_id"])
            kind = TYPES[event["event_type"]]
            claims = {
                "no contact record": not contact,
                "deleted (R12)": contact.get("is_deleted"),
                "the deal has no record": not deal,
                "no close time": deal and deal["closed_at"] is None,
                "removed before the close": not people[event["contact_id"]],
                "at the close or later": not people[event["contact_id"]],
                "(R13)": event["is_filtered"],
                "(R33)": kind["earns_revenue"] == "false" and not event["earns_revenue"],
                "(R35)": kind["needs_primary_address"] == "true" and not event["earns_revenue"],
                "after the close": deal.get("closed_at")
                and event["occurred_at"] > deal["closed_at"],
                "the deal itself does not count": status in own_gates(),
                "look-back": world.lookback
                and deal.get("closed_at")
                and (deal["closed_at"] - event["occurred_at"]).total_seconds()
                > world.lookback * 86400,
            }
            made = [claim for claim in claims if claim in reason]
            assert made and all(claims[claim] for claim in made), (event, reason)


def _deal_campaigns(world: Explained, found: Row) -> None:
    deal_id = found["deal_id"]
    people = world.of("core.fct_deal_contacts", deal_id=deal_id)
    pairs = world.of("diagnostics.deal_inclusion", deal_id=deal_id)
    assert {row["campaign_id"]: row["reason"] for row in pairs} == {
        row["campaign_id"]: row["reason"] for row in found["campaigns"]
    }
    for row in found["campaigns"]:
        asked = {
            one["contact_id"]
            for one in people
            if one["is_at_close"] or row["reason"] in own_gates() | NOT_AT_CLOSE
        } & {
            one["contact_id"]
            for one in world.of("core.dim_contacts", is_deleted=row["reason"] == "CONTACT_DELETED")
        }
        counting = {
            f"{one['event_type']} {one['event_id']}": one
            for one in world.of("core.fct_campaign_interactions", campaign_id=row["campaign_id"])
            if one["contact_id"] in asked and one["event_type"] in influencing_types()
        }
        assert row["interactions"] == len(counting)
        assert set(row["examples"]) <= set(counting)
        close = (found["deal"] or {}).get("closed_at")
        if row["is_included"]:
            assert any(one["earns_revenue"] for one in counting.values())
        elif row["reason"] == "CONTACT_NOT_INFLUENCED":
            assert not counting
        elif row["reason"] == "INTERACTION_AFTER_CLOSE":
            assert counting and all(one["occurred_at"] > close for one in counting.values())
        elif row["reason"] == "NO_REVENUE_INTERACTION":
            assert any(one["occurred_at"] <= close for one in counting.values())


def test_every_contact(world: Explained, page) -> None:
    for contact_id in sorted(_contact_ids(world)):
        found = explain_contact(world.published, contact_id)
        text = page(contact_page, found)
        merge = world.one("diagnostics.merges", subject="contact", merged_id=contact_id)
        survivor = merge.get("survivor_id", contact_id)
        assert (f"was merged into {survivor}" in text) == bool(merge)
        record = world.one("core.dim_contacts", contact_id=survivor)
        events = world.of("core.fct_interactions", contact_id=survivor)
        assert found["events"]["interactions"] == len(events)
        assert ("No contact record has the id" in text) == (not record)
        assert ("Deleted: it counts" in text) == bool(record.get("is_deleted"))
        if not record or record["is_deleted"]:
            number = f"{len(events):,} interaction" if events else "no interactions"
            assert f"It has {number}" in text
        assert {(row["metric"], row["status"], row["event_id"]) for row in found["statuses"]} == {
            (row["metric"], row["status"], row["event_id"])
            for row in world.of("diagnostics.contact_status", contact_id=survivor)
        }
        for row in found["statuses"]:
            assert row["status"] == "COUNTED" or row["status"] in text
        influenced = world.of("marts.influenced_contacts", contact_id=survivor)
        assert len(found["influenced_by"]) == len(influenced)
        shares = world.of(
            "marts.conversion_credits", conversion="contact_created", subject_id=survivor
        )
        for model in {row["model"] for row in shares}:
            parts = [entry["models"].get(model) for entry in found["creation"]]
            assert sum(part["credit"] for part in parts if part) == 1


def test_every_campaign_and_asset(world: Explained, page) -> None:
    named = {row["campaign_id"] for row in world.tables["core.fct_asset_associations"]}
    named |= {row["campaign_id"] for row in world.tables["core.dim_campaigns"]}
    for campaign_id in sorted(named):
        found = explain_campaign(world.published, campaign_id)
        text = page(campaign_page, found)
        record = world.one("core.dim_campaigns", campaign_id=campaign_id)
        assert ("No record of it has landed" in text) == (not record)
        assert ("Deleted: it leaves" in text) == bool(record.get("is_deleted"))
        pairs = world.of("diagnostics.deal_inclusion", campaign_id=campaign_id)
        assert {row["reason"]: row["deals"] for row in found["deals"]} == Counter(
            row["reason"] for row in pairs
        )
        revenue = world.one("marts.attributed_revenue", campaign_id=campaign_id, model="linear")
        if revenue:
            assert found["time_basis"]["total"] == revenue["revenue"]
            assert money_text(revenue["revenue"]) in text
        assert ("Nothing: " in text.split("What earns")[1].split("Deals that could have")[0]) == (
            not found["models"]
        )
        assert ("Nothing: no deal could have counted" in text) == (
            not pairs and not found["models"]
        )
        assert found["models"] or not any(row["is_included"] for row in pairs)
        shows = world.of("marts.asset_performance", campaign_id=campaign_id)
        if record and not record["is_deleted"]:
            assert found["associations"]["now_in"] == len(shows)
        assert len(found["parity"]) == len(world.of("diagnostics.parity", campaign_id=campaign_id))
        own = {
            row["utm_campaign"]
            for row in world.of("diagnostics.utm_audit", campaign_id=campaign_id)
        }
        near = [row for row in found["utms"] if row["utm_campaign"] not in own]
        assert all(row["similar_alias"] in own for row in near)
        assert ("It has no alias." in text) == (not own)
    for row in world.tables["core.dim_assets"]:
        found = explain_asset(world.published, row["asset_type"], row["asset_id"])
        text = page(asset_page, found)
        key = {"asset_type": row["asset_type"], "asset_id": row["asset_id"]}
        now_in = {one["campaign_id"] for one in world.of("marts.asset_performance", **key)}
        live = world.of("core.dim_campaigns", is_deleted=False)
        states = [state_text(one, found["as_of"]) for one in found["associations"]]
        assert {
            one["campaign_id"]
            for one, state in zip(found["associations"], states, strict=True)
            if "still in it" in state
        } & {one["campaign_id"] for one in live} == now_in
        shown = world.of(
            "diagnostics.asset_visibility", asset_type=row["asset_type"], asset_id=row["asset_id"]
        )
        for reason in {reason for one in shown for reason in one["reasons"]}:
            assert f"{reason} (R90)" in text
