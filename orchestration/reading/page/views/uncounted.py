"""Why an interaction counts for no campaign (R13, R30, R31)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from orchestration.reading.page.asked import Asked
from orchestration.reading.page.cells import Cell
from orchestration.reading.page.publication import query

FILTERED = "It is filtered, and a filtered interaction counts nowhere, whatever its asset and link."
NO_ASSET = "It is on no asset."
NEVER_IN_ONE = "Its asset was never in a campaign."
NOT_THEN = "At that moment its asset was in no campaign. The table below says when it was in one."
NO_UTM = "Its link carries no utm_campaign."
NO_VIEW = "Its link carries a utm_campaign, but only a page view counts by its link."
FORM = (
    "Its link carries a utm_campaign, but a form submission counts by its link for last touch "
    "alone."
)
NO_ALIAS = "No campaign has its utm_campaign “{utm}” as an alias."
# After the name of a campaign.
NO_RECORD = "has the alias “{utm}”, which never counts: the campaign has no record."
CREATED_LATER = (
    "has the alias “{utm}”, which did not count yet: the campaign was created later, on {created}."
)
ALIAS_LATER = "has the alias “{utm}”, which did not count yet: the alias began later."


@dataclass(frozen=True)
class Why:
    """What an interaction lacks to count, and the campaign that it lacks it for."""

    says: Cell
    campaign: Cell | None = None


def why_uncounted(asked: Asked, event: dict[str, Any]) -> list[Why]:
    """What an interaction that counts for no campaign lacks: all of it, its asset first."""
    if event["is_filtered"]:
        return [_why(FILTERED, "R13")]
    return [_of_asset(asked, event), *_of_link(asked, event)]


def _why(says: str, rule: str, campaign: Cell | None = None) -> Why:
    return Why(Cell(says, title=f"Rule {rule}."), campaign)


def _of_asset(asked: Asked, event: dict[str, Any]) -> Why:
    if event["asset_id"] is None or event["asset_type"] is None:
        return _why(NO_ASSET, "R30")
    association = asked.publication.one(
        "select 1 from @core.fct_asset_associations where asset_type = $kind and asset_id = $key "
        "limit 1",
        {"kind": event["asset_type"], "key": event["asset_id"]},
    )
    return _why(NOT_THEN if association else NEVER_IN_ONE, "R30")


def _of_link(asked: Asked, event: dict[str, Any]) -> list[Why]:
    utm, is_view = event["utm_campaign"], event["event_type"] == "page_view"
    if utm is None:
        return [_why(NO_UTM, "R31")] if is_view else []
    if event["event_type"] == "form_submission":
        return [_why(FORM, "R51")]
    if not is_view:
        return [_why(NO_VIEW, "R31")]
    aliases = asked.publication.rows(query(__file__, "aliases_of_link"), {"utm": utm})
    if not aliases:
        return [_why(NO_ALIAS.format(utm=utm), "R31")]
    return [_of_alias(asked, event, row) for row in aliases]


def _of_alias(asked: Asked, event: dict[str, Any], row: dict[str, Any]) -> Why:
    campaign = replace(asked.cells.campaign(row["campaign_id"], row["campaign_name"]), sub="")
    utm = event["utm_campaign"]
    if not row["has_record"]:
        return _why(NO_RECORD.format(utm=utm), "R84", campaign)
    created = row["created_at"]
    if created is not None and created > event["occurred_at"]:
        says = CREATED_LATER.format(utm=utm, created=asked.formats.instant(created))
        return _why(says, "R31", campaign)
    return _why(ALIAS_LATER.format(utm=utm), "R31", campaign)
