"""Why an asset is not there (R90-R92)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from .associations import Asset, Associations
from .interactions import PAGE_VIEW, Interactions
from .rules import Parameters, Row, Rules, World
from .urls import decode, parameter, visit_key


class Visits:
    """Instants of the visits of tracking URLs and paid search campaigns (R91)."""

    def __init__(self, records: World, interactions: Interactions, rules: Rules) -> None:
        self._match = rules.visit_match
        self._url = {(row["asset_type"], row["asset_id"]): row["url"] for row in records["assets"]}
        self._by_key: dict[tuple, list[datetime]] = defaultdict(list)
        self._by_hsa_cam: dict[str, list[datetime]] = defaultdict(list)
        self._by_click: dict[Asset, list[datetime]] = defaultdict(list)
        for event in interactions.unfiltered:
            if event.event_type == PAGE_VIEW and event.url is not None:
                self._by_key[visit_key(event.url)].append(event.occurred_at)
                searched = parameter(event.url, "hsa_cam")
                if searched is not None:
                    self._by_hsa_cam[decode(searched)].append(event.occurred_at)
            elif event.event_type == "ad_click" and event.asset is not None:
                self._by_click[event.asset].append(event.occurred_at)

    def of(self, asset: Asset) -> list[datetime]:
        """Instants of all visits of an asset."""
        if self._match.get(asset[0]) == "paid_search":
            return self._by_hsa_cam.get(asset[1], []) + self._by_click.get(asset, [])
        url = self._url.get(asset)
        return [] if url is None else self._by_key.get(visit_key(url), [])


def asset_visibility(
    records: World,
    interactions: Interactions,
    associations: Associations,
    parameters: Parameters,
    rules: Rules,
) -> list[Row]:
    """The table asset_visibility: every pair associated or attempted by the as-of time (R90)."""
    campaigns = {row["campaign_id"]: row for row in records["campaigns"] if not row["_deleted"]}
    published_at = {
        (row["asset_type"], row["asset_id"]): row["published_at"] for row in records["assets"]
    }
    visits = Visits(records, interactions, rules)
    attempts: dict[tuple[str, Asset], list[bool]] = defaultdict(list)
    for attempt in associations.attempts:
        if attempt.at <= parameters.as_of and attempt.campaign_id in campaigns:
            attempts[attempt.campaign_id, attempt.asset].append(attempt.is_accepted)
    rows = []
    for (campaign_id, asset), outcomes in attempts.items():
        is_in = campaign_id in associations.campaigns_at(asset, parameters.as_of)
        campaign, published = campaigns[campaign_id], published_at.get(asset)
        reasons = []
        if any(outcomes) and not is_in:
            reasons.append("NOT_ASSOCIATED")
        if not outcomes[-1] and not is_in:
            reasons.append("SOCIAL_CAP")
        if published is not None:
            day = parameters.day(published)
            if (campaign["start_date"] and day < campaign["start_date"]) or (
                campaign["end_date"] and day > campaign["end_date"]
            ):
                reasons.append("OUTSIDE_CAMPAIGN_DATES")
        if asset[0] in rules.social_types and (published is None or published > parameters.as_of):
            reasons.append("SOCIAL_NOT_PUBLISHED")
        if asset[0] in rules.visit_match:
            seen = visits.of(asset)
            if not seen:
                reasons.append("NO_VISIT")
            elif (
                rules.visit_match[asset[0]] == "tracking_url" and max(seen) < campaign["created_at"]
            ):
                reasons.append("NO_VISIT_AFTER_CAMPAIGN_CREATED")
        rows.append(
            {
                "campaign_id": campaign_id,
                "asset_type": asset[0],
                "asset_id": asset[1],
                "is_visible": not reasons,
                "reasons": reasons,
            }
        )
    return rows
