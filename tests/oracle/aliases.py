"""The utm aliases of campaigns (R04, R31)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from .rules import World
from .urls import normalise


class Aliases:
    """The aliases, normalised."""

    def __init__(self, records: World) -> None:
        self.created_at = {row["campaign_id"]: row["created_at"] for row in records["campaigns"]}
        self.since: dict[str, dict[str, datetime]] = defaultdict(dict)
        for row in records["campaign_utms"]:
            value = normalise(row["utm_campaign"])
            if value is not None:
                known = self.since[value].get(row["campaign_id"], row["added_at"])
                self.since[value][row["campaign_id"]] = min(known, row["added_at"])

    def campaigns(self, value: str | None) -> set[str]:
        """The campaigns that have the value as alias, whatever the time."""
        return set(self.since.get(value, {})) if value is not None else set()

    def campaigns_at(self, value: str | None, at: datetime) -> set[str]:
        """The campaigns that a page view with that value counts for."""
        return {
            campaign_id
            for campaign_id in self.campaigns(value)
            if campaign_id in self.created_at
            and at >= self.created_at[campaign_id]
            and at >= self.since[value][campaign_id]
        }

    def of_campaign(self, campaign_id: str) -> list[str]:
        """The normalised aliases of a campaign, sorted."""
        return sorted(value for value, campaigns in self.since.items() if campaign_id in campaigns)


def basis(campaign_id: str, by_asset: set[str], by_utm: set[str]) -> str:
    """R32."""
    if campaign_id in by_asset:
        return "both" if campaign_id in by_utm else "asset"
    return "utm"
