"""Credits of won deals and what they sum up to (R62, R63, R75)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from .data_driven import Chain, State, states_of_path
from .deals import Deal, is_lost
from .ledger import pieces_of, split
from .money import CENT
from .people import People
from .positions import deal_positions
from .rules import Row, Rules

Effects = dict[State, Fraction]


def chain_of(deals: list[Deal]) -> Chain:
    """R78: the chain of all won and lost deals that have a path."""
    converting = [states_of_path(deal.path) for deal in deals if deal.path and deal.is_won]
    lost = [states_of_path(deal.path) for deal in deals if deal.path and is_lost(deal.row)]
    return Chain(converting, lost)


def removal_effects(chain: Chain, effects: Effects, rules: Rules) -> list[Row]:
    """The table removal_effects."""
    return [
        {
            "model": model.name,
            "campaign_id": state,
            "paths": chain.paths,
            "conversions": chain.conversions,
            "effect": effect,
        }
        for model in rules.models
        if model.method == "markov"
        for state, effect in effects.items()
    ]


def attribution_credits(
    deals: list[Deal], people: People, rules: Rules, effects: Effects
) -> list[Row]:
    """The table attribution_credits."""
    rows = []
    for deal in deals:
        if not deal.path or not deal.is_won:
            continue
        held = deal_positions(deal.path, deal.contacts, deal.row["created_at"], people)
        for model in rules.models:
            pieces = pieces_of(model, deal.path, held, effects)
            credits = split(deal.amount_home, pieces, CENT)
            for piece, credit in zip(pieces, credits, strict=True):
                of_deal = {"deal_id": deal.deal_id, "closed_at": deal.closed_at}
                rows.append(piece.row() | of_deal | {"model": model.name, "credit": credit})
    return rows


def revenue_contacts(deals: list[Deal], credits: list[Row]) -> list[Row]:
    """The table revenue_contacts (R62)."""
    through: dict[tuple[str, str], set[str]] = defaultdict(set)
    for deal in deals:
        if deal.is_won:
            for campaign_id in deal.campaigns():
                for contact_id in deal.contacts_of(campaign_id):
                    through[campaign_id, contact_id].add(deal.deal_id)
    revenue: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in credits:
        if row["model"] == "linear":
            revenue[row["campaign_id"], row["contact_id"]] += row["credit"]
    return [
        {
            "campaign_id": pair[0],
            "contact_id": pair[1],
            "deals": len(deal_ids),
            "revenue": revenue[pair],
        }
        for pair, deal_ids in through.items()
    ]


def attributed_revenue(deals: list[Deal], credits: list[Row]) -> list[Row]:
    """The table attributed_revenue (R63)."""
    amounts = {deal.deal_id: deal.row["amount_home"] for deal in deals}
    groups: dict[tuple[str | None, str], list[Row]] = defaultdict(list)
    for row in credits:
        groups[row["campaign_id"], row["model"]].append(row)
    rows = []
    for (campaign_id, model), members in groups.items():
        deal_ids = {row["deal_id"] for row in members}
        rows.append(
            {
                "campaign_id": campaign_id,
                "model": model,
                "contacts": len({row["contact_id"] for row in members}),
                "deals": len(deal_ids),
                "deal_amount": sum(amounts[deal_id] for deal_id in deal_ids),
                "revenue": sum(row["credit"] for row in members),
            }
        )
    return rows
