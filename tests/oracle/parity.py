"""Numbers that another system reports, beside ours (R120)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from .deals import Deal
from .money import total
from .rules import Parameters, Row, Rules, World

ATTRIBUTED = "attributed_revenue"
# Metrics that have a number per day (R80), and those that follow the close of deals.
DAILY = (
    *("sessions", "new_contacts_first_touch", "new_contacts_last_touch", "influenced_contacts"),
    *("deals", "revenue", "spend"),
)


class Ours:
    """What we say of a campaign, for all time or a period."""

    def __init__(
        self,
        records: World,
        published: World,
        deals: list[Deal],
        parameters: Parameters,
        rules: Rules,
    ) -> None:
        self._published, self._deals, self._parameters = published, deals, parameters
        self._performance = {row["campaign_id"]: row for row in published["campaign_performance"]}
        self._named = {row["campaign_id"] for row in records["campaign_asset_log"]}
        self._named |= {row["campaign_id"] for row in records["campaigns"]}
        self._models = {model.name for model in rules.models}

    def number(self, reported: Row) -> Decimal | float | None:
        """Our number beside a reported one; None where we have none."""
        campaign_id, metric = reported["campaign_id"], reported["metric"]
        period = (reported["period_start"], reported["period_end"])
        if metric == ATTRIBUTED:
            return self._attributed(campaign_id, reported["model"], period)
        if campaign_id not in self._performance:
            return None
        if period == (None, None):
            value = self._performance[campaign_id].get(metric)
            return None if isinstance(value, str) else value
        if metric in DAILY:
            days = [
                row[metric]
                for row in self._published["campaign_daily"]
                if row["campaign_id"] == campaign_id and is_within(row["day"], period)
            ]
            return total(days)
        closed = [
            deal
            for deal in self._deals
            if deal.is_won
            and campaign_id in deal.campaigns()
            and is_within(self._parameters.day(deal.closed_at), period)
        ]
        if metric == "contacts_with_revenue":
            return len({one for deal in closed for one in deal.contacts_of(campaign_id)})
        if metric == "associated_deal_value":
            return total([deal.amount_home for deal in closed])
        return None

    def _attributed(
        self, campaign_id: str, model: str | None, period: tuple[date | None, date | None]
    ) -> Decimal | None:
        if campaign_id not in self._named or model not in self._models:
            return None
        return total(
            [
                row["credit"]
                for row in self._published["attribution_credits"]
                if (row["campaign_id"], row["model"]) == (campaign_id, model)
                and is_within(self._parameters.day(row["closed_at"]), period)
            ]
        )


def is_within(day: date, period: tuple[date | None, date | None]) -> bool:
    """Whether a day is in a period; its bounds belong to it, an absent one is open."""
    start, end = period
    return (start is None or start <= day) and (end is None or day <= end)


def parity(reported_metrics: list[Row], ours: Ours) -> list[Row]:
    """The table parity."""
    rows = []
    for row in reported_metrics:
        number, reported = ours.number(row), row["value"]
        difference = None if number is None else float(number) - float(reported)
        names = ("source", "campaign_id", "metric", "model", "period_start", "period_end")
        rows.append(
            {name: row[name] for name in names}
            | {
                "ours": None if number is None else float(number),
                "reported": float(reported),
                "difference": difference,
                "share": None
                if difference is None or not reported
                else difference / float(reported),
            }
        )
    return rows
