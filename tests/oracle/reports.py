"""Campaign and asset reports (R80-R84)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from .associations import Asset, Association, Associations
from .costs import Costs
from .deals import Deal
from .interactions import PAGE_VIEW, Interaction, Interactions
from .money import total
from .people import People
from .rules import Parameters, Row, Rules, World


def campaign_performance(
    records: World,
    interactions: Interactions,
    associations: Associations,
    costs: Costs,
    deals: list[Deal],
    published: World,
) -> list[Row]:
    """The table campaign_performance: every campaign not deleted; `published`: what it counts."""

    def count(table: str, campaign_id: str) -> int:
        return sum(row["campaign_id"] == campaign_id for row in published[table])

    rows = []
    for campaign in records["campaigns"]:
        if campaign["_deleted"]:
            continue
        campaign_id = campaign["campaign_id"]
        counting = [deal for deal in deals if deal.is_won and campaign_id in deal.campaigns()]
        revenue = sum(
            (
                row["revenue"]
                for row in published["revenue_contacts"]
                if row["campaign_id"] == campaign_id
            ),
            Decimal(0),
        )
        budget, spend = total(costs.budget[campaign_id]), costs.spend_of(campaign_id)
        ad_spend = costs.ad_spend_of(campaign_id, associations)
        total_cost = total([spend, ad_spend])
        rows.append(
            {
                "campaign_id": campaign_id,
                "campaign_name": campaign["campaign_name"],
                "sessions": len(counted_sessions(interactions, campaign_id)),
                "new_contacts_first_touch": count("first_touch_contacts", campaign_id),
                "new_contacts_last_touch": count("last_touch_contacts", campaign_id),
                "influenced_contacts": count("influenced_contacts", campaign_id),
                "contacts_with_revenue": count("revenue_contacts", campaign_id),
                "deals": len(counting),
                "revenue": revenue,
                "associated_deal_value": sum((deal.amount_home for deal in counting), Decimal(0)),
                "budget": budget,
                "spend": spend,
                "remaining_budget": None if budget is None or spend is None else budget - spend,
                "ad_spend": ad_spend,
                "roi": None if not spend else float((revenue - spend) / spend),
                "total_cost": total_cost,
                "roas": None if not total_cost else float(revenue / total_cost),
            }
        )
    return rows


def counted_sessions(interactions: Interactions, campaign_id: str) -> set[str]:
    """R41: ids of the sessions with a page view that counts for the campaign."""
    return {
        event.session_id
        for event in interactions.unfiltered
        if event.event_type == PAGE_VIEW
        and campaign_id in event.campaigns
        and event.session_id is not None
    }


def campaign_daily(
    records: World,
    interactions: Interactions,
    costs: Costs,
    deals: list[Deal],
    published: World,
    parameters: Parameters,
) -> list[Row]:
    """The table campaign_daily: the days of a campaign on which anything happened."""
    started_at = {
        session.events[0].session_id: session.events[0].occurred_at
        for session in interactions.sessions
    }
    rows = []
    for campaign in records["campaigns"]:
        if campaign["_deleted"]:
            continue
        campaign_id = campaign["campaign_id"]
        counts: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
        for session_id in counted_sessions(interactions, campaign_id):
            counts["sessions", parameters.day(started_at[session_id])] += 1
        for table, column, instant in (
            ("first_touch_contacts", "new_contacts_first_touch", "contact_created_at"),
            ("last_touch_contacts", "new_contacts_last_touch", "contact_created_at"),
            ("influenced_contacts", "influenced_contacts", "influenced_at"),
        ):
            for row in published[table]:
                if row["campaign_id"] == campaign_id:
                    counts[column, parameters.day(row[instant])] += 1
        for deal in deals:
            if deal.is_won and campaign_id in deal.campaigns():
                counts["deals", parameters.day(deal.closed_at)] += 1
        for row in published["attribution_credits"]:
            if row["campaign_id"] == campaign_id and row["model"] == "linear":
                counts["revenue", parameters.day(row["closed_at"])] += row["credit"]
        spend = costs.spend[campaign_id]
        for day in sorted({day for _, day in counts} | set(spend)):
            numbers = {
                column: int(counts[column, day])
                for column in (
                    "sessions",
                    "new_contacts_first_touch",
                    "new_contacts_last_touch",
                    "influenced_contacts",
                    "deals",
                )
            }
            money = {"revenue": counts["revenue", day], "spend": total(spend.get(day, []))}
            rows.append({"campaign_id": campaign_id, "day": day} | numbers | money)
    return rows


def counting_since(association: Association, associations: Associations) -> bool:
    """R81: whether what does not move with the asset counts only from this association on."""
    return any(
        other.campaign_id != association.campaign_id and other.valid_from < association.valid_from
        for other in associations.of_asset[association.asset]
    )


def asset_performance(
    records: World,
    interactions: Interactions,
    associations: Associations,
    costs: Costs,
    people: People,
    parameters: Parameters,
    rules: Rules,
) -> list[Row]:
    """The table asset_performance: assets now in a campaign not deleted, their whole history."""
    existing = {row["campaign_id"] for row in records["campaigns"] if not row["_deleted"]}
    of_asset: dict[Asset, list[Interaction]] = defaultdict(list)
    for event in interactions.unfiltered:
        if event.asset is not None:
            of_asset[event.asset].append(event)
    rows = []
    for association in associations.accepted:
        if association.campaign_id not in existing or not association.holds(parameters.as_of):
            continue
        events = of_asset[association.asset]
        if counting_since(association, associations):
            events = [
                event
                for event in events
                if rules.interactions[event.event_type]["moves_with_asset"]
                or event.occurred_at >= association.valid_from
            ]

        def count(*types: str, among: list[Interaction] = events) -> int:
            return sum(event.event_type in types for event in among)

        def contacts(event_type: str, among: list[Interaction] = events) -> int:
            ids = {event.contact_id for event in among if event.event_type == event_type}
            return sum(people.counts(contact_id) for contact_id in ids)

        ads = costs.ads.get(association.asset, [])
        rows.append(
            {
                "campaign_id": association.campaign_id,
                "asset_type": association.asset[0],
                "asset_id": association.asset[1],
                "page_views": count(PAGE_VIEW),
                "form_submissions": count("form_submission"),
                "contacts_sent": contacts("email_sent"),
                "contacts_opened": contacts("email_open"),
                "contacts_clicked": contacts("email_click"),
                "cta_views": count("cta_view"),
                "cta_clicks": count("cta_click"),
                "social_clicks": count("social_click"),
                "social_interactions": count("social_reaction", "social_comment", "social_share"),
                "ad_impressions": sum(impressions for _, _, impressions, _ in ads),
                "ad_clicks": sum(clicks for _, _, _, clicks in ads),
                "ad_spend": total([spend for _, spend, _, _ in ads]),
                "workflow_enrollments": count("workflow_enrollment"),
                "list_additions": count("list_addition"),
                "registrations": count("marketing_event_registration"),
                "attendances": count("marketing_event_attendance"),
            }
        )
    return rows
