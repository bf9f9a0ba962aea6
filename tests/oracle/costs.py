"""Budget, spend and ad-network spend in the home currency (R83)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from .associations import Asset, Associations
from .money import Money, currency_code, total
from .rules import Parameters, Row, World

INSTANT = timedelta(microseconds=1)


class Costs:
    """What campaigns and ads cost, item by item."""

    def __init__(self, records: World, money: Money, parameters: Parameters) -> None:
        self._campaigns = {row["campaign_id"]: row for row in records["campaigns"]}
        self._money, self._parameters = money, parameters
        self.budget: dict[str, list[Decimal | None]] = defaultdict(list)
        for row in records["budget_items"]:
            if not row["_deleted"]:
                on = row["budgeted_on"] or self._created_on(row["campaign_id"])
                self.budget[row["campaign_id"]].append(self._home(row, on))
        self.spend: dict[str, dict[date, list[Decimal | None]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for row in records["spend_items"]:
            if not row["_deleted"]:
                amount = self._home(row, row["spent_on"])
                self.spend[row["campaign_id"]][row["spent_on"]].append(amount)
        self.ads: dict[Asset, list[tuple[date, Decimal | None, int, int]]] = defaultdict(list)
        for row in records["ad_metrics"]:
            spend = Decimal("0.00")
            if row["spend"] is not None:
                spend = money.home(row["spend"], row["currency"], row["metric_date"])
            self.ads[row["asset_type"], row["asset_id"]].append(
                (row["metric_date"], spend, row["impressions"] or 0, row["clicks"] or 0)
            )

    def _created_on(self, campaign_id: str) -> date | None:
        campaign = self._campaigns.get(campaign_id)
        return self._parameters.day(campaign["created_at"]) if campaign else None

    def _home(self, item: Row, on: date | None) -> Decimal | None:
        """An item without a currency is in its campaign's, else the home currency."""
        campaign = self._campaigns.get(item["campaign_id"], {})
        currency = currency_code(item["currency"]) or currency_code(campaign.get("currency"))
        return self._money.home(item["amount"], currency, on)

    def spend_of(self, campaign_id: str) -> Decimal | None:
        """All spend of a campaign."""
        return total([amount for items in self.spend[campaign_id].values() for amount in items])

    def ad_spend_of(self, campaign_id: str, associations: Associations) -> Decimal | None:
        """A day's figure goes to the campaign that the asset is in at the day's last instant."""
        amounts = []
        for asset, days in self.ads.items():
            for day, spend, _, _ in days:
                last_instant = self._parameters.midnight(day + timedelta(days=1)) - INSTANT
                if campaign_id in associations.campaigns_at(asset, last_instant):
                    amounts.append(spend)
        return total(amounts)
