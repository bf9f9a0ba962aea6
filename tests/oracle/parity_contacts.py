"""Contacts that only we or only the other system counts, each with the first reason (R120)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from .aliases import Aliases
from .associations import EXACT, Associations
from .deal_contacts import DealContacts
from .deals import Deal
from .evidence import campaigns_ever, touching
from .interactions import PAGE_VIEW, Interaction, Interactions
from .people import People
from .rules import Row, World
from .touches import FORM_SUBMISSION, Touches

TABLES = {
    "first_touch": "first_touch_contacts",
    "last_touch": "last_touch_contacts",
    "influenced": "influenced_contacts",
    "revenue": "revenue_contacts",
}


def lists_of(reported: list[Row]) -> dict[tuple[str, str, str], list[Row]]:
    """(Source, campaign, metric) -> their list: the rows with its latest `reported_at`."""
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in reported:
        groups[row["source"], row["campaign_id"], row["metric"]].append(row)
    return {
        key: [row for row in rows if row["reported_at"] == max(one["reported_at"] for one in rows)]
        for key, rows in groups.items()
        if key[2] in TABLES
    }


class Contacts:
    """Compares lists of contacts with ours."""

    def __init__(
        self,
        interactions: Interactions,
        touches: Touches,
        deals: list[Deal],
        deal_contacts: DealContacts,
        associations: Associations,
        aliases: Aliases,
        people: People,
        published: World,
    ) -> None:
        self._touches, self._people, self._aliases = touches, people, aliases
        self._associations, self._deal_contacts = associations, deal_contacts
        self._deals = [deal for deal in deals if deal.is_won]
        self._events: dict[str | None, list[Interaction]] = defaultdict(list)
        for event in interactions.unfiltered:
            self._events[event.contact_id].append(event)
        self._ours: dict[tuple[str, str], set[str]] = defaultdict(set)
        for metric, table in TABLES.items():
            for row in published[table]:
                self._ours[metric, row["campaign_id"]].add(row["contact_id"])

    def rows(self, reported: list[Row]) -> list[Row]:
        """The table parity_contacts."""
        rows = []
        for (source, campaign_id, metric), theirs in lists_of(reported).items():
            ours = self._ours[metric, campaign_id]
            listed = {row["contact_id"] for row in theirs}
            at = max(row["reported_at"] for row in theirs)
            reasons = {
                (contact_id, False): self._only_theirs(metric, campaign_id, contact_id)
                for contact_id in listed - ours
            } | {
                (contact_id, True): self._only_ours(metric, campaign_id, contact_id, listed, at)
                for contact_id in ours - listed
            }
            rows += [
                {
                    "source": source,
                    "campaign_id": campaign_id,
                    "metric": metric,
                    "contact_id": contact_id,
                    "is_ours": is_ours,
                    "reason": reason,
                }
                for (contact_id, is_ours), reason in reasons.items()
            ]
        return rows

    def _only_theirs(self, metric: str, campaign_id: str, listed_id: str) -> str:
        contact_id = self._people.survivor(listed_id)
        if contact_id not in self._people.contacts:
            return "UNKNOWN_CONTACT"
        if not self._people.counts(contact_id):
            return "CONTACT_DELETED"
        if contact_id in self._ours[metric, campaign_id]:
            return "CONTACT_MERGED"
        utm_types = (PAGE_VIEW, FORM_SUBMISSION) if metric == "last_touch" else (PAGE_VIEW,)
        events = self._events[contact_id]
        tied = [
            event
            for event in events
            if campaign_id in campaigns_ever(event, self._associations, self._aliases, utm_types)
        ]
        if not tied:
            return "NO_INTERACTION"
        if not any(self._counts(event, campaign_id, utm_types) for event in tied):
            return "BEFORE_ASSOCIATION"
        if metric == "last_touch":
            has_form = any(event.event_type == FORM_SUBMISSION for event in events)
            if has_form and self._touches.conversion(contact_id) is None:
                return "OUTSIDE_TOLERANCE"
        return "NOT_COUNTED"

    def _counts(self, event: Interaction, campaign_id: str, utm_types: tuple[str, ...]) -> bool:
        if campaign_id in event.campaigns:
            return True
        at = event.occurred_at
        return event.event_type in utm_types and campaign_id in self._aliases.campaigns_at(
            event.utm_campaign, at
        )

    def _only_ours(
        self, metric: str, campaign_id: str, contact_id: str, listed: set[str], at: datetime
    ) -> str:
        others = listed - {contact_id}
        if any(self._people.survivor(other) == contact_id for other in others):
            return "CONTACT_MERGED"
        if self._date(metric, campaign_id, contact_id) > at:
            return "AFTER_REPORT"
        if not self._is_certain(metric, campaign_id, contact_id):
            return "ASSUMED_TIME"
        return "NOT_REPORTED"

    def _date(self, metric: str, campaign_id: str, contact_id: str) -> datetime:
        """When the contact counts here, by the dates of `campaign_daily`, to the instant."""
        if metric == "influenced":
            return self._touches.influencing(contact_id)[campaign_id][0].occurred_at
        if metric == "revenue":
            return min(
                deal.closed_at
                for deal in self._deals
                if contact_id in deal.contacts_of(campaign_id)
            )
        return self._people.created_at(contact_id)

    def _is_certain(self, metric: str, campaign_id: str, contact_id: str) -> bool:
        """Whether some event makes the contact count by a utm or by times that are exact."""
        if metric == "first_touch":
            return self._is_exact(self._touches.first_view(contact_id), campaign_id)
        if metric == "influenced":
            events = self._touches.influencing(contact_id)[campaign_id]
            return any(self._is_exact(event, campaign_id) for event in events)
        if metric == "last_touch":
            converting = self._touches.conversion(contact_id)
            if self._touches.conversion_campaigns(converting)[campaign_id] != "asset":
                return True
            return any(
                self._associations.is_exact(campaign_id, event.asset, event.occurred_at)
                for event in touching(converting, self._touches.in_session(converting))
            )
        return any(
            self._was_on(deal, contact_id)
            and any(
                self._is_exact(event, campaign_id)
                for event in deal.path
                if event.contact_id == contact_id
            )
            for deal in self._deals
        )

    def _is_exact(self, event: Interaction, campaign_id: str) -> bool:
        """Whether an event counts for a campaign by a utm or by an interval that is exact."""
        if event.campaigns.get(campaign_id) in ("utm", "both"):
            return True
        return self._associations.is_exact(campaign_id, event.asset, event.occurred_at)

    def _was_on(self, deal: Deal, contact_id: str) -> bool:
        """Whether the contact's interval over the close has times that are exact."""
        return any(
            one.contact_id == contact_id and one.is_over(deal.closed_at) and one.time_basis == EXACT
            for one in self._deal_contacts.of_deal.get(deal.deal_id, [])
        )
