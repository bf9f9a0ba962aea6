"""Everything that the published file says of one asset."""

from __future__ import annotations

from typing import Any

from orchestration.ground.sql import sql_beside
from orchestration.reading.explain.finding import check_asset_type, find_id
from orchestration.reading.explain.reasons import because
from orchestration.reading.published import Published


def explain_asset(published: Published, asset_type: str, wanted: str) -> dict[str, Any]:
    """Everything about one asset: its campaigns over time, whether each shows it and why not, its
    numbers. Raises UnknownId.
    """
    check_asset_type(published, asset_type)
    key = (asset_type, find_id(published, "asset", wanted, asset_type))
    asset = published.one(
        "select * from core.dim_assets where asset_type = ? and asset_id = ?", *key
    )
    associations = published.rows(
        sql_beside(__file__, "asset"),
        *key,
    )
    visibility = published.rows(
        sql_beside(__file__, "asset_campaigns"),
        *key,
    )
    for row in visibility:
        row["because"] = [because(reason, "asset") for reason in row["reasons"]]
    events = published.one(
        """
        select count(*) as interactions, count(*) filter (where is_filtered) as filtered
        from core.fct_interactions where asset_type = ? and asset_id = ?
        """,
        *key,
    )
    performance = published.rows(
        """
        select * from marts.asset_performance where asset_type = ? and asset_id = ?
        order by campaign_id
        """,
        *key,
    )
    return {
        "as_of": published.as_of,
        "asset": asset
        or {"asset_type": asset_type, "asset_id": key[1], "asset_name": None, "is_deleted": None},
        "has_record": asset is not None,
        "events": events,
        "associations": associations,
        "visibility": visibility,
        "performance": performance,
    }
