"""The search: campaigns, deals, contacts, assets and interactions by name or id."""

from __future__ import annotations

from typing import Any

from orchestration.reading.page import words
from orchestration.reading.page.asked import Asked

FOUND = 20


def search(asked: Asked) -> dict[str, Any]:
    """Campaigns, deals, contacts, assets and interactions by id, name or e-mail address: exact ones
    first.
    """
    wanted = asked.query.get("q", "").strip()
    groups = _search(asked, wanted) if wanted else []
    return {"title": "Search", "wanted": wanted, "groups": groups}


def _search(asked: Asked, wanted: str) -> list[dict[str, Any]]:
    values = {"wanted": wanted, "lower": wanted.lower()}
    cells = asked.cells
    by_name = (
        "contains(lower({name}), $lower) or lower({key}) = $lower or starts_with(lower({key}), "
        "$lower)"
    )
    order = (
        "order by {key} <> $wanted, lower({key}) <> $lower, not "
        "starts_with(lower(coalesce({name}, '')), $lower), {name}, {key} limit {most}"
    )

    def near(table: str, key: str, name: str, more: str = "") -> list[dict[str, Any]]:
        chosen = order.format(key=key, name=name, most=FOUND + 1)
        return asked.publication.rows(
            (
                f"select * from @core.{table} where {by_name.format(key=key, name=name)} {more} "
                f"{chosen}"
            ),
            values,
        )

    campaigns = near(
        "dim_campaigns", "campaign_id", "campaign_name", "or list_contains(utm_aliases, $lower)"
    )
    deals = near("fct_deals", "deal_id", "deal_name")
    contacts = near(
        "dim_contacts", "contact_id", "email", "or list_contains(merged_contact_ids, $wanted)"
    )
    assets = near("dim_assets", "asset_id", "asset_name", "or contains(lower(url), $lower)")
    events = asked.publication.rows(
        (
            "select event_id, event_type, occurred_at from @core.fct_interactions where event_id "
            "= $wanted limit 1"
        ),
        values,
    )
    found = [
        (
            "Campaigns",
            [
                (
                    cells.campaign(row["campaign_id"], row["campaign_name"]),
                    "deleted" if row["is_deleted"] else row["owner"],
                )
                for row in campaigns
            ],
        ),
        (
            "Deals",
            [
                (
                    cells.deal(row["deal_id"], row["deal_name"]),
                    ("won, " if row["is_closed_won"] else "not won, ")
                    + (
                        asked.formats.money(row["amount_home"])
                        if row["amount_home"] is not None
                        else "no amount"
                    ),
                )
                for row in deals
            ],
        ),
        (
            "Contacts",
            [
                (
                    cells.contact(row["contact_id"], row["email"]),
                    words.spelled(row["lifecycle_stage"]) if row["lifecycle_stage"] else "",
                )
                for row in contacts
            ],
        ),
        (
            "Assets",
            [
                (cells.asset(row["asset_type"], row["asset_id"], row["asset_name"]), row["url"])
                for row in assets
            ],
        ),
        (
            "Interactions",
            [
                (
                    cells.event(row["event_id"], words.event_type(row["event_type"])),
                    asked.formats.instant(row["occurred_at"]),
                )
                for row in events
            ],
        ),
    ]
    return [
        {"title": title, "rows": rows[:FOUND], "more": len(rows) > FOUND}
        for title, rows in found
        if rows
    ]
