"""Published numbers as rows: what restatements and comparisons compare."""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.ground.sql import quote_name, quote_text


def number_rows(place: str, metrics: Iterable[str], model: str, value_type: str) -> list[str]:
    """SQL for one row per number of a published table: campaign_id, model, metric, value.

    `place` is the table with its catalog and schema, `model` SQL for what a number is of besides
    its campaign, `value_type` the type that values are compared in.
    """
    return [
        f"select campaign_id, {model} as model, {quote_text(metric)} as metric, "
        f"cast({quote_name(metric)} as {value_type}) as value from {place}"
        for metric in metrics
    ]
