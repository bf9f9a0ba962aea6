"""The page of a contact."""

from __future__ import annotations

from typing import Any

from orchestration.reading.explain.page import (
    BASIS,
    Page,
    money_text,
    name_text,
    new_table,
    when_text,
)


def contact_page(found: dict[str, Any]) -> None:
    page, contact = Page(), found["contact"]
    survivor = contact["contact_id"]
    page.heading(f"Contact {survivor}{' - ' + contact['email'] if contact['email'] else ''}")
    if found["asked_for"] != survivor:
        page.say(
            f"{found['asked_for']} was merged into {survivor}, which has all its history (R10)."
        )
    merged = (
        f"; merged from {', '.join(contact['merged_contact_ids'])} (R10)"
        if contact["merged_contact_ids"]
        else ""
    )
    page.say(f"created {when_text(contact['created_at'])} (UTC){merged}")
    if contact["is_deleted"]:
        page.say("Deleted: it counts in no number of contacts and in no deal's path (R12).")
    for title, rows, event, rule in (
        ("First touch", found["first_touches"], "event_id", "R50"),
        ("Last touch", found["last_touches"], "conversion_event_id", "R51"),
    ):
        page.heading(f"{title} ({rule})")
        touches = new_table("Campaign", "Event", "Why it counts", "Primary?")
        for row in rows:
            page.row(
                touches,
                name_text(row),
                row[event],
                BASIS[row["basis"]],
                "yes" if row["is_primary"] else "no",
            )
        page.show(touches) if rows else page.say("Counts for no campaign.")
    page.heading("Influenced by (R53)")
    influence = new_table("Campaign", "Since (UTC)", "By", "Interactions", right=("Interactions",))
    for row in found["influenced_by"]:
        page.row(
            influence,
            name_text(row),
            when_text(row["influenced_at"]),
            f"{row['event_type']} {row['event_id']}",
            row["interactions"],
        )
    page.show(influence) if found["influenced_by"] else page.say("No campaign.")
    page.heading("Deals (R60-R62)")
    deals = new_table(
        "Deal",
        "On it from",
        "To",
        "Closed",
        "Amount",
        "Its linear credit",
        right=("Amount", "Its linear credit"),
    )
    for row in found["deals"]:
        page.row(
            deals,
            name_text(row, "deal"),
            when_text(row["valid_from"]),
            when_text(row["valid_to"]),
            when_text(row["closed_at"]),
            money_text(row["amount_home"]),
            money_text(row["linear_credit"]),
        )
    page.show(deals) if found["deals"] else page.say("None.")
