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


def number_pairs(before: Iterable[str], after: Iterable[str]) -> str:
    """SQL for one row per number that either side has: campaign_id, metric, model, change
    (`appeared`, `vanished`, `changed`: on both sides), old_value, new_value.

    `before` and `after` are what `number_rows` gives. Which pairs differ is the caller's to say.
    """
    old, new = (" union all ".join(rows) for rows in (before, after))
    return f"""
        select
            coalesce(new.campaign_id, old.campaign_id) as campaign_id,
            coalesce(new.metric, old.metric) as metric,
            coalesce(new.model, old.model) as model,
            case when old.metric is null then 'appeared' when new.metric is null
                then 'vanished'
                else 'changed' end as change,
            old.value as old_value,
            new.value as new_value
        from ({old}) as old
        full join ({new}) as new
            on old.metric = new.metric
            and old.model is not distinct from new.model
            and old.campaign_id is not distinct from new.campaign_id
    """
