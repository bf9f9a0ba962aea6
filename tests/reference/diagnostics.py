"""Why something is not there (R90-R95)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from .associations import Asset, Associations
from .attribution import Deal, associated_at_close, in_lookback, missing_requirement
from .interactions import Aliases, Interaction, Interactions
from .people import People
from .records import Parameters, Row, Rules, World
from .urls import decode, parameter, visit_key

PAGE_VIEW = "page_view"


class Visits:
    """Instants of the visits of tracking URLs and paid search campaigns (R91)."""

    def __init__(self, records: World, interactions: Interactions, rules: Rules) -> None:
        self._match = rules.visit_match
        self._url = {(row["asset_type"], row["asset_id"]): row["url"] for row in records["assets"]}
        self._by_key: dict[tuple, list[datetime]] = defaultdict(list)
        self._by_hsa_cam: dict[str, list[datetime]] = defaultdict(list)
        self._by_click: dict[Asset, list[datetime]] = defaultdict(list)
        for event in interactions.unfiltered:
            if event.event_type == PAGE_VIEW and event.url is not None:
                self._by_key[visit_key(event.url)].append(event.occurred_at)
                searched = parameter(event.url, "hsa_cam")
                if searched is not None:
                    self._by_hsa_cam[decode(searched)].append(event.occurred_at)
            elif event.event_type == "ad_click" and event.asset is not None:
                self._by_click[event.asset].append(event.occurred_at)

    def of(self, asset: Asset) -> list[datetime]:
        """Instants of all visits of an asset."""
        if self._match.get(asset[0]) == "paid_search":
            return self._by_hsa_cam.get(asset[1], []) + self._by_click.get(asset, [])
        url = self._url.get(asset)
        return [] if url is None else self._by_key.get(visit_key(url), [])


def asset_visibility(
    records: World,
    interactions: Interactions,
    associations: Associations,
    parameters: Parameters,
    rules: Rules,
) -> list[Row]:
    """The table asset_visibility: every pair associated or attempted by the as-of time (R90)."""
    campaigns = {row["campaign_id"]: row for row in records["campaigns"] if not row["_deleted"]}
    published_at = {
        (row["asset_type"], row["asset_id"]): row["published_at"] for row in records["assets"]
    }
    visits = Visits(records, interactions, rules)
    attempts: dict[tuple[str, Asset], list[bool]] = defaultdict(list)
    for attempt in associations.attempts:
        if attempt.at <= parameters.as_of and attempt.campaign_id in campaigns:
            attempts[attempt.campaign_id, attempt.asset].append(attempt.is_accepted)
    rows = []
    for (campaign_id, asset), outcomes in attempts.items():
        is_in = campaign_id in associations.campaigns_at(asset, parameters.as_of)
        campaign, published = campaigns[campaign_id], published_at.get(asset)
        reasons = []
        if any(outcomes) and not is_in:
            reasons.append("NOT_ASSOCIATED")
        if not outcomes[-1] and not is_in:
            reasons.append("SOCIAL_CAP")
        if published is not None:
            day = parameters.day(published)
            if (campaign["start_date"] and day < campaign["start_date"]) or (
                campaign["end_date"] and day > campaign["end_date"]
            ):
                reasons.append("OUTSIDE_CAMPAIGN_DATES")
        if asset[0] in rules.social_types and (published is None or published > parameters.as_of):
            reasons.append("SOCIAL_NOT_PUBLISHED")
        if asset[0] in rules.visit_match:
            seen = visits.of(asset)
            if not seen:
                reasons.append("NO_VISIT")
            elif (
                rules.visit_match[asset[0]] == "tracking_url" and max(seen) < campaign["created_at"]
            ):
                reasons.append("NO_VISIT_AFTER_CAMPAIGN_CREATED")
        rows.append(
            {
                "campaign_id": campaign_id,
                "asset_type": asset[0],
                "asset_id": asset[1],
                "is_visible": not reasons,
                "reasons": reasons,
            }
        )
    return rows


def deal_inclusion(
    deals: list[Deal],
    deal_contacts: list[Row],
    interactions: Interactions,
    associations: Associations,
    aliases: Aliases,
    people: People,
    parameters: Parameters,
    rules: Rules,
) -> list[Row]:
    """The table deal_inclusion (R94)."""
    candidates: dict[str, dict[str, list[Interaction]]] = defaultdict(lambda: defaultdict(list))
    for contact_id, events in interactions.by_contact().items():
        for event in events:
            kind = rules.interactions[event.event_type]
            if not (kind["influences"] or kind["earns_revenue"]):
                continue
            by_utm = (
                aliases.campaigns(event.utm_campaign) if event.event_type == PAGE_VIEW else set()
            )
            for campaign_id in associations.campaigns_ever(event.asset) | by_utm:
                candidates[contact_id][campaign_id].append(event)
    rows = []
    for deal in deals:
        ever = {row["contact_id"] for row in deal_contacts if row["deal_id"] == deal.deal_id}
        for campaign_id in sorted(
            {campaign for contact_id in ever for campaign in candidates.get(contact_id, {})}
        ):
            events = {
                contact_id: candidates[contact_id][campaign_id]
                for contact_id in ever
                if campaign_id in candidates.get(contact_id, {})
            }
            reason = exclusion(deal, campaign_id, events, deal_contacts, people, parameters)
            rows.append(
                {
                    "deal_id": deal.deal_id,
                    "campaign_id": campaign_id,
                    "is_included": reason is None,
                    "reason": reason,
                }
            )
    return rows


def exclusion(
    deal: Deal,
    campaign_id: str,
    events: dict[str, list[Interaction]],
    deal_contacts: list[Row],
    people: People,
    parameters: Parameters,
) -> str | None:
    """The first reason that keeps a deal out of a campaign, None where it is included. `events`: contact -> candidates."""
    reason = missing_requirement(deal.row)
    if reason is not None:
        return reason
    present = associated_at_close(deal.row, deal_contacts, people) & events.keys()
    if not present:
        return "CONTACT_ASSOCIATED_AFTER_CLOSE"
    counting = [
        event
        for contact_id in present
        for event in events[contact_id]
        if campaign_id in event.campaigns
    ]
    if not counting:
        return "CONTACT_NOT_INFLUENCED"
    if all(event.occurred_at > deal.closed_at for event in counting):
        return "INTERACTION_AFTER_CLOSE"
    if not any(
        event.earns_revenue and in_lookback(event, deal.closed_at, parameters) for event in counting
    ):
        return "NO_REVENUE_INTERACTION"
    return None


def utm_audit(interactions: Interactions, aliases: Aliases) -> list[Row]:
    """The table utm_audit (R95)."""
    views: dict[str, list[Interaction]] = defaultdict(list)
    for event in interactions.unfiltered:
        if event.event_type == PAGE_VIEW and event.utm_campaign is not None:
            views[event.utm_campaign].append(event)
    rows = []
    for value in sorted({*views, *aliases.since}):
        campaigns = sorted(aliases.campaigns(value))
        seen = views.get(value, [])
        for campaign_id in campaigns or [None]:
            if not seen:
                status = "never_seen"
            elif campaign_id is None:
                status = "unmatched"
            elif len(campaigns) > 1:
                status = "shared"
            elif any(
                campaign_id in aliases.campaigns_at(value, event.occurred_at) for event in seen
            ):
                status = "matched"
            else:
                status = "before_campaign"
            rows.append(
                {
                    "utm_campaign": value,
                    "campaign_id": campaign_id,
                    "page_views": len(seen),
                    "sessions": len({event.session_id for event in seen} - {None}),
                    "status": status,
                }
            )
    return rows
