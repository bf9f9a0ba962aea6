"""The page of a campaign."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from orchestration.publishing.words import in_order
from orchestration.reading.explain.page import (
    Page,
    count_text,
    money_text,
    name_text,
    new_grid,
    when_text,
)
from orchestration.reading.explain.reasons import asset_label, because_text
from orchestration.reading.explain.touch_page import basis_text

UTM = {
    "matched": "some view of it counts",
    "shared": "several campaigns have it; each counts only views from its own creation and start "
    "of the alias on (R31)",
    "before_campaign": "none of its views counts: they lie before the campaign or the alias, or "
    "the campaign has no record",
    "never_seen": "no view carries it",
    "unmatched": "no campaign has it",
}


def campaign_page(found: dict[str, Any]) -> None:
    page, campaign = Page(), found["campaign"]
    page.heading(f"Campaign {name_text(campaign or found)}")
    if campaign is None:
        page.say(
            "No record of it has landed: it is treated like a deleted campaign, and no utm counts "
            "for it (R84)."
        )
    else:
        page.say(f"created {when_text(campaign['created_at']) or 'unknown'} (UTC)")
        if campaign["is_deleted"]:
            page.say("Deleted: it leaves the reports, and keeps its credit (R84).")
    _numbers(page, found)
    _earns(page, found)
    _missing(page, found)
    _utms(page, found["utms"])
    _parity(page, found)


def _numbers(page: Page, found: dict[str, Any]) -> None:
    if not found["performance"]:
        return
    page.heading("Overview (R80, R83)")
    grid = new_grid("Number", "Value", right=("Value",))
    for name, value in found["performance"].items():
        if name in ("campaign_id", "campaign_name"):
            continue
        if value is None:
            text = "-" if name in ("roi", "roas") else "unknown"
        elif isinstance(value, Decimal):
            text = money_text(value)
        else:
            text = f"{value:,.4f}" if isinstance(value, float) else f"{value:,}"
        grid.add(name.replace("_", " "), text)
    page.show(grid)
    page.say(f"Money is in {found['home_currency'] or 'the home currency'}.")


def _earns(page: Page, found: dict[str, Any]) -> None:
    page.heading("What earns (R62, R72-R79)")
    if not found["models"]:
        page.say(f"Nothing: {_why_nothing(found['deals'])}")
    else:
        by_model = {row["model"]: row for row in found["models"]}
        grid = new_grid("Model", "Contacts", "Deals", "Revenue",
                        right=("Contacts", "Deals", "Revenue"))  # fmt: skip
        for model in in_order(set(by_model)):
            row = by_model[model]
            grid.add(model, f"{row['contacts']:,}", f"{row['deals']:,}", money_text(row["revenue"]))
        page.show(grid)
        page.say(basis_text(found["time_basis"], "its revenue"))
    for row in found["removal_effects"]:
        page.say(
            f"Its removal effect under {row['model']} is {row['effect']:.4f}: the share of "
            "conversions that would be lost without it (R78)."
        )
    if found["assets"]:
        page.heading("Assets by revenue under linear")
        grid = new_grid("Asset", "Deals", "Touches", "Revenue",
                        right=("Deals", "Touches", "Revenue"))  # fmt: skip
        for row in found["assets"]:
            name = (
                f"{asset_label(row['asset_type'])} {name_text(row, 'asset')}"
                if row["asset_id"]
                else "(no asset, by utm only)"
            )
            grid.add(name, f"{row['deals']:,}", f"{row['touches']:,}", money_text(row["revenue"]))
        page.show(grid)
    if found["conversions"]:
        page.heading("Created contacts and deals (R101, R102)")
        grid = new_grid("What", "Model", "How many", "Credit", "Amount",
                        right=("How many", "Credit", "Amount"))  # fmt: skip
        for row in found["conversions"]:
            amount = "-" if row["amount"] is None else money_text(row["amount"])
            grid.add(
                row["conversion"].replace("_", " "),
                row["model"],
                f"{row['subjects']:,}",
                f"{row['credit']:,.6f}",
                amount,
            )
        page.show(grid)


def _why_nothing(deals: list[dict[str, Any]]) -> str:
    counted = sum(row["deals"] for row in deals if row["because"] is None)
    if counted:
        return (
            f"{count_text(counted, 'deal counts', 'deals count')} for it, but no attribution "
            "model in use gives its interactions any weight (R72)."
        )
    if deals:
        return "none of the deals that could have counted does (R60); the reasons are below (R94)."
    return "no deal could have counted (R94)."


def _missing(page: Page, found: dict[str, Any]) -> None:
    page.heading("Deals that could have counted, and why they did or did not (R94)")
    if found["deals"]:
        grid = new_grid("Deals", "Amount", "For instance", "Why", right=("Deals", "Amount"))
        for row in found["deals"]:
            unknown = (
                f"\n{row['without_amount']:,} without an amount in the home currency"
                if row["without_amount"]
                else ""
            )
            why = because_text(row["because"]) if row["because"] else "counted (R60)"
            grid.add(
                f"{row['deals']:,}",
                money_text(row["amount_home"]),
                ", ".join(row["examples"]),
                why + unknown,
            )
        page.show(grid)
    else:
        page.say("None.")
    page.heading("Assets that it does not show (R90)")
    if found["hidden"]:
        grid = new_grid("Assets", "For instance", "Why", right=("Assets",))
        for row in found["hidden"]:
            grid.add(f"{row['assets']:,}", ", ".join(row["examples"]), because_text(row["because"]))
        page.show(grid)
    elif found["performance"]:
        page.say("None.")
    else:
        page.say("Of a campaign that is deleted or has no record, this is not known (R84).")
    spans, as_of = found["associations"], found["as_of"]
    now = f"as of {when_text(as_of)} (UTC)" if as_of else "now"
    page.say(
        f"{count_text(spans['now_in'], 'asset')} in it {now}; "
        f"{count_text(spans['not_exact'], 'association')} of {spans['spans']:,} with a start "
        "that is not exact (R96)."
    )


def _utms(page: Page, rows: list[dict[str, Any]]) -> None:
    page.heading("Its utm values (R95)")
    if not rows:
        page.say("It has no alias.")
        return
    grid = new_grid("utm_campaign", "Page views", "Sessions", "What of it",
                    right=("Page views", "Sessions"))  # fmt: skip
    for row in rows:
        near = f"; did you mean {row['similar_alias']}?" if row["similar_alias"] else ""
        grid.add(
            row["utm_campaign"],
            f"{row['page_views']:,}",
            f"{row['sessions']:,}",
            f"{row['status']}: {UTM[row['status']]}{near}",
        )
    page.show(grid)


def _number(value: Any) -> str:
    return "unknown" if value is None else f"{value:,.2f}".removesuffix(".00")


def _parity(page: Page, found: dict[str, Any]) -> None:
    if found["parity"]:
        page.heading("What other systems report (R120)")
        grid = new_grid("System", "Number", "Period", "Ours", "Theirs", "Difference",
                        right=("Ours", "Theirs", "Difference"))  # fmt: skip
        for row in found["parity"]:
            days = [str(day) for day in (row["period_start"], row["period_end"]) if day]
            grid.add(
                row["source"],
                " ".join(filter(None, (row["metric"], row["model"]))),
                " - ".join(days),
                _number(row["ours"]),
                _number(row["reported"]),
                _number(row["difference"]),
            )
        page.show(grid)
    if found["parity_contacts"]:
        page.heading("Contacts that only one side has (R120)")
        grid = new_grid("System", "Number", "Only", "Contacts", "For instance", "Why",
                        right=("Contacts",))  # fmt: skip
        for row in found["parity_contacts"]:
            grid.add(
                row["source"],
                row["metric"],
                "ours" if row["is_ours"] else "theirs",
                f"{row['contacts']:,}",
                ", ".join(row["examples"]),
                because_text(row["because"]),
            )
        page.show(grid)
