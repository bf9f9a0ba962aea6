"""Why a deal does not count for a campaign (R94), and the reason of every deal (R97)."""

from __future__ import annotations

from collections import defaultdict

from .aliases import Aliases
from .associations import Associations
from .deal_contacts import DealContact, DealContacts
from .deals import failed_gate, in_lookback
from .evidence import campaigns_ever
from .interactions import Interaction, Interactions
from .people import People
from .rules import Parameters, Row, Rules

# R94's order.
REASONS = (
    "DEAL_MERGED",
    "DEAL_DELETED",
    "NOT_CLOSED_WON",
    "AMOUNT_NOT_POSITIVE",
    "NO_CREATED_TIME",
    "NO_CLOSE_TIME",
    "NO_EXCHANGE_RATE",
    "CONTACT_DELETED",
    "CONTACT_REMOVED_BEFORE_CLOSE",
    "CONTACT_ASSOCIATED_AFTER_CLOSE",
    "CONTACT_NOT_INFLUENCED",
    "INTERACTION_AFTER_CLOSE",
    "NO_REVENUE_INTERACTION",
)
# Campaign -> contact -> events that tie them, whatever the time.
Candidates = dict[str, dict[str, list[Interaction]]]


class Inclusion:
    """Every deal and campaign that R94 asks about."""

    def __init__(
        self,
        interactions: Interactions,
        deal_contacts: DealContacts,
        associations: Associations,
        aliases: Aliases,
        people: People,
        parameters: Parameters,
        rules: Rules,
    ) -> None:
        self._deal_contacts, self._people = deal_contacts, people
        self._parameters, self._rules = parameters, rules
        self._tied: dict[str, dict[str, list[Interaction]]] = defaultdict(lambda: defaultdict(list))
        for event in interactions.unfiltered:
            kind = rules.interactions[event.event_type]
            if event.contact_id in people.contacts and (
                kind["influences"] or kind["earns_revenue"]
            ):
                for campaign_id in campaigns_ever(event, associations, aliases):
                    self._tied[event.contact_id][campaign_id].append(event)

    def intervals(self, deal: Row) -> list[DealContact]:
        """The contacts of a deal; of a merged-away one those of its own landed associations."""
        if deal["merged_into"] is not None:
            return self._deal_contacts.of_landed_deal.get(deal["deal_id"], [])
        return self._deal_contacts.of_deal.get(deal["deal_id"], [])

    def rows(self, deals: list[Row]) -> list[Row]:
        """The table deal_inclusion."""
        rows = []
        for deal in deals:
            ever = {one.contact_id for one in self.intervals(deal)}
            candidates: Candidates = defaultdict(dict)
            for contact_id in ever & self._tied.keys():
                for campaign_id, events in self._tied[contact_id].items():
                    candidates[campaign_id][contact_id] = events
            for campaign_id, events in sorted(candidates.items()):
                reason = self._reason(deal, campaign_id, events)
                rows.append(
                    {
                        "deal_id": deal["deal_id"],
                        "campaign_id": campaign_id,
                        "is_included": reason is None,
                        "reason": reason,
                    }
                )
        return rows

    def _reason(
        self, deal: Row, campaign_id: str, events: dict[str, list[Interaction]]
    ) -> str | None:
        """The first condition that fails; `events` are those of the contacts that make the pair."""
        reason = failed_gate(deal)
        if reason is not None:
            return reason
        closed_at = deal["closed_at"]
        contacts = {contact_id for contact_id in events if self._people.counts(contact_id)}
        if not contacts:
            return "CONTACT_DELETED"
        intervals = [one for one in self.intervals(deal) if one.contact_id in contacts]
        present = {one.contact_id for one in intervals if one.is_over(closed_at)}
        if not present:
            was_there = any(one.is_before(closed_at) for one in intervals)
            return "CONTACT_REMOVED_BEFORE_CLOSE" if was_there else "CONTACT_ASSOCIATED_AFTER_CLOSE"
        counting = [
            event
            for contact_id in present
            for event in events[contact_id]
            if campaign_id in event.campaigns
            and self._rules.interactions[event.event_type]["influences"]
        ]
        if not counting:
            return "CONTACT_NOT_INFLUENCED"
        if all(event.occurred_at > closed_at for event in counting):
            return "INTERACTION_AFTER_CLOSE"
        if not any(
            event.earns_revenue and in_lookback(event, closed_at, self._parameters)
            for event in counting
        ):
            return "NO_REVENUE_INTERACTION"
        return None

    def statuses(self, deals: list[Row]) -> list[Row]:
        """The table deal_status (R97)."""
        pairs: dict[str, list[str | None]] = defaultdict(list)
        for row in self.rows(deals):
            pairs[row["deal_id"]].append(row["reason"])
        rows = []
        for deal in deals:
            reasons = pairs[deal["deal_id"]]
            rows.append(
                {
                    "deal_id": deal["deal_id"],
                    "status": self._status(deal, reasons),
                    "campaigns": reasons.count(None),
                    "amount_home": deal["amount_home"],
                }
            )
        return rows

    def _status(self, deal: Row, reasons: list[str | None]) -> str:
        if None in reasons:
            return "COUNTED"
        if reasons:
            return max(reasons, key=REASONS.index)
        gate = failed_gate(deal)
        if gate is not None:
            return gate
        contacts = {one.contact_id for one in self.intervals(deal)}
        if not contacts:
            return "NO_CONTACT"
        known = contacts & self._people.contacts.keys()
        if not known:
            return "CONTACT_UNKNOWN"
        if not any(self._people.counts(contact_id) for contact_id in known):
            return "CONTACT_DELETED"
        return "NO_CAMPAIGN_INTERACTION"
