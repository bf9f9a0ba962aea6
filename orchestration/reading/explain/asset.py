"""The page of an asset."""

from __future__ import annotations

from typing import Any

from orchestration.reading.explain.page import ENDED, Page, name_text, new_table, when_text


def asset_page(found: dict[str, Any]) -> None:
    page, asset = Page(), found["asset"]
    page.heading(f"{asset['asset_type']} {name_text(asset, 'asset')}")
    if asset.get("url"):
        page.say(asset["url"])
    published = asset.get("published_at")
    page.say(
        f"published {when_text(published)} (UTC)" if published else "no publication time is known"
    )
    page.heading("Which campaigns it was in (R20-R23)")
    history = new_table("Campaign", "From", "To", "How it ended")
    for row in found["associations"]:
        page.row(
            history,
            name_text(row),
            when_text(row["valid_from"]),
            when_text(row["valid_to"]),
            ENDED[row["ended_by"]],
        )
    page.show(history) if found["associations"] else page.say("None.")
    page.heading("Is it shown (R90)?")
    visibility = new_table("Campaign", "Shown?", "Why not, and what to do")
    for row in found["visibility"]:
        text = "\n".join(
            f"{why['reason']} ({why['rule']}): {why['meaning']} {why['cure']}"
            for why in row["because"]
        )
        page.row(visibility, name_text(row), "yes" if row["is_visible"] else "no", text)
    page.show(visibility) if found["visibility"] else page.say(
        "It was never associated with a campaign, nor attempted, by the as-of time."
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
