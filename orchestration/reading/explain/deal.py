"""The page of a deal."""

from __future__ import annotations

from typing import Any

from orchestration.publishing.words import days_text
from orchestration.reading.explain.page import (
    TIMES,
    Page,
    contact_text,
    count_text,
    listed,
    money_text,
    name_text,
    new_grid,
    when_text,
)
from orchestration.reading.explain.reasons import because, because_text, own_gates
from orchestration.reading.explain.touch_page import (
    basis_text,
    campaigns_text,
    examples_text,
    path_pages,
    shares_page,
)


def deal_page(found: dict[str, Any]) -> None:
    page, deal = Page(), found["deal"]
    page.heading(f"Deal {name_text(deal or found, 'deal')}")
    if deal:
        _facts(page, deal, found["home_currency"] or "home currency")
    _status(page, found)
    _merges(page, found)
    _contacts(page, found)
    _path(page, found)
    if found["left_out"]:
        page.heading("What their other interactions lack")
        others = new_grid(
            "What", "How many", "Which", "Campaigns", "Why it earns nothing here",
            right=("How many",),
        )  # fmt: skip
        for row in found["left_out"]:
            others.add(
                row["event_type"],
                f"{row['interactions']:,}",
                examples_text(row),
                campaigns_text(row),
                row["reason"],
            )
        page.show(others)
    if found["pipeline"]:
        page.heading("Who gets the credit for its creation (R102)")
        shares_page(page, found["pipeline"])
    _campaigns(page, found)


def _facts(page: Page, deal: dict[str, Any], home: str) -> None:
    won = "closed-won" if deal["is_closed_won"] else "not closed-won"
    deleted = ", deleted" if deal["is_deleted"] else ""
    landed = (
        "no amount"
        if deal["amount"] is None
        else f"{money_text(deal['amount'])} {deal['currency'] or home}"
    )
    converted = (
        f" = {money_text(deal['amount_home'])} {home} (R65)"
        if deal["amount_home"] is not None
        else ""
    )
    page.say(f"{won}{deleted}; {landed}{converted}")
    page.say(
        f"created {when_text(deal['created_at']) or 'unknown'}, closed "
        f"{when_text(deal['closed_at']) or 'unknown'} (UTC)"
    )


def _status(page: Page, found: dict[str, Any]) -> None:
    page.heading("Does it count? (R97)")
    status = found["status"]
    if status is None:
        page.say("No record of this deal has landed, so it has no amount and counts nowhere.")
    elif status["because"] is None:
        page.say(f"Yes, for {count_text(status['campaigns'], 'campaign')} (R60).")
    else:
        page.say(f"For no campaign. {because_text(status['because'])}")
        gone = [row for row in found["contacts"] if row["reason"] == "CONTACT_DELETED"]
        if gone:
            names = listed(sorted({contact_text(row) for row in gone}))
            page.say(f"Deleted contacts that were on it: {names} (R12).")


def _merges(page: Page, found: dict[str, Any]) -> None:
    into = found["merged_into"]
    if into:
        status = into["status"]
        counts = (
            f"counts for {count_text(into['campaigns'], 'campaign')}."
            if status == "COUNTED"
            else f"counts for none: {because_text(because(status, 'deal', found['lookback_days']))}"
        )
        page.say(
            f"It was merged into {name_text(into, 'deal')} (R66): its contacts belong to that "
            f"deal, with their times. That deal {counts}"
        )
        if found["deal"]:
            amount = found["deal"]["amount_home"]
            other = money_text(into["amount_home"])
            page.say(
                f"What that costs: its own amount, {money_text(amount)}, counts nowhere; "
                + (
                    f"the amount that counts is the other deal's, {other}."
                    if status == "COUNTED"
                    else f"the other deal's, {other}, counts for no campaign either."
                )
            )
        else:
            page.say("What that costs: nothing, as it brings contacts and has no amount.")
    for row in found["merged_from"]:
        record = (
            f"its amount, {money_text(row['amount_home'])}, counts nowhere"
            if row["has_record"]
            else "no record of it has landed"
        )
        page.say(
            f"{name_text(row, 'deal')} was merged into it (R66): its contacts are here, {record}."
        )


def _contacts(page: Page, found: dict[str, Any]) -> None:
    page.heading("Who was on it (R60, R61)")
    if found["contacts"]:
        grid = new_grid("Contact", "From", "To", "Times (R96)", "In the path?")
        for row in found["contacts"]:
            grid.add(
                contact_text(row),
                when_text(row["valid_from"]),
                when_text(row["valid_to"]),
                TIMES[row["time_basis"]],
                "yes, at the close" if row["is_at_close"] else row["left_out"],
            )
        page.show(grid)
    elif found["merged_into"]:
        page.say(f"Its contacts are with deal {found['merged_into']['deal_id']}.")
    else:
        page.say("No contact was on this deal for any length of time.")


def _path(page: Page, found: dict[str, Any]) -> None:
    until = "up to the close"
    if found["lookback_days"] is not None:
        until += f", from {days_text(found['lookback_days'])} before it on"
    page.heading(f"The path (R70): every interaction that earns revenue, {until}")
    status = found["status"]
    if found["path"]:
        path_pages(page, found["path"], found["removal_effects"])
        page.say(basis_text(found["time_basis"], "its credit"))
    elif status is None:
        page.say("There is none: only a deal with a record has a path.")
    elif status["status"] in own_gates():
        page.say(f"There is none: the deal itself does not count ({status['status']}).")
    elif not any(row["is_at_close"] for row in found["contacts"]):
        page.say(
            "There is none: no contact with a record that is not deleted was on the deal at its "
            "close."
        )
    else:
        page.say(
            "There is none: no interaction of its contacts earns revenue and lies in that time."
        )


def _campaigns(page: Page, found: dict[str, Any]) -> None:
    page.heading("Which campaigns could have counted it (R94)")
    if found["deal"] is None:
        page.say("None: only a deal with a record can count.")
        return
    if not found["campaigns"]:
        page.say(
            "None: no contact with a record that ever was on the deal has an interaction, of a "
            "kind that influences or earns revenue, on an asset ever in a campaign or with a utm "
            "that is an alias of one."
        )
        return
    grid = new_grid("Campaign", "Counts?", "Interactions that count for it", "Why not, what to do")
    into = found["merged_into"]
    nothing = f"see deal {into['deal_id']}" if into else "none"
    for row in found["campaigns"]:
        more = row["interactions"] - len(row["examples"])
        named = [*row["examples"], *([f"and {more:,} more"] if more else [])]
        grid.add(
            name_text(row),
            "yes (R60)" if row["is_included"] else "no",
            "\n".join(named) or nothing,
            because_text(row["because"]) if row["because"] else "",
        )
    page.show(grid)
