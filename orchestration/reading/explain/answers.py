"""What was credited and why, or why not: answers from the published file alone."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

from orchestration.ground.errors import UnknownId
from orchestration.ground.paths import RULES
from orchestration.reading.published import Published, Rows


@cache
def reason_codes(*subjects: str) -> dict[str, dict[str, str]]:
    """The rows of reason_codes.csv by reason, of these subjects; of assets and deals unless told."""
    wanted = subjects or ("asset", "deal")
    with (RULES / "reason_codes.csv").open(encoding="utf-8", newline="") as stream:
        return {row["reason"]: row for row in csv.DictReader(stream) if row["subject"] in wanted}


def in_order(models: set[str]) -> list[str]:
    """Models in the order of attribution_models.csv."""
    with (RULES / "attribution_models.csv").open(encoding="utf-8", newline="") as stream:
        known = [row["model"] for row in csv.DictReader(stream)]
    return [model for model in known if model in models] + sorted(models - set(known))


def _because(reason: str) -> dict[str, str]:
    code = reason_codes().get(reason, {})
    return {
        "reason": reason,
        "meaning": code.get("meaning", ""),
        "rule": code.get("rule_id", ""),
        "cure": code.get("cure", ""),
    }


def explain_deal(published: Published, deal_id: str) -> dict[str, Any]:
    """Everything about one deal: its contacts at the close, its path, its credits, and every
    campaign that asks. Raises UnknownId.
    """
    deal = published.one("select * from core.fct_deals where deal_id = ?", deal_id)
    if deal is None:
        raise published.near("deal", deal_id, "select deal_id as id from core.fct_deals")
    contacts = published.rows(
        """
        select associations.contact_id, contacts.email, associations.valid_from,
            associations.valid_to,
            case
                when contacts.contact_id is null then 'no contact record has this id (R12)'
                when contacts.is_deleted then 'the contact is deleted (R12)'
                when deals.closed_at is null then 'the deal has no close time (R60)'
                when associations.valid_from >= deals.closed_at
                    then 'associated only at or after the close (R60)'
                when associations.valid_to <= deals.closed_at
                    then 'removed before the close or at it (R60)'
            end as left_out
        from core.fct_deal_contacts as associations
        inner join core.fct_deals as deals on associations.deal_id = deals.deal_id
        left join core.dim_contacts as contacts on associations.contact_id = contacts.contact_id
        where associations.deal_id = ? order by associations.valid_from, associations.contact_id
        """,
        deal_id,
    )
    credits = published.rows(
        """
        select credits.event_id, credits.occurred_at, credits.event_type, credits.contact_id,
            contacts.email,
            interactions.asset_type, interactions.asset_id, assets.asset_name, credits.campaign_id,
                campaigns.campaign_name,
            counted.basis, credits.model, credits.weight, credits.credit
        from marts.attribution_credits as credits
        left join core.fct_interactions as interactions on credits.event_id = interactions.event_id
        left join core.dim_assets as assets
            on interactions.asset_type = assets.asset_type
                and interactions.asset_id = assets.asset_id
        left join core.dim_contacts as contacts on credits.contact_id = contacts.contact_id
        left join core.dim_campaigns as campaigns on credits.campaign_id = campaigns.campaign_id
        left join core.fct_campaign_interactions as counted
            on credits.event_id = counted.event_id and credits.campaign_id = counted.campaign_id
        where credits.deal_id = ?
        order by credits.occurred_at, credits.event_id, credits.campaign_id nulls last,
            credits.model
        """,
        deal_id,
    )
    inclusion = published.rows(
        """
        select inclusion.campaign_id, campaigns.campaign_name, inclusion.is_included,
            inclusion.reason
        from diagnostics.deal_inclusion as inclusion
        left join core.dim_campaigns as campaigns on inclusion.campaign_id = campaigns.campaign_id
        where inclusion.deal_id = ? order by inclusion.is_included desc, inclusion.campaign_id
        """,
        deal_id,
    )
    for row in inclusion:
        row["because"] = _because(row["reason"]) if row["reason"] else None
    left_out = published.rows(
        """
        select interactions.event_type,
            case
                when interactions.is_filtered then 'filtered: a bot or internal traffic (R13)'
                when interactions.occurred_at > deals.closed_at then 'after the close (R70)'
                else 'earns no revenue (R33-R35), or lies before the look-back window (R70)'
            end as reason,
            count(*) as interactions
        from core.fct_deal_contacts as associations
        inner join core.fct_deals as deals on associations.deal_id = deals.deal_id
        inner join core.dim_contacts as contacts on associations.contact_id = contacts.contact_id
            and not contacts.is_deleted
        inner join core.fct_interactions as interactions
            on associations.contact_id = interactions.contact_id
        where associations.deal_id = ? and associations.valid_from < deals.closed_at
            and (associations.valid_to is null or associations.valid_to > deals.closed_at)
            and interactions.event_id not in (select event_id from marts.attribution_credits
                where deal_id = ?)
        group by all order by all
        """,
        deal_id,
        deal_id,
    )
    eligible = deal["is_closed_won"] and not deal["is_deleted"]
    return {
        "deal": deal,
        "contacts": contacts,
        "path": _path(credits),
        "left_out": left_out if eligible and credits else [],
        "campaigns": inclusion,
    }


def _path(credits: Rows) -> Rows:
    """One entry per event and campaign, with weight and credit per model."""
    entries: dict[tuple, dict[str, Any]] = {}
    for row in credits:
        key = (row["event_id"], row["campaign_id"])
        entry = entries.setdefault(
            key,
            {name: row[name] for name in row if name not in ("model", "weight", "credit")}
            | {"models": {}},
        )
        entry["models"][row["model"]] = {"weight": row["weight"], "credit": row["credit"]}
    return list(entries.values())


def explain_asset(published: Published, asset_type: str, asset_id: str) -> dict[str, Any]:
    """Everything about one asset: its campaigns over time, whether each shows it and why not, its
    numbers. Raises UnknownId.
    """
    asset = published.one(
        "select * from core.dim_assets where asset_type = ? and asset_id = ?", asset_type, asset_id
    )
    associations = published.rows(
        """
        select associations.campaign_id, campaigns.campaign_name, associations.valid_from,
            associations.valid_to, associations.ended_by
        from core.fct_asset_associations as associations
        left join core.dim_campaigns as campaigns
            on associations.campaign_id = campaigns.campaign_id
        where associations.asset_type = ? and associations.asset_id = ?
            order by associations.valid_from, associations.campaign_id
        """,
        asset_type,
        asset_id,
    )
    visibility = published.rows(
        """
        select visibility.campaign_id, campaigns.campaign_name, visibility.is_visible,
            visibility.reasons
        from diagnostics.asset_visibility as visibility
        left join core.dim_campaigns as campaigns on visibility.campaign_id = campaigns.campaign_id
        where visibility.asset_type = ? and visibility.asset_id = ? order by visibility.campaign_id
        """,
        asset_type,
        asset_id,
    )
    if asset is None and not associations and not visibility:
        types = [
            row["asset_type"]
            for row in published.rows("select distinct asset_type from core.dim_assets order by 1")
        ]
        if asset_type not in types:
            raise UnknownId(
                f"There is no asset type {asset_type!r} in the published file; there are "
                f"{', '.join(types)}"
            )
        escaped = asset_type.replace("'", "''")
        raise published.near(
            asset_type,
            asset_id,
            f"select asset_id as id from core.dim_assets where asset_type = '{escaped}' "
            f"union all select asset_id from core.fct_asset_associations where asset_type = "
            f"'{escaped}'",
        )
    for row in visibility:
        row["because"] = [_because(reason) for reason in row["reasons"]]
    performance = published.rows(
        "select * from marts.asset_performance where asset_type = ? and asset_id = ?",
        asset_type,
        asset_id,
    )
    subject = asset or {"asset_type": asset_type, "asset_id": asset_id, "asset_name": None}
    return {
        "asset": subject,
        "associations": associations,
        "visibility": visibility,
        "performance": performance,
    }


def explain_contact(published: Published, contact_id: str) -> dict[str, Any]:
    """Everything about one contact: touches, influence and deals; a merged id leads to its
    survivor. Raises UnknownId.
    """
    contact = published.one(
        (
            "select * from core.dim_contacts where contact_id = ? or "
            "list_contains(merged_contact_ids, ?) order by contact_id = ? desc limit 1"
        ),
        contact_id,
        contact_id,
        contact_id,
    )
    if contact is None:
        ids = (
            "select contact_id as id from core.dim_contacts union all select "
            "unnest(merged_contact_ids) from core.dim_contacts"
        )
        raise published.near("contact", contact_id, ids)
    survivor = contact["contact_id"]
    named = (
        "left join core.dim_campaigns as campaigns on touches.campaign_id = campaigns.campaign_id"
    )
    first = published.rows(
        (
            f"select touches.*, campaigns.campaign_name from marts.first_touch_contacts as touches "
            f"{named} where contact_id = ? order by 1"
        ),
        survivor,
    )
    last = published.rows(
        (
            f"select touches.*, campaigns.campaign_name from marts.last_touch_contacts as touches "
            f"{named} where contact_id = ? order by 1"
        ),
        survivor,
    )
    influenced = published.rows(
        (
            f"select touches.*, campaigns.campaign_name from marts.influenced_contacts as touches "
            f"{named} where contact_id = ? order by influenced_at, 1"
        ),
        survivor,
    )
    revenue = published.rows(
        (
            f"select touches.*, campaigns.campaign_name from marts.revenue_contacts as touches "
            f"{named} where contact_id = ? order by revenue desc, 1"
        ),
        survivor,
    )
    deals = published.rows(
        """
        select associations.deal_id, deals.deal_name, associations.valid_from,
            associations.valid_to, deals.closed_at, deals.amount_home,
            coalesce(linear.credit, 0) as linear_credit
        from core.fct_deal_contacts as associations
        left join core.fct_deals as deals on associations.deal_id = deals.deal_id
        left join (
            select deal_id, sum(credit) as credit from marts.attribution_credits
                where contact_id = ? and model = 'linear' group by deal_id
        ) as linear on associations.deal_id = linear.deal_id
        where associations.contact_id = ? order by associations.valid_from, associations.deal_id
        """,
        survivor,
        survivor,
    )
    return {
        "asked_for": contact_id,
        "contact": contact,
        "first_touches": first,
        "last_touches": last,
        "influenced_by": influenced,
        "revenue": revenue,
        "deals": deals,
    }
