"""How the touches of a path and their credit look on a page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from orchestration.reading.explain.page import (
    BASIS,
    TIME_BASIS,
    TOUCHES_SHOWN,
    Page,
    contact_text,
    count_text,
    listed,
    money_text,
    name_text,
    new_grid,
    when_text,
)
from orchestration.reading.explain.reasons import asset_label, event_label, method
from orchestration.reading.explain.touches import all_models
from orchestration.reading.published import Rows


def event_text(row: dict[str, Any]) -> str:
    """`Page view e1 on Landing page Spring (LP-1)`."""
    on = (
        f" on {asset_label(row['asset_type'])} {name_text(row, 'asset')}"
        if row.get("asset_type") and row.get("asset_id")
        else ""
    )
    return f"{event_label(row['event_type'])} {row['event_id']}{on}"


def path_pages(page: Page, path: Rows, effects: dict[str, dict]) -> None:
    """Each touch with what it rests on and what every model gives it; then the sums."""
    shown = (
        path
        if len(path) <= TOUCHES_SHOWN
        else [*path[: TOUCHES_SHOWN // 2], *path[-TOUCHES_SHOWN // 2 :]]
    )
    numbers: dict[str, int] = {}
    for entry in path:
        numbers.setdefault(entry["event_id"], len(numbers) + 1)
    models = all_models(path)
    said = None
    for place, entry in enumerate(shown):
        if len(shown) < len(path) and place == TOUCHES_SHOWN // 2:
            page.say(f"... {len(path) - len(shown):,} more; --json has all of them")
        if entry["event_id"] != said:
            said = entry["event_id"]
            page.say(
                f"{numbers[said]}. {when_text(entry['occurred_at'])} {event_text(entry)}, by "
                f"{contact_text(entry)}; channel {entry['channel']} (R111)"
            )
        _touch(page, entry, models, effects)
    _data_driven(page, path, models, effects)
    page.heading("Credit and weight per model (R72-R75)")
    sums = new_grid("Model", "Touches with credit", "Sum, equal to the deal (R75)",
                    right=("Touches with credit", "Sum, equal to the deal (R75)"))  # fmt: skip
    for model in models:
        given = [entry["models"][model] for entry in path if model in entry["models"]]
        total = sum((one["credit"] for one in given), Decimal(0))
        sums.add(model, f"{len(given):,}", money_text(total))
    page.show(sums)


def _touch(page: Page, entry: dict[str, Any], models: list[str], effects: dict[str, dict]) -> None:
    if entry["campaign_id"] is None:
        page.say("in no campaign then; it keeps its weight (R74)", 3)
    else:
        page.say(f"{name_text(entry)}: {BASIS[entry['basis']]}", 3)
        if entry["basis"] == "asset" and entry["association_basis"] != "exact":
            page.say(f"when the asset came in is {TIME_BASIS[entry['association_basis']]}", 3)
    if entry["contact_basis"] != "exact":
        page.say(f"when the contact came on the deal is {TIME_BASIS[entry['contact_basis']]}", 3)
    given: dict[str, list[str]] = {}
    name = entry["campaign_id"] or "touches in no campaign"
    for model in models:
        cell = entry["models"].get(model)
        if cell is None:
            continue
        effect = effects.get(model, {}).get(entry["campaign_id"])
        why = f", because the removal effect of {name} is {effect:.4f}" if effect else ""
        share = f"{cell['weight']:.2%} ({money_text(cell['credit'])}{why})"
        given.setdefault(share, []).append(model)
    page.say(_given_text(given), 3)
    nothing = [model for model in models if model not in entry["models"]]
    if nothing:
        page.say(f"nothing under {', '.join(nothing)}", 3)


def _given_text(given: dict[str, list[str]]) -> str:
    """`50.00% (10.00) under linear, u_shaped; 100.00% (20.00) under last_interaction`."""
    return "; ".join(f"{share} under {', '.join(models)}" for share, models in given.items())


def _data_driven(page: Page, path: Rows, models: list[str], effects: dict[str, dict]) -> None:
    """Why the data-driven models give what they give (R78, R79)."""
    states = {entry["campaign_id"] for entry in path}
    campaigns = states - {None}
    for model in models:
        if method(model) == "markov":
            if any(effects.get(model, {}).get(state) for state in states):
                page.say(
                    f"{model} gives each touch credit in proportion to the removal effect of its "
                    "campaign: the share of conversions that are lost without it (R78)."
                )
            else:
                page.say(
                    f"{model} spreads the credit evenly: no campaign of this path has a removal "
                    "effect above zero (R78)."
                )
        elif method(model) == "shapley" and campaigns:
            page.say(
                f"{model} gives the {count_text(len(campaigns), 'campaign')} of this path equal "
                "shares, each evenly over its touches (R79)."
            )
        elif method(model) == "shapley":
            page.say(
                f"{model} spreads the credit evenly, as no touch of this path is in a campaign "
                "(R79)."
            )


def basis_text(found: dict[str, Any], of: str) -> str:
    """How much of a sum of credit rests on times that are not exact (R96)."""
    model, total, rest = found["model"], found["total"], found["not_exact"]
    if not rest:
        return f"All of {of} under {model}, {money_text(total)}, rests on exact times (R96)."
    parts = [
        f"{money_text(found['by_basis'][basis])} on times that are {word}"
        for basis, word in (("first_seen", "first seen"), ("assumed", "assumed"))
        if found["by_basis"].get(basis)
    ]
    return (
        f"Of {of} under {model}, {money_text(total)}, {money_text(rest)} ({rest / total:.2%}) "
        f"rests on times that are not exact (R96): {', '.join(parts)}."
    )


def shares_page(page: Page, shares: Rows) -> None:
    """What each campaign gets of a created contact or deal under each model."""
    for entry in shares:
        page.say(name_text(entry))
        given: dict[str, list[str]] = {}
        for model in all_models(shares):
            cell = entry["models"].get(model)
            if cell is not None:
                amount = "" if cell["amount"] is None else f" ({money_text(cell['amount'])})"
                given.setdefault(f"{cell['credit']:.2%}{amount}", []).append(model)
        page.say(_given_text(given), 3)


def examples_text(group: dict[str, Any]) -> str:
    """The interactions that a group names, and how many more it has."""
    named = [f"{event_text(row)}, {when_text(row['occurred_at'])}" for row in group["examples"]]
    more = group["interactions"] - len(named)
    return "\n".join([*named, *([f"and {more:,} more"] if more else [])])


def campaigns_text(group: dict[str, Any]) -> str:
    return listed(group["campaign_ids"]) or "no campaign"
