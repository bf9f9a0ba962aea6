"""The page of a deal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from orchestration.reading.explain.answers import in_order
from orchestration.reading.explain.page import (
    BASIS,
    TOUCHES_SHOWN,
    Page,
    money_text,
    name_text,
    new_table,
    when_text,
)
from orchestration.reading.published import Rows


def deal_page(found: dict[str, Any]) -> None:
    page, deal = Page(), found["deal"]
    page.heading(f"Deal {name_text(deal, 'deal')}")
    won = "closed-won" if deal["is_closed_won"] else "not closed-won"
    currency = deal["currency"] or "home currency"
    page.say(
        f"{won}{', deleted' if deal['is_deleted'] else ''}; {money_text(deal['amount'])} "
        f"{currency} = {money_text(deal['amount_home'])} home (R65)"
    )
    page.say(
        f"created {when_text(deal['created_at']) or 'unknown'}, closed "
        f"{when_text(deal['closed_at']) or 'unknown'} (UTC)"
    )
    page.heading("Who was on it (R60, R61)")
    contacts = new_table("Contact", "E-mail", "From", "To", "In the path?")
    for row in found["contacts"]:
        page.row(
            contacts,
            row["contact_id"],
            row["email"],
            when_text(row["valid_from"]),
            when_text(row["valid_to"]),
            row["left_out"] or "yes, at the close",
        )
    page.show(contacts) if found["contacts"] else page.say(
        "Nobody was ever associated with this deal."
    )
    page.heading("The path (R70): every interaction that earns revenue, up to the close")
    if found["path"]:
        _path_tables(page, found["path"])
    else:
        page.say(
            "There is none: the deal fails a condition below, or its contacts had no interaction "
            "that earns revenue before the close."
        )
    if found["left_out"]:
        page.heading("What their other interactions lack")
        others = new_table("What", "How many", "Why it earns nothing here", right=("How many",))
        for row in found["left_out"]:
            page.row(others, row["event_type"], f"{row['interactions']:,}", row["reason"])
        page.show(others)
    page.heading("Which campaigns ask for it (R94)")
    if not found["campaigns"]:
        page.say(
            "None: no contact ever on the deal had an influencing interaction on an asset or utm "
            "of any campaign."
        )
    campaigns = new_table("Campaign", "Counts?", "Why not, and what to do")
    for row in found["campaigns"]:
        why = row["because"]
        text = f"{why['reason']} ({why['rule']}): {why['meaning']}\n{why['cure']}" if why else ""
        page.row(campaigns, name_text(row), "yes (R60)" if row["is_included"] else "no", text)
    if found["campaigns"]:
        page.show(campaigns)


def _path_tables(page: Page, path: Rows) -> None:
    shown = (
        path
        if len(path) <= TOUCHES_SHOWN
        else [*path[: TOUCHES_SHOWN // 2], *path[-TOUCHES_SHOWN // 2 :]]
    )
    numbers: dict[str, int] = {}
    for entry in path:
        numbers.setdefault(entry["event_id"], len(numbers) + 1)
    touches = new_table("#", "When (UTC)", "What", "Who", "Campaign", "Why it counts", right=("#",))
    for entry in shown:
        on = (
            f" on {entry['asset_type']} {entry['asset_name'] or entry['asset_id']}"
            if entry["asset_type"]
            else ""
        )
        page.row(
            touches,
            numbers[entry["event_id"]],
            when_text(entry["occurred_at"]),
            f"{entry['event_type']}{on}",
            entry["email"] or entry["contact_id"],
            name_text(entry),
            BASIS.get(entry["basis"], "in no campaign then; keeps its weight (R74)"),
        )
    page.show(touches)
    if len(shown) < len(path):
        page.say(
            f"... {len(path) - len(shown):,} more between the first and the last "
            f"{TOUCHES_SHOWN // 2}; --json has all of them"
        )
    models = in_order({model for entry in path for model in entry["models"]})
    page.heading("Credit and weight per model (R72-R75)")
    ledger = new_table("#", "Campaign", *models, right=("#", *models))
    for entry in shown:
        cells = [entry["models"].get(model) for model in models]
        page.row(
            ledger,
            numbers[entry["event_id"]],
            name_text(entry),
            *[
                f"{money_text(cell['credit'])}\n{cell['weight']:.2%}" if cell else "-"
                for cell in cells
            ],
        )
    totals = [
        sum(
            (entry["models"][model]["credit"] for entry in path if model in entry["models"]),
            Decimal(0),
        )
        for model in models
    ]
    page.row(ledger, "", "Sum, equal to the deal (R75)", *map(money_text, totals))
    page.show(ledger)
