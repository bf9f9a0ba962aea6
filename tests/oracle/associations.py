"""Assets in campaigns (R20-R23, R96)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from .rules import Parameters, Row, Rules

Asset = tuple[str, str]
EXACT = "exact"


@dataclass(frozen=True)
class Association:
    """An accepted association over [valid_from, valid_to)."""

    campaign_id: str
    asset: Asset
    valid_from: datetime
    valid_to: datetime | None
    ended_by: str | None
    time_basis: str

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
        self._parameters, self._rules = parameters, rules
        self._open: dict[tuple[str, Asset], Row] = {}
        for row in sorted(log, key=log_order):
            asset = (row["asset_type"], row["asset_id"])
            campaign_id, at = row["campaign_id"], row["occurred_at"]
            if row["action"] == "removed":
                self._end(campaign_id, asset, at, "removed")
            else:
                is_accepted = self._associate(campaign_id, asset, row)
                self.attempts.append(Attempt(campaign_id, asset, at, is_accepted))
        for campaign_id, asset in list(self._open):
            self._end(campaign_id, asset, None, None)
        self.of_asset: dict[Asset, list[Association]] = defaultdict(list)
        for association in self.accepted:
            self.of_asset[association.asset].append(association)

    def _end(
        self, campaign_id: str, asset: Asset, at: datetime | None, ended_by: str | None
    ) -> None:
        opening = self._open.pop((campaign_id, asset), None)
        if opening is None or opening["occurred_at"] == at:
            return
        basis = opening["time_basis"] or EXACT
        self.accepted.append(
            Association(campaign_id, asset, opening["occurred_at"], at, ended_by, basis)
        )

    def _associate(self, campaign_id: str, asset: Asset, row: Row) -> bool:
        if (campaign_id, asset) in self._open:
            return True
        if asset[0] in self._rules.social_types:
            held = sum(
                1
                for campaign, other in self._open
                if campaign == campaign_id and other[0] in self._rules.social_types
            )
            if held >= self._parameters.social_post_cap:
                return False
        if asset[0] not in self._rules.shared_types:
            for campaign in [campaign for campaign, other in self._open if other == asset]:
                self._end(campaign, asset, row["occurred_at"], "moved")
        self._open[campaign_id, asset] = row
        return True

    def at(self, asset: Asset | None, at: datetime) -> list[Association]:
        """The associations of an asset that are open at an instant (R30)."""
        return [one for one in self.of_asset.get(asset, []) if one.holds(at)]

    def campaigns_at(self, asset: Asset | None, at: datetime) -> set[str]:
        """The campaigns that an asset is in at an instant (R30)."""
        return {association.campaign_id for association in self.at(asset, at)}

    def is_exact(self, campaign_id: str, asset: Asset | None, at: datetime) -> bool:
        """R96: whether an association with a campaign at an instant has times that are exact."""
        return any(
            one.campaign_id == campaign_id and one.time_basis == EXACT for one in self.at(asset, at)
        )

    def campaigns_ever(self, asset: Asset | None) -> set[str]:
        """The campaigns that an asset was in over some length of time (R94)."""
        return {association.campaign_id for association in self.of_asset.get(asset, [])}

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
                "time_basis": one.time_basis,
            }
            for one in self.accepted
        ]
