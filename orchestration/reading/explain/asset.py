"""The page of an asset."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from orchestration.reading.explain.page import (
    TIMES,
    Page,
    count_text,
    name_text,
    new_grid,
    when_text,
)
from orchestration.reading.explain.reasons import because_text

ENDED = {"moved": "moved to another campaign (R20)", "removed": "removed"}


def asset_page(found: dict[str, Any]) -> None:
    page, asset = Page(), found["asset"]
    page.heading(f"{asset['asset_type']} {name_text(asset, 'asset')}")
    if not found["has_record"]:
        page.say("No record of it has landed; what it did counts like any other asset's (R84).")
    elif asset["is_deleted"]:
        page.say("Deleted; what it did still counts (R84).")
    if asset.get("url"):
        page.say(asset["url"])
    published = asset.get("published_at")
    page.say(
        f"published {when_text(published)} (UTC)" if published else "no publication time is known"
    )
    events = found["events"]
    filtered = f", {events['filtered']:,} of them filtered (R13)" if events["filtered"] else ""
    page.say(f"{count_text(events['interactions'], 'interaction')} on it{filtered}")
    page.heading("Which campaigns it was in (R20-R23)")
    history = new_grid("Campaign", "From", "To", "How it ended", "Start is (R96)")
    for row in found["associations"]:
        history.add(
            name_text(row),
            when_text(row["valid_from"]),
            when_text(row["valid_to"]),
            state_text(row, found["as_of"]),
            TIMES[row["time_basis"]],
        )
    page.show(history) if found["associations"] else page.say("None.")
    page.heading("Is it shown (R90)?")
    visibility = new_grid("Campaign", "Shown?", "Why not, and what to do")
    for row in found["visibility"]:
        text = "\n".join(map(because_text, row["because"]))
        visibility.add(name_text(row), "yes" if row["is_visible"] else "no", text)
    page.show(visibility) if found["visibility"] else page.say(
        "No campaign that is not deleted was ever associated with it"
        f"{_by(found['as_of'])}, nor was that attempted."
    )
    for row in found["performance"]:
        page.heading(f"Its whole history, as {row['campaign_id']} shows it (R81)")
        numbers = {
            name: value
            for name, value in row.items()
            if name not in ("campaign_id", "asset_type", "asset_id") and value
        }
        page.say(
            ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in numbers.items())
            or "nothing yet"
        )


def _by(as_of: datetime | None) -> str:
    return f" by the as-of time, {when_text(as_of)} (UTC)" if as_of else ""


def state_text(row: dict[str, Any], as_of: datetime | None) -> str:
    """Whether the asset is in the campaign as of the run, and what ended that or will (R84)."""
    start, end, now = row["valid_from"], row["valid_to"], as_of or datetime.max
    if end is not None and end <= now:
        return ENDED[row["ended_by"]]
    state = "still in it" if start <= now else f"from {when_text(start)} on"
    return state if end is None else f"{state}; {ENDED[row['ended_by']]} at {when_text(end)}"
