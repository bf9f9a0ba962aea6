"""Events as interactions, their sessions (R40) and the campaigns they count for (R30-R35)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .associations import Asset, Associations
from .people import People
from .records import Parameters, Row, Rules, World
from .urls import normalise, utm


@dataclass
class Interaction:
    """One event after de-duplication. `campaigns` maps a campaign that it counts for to the basis."""

    event_id: str
    event_type: str
    occurred_at: datetime
    visitor_id: str | None
    contact_id: str | None
    asset_type: str | None
    asset_id: str | None
    url: str | None
    utm_source: str | None
    utm_medium: str | None
    utm_campaign: str | None
    is_filtered: bool
    influences: bool
    earns_revenue: bool
    session_id: str | None = None
    campaigns: dict[str, str] = field(default_factory=dict)

    @property
    def asset(self) -> Asset | None:
        """What the event acted on."""
        return (
            None
            if self.asset_type is None or self.asset_id is None
            else (self.asset_type, self.asset_id)
        )

    @property
    def triple(self) -> tuple[str | None, str | None, str | None]:
        """Source, medium and campaign."""
        return (self.utm_source, self.utm_medium, self.utm_campaign)

    @property
    def order(self) -> tuple[datetime, str]:
        """The order of events everywhere."""
        return (self.occurred_at, self.event_id)


@dataclass
class Session:
    """Events of one visitor, in order; `triple` is the one in force."""

    events: list[Interaction]
    triple: tuple[str | None, str | None, str | None]

    def contact_id(self) -> str | None:
        """That of its latest event that has one."""
        known = [event.contact_id for event in self.events if event.contact_id is not None]
        return known[-1] if known else None


class Aliases:
    """The utm aliases of campaigns, normalised (R04, R31)."""

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


class Interactions:
    """All events of a world of current records."""

    def __init__(
        self,
        records: World,
        people: People,
        associations: Associations,
        aliases: Aliases,
        parameters: Parameters,
        rules: Rules,
    ) -> None:
        self.people = people
        has_form = {
            (row["asset_type"], row["asset_id"]): bool(row["has_form"]) for row in records["assets"]
        }
        self.all: list[Interaction] = []
        for row in records["events"]:
            event = self._interaction(row, has_form, rules)
            by_asset = associations.campaigns_at(event.asset, event.occurred_at)
            is_page_view = event.event_type == "page_view"
            by_utm = (
                aliases.campaigns_at(event.utm_campaign, event.occurred_at)
                if is_page_view
                else set()
            )
            if not event.is_filtered:
                event.campaigns = {
                    campaign: basis(campaign, by_asset, by_utm) for campaign in by_asset | by_utm
                }
            self.all.append(event)
        self.all.sort(key=lambda event: event.order)
        self.unfiltered = [event for event in self.all if not event.is_filtered]
        self.sessions = self._sessions(parameters, rules)

    def _interaction(self, row: Row, has_form: dict[Asset, bool], rules: Rules) -> Interaction:
        kind = rules.interactions[row["event_type"]]
        contact_id = self.people.who(row)
        influences = kind["influences"]
        if kind["needs_asset_without_form"] and has_form.get(
            (row["asset_type"], row["asset_id"]), False
        ):
            influences = False
        earns_revenue = kind["earns_revenue"] and influences
        if kind["needs_primary_address"] and row["email"] is not None:
            contact = self.people.contacts.get(contact_id)
            primary = contact["email"] if contact else None
            if primary is None or primary.lower() != row["email"].lower():
                earns_revenue = False
        return Interaction(
            event_id=row["event_id"],
            event_type=row["event_type"],
            occurred_at=row["occurred_at"],
            visitor_id=row["visitor_id"],
            contact_id=contact_id,
            asset_type=row["asset_type"],
            asset_id=row["asset_id"],
            url=row["url"],
            utm_source=utm(row["url"], "utm_source"),
            utm_medium=utm(row["url"], "utm_medium"),
            utm_campaign=utm(row["url"], "utm_campaign"),
            is_filtered=row["is_filtered"],
            influences=influences,
            earns_revenue=earns_revenue,
        )

    def _sessions(self, parameters: Parameters, rules: Rules) -> list[Session]:
        gap = timedelta(minutes=parameters.session_gap_minutes)
        running: dict[str, Session] = {}
        sessions = []
        for event in self.unfiltered:
            if (
                event.visitor_id is None
                or not rules.interactions[event.event_type]["is_web_activity"]
            ):
                continue
            triple = event.triple if event.event_type == "page_view" else (None, None, None)
            session = running.get(event.visitor_id)
            is_new = (
                session is None
                or event.occurred_at - session.events[-1].occurred_at > gap
                or (any(triple) and triple != session.triple)
            )
            if is_new:
                session = running[event.visitor_id] = Session([], triple)
                sessions.append(session)
            session.events.append(event)
        for session in sessions:
            name = min(event.event_id for event in session.events)
            for event in session.events:
                event.session_id = name
        return sessions

    def by_contact(self) -> dict[str, list[Interaction]]:
        """The unfiltered events of every contact that counts (R12, R13), in order."""
        found: dict[str, list[Interaction]] = defaultdict(list)
        for event in self.unfiltered:
            if event.contact_id is not None and self.people.counts(event.contact_id):
                found[event.contact_id].append(event)
        return found

    def published_interactions(self) -> list[Row]:
        """The table fct_interactions."""
        names = [
            "event_id",
            "event_type",
            "occurred_at",
            "visitor_id",
            "contact_id",
            "session_id",
            "asset_type",
            "asset_id",
            "url",
            "utm_source",
            "utm_medium",
            "utm_campaign",
            "is_filtered",
        ]
        return [{name: getattr(event, name) for name in names} for event in self.all]

    def published_campaign_interactions(self) -> list[Row]:
        """The table fct_campaign_interactions."""
        names = [
            "event_id",
            "contact_id",
            "session_id",
            "event_type",
            "occurred_at",
            "influences",
            "earns_revenue",
        ]
        return [
            {name: getattr(event, name) for name in names}
            | {"campaign_id": campaign_id, "basis": why}
            for event in self.unfiltered
            for campaign_id, why in event.campaigns.items()
        ]

    def published_sessions(self) -> list[Row]:
        """The table fct_sessions."""
        return [
            {
                "session_id": session.events[0].session_id,
                "visitor_id": session.events[0].visitor_id,
                "contact_id": session.contact_id(),
                "started_at": session.events[0].occurred_at,
                "ended_at": session.events[-1].occurred_at,
                "page_views": sum(event.event_type == "page_view" for event in session.events),
                "utm_source": session.triple[0],
                "utm_medium": session.triple[1],
                "utm_campaign": session.triple[2],
            }
            for session in self.sessions
        ]
