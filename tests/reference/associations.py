"""Assets in campaigns (R20-R23) and contacts on deals (R61)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from .people import People
from .records import Parameters, Row, Rules

Asset = tuple[str, str]


@dataclass(frozen=True)
class Association:
    """An accepted association over [valid_from, valid_to)."""

    campaign_id: str
    asset: Asset
    valid_from: datetime
    valid_to: datetime | None
    ended_by: str | None

    def holds(self, at: datetime) -> bool:
        """Whether it is open at an instant."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


@dataclass(frozen=True)
class Attempt:
    """One row of the log that associates."""

    campaign_id: str
    asset: Asset
    at: datetime
    is_accepted: bool


def log_order(row: Row) -> tuple:
    """R21: time, then `_loaded_at`, then log id."""
    return (row["occurred_at"], row["_loaded_at"], row["log_id"])


class Associations:
    """The log of a world, replayed."""

    def __init__(self, log: list[Row], parameters: Parameters, rules: Rules) -> None:
        self.accepted: list[Association] = []
        self.attempts: list[Attempt] = []
        self._open: dict[tuple[str, Asset], datetime] = {}
        for row in sorted(log, key=log_order):
            asset = (row["asset_type"], row["asset_id"])
            campaign_id, at = row["campaign_id"], row["occurred_at"]
            if row["action"] == "removed":
                self._end(campaign_id, asset, at, "removed")
            else:
                is_accepted = self._associate(campaign_id, asset, at, parameters, rules)
                self.attempts.append(Attempt(campaign_id, asset, at, is_accepted))
        for (campaign_id, asset), since in self._open.items():
            self.accepted.append(Association(campaign_id, asset, since, None, None))
        self.of_asset: dict[Asset, list[Association]] = defaultdict(list)
        for association in self.accepted:
            self.of_asset[association.asset].append(association)

    def _end(self, campaign_id: str, asset: Asset, at: datetime, ended_by: str) -> None:
        since = self._open.pop((campaign_id, asset), None)
        if since is not None and since < at:
            self.accepted.append(Association(campaign_id, asset, since, at, ended_by))

    def _associate(
        self, campaign_id: str, asset: Asset, at: datetime, parameters: Parameters, rules: Rules
    ) -> bool:
        if (campaign_id, asset) in self._open:
            return True
        if asset[0] in rules.social_types:
            held = sum(
                1
                for campaign, other in self._open
                if campaign == campaign_id and other[0] in rules.social_types
            )
            if held >= parameters.social_post_cap:
                return False
        if asset[0] not in rules.shared_types:
            for campaign in [campaign for campaign, other in self._open if other == asset]:
                self._end(campaign, asset, at, "moved")
        self._open[campaign_id, asset] = at
        return True

    def campaigns_at(self, asset: Asset | None, at: datetime) -> set[str]:
        """The campaigns that an asset is in at an instant (R30)."""
        if asset is None:
            return set()
        return {
            association.campaign_id
            for association in self.of_asset.get(asset, [])
            if association.holds(at)
        }

    def campaigns_ever(self, asset: Asset | None) -> set[str]:
        """The campaigns that an asset was in over some length of time (R94)."""
        return (
            {association.campaign_id for association in self.of_asset.get(asset, [])}
            if asset
            else set()
        )

    def published(self) -> list[Row]:
        """The table fct_asset_associations."""
        return [
            {
                "campaign_id": one.campaign_id,
                "asset_type": one.asset[0],
                "asset_id": one.asset[1],
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
                "ended_by": one.ended_by,
            }
            for one in self.accepted
        ]


def deal_contacts(log: list[Row], people: People) -> list[Row]:
    """The table fct_deal_contacts: per landed contact id, then united for the survivor (R61)."""
    open_since: dict[tuple[str, str], datetime] = {}
    spans: dict[tuple[str, str], list[tuple[datetime, datetime]]] = defaultdict(list)

    def close(deal_id: str, contact_id: str, at: datetime) -> None:
        since = open_since.pop((deal_id, contact_id), None)
        if since is not None and since < at:
            spans[deal_id, people.survivor(contact_id)].append((since, at))

    for row in sorted(log, key=log_order):
        pair = (row["deal_id"], row["contact_id"])
        if row["action"] == "removed":
            close(*pair, row["occurred_at"])
        else:
            open_since.setdefault(pair, row["occurred_at"])
    for deal_id, contact_id in list(open_since):
        close(deal_id, contact_id, datetime.max)

    rows = []
    for (deal_id, contact_id), pieces in spans.items():
        united: list[list[datetime]] = []
        for since, until in sorted(pieces):
            if united and since <= united[-1][1]:
                united[-1][1] = max(united[-1][1], until)
            else:
                united.append([since, until])
        for since, until in united:
            valid_to = None if until == datetime.max else until
            rows.append(
                {
                    "deal_id": deal_id,
                    "contact_id": contact_id,
                    "valid_from": since,
                    "valid_to": valid_to,
                }
            )
    return rows
