"""The whole contract: from typed raw rows to every published table."""

from __future__ import annotations

from .associations import Associations, deal_contacts
from .attribution import (
    attributed_revenue,
    attribution_credits,
    build_deals,
    published_deals,
    revenue_contacts,
)
from .diagnostics import asset_visibility, deal_inclusion, utm_audit
from .interactions import Aliases, Interactions
from .people import People
from .records import Money, Parameters, Row, Rules, World, current_world, read_rules
from .reports import Costs, asset_performance, campaign_daily, campaign_performance
from .touches import first_touches, influenced, last_touches


def publish(world: World, parameters: Parameters, rules: Rules | None = None) -> World:
    """Every table of the published contract but rejected_records and run_log, as lists of rows.

    `world` maps a raw table to its landed rows: typed values (text, naive UTC datetime, date, Decimal, int, bool, None), all
    versions of a record, `_loaded_at` included. A table that is missing is empty.
    """
    rules = rules or read_rules()
    records = current_world(world, rules)
    people = People(records)
    associations = Associations(records["campaign_asset_log"], parameters, rules)
    aliases = Aliases(records)
    interactions = Interactions(records, people, associations, aliases, parameters, rules)
    money = Money(records["exchange_rates"], parameters.home_currency)
    costs = Costs(records, money, parameters)

    tables: World = {
        "dim_campaigns": dim_campaigns(records, aliases),
        "dim_assets": dim_assets(records),
        "dim_contacts": list(people.contacts.values()),
        "fct_asset_associations": associations.published(),
        "fct_deals": published_deals(records["deals"], money, parameters),
        "fct_deal_contacts": deal_contacts(records["deal_contact_log"], people),
        "fct_sessions": interactions.published_sessions(),
        "fct_interactions": interactions.published_interactions(),
        "fct_campaign_interactions": interactions.published_campaign_interactions(),
    }
    deals = build_deals(
        tables["fct_deals"], tables["fct_deal_contacts"], interactions, people, parameters
    )
    tables["first_touch_contacts"] = first_touches(interactions, people)
    tables["last_touch_contacts"] = last_touches(
        interactions, people, associations, aliases, parameters
    )
    new_contacts = {
        (row["campaign_id"], row["contact_id"])
        for row in tables["first_touch_contacts"] + tables["last_touch_contacts"]
    }
    tables["influenced_contacts"] = influenced(interactions, new_contacts)
    tables["attribution_credits"] = attribution_credits(deals, people, rules)
    tables["revenue_contacts"] = revenue_contacts(deals, tables["attribution_credits"])
    tables["attributed_revenue"] = attributed_revenue(deals, tables["attribution_credits"])
    tables["campaign_performance"] = campaign_performance(
        records, interactions, associations, costs, deals, tables, parameters
    )
    tables["campaign_daily"] = campaign_daily(
        records, interactions, costs, deals, tables, parameters
    )
    tables["asset_performance"] = asset_performance(
        records, interactions, associations, costs, people, parameters, rules
    )
    tables["asset_visibility"] = asset_visibility(
        records, interactions, associations, parameters, rules
    )
    tables["deal_inclusion"] = deal_inclusion(
        deals,
        tables["fct_deal_contacts"],
        interactions,
        associations,
        aliases,
        people,
        parameters,
        rules,
    )
    tables["utm_audit"] = utm_audit(interactions, aliases)
    return tables


def dim_campaigns(records: World, aliases: Aliases) -> list[Row]:
    """The table dim_campaigns."""
    names = [
        "campaign_id",
        "campaign_name",
        "created_at",
        "start_date",
        "end_date",
        "status",
        "owner",
        "currency",
    ]
    return [
        {name: row[name] for name in names}
        | {"utm_aliases": aliases.of_campaign(row["campaign_id"]), "is_deleted": row["_deleted"]}
        for row in records["campaigns"]
    ]


def dim_assets(records: World) -> list[Row]:
    """The table dim_assets."""
    names = [
        "asset_type",
        "asset_id",
        "asset_name",
        "url",
        "network",
        "has_form",
        "created_at",
        "published_at",
    ]
    return [
        {name: row[name] for name in names} | {"is_deleted": row["_deleted"]}
        for row in records["assets"]
    ]
