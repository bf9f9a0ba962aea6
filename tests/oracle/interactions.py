"""Events as interactions (R30-R36), their sessions (R40) and channels (R110, R111)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .aliases import Aliases
from .associations import Asset, Associations
from .channels import DIRECT, Channels
from .people import People
from .rules import Parameters, Row, Rules, World
from .urls import page, utm

PAGE_VIEW = "page_view"


@dataclass
class Interaction:
    """One event after de-duplication. `campaigns`: a campaign that it counts for -> the basis."""

    event_id: str
    event_type: str
    occurred_at: datetime
    visitor_id: str | None
    contact_id: str | None
    asset_type: str | None
    asset_id: str | None
    url: str | None
    referrer: str | None
    utm_source: str | None
    utm_medium: str | None
    utm_campaign: str | None
    is_filtered: bool
    influences: bool
    earns_revenue: bool
    session_id: str | None = None
    channel: str | None = None
    campaigns: dict[str, str] = field(default_factory=dict)

    @property
    def asset(self) -> Asset | None:
        """What the event acted on."""
        if self.asset_type is None or self.asset_id is None:
            return None
        return (self.asset_type, self.asset_id)

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
    channel: str = DIRECT
    source: str | None = None

    def contact_id(self) -> str | None:
        """That of its latest event that has one."""
        known = [event.contact_id for event in self.events if event.contact_id is not None]
        return known[-1] if known else None


def basis(campaign_id: str, by_asset: set[str], by_utm: set[str]) -> str:
    """R32."""
    if campaign_id in by_asset:
        return "both" if campaign_id in by_utm else "asset"
    return "utm"


class Pages:
    """R36: the pages that have a URL's host and path."""

    def __init__(self, assets: list[Row], page_types: frozenset[str]) -> None:
        self._of_address: dict[tuple[str, str], list[tuple[bool, str, str]]] = defaultdict(list)
        for row in assets:
            address = page(row["url"])
            if row["asset_type"] in page_types and address is not None:
                rank = (row["_deleted"], row["asset_type"], row["asset_id"])
                self._of_address[address].append(rank)

    def of(self, url: str | None) -> Asset | None:
        """The page not deleted, then by type and id; a URL without a host is on none."""
        address = page(url)
        found = self._of_address.get(address) if address is not None and address[0] else None
        return min(found)[1:] if found else None


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
        self._people, self._rules = people, rules
        self._pages = Pages(records["assets"], rules.page_types)
        self._assets = {(row["asset_type"], row["asset_id"]): row for row in records["assets"]}
        self.all = [self._interaction(row) for row in records["events"]]
        self.all.sort(key=lambda event: event.order)
        for event in self.all:
            if event.is_filtered:
                continue
            by_asset = associations.campaigns_at(event.asset, event.occurred_at)
            by_utm = set()
            if event.event_type == PAGE_VIEW:
                by_utm = aliases.campaigns_at(event.utm_campaign, event.occurred_at)
            event.campaigns = {
                campaign: basis(campaign, by_asset, by_utm) for campaign in by_asset | by_utm
            }
        self.unfiltered = [event for event in self.all if not event.is_filtered]
        self.sessions = self._sessions(timedelta(minutes=parameters.session_gap_minutes))
        self._name_channels(Channels(rules))

    def _interaction(self, row: Row) -> Interaction:
        kind = self._rules.interactions[row["event_type"]]
        asset = (row["asset_type"], row["asset_id"])
        if row["event_type"] == PAGE_VIEW and row["asset_id"] is None:
            asset = self._pages.of(row["url"]) or asset
        contact_id = self._people.who(row)
        influences = kind["influences"]
        if kind["needs_asset_without_form"] and self._assets.get(asset, {}).get("has_form"):
            influences = False
        earns_revenue = kind["earns_revenue"] and influences
        if kind["needs_primary_address"] and row["email"] is not None:
            held = self._people.was_primary_address(contact_id, row["email"])
            earns_revenue = earns_revenue and held
        return Interaction(
            event_id=row["event_id"],
            event_type=row["event_type"],
            occurred_at=row["occurred_at"],
            visitor_id=row["visitor_id"],
            contact_id=contact_id,
            asset_type=asset[0],
            asset_id=asset[1],
            url=row["url"],
            referrer=row["referrer"],
            utm_source=utm(row["url"], "utm_source"),
            utm_medium=utm(row["url"], "utm_medium"),
            utm_campaign=utm(row["url"], "utm_campaign"),
            is_filtered=row["is_filtered"],
            influences=influences,
            earns_revenue=earns_revenue,
        )

    def _sessions(self, gap: timedelta) -> list[Session]:
        running: dict[str, Session] = {}
        sessions = []
        for event in self.unfiltered:
            is_web_activity = self._rules.interactions[event.event_type]["is_web_activity"]
            if event.visitor_id is None or not is_web_activity:
                continue
            triple = event.triple if event.event_type == PAGE_VIEW else (None, None, None)
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

    def _name_channels(self, channels: Channels) -> None:
        for session in self.sessions:
            view = next((one for one in session.events if one.event_type == PAGE_VIEW), None)
            if view is not None:
                session.channel = channels.of_view(view.url, view.referrer)
                session.source = channels.source_of_view(view.url, view.referrer)
            for event in session.events:
                event.channel = session.channel
        for event in self.all:
            if event.session_id is None and event.event_type == PAGE_VIEW:
                event.channel = channels.of_view(event.url, event.referrer)
            elif event.session_id is None:
                network = self._assets.get(event.asset, {}).get("network")
                event.channel = channels.of_type(event.event_type, event.asset_type, network)

    def by_contact(self) -> dict[str, list[Interaction]]:
        """The unfiltered events of every contact that counts (R12, R13), in order."""
        found: dict[str, list[Interaction]] = defaultdict(list)
        for event in self.unfiltered:
            if self._people.counts(event.contact_id):
                found[event.contact_id].append(event)
        return found

    def published_interactions(self) -> list[Row]:
        """The table fct_interactions."""
        names = [
            *("event_id", "event_type", "occurred_at", "visitor_id", "contact_id", "session_id"),
            *("asset_type", "asset_id", "url", "utm_source", "utm_medium", "utm_campaign"),
            *("is_filtered", "channel"),
        ]
        return [{name: getattr(event, name) for name in names} for event in self.all]

    def published_campaign_interactions(self) -> list[Row]:
        """The table fct_campaign_interactions."""
        names = [
            *("event_id", "contact_id", "session_id", "event_type", "occurred_at", "influences"),
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
                "page_views": sum(event.event_type == PAGE_VIEW for event in session.events),
                "utm_source": session.triple[0],
                "utm_medium": session.triple[1],
                "utm_campaign": session.triple[2],
                "channel": session.channel,
                "source": session.source,
            }
            for session in self.sessions
        ]
