"""The whole contract: from typed raw rows to every published table."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from .aliases import Aliases
from .associations import Associations
from .attribution import (
    attributed_revenue,
    attribution_credits,
    chain_of,
    removal_effects,
    revenue_contacts,
)
from .conversions import (
    attributed_conversions,
    channel_performance,
    contacts_created,
    conversion_credits,
    deals_created,
)
from .costs import Costs
from .deal_contacts import DealContacts
from .deals import DealMerges, build_deals, published_deals
from .inclusion import Inclusion
from .interactions import Interactions
from .landing import read_landing
from .money import Money
from .parity import Ours, parity
from .parity_contacts import Contacts
from .people import People
from .reports import asset_performance, campaign_daily, campaign_performance
from .rules import RULES_FOLDER, Parameters, Row, Rules, World, read_rules
from .touches import Touches
from .utm_audit import utm_audit
from .versions import current_world
from .visibility import asset_visibility


def expected_tables(
    landing: Path, parameters: Parameters, rules_folder: Path = RULES_FOLDER
) -> World:
    """Every table of the published contract but run_log, straight from a landing folder."""
    rules = read_rules(rules_folder)
    landed = read_landing(landing, rules, ZoneInfo(parameters.naive_timezone))
    return publish(landed.world, parameters, rules) | landed.diagnostics()


def publish(world: World, parameters: Parameters, rules: Rules | None = None) -> World:
    """Every table of the published contract that rows give, as lists of rows.

    `world` maps a raw table to its accepted rows: typed values (text, naive UTC datetime, date,
    Decimal, int, bool, None), all versions of a record, `_loaded_at` included. A missing table is
    empty.
    """
    rules = rules or read_rules()
    records = current_world(world, rules)
    people = People(records, world.get("contacts", []))
    associations = Associations(records["campaign_asset_log"], parameters, rules)
    aliases = Aliases(records)
    interactions = Interactions(records, people, associations, aliases, parameters, rules)
    touches = Touches(interactions, people, associations, aliases, parameters)
    money = Money(records["exchange_rates"], parameters.home_currency)
    costs = Costs(records, money, parameters)
    merges = DealMerges(records)
    deal_contacts = DealContacts(records["deal_contact_log"], people, merges.survivor)

    tables: World = {
        "dim_campaigns": dim_campaigns(records, aliases),
        "dim_assets": dim_assets(records),
        "dim_contacts": list(people.contacts.values()),
        "fct_asset_associations": associations.published(),
        "fct_deals": published_deals(records["deals"], merges, money, parameters),
        "fct_deal_contacts": deal_contacts.published(),
        "fct_sessions": interactions.published_sessions(),
        "fct_interactions": interactions.published_interactions(),
        "fct_campaign_interactions": interactions.published_campaign_interactions(),
        "first_touch_contacts": touches.first_touches(),
        "last_touch_contacts": touches.last_touches(),
        "contact_status": touches.statuses(),
        "utm_audit": utm_audit(interactions, aliases),
        "asset_visibility": asset_visibility(
            records, interactions, associations, parameters, rules
        ),
        "asset_performance": asset_performance(
            records, interactions, associations, costs, people, parameters, rules
        ),
    }
    new_contacts = {
        (row["campaign_id"], row["contact_id"])
        for row in tables["first_touch_contacts"] + tables["last_touch_contacts"]
    }
    tables["influenced_contacts"] = touches.influenced(new_contacts)

    deals = build_deals(tables["fct_deals"], deal_contacts, touches.events, people, parameters)
    chain = chain_of(deals)
    effects = chain.removal_effects()
    credits = attribution_credits(deals, people, rules, effects)
    tables["removal_effects"] = removal_effects(chain, effects, rules)
    tables["attribution_credits"] = credits
    tables["revenue_contacts"] = revenue_contacts(deals, credits)
    tables["attributed_revenue"] = attributed_revenue(deals, credits)

    conversions = [
        *contacts_created(touches.events, people, parameters),
        *deals_created(
            tables["fct_deals"], deal_contacts, touches.events, people, money, parameters
        ),
    ]
    tables["conversion_credits"] = conversion_credits(conversions, rules, effects)
    tables["attributed_conversions"] = attributed_conversions(tables["conversion_credits"])
    tables["channel_performance"] = channel_performance(
        interactions, touches, credits, tables["conversion_credits"], rules
    )
    tables["campaign_performance"] = campaign_performance(
        records, interactions, associations, costs, deals, tables
    )
    tables["campaign_daily"] = campaign_daily(
        records, interactions, costs, deals, tables, parameters
    )

    inclusion = Inclusion(
        interactions, deal_contacts, associations, aliases, people, parameters, rules
    )
    tables["deal_inclusion"] = inclusion.rows(tables["fct_deals"])
    tables["deal_status"] = inclusion.statuses(tables["fct_deals"])
    ours = Ours(records, tables, deals, parameters, rules)
    tables["parity"] = parity(records["reported_metrics"], ours)
    contacts = Contacts(
        interactions, touches, deals, deal_contacts, associations, aliases, people, tables
    )
    tables["parity_contacts"] = contacts.rows(records["reported_contacts"])
    return tables


def dim_campaigns(records: World, aliases: Aliases) -> list[Row]:
    """The table dim_campaigns."""
    names = [
        *("campaign_id", "campaign_name", "created_at", "start_date", "end_date", "status"),
        *("owner", "currency"),
    ]
    return [
        {name: row[name] for name in names}
        | {"utm_aliases": aliases.of_campaign(row["campaign_id"]), "is_deleted": row["_deleted"]}
        for row in records["campaigns"]
    ]


def dim_assets(records: World) -> list[Row]:
    """The table dim_assets."""
    names = [
        *("asset_type", "asset_id", "asset_name", "url", "network", "has_form", "created_at"),
        "published_at",
    ]
    return [
        {name: row[name] for name in names} | {"is_deleted": row["_deleted"]}
        for row in records["assets"]
    ]
