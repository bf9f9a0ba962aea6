"""First touch, last touch and influence of contacts (R50-R53), and every contact's reason (R98)."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from .aliases import Aliases
from .associations import Associations
from .evidence import campaigns_ever, conversion_campaigns
from .interactions import PAGE_VIEW, Interaction, Interactions
from .people import People
from .rules import Parameters, Row

FORM_SUBMISSION = "form_submission"


def primary_campaign(bases: dict[str, str]) -> str | None:
    """R50: utm or both before asset, then the lowest campaign id."""
    return min(
        bases, key=lambda campaign_id: (bases[campaign_id] == "asset", campaign_id), default=None
    )


class Touches:
    """The first view, the conversion and the influencing events of every contact that counts."""

    def __init__(
        self,
        interactions: Interactions,
        people: People,
        associations: Associations,
        aliases: Aliases,
        parameters: Parameters,
    ) -> None:
        self._people, self._associations, self._aliases = people, associations, aliases
        self._tolerance = timedelta(minutes=parameters.conversion_tolerance_minutes)
        by_contact = interactions.by_contact()
        self.events = {
            contact_id: by_contact.get(contact_id, [])
            for contact_id in people.contacts
            if people.counts(contact_id)
        }
        self._sessions = {
            session.events[0].session_id: session.events for session in interactions.sessions
        }

    def first_view(self, contact_id: str) -> Interaction | None:
        """The contact's first page view ever (R50)."""
        views = [event for event in self.events[contact_id] if event.event_type == PAGE_VIEW]
        return views[0] if views else None

    def is_new(self, contact_id: str) -> bool:
        """R50: whether there is a first page view that is not after the creation."""
        view = self.first_view(contact_id)
        return view is not None and view.occurred_at <= self._people.created_at(contact_id)

    def conversion(self, contact_id: str) -> Interaction | None:
        """The form submission nearest to the contact's creation (R51)."""
        created_at = self._people.created_at(contact_id)
        candidates = [
            (abs(event.occurred_at - created_at), event.order, event)
            for event in self.events[contact_id]
            if event.event_type == FORM_SUBMISSION
            and abs(event.occurred_at - created_at) <= self._tolerance
        ]
        return min(candidates, key=lambda one: one[:2])[2] if candidates else None

    def in_session(self, event: Interaction) -> list[Interaction]:
        """The events of an event's session; itself where it has none."""
        return self._sessions.get(event.session_id, [event])

    def conversion_campaigns(self, converting: Interaction) -> dict[str, str]:
        """R51: campaign -> basis."""
        return conversion_campaigns(
            converting, self.in_session(converting), self._associations, self._aliases
        )

    def _row(self, contact_id: str, bases: dict[str, str], campaign_id: str) -> Row:
        return {
            "campaign_id": campaign_id,
            "contact_id": contact_id,
            "contact_created_at": self._people.created_at(contact_id),
            "basis": bases[campaign_id],
            "is_primary": campaign_id == primary_campaign(bases),
        }

    def first_touches(self) -> list[Row]:
        """The table first_touch_contacts (R50)."""
        rows = []
        for contact_id in filter(self.is_new, self.events):
            view = self.first_view(contact_id)
            for campaign_id in view.campaigns:
                row = self._row(contact_id, view.campaigns, campaign_id)
                rows.append(row | {"event_id": view.event_id})
        return rows

    def last_touches(self) -> list[Row]:
        """The table last_touch_contacts (R51)."""
        rows = []
        for contact_id in self.events:
            converting = self.conversion(contact_id)
            bases = self.conversion_campaigns(converting) if converting is not None else {}
            for campaign_id in bases:
                row = self._row(contact_id, bases, campaign_id)
                rows.append(row | {"conversion_event_id": converting.event_id})
        return rows

    def influencing(self, contact_id: str) -> dict[str, list[Interaction]]:
        """Campaign -> the contact's influencing events that count for it (R53)."""
        found: dict[str, list[Interaction]] = defaultdict(list)
        for event in self.events[contact_id]:
            if event.influences:
                for campaign_id in event.campaigns:
                    found[campaign_id].append(event)
        return found

    def influenced(self, new_contacts: set[tuple[str, str]]) -> list[Row]:
        """The table influenced_contacts (R53); `new_contacts` are (campaign, contact) of both
        touches."""
        return [
            {
                "campaign_id": campaign_id,
                "contact_id": contact_id,
                "influenced_at": events[0].occurred_at,
                "event_id": events[0].event_id,
                "event_type": events[0].event_type,
                "is_new_contact": (campaign_id, contact_id) in new_contacts,
                "interactions": len(events),
            }
            for contact_id in self.events
            for campaign_id, events in self.influencing(contact_id).items()
        ]

    def statuses(self) -> list[Row]:
        """The table contact_status (R98)."""
        rows = []
        for contact_id in self.events:
            for metric, (status, event) in {
                "first_touch": self._first_touch_status(contact_id),
                "last_touch": self._last_touch_status(contact_id),
                "influenced": self._influenced_status(contact_id),
            }.items():
                rows.append(
                    {
                        "contact_id": contact_id,
                        "metric": metric,
                        "status": status,
                        "event_id": event.event_id if event is not None else None,
                    }
                )
        return rows

    def _first_touch_status(self, contact_id: str) -> tuple[str, Interaction | None]:
        view = self.first_view(contact_id)
        if view is None:
            return "NO_PAGE_VIEW", None
        if not self.is_new(contact_id):
            return "FIRST_VIEW_AFTER_CREATION", view
        return ("COUNTED" if view.campaigns else "FIRST_VIEW_IN_NO_CAMPAIGN"), view

    def _last_touch_status(self, contact_id: str) -> tuple[str, Interaction | None]:
        converting = self.conversion(contact_id)
        if converting is None:
            return "NO_CONVERSION", None
        counts = self.conversion_campaigns(converting)
        return ("COUNTED" if counts else "CONVERSION_IN_NO_CAMPAIGN"), converting

    def _influenced_status(self, contact_id: str) -> tuple[str, Interaction | None]:
        events = self.events[contact_id]
        counting = [event for event in events if event.influences and event.campaigns]
        if counting:
            return "COUNTED", counting[0]
        if not events:
            return "NO_INTERACTION", None
        tied = [
            event for event in events if campaigns_ever(event, self._associations, self._aliases)
        ]
        if not tied:
            return "NO_CAMPAIGN_INTERACTION", events[0]
        if not any(event.influences for event in tied):
            return "TYPE_DOES_NOT_INFLUENCE", events[0]
        return "OUTSIDE_ASSOCIATION", events[0]
