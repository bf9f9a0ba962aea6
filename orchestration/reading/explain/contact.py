"""The page of a contact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestration.reading.explain.page import (
    BASIS,
    Page,
    count_text,
    listed,
    money_text,
    name_text,
    new_grid,
    when_text,
)
from orchestration.reading.explain.reasons import because_text
from orchestration.reading.explain.touch_page import event_text, shares_page

LAST_TOUCH = {
    "asset": "a page view or form of the campaign in the conversion's session (R51)",
    "utm": "the URL of the conversion carried the campaign's utm (R51)",
    "both": "the URL's utm, and a page view or form in the session (R51)",
}
METRICS = {
    "first_touch": "First touch (R50)",
    "last_touch": "Last touch (R51)",
    "influenced": "Influenced (R53)",
}


def contact_page(found: dict[str, Any]) -> None:
    page, contact = Page(), found["contact"]
    survivor = found["contact_id"]
    address = contact["email"] if contact else None
    page.heading(f"Contact {survivor}{' - ' + address if address else ''}")
    if found["asked_id"] != survivor:
        page.say(
            f"{found['asked_id']} was merged into {survivor}, which has all its history (R10)."
        )
    if contact is None:
        for sentence in no_record(found):
            page.say(sentence)
    else:
        page.say(f"created {when_text(contact['created_at'])} (UTC)")
        if found["merged_ids"]:
            page.say(f"Merged into it: {listed(found['merged_ids'], 10)} (R10).")
        if contact["is_deleted"]:
            page.say("Deleted: it counts in no number of contacts and in no deal's path (R12).")
            for sentence in _cost(found):
                page.say(sentence)
        else:
            _statuses(page, found)
            _counts(page, found)
    _deals(page, found)


def no_record(found: dict[str, Any]) -> Iterator[str]:
    """What is said of an id without a record, sentence by sentence."""
    yield (
        f"No contact record has the id {found['contact_id']}: it is nobody, and counts in no "
        "number of contacts and in no deal's path (R12)."
    )
    if found["merged_ids"]:
        yield (
            f"Merged into it all the same: {listed(found['merged_ids'], 10)}. So they are nobody, "
            "too (R10). Land the record of the contact that they were merged into."
        )
    yield from _cost(found)


def _cost(found: dict[str, Any]) -> Iterator[str]:
    """What is lost because the contact counts nowhere."""
    events = found["events"]
    if events["interactions"]:
        more = events["interactions"] - len(events["examples"])
        rest = f" and {more:,} more" if more > 0 else ""
        filtered = f", {events['filtered']:,} of them filtered (R13)" if events["filtered"] else ""
        yield (
            f"It has {count_text(events['interactions'], 'interaction')}{filtered}: "
            f"{', '.join(events['examples'])}{rest}. They stay on the facts."
        )
    else:
        yield "It has no interactions."
    if events["campaigns"]:
        names = [
            f"{name_text(row)} {count_text(row['interactions'], 'interaction')}"
            for row in events["campaigns"]
        ]
        yield (
            f"What that costs: it would be influenced by {listed(names, 10)} (R53), and is "
            "counted for none."
        )
    deals = {row["deal_id"] for row in found["deals"]}
    if deals:
        yield (
            f"What that costs: {count_text(len(deals), 'deal')} that it was on cannot count "
            "through it; see below."
        )


def _statuses(page: Page, found: dict[str, Any]) -> None:
    page.heading("Does it count? (R98)")
    for row in found["statuses"]:
        decided = (
            f" Decided by: {event_text(row)}, {when_text(row['occurred_at'])}."
            if row["event_id"]
            else ""
        )
        why = "yes." if row["because"] is None else f"no. {because_text(row['because'])}"
        page.say(f"{METRICS[row['metric']]}: {why}{decided}")


def _counts(page: Page, found: dict[str, Any]) -> None:
    for title, rows, event, rule, basis in (
        ("First touch", found["first_touches"], "event_id", "R50", BASIS),
        ("Last touch", found["last_touches"], "conversion_event_id", "R51", LAST_TOUCH),
    ):
        page.heading(f"{title} ({rule})")
        touches = new_grid("Campaign", "Event", "Why it counts", "Primary?")
        for row in rows:
            touches.add(
                name_text(row),
                event_text(row | {"event_id": row[event]}),
                basis[row["basis"]],
                "yes" if row["is_primary"] else "no",
            )
        page.show(touches) if rows else page.say("Counts for no campaign.")
    page.heading("Influenced by (R53)")
    influence = new_grid("Campaign", "Since (UTC)", "By", "Interactions", right=("Interactions",))
    for row in found["influenced_by"]:
        influence.add(
            name_text(row),
            when_text(row["influenced_at"]),
            f"{row['event_type']} {row['event_id']}",
            f"{row['interactions']:,}",
        )
    page.show(influence) if found["influenced_by"] else page.say("No campaign.")
    if found["creation"]:
        page.heading("Who gets the credit for its creation (R101)")
        shares_page(page, found["creation"])


def _deals(page: Page, found: dict[str, Any]) -> None:
    page.heading("Deals (R60-R62)")
    deals = new_grid(
        "Deal", "On it from", "To", "In its path?", "Closed", "Amount", "Its linear credit",
        "Does the deal count? (R97)",
        right=("Amount", "Its linear credit"),
    )  # fmt: skip
    for row in found["deals"]:
        why = row["because"]
        counts = "yes" if row["status"] == "COUNTED" else "no record of the deal"
        deals.add(
            name_text(row, "deal"),
            when_text(row["valid_from"]),
            when_text(row["valid_to"]),
            "yes, at the close" if row["is_at_close"] else row["left_out"],
            when_text(row["closed_at"]),
            money_text(row["amount_home"]),
            money_text(row["linear_credit"]),
            f"no: {why['label']}" if why else counts,
        )
    page.show(deals) if found["deals"] else page.say("None.")
