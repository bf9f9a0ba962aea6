"""The touches of a path: what each is, what it rests on, and what every model gives it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from orchestration.ground.sql import sql_beside
from orchestration.publishing.words import in_order
from orchestration.reading.explain.reasons import main_model
from orchestration.reading.published import Published, Rows


def deal_touches(published: Published, deal_id: str) -> Rows:
    """One entry per event and campaign of a won deal's path, in its order, with `models`: weight
    and credit of each model that gives it any.
    """
    rows = published.rows(
        sql_beside(
            __file__,
            "deal_touches",
            credits_with_basis=sql_beside(__file__, "credits_with_basis"),
        ),
        deal_id,
    )
    entries: dict[tuple, dict[str, Any]] = {}
    for row in rows:
        entry = entries.setdefault(
            (row["event_id"], row["campaign_id"]),
            {name: row[name] for name in row if name not in ("model", "weight", "credit")}
            | {"models": {}},
        )
        entry["models"][row["model"]] = {"weight": row["weight"], "credit": row["credit"]}
    return list(entries.values())


def removal_effects(published: Published, campaign_ids: set[str | None]) -> dict[str, dict]:
    """By data-driven model, the removal effect of each of the campaigns; None is `none` (R78)."""
    found: dict[str, dict] = {}
    for row in published.rows("select model, campaign_id, effect from marts.removal_effects"):
        effects = found.setdefault(row["model"], {})
        if row["campaign_id"] in campaign_ids:
            effects[row["campaign_id"]] = row["effect"]
    return found


def conversion_shares(published: Published, conversion: str, subject_id: str) -> Rows:
    """What each campaign gets of a created contact or deal under each model (R101, R102)."""
    rows = published.rows(
        sql_beside(__file__, "conversion_shares"),
        conversion,
        subject_id,
    )
    entries: dict[str | None, dict[str, Any]] = {}
    for row in rows:
        entry = entries.setdefault(
            row["campaign_id"],
            {
                "campaign_id": row["campaign_id"],
                "campaign_name": row["campaign_name"],
                "models": {},
            },
        )
        entry["models"][row["model"]] = {"credit": row["credit"], "amount": row["amount"]}
    return list(entries.values())


def time_basis(published: Published, key: str, value: str) -> dict[str, Any] | None:
    """How much of the credit of a deal or a campaign rests on which times (R96), under the model
    that revenue is counted under; None where there is no credit.
    """
    models = {
        row["model"]
        for row in published.rows(
            f"select distinct model from marts.attribution_credits where {key} = ?", value
        )
    }
    model = main_model(models)
    if model is None:
        return None
    rows = published.rows(
        f"""
        select time_basis, sum(credit) as credit
        from ({sql_beside(__file__, "credits_with_basis")})
        where {key} = ? and model = ?
        group by time_basis
        """,
        value,
        model,
    )
    by_basis = {row["time_basis"]: row["credit"] for row in rows}
    total = sum(by_basis.values(), Decimal(0))
    return {
        "model": model,
        "total": total,
        "not_exact": total - by_basis.get("exact", Decimal(0)),
        "by_basis": by_basis,
    }


def all_models(path: Rows) -> list[str]:
    """The models that give any touch of a path anything, in order."""
    return in_order({model for entry in path for model in entry["models"]})
