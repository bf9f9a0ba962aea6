"""A published file as large as asked, made in SQL alone, to time the page on: believable in shape
and size, not in its numbers.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import duckdb

from orchestration.building.project import ensure_manifest
from orchestration.home.tables_to_publish import STORAGE
from orchestration.publishing.publish import orders

MODELS = (
    "first_interaction", "last_interaction", "linear", "u_shaped", "w_shaped", "full_path",
    "j_shaped", "inverse_j_shaped", "time_decay", "last_non_direct", "markov", "shapley",
)  # fmt: skip
CHANNELS = (
    "direct_traffic", "organic_search", "paid_search", "paid_social", "email_marketing",
    "organic_social", "referrals", "other_campaigns", "ai_referrals", "offline",
)  # fmt: skip
ASSET_TYPES = ("landing_page", "blog_post", "form", "marketing_email", "cta", "social_post")
EVENT_TYPES = (
    "page_view",
    "page_view",
    "page_view",
    "form_submission",
    "email_open",
    "email_click",
    "cta_click",
    "ad_click",
)


def _pick(values: tuple[str, ...], number: str) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"([{listed}])[(1 + {number} % {len(values)})::bigint]"


def statements(events: int) -> list[str]:
    """The tables in the order in which they need each other; a tenth as many contacts as events,
    200 campaigns, 2,000 assets.
    """
    contacts, deals, campaigns, assets = events // 10, events // 150, 200, 2000
    start = "timestamp '2025-01-01'"
    spread = "to_seconds((hash(range, 7) % 31536000)::bigint)"
    campaign = f"'CMP-' || lpad((hash(event_number, 3) % {campaigns})::varchar, 3, '0')"
    return [
        "create schema core",
        "create schema marts",
        "create schema diagnostics",
        f"""create table core.dim_campaigns as select 'CMP-' || lpad(range::varchar, 3,
            '0') as campaign_id,
            'Campaign number ' || range as campaign_name, {start} as created_at,
                date '2025-01-01' + range::int as start_date,
            null::date as end_date, 'active' as status, 'Owner ' || range % 9 as owner,
                'USD' as currency,
            ['campaign-' || range] as utm_aliases, false as is_deleted from range({campaigns})""",
        f"""create table core.dim_assets as select
            {_pick(ASSET_TYPES, "range")} as asset_type,
            'asset-' || range as asset_id, 'Asset number ' || range as asset_name,
                'https://shop.example/p' || range as url,
            null::varchar as network, false as has_form, {start} as created_at,
                {start} as published_at, false as is_deleted from range({assets})""",
        f"""create table core.dim_contacts as select (10000000 + hash(range) % 80000000000)::varchar
            || range as contact_id,
            'person' || range || '@mail.example' as email, {start} + {spread} as created_at,
                'lead' as lifecycle_stage,
            []::varchar[] as salesforce_campaign_ids, []::varchar[] as merged_contact_ids,
                range % 97 = 0 as is_deleted, range as n from range({contacts})""",
        f"""create table core.fct_asset_associations as select 'CMP-' ||
            lpad((n % {campaigns})::varchar, 3, '0') as campaign_id, asset_type, asset_id,
            {start} as valid_from, null::timestamp as valid_to, null::varchar as ended_by,
                'exact' as time_basis
            from (select *, row_number() over () as n from core.dim_assets)""",
        f"""create temporary table events as
            with numbered as (select range as event_number, {start} + {spread} as occurred_at
                from range({events}))
            select 'e' || lpad(event_number::varchar, 9, '0') as event_id,
            {_pick(EVENT_TYPES, "hash(event_number, 1)")} as event_type,
            occurred_at, 'v' || hash(event_number, 2) % {contacts * 2} as visitor_id,
            case when hash(event_number, 5) % 10 < 6 then (hash(event_number,
                2) % {contacts})::bigint end as contact_number,
            's' || hash(event_number, 2) % {events // 4} as session_id,
            'asset-' || hash(event_number, 6) % {assets} as asset_id, {campaign} as campaign_id,
            {_pick(CHANNELS, "hash(event_number, 8)")} as channel, event_number from numbered""",
        f"""create table core.fct_interactions as select event_id, event_type, occurred_at,
            visitor_id, c.contact_id, session_id,
            {_pick(("landing_page", "blog_post", "form"), "event_number")} as asset_type, asset_id,
                'https://shop.example/p' || event_number % 2000 as url,
            'news' as utm_source, 'email' as utm_medium, lower(campaign_id) as utm_campaign,
                event_number % 40 = 0 as is_filtered, channel, true as influences,
                event_number % 3 = 0 as earns_revenue
            from events left join core.dim_contacts as c on events.contact_number = c.n""",
        """create table core.fct_campaign_interactions as select event_id, campaign_id, contact_id,
            session_id, event_type, occurred_at,
            case when hash(event_id) % 3 = 0 then 'utm' else 'asset' end as basis,
                true as influences, event_type <> 'email_open' as earns_revenue
            from (select e.*, c.contact_id from events as e
                left join core.dim_contacts as c on e.contact_number = c.n
                where hash(event_id) % 10 < 7)""",
        """create table core.fct_sessions as select session_id, any_value(visitor_id) as visitor_id,
            max(contact_id) as contact_id, min(occurred_at) as started_at,
            max(occurred_at) as ended_at, count(*) as page_views, 'news' as utm_source,
                'email' as utm_medium, 'campaign-1' as utm_campaign,
            any_value(channel) as channel, 'news' as source from core.fct_interactions
                group by session_id""",
        f"""create table core.fct_deals as select 'D-' || range as deal_id,
            'Deal number ' || range as deal_name, 'default' as pipeline, 'closedwon' as stage,
            range % 3 > 0 as is_closed_won, (hash(range) % 90000)::decimal(18, 6) as amount,
                'USD' as currency, (hash(range) % 90000)::decimal(18, 2) as amount_home,
            {start} + {spread} as created_at, {start} + {spread} + interval 30 day as closed_at,
                false as is_deleted, null::varchar as merged_into from range({deals})""",
        f"""create table core.fct_deal_contacts as select d.deal_id, c.contact_id,
            d.created_at as valid_from, null::timestamp as valid_to, 'exact' as time_basis,
            true as is_at_close, null::varchar as reason
            from core.fct_deals as d join core.dim_contacts as c on
                (hash(d.deal_id) % {contacts})::bigint = c.n""",
        """create table marts.influenced_contacts as select campaign_id, contact_id,
            min(occurred_at) as influenced_at, arg_min(event_id, occurred_at) as event_id,
            arg_min(event_type, occurred_at) as event_type,
                hash(contact_id) % 4 = 0 as is_new_contact, count(*) as interactions
            from core.fct_campaign_interactions where contact_id is not null group by campaign_id,
                contact_id""",
        """create table marts.first_touch_contacts as select campaign_id, contact_id,
            influenced_at as contact_created_at, event_id, 'asset' as basis, true as is_primary
            from marts.influenced_contacts where hash(contact_id, campaign_id) % 8 = 0""",
        """create table marts.last_touch_contacts as select campaign_id, contact_id,
            influenced_at as contact_created_at, event_id as conversion_event_id, 'asset' as basis,
            true as is_primary
            from marts.influenced_contacts where hash(contact_id, campaign_id) % 9 = 0""",
        f"""create table marts.attribution_credits as
            with touches as (select d.deal_id, d.closed_at, i.event_id, i.campaign_id, i.contact_id,
                i.event_type, i.occurred_at, d.amount_home
                from core.fct_deals as d join core.fct_deal_contacts as l on d.deal_id = l.deal_id
                join core.fct_campaign_interactions as i on l.contact_id = i.contact_id
                    where d.is_closed_won)
            select deal_id, event_id, campaign_id, contact_id, event_type, occurred_at, closed_at,
                model,
            1.0 / count(*) over (partition by deal_id, model) as weight,
                (amount_home / count(*) over (partition by deal_id, model))::decimal(18,
                2) as credit,
            {_pick(CHANNELS, "hash(event_id)")} as channel
                from touches cross join (select unnest({list(MODELS)!r}) as model)""",
        """create table marts.revenue_contacts as select campaign_id, contact_id,
            count(distinct deal_id) as deals, sum(credit)::decimal(18, 2) as revenue
            from marts.attribution_credits where model = 'linear' group by 1, 2""",
        """create table marts.attributed_revenue as select campaign_id, model,
            count(distinct contact_id) as contacts, count(distinct deal_id) as deals,
            sum(credit)::decimal(18, 2) as deal_amount, sum(credit)::decimal(18, 2) as revenue
                from marts.attribution_credits group by 1, 2""",
        """create table marts.campaign_performance as select campaign_id, campaign_name,
            5000::bigint as sessions, 100::bigint as new_contacts_first_touch,
            90::bigint as new_contacts_last_touch,
            (select count(*) from marts.influenced_contacts as i
                where i.campaign_id = c.campaign_id) as influenced_contacts,
                10::bigint as contacts_with_revenue, r.deals, r.revenue,
            r.deal_amount as associated_deal_value, 10000::decimal(18, 2) as budget,
                8000::decimal(18, 2) as spend, 2000::decimal(18, 2) as remaining_budget,
            100::decimal(18, 2) as ad_spend, 1.5::double as roi, 8100::decimal(18, 2) as total_cost,
                2.5::double as roas
            from core.dim_campaigns as c join marts.attributed_revenue as r using (campaign_id)
                where model = 'linear'""",
        """create table marts.campaign_daily as select campaign_id, occurred_at::date as day,
            count(distinct session_id) as sessions, 1::bigint as new_contacts_first_touch,
            1::bigint as new_contacts_last_touch, 1::bigint as influenced_contacts,
                1::bigint as deals, 10::decimal(18, 2) as revenue, 5::decimal(18, 2) as spend
            from core.fct_campaign_interactions group by 1, 2""",
        f"""create table marts.asset_performance as select campaign_id, asset_type, asset_id,
            {
            ", ".join(
                f"7::bigint as {name}"
                for name in [
                    "page_views",
                    "form_submissions",
                    "contacts_sent",
                    "contacts_opened",
                    "contacts_clicked",
                    "cta_views",
                    "cta_clicks",
                    "social_clicks",
                    "social_interactions",
                    "ad_impressions",
                    "ad_clicks",
                ]
            )
        },
            1::decimal(18, 2) as ad_spend,
                {
            ", ".join(
                f"7::bigint as {name}"
                for name in [
                    "workflow_enrollments",
                    "list_additions",
                    "registrations",
                    "attendances",
                ]
            )
        }
            from core.fct_asset_associations""",
        f"""create table marts.conversion_credits as
            with touches as (select contact_id, event_id, campaign_id, event_type, occurred_at
                from core.fct_campaign_interactions where contact_id is not null
                and hash(event_id, 11) % 2 = 0)
            select 'contact_created' as conversion, contact_id as subject_id, event_id, campaign_id,
                contact_id, event_type, occurred_at, occurred_at as converted_at, model,
            0.25::double as weight, 0.25::decimal(18, 6) as credit, null::decimal(18, 2) as amount,
                {_pick(CHANNELS, "hash(event_id)")} as channel
            from touches cross join (select unnest({list(MODELS)!r}) as model)
            union all by name select 'deal_created' as conversion, deal_id as subject_id, event_id,
                campaign_id, contact_id, event_type, occurred_at, closed_at as converted_at, model,
                weight,
            weight::decimal(18, 6) as credit, credit as amount, channel
                from marts.attribution_credits""",
        """create table marts.attributed_conversions as select conversion, campaign_id, model,
            count(distinct subject_id) as subjects, sum(credit)::decimal(18, 6) as credit,
            sum(amount)::decimal(18, 2) as amount from marts.conversion_credits group by all""",
        """create table marts.channel_performance as select channel, model,
            1000::bigint as sessions, 100::bigint as new_contacts,
            90::decimal(18, 6) as contacts_created,
            count(distinct deal_id) as deals, sum(credit)::decimal(18, 2) as revenue,
                sum(credit)::decimal(18, 2) as pipeline from marts.attribution_credits
                group by all""",
        """create table marts.removal_effects as select 'markov' as model, campaign_id,
            1000::bigint as paths, 500::bigint as conversions, 0.1::double as effect
            from core.dim_campaigns""",
        """create table diagnostics.deal_inclusion as select distinct deal_id, campaign_id,
            true as is_included, null::varchar as reason from marts.attribution_credits
            union all select deal_id, 'CMP-' || lpad((hash(deal_id, 2) % 200)::varchar, 3, '0'),
                false, 'NOT_CLOSED_WON' from core.fct_deals where not is_closed_won""",
        """create table diagnostics.deal_status as select d.deal_id, case
            when not any_value(d.is_closed_won) then 'NOT_CLOSED_WON'
            when count(i.campaign_id) > 0 then 'COUNTED' else 'NO_CAMPAIGN_INTERACTION'
            end as status,
            count(i.campaign_id) as campaigns, any_value(d.amount_home) as amount_home
                from core.fct_deals as d
            left join diagnostics.deal_inclusion as i on d.deal_id = i.deal_id and i.is_included
                group by d.deal_id""",
        """create table diagnostics.contact_status as select contact_id, metric, case
            when hash(contact_id, metric) % 3 = 0 then 'COUNTED'
            when metric = 'first_touch' then 'NO_PAGE_VIEW'
            when metric = 'last_touch' then 'NO_CONVERSION' else 'NO_INTERACTION' end as status,
                null::varchar as event_id
            from core.dim_contacts cross join (select unnest(['first_touch', 'last_touch',
                'influenced']) as metric) where not is_deleted""",
        """create table diagnostics.asset_visibility as select campaign_id, asset_type, asset_id,
            hash(asset_id) % 5 > 0 as is_visible,
            case when hash(asset_id) % 5 > 0 then []::varchar[] else ['NOT_ASSOCIATED']
                end as reasons from core.fct_asset_associations""",
        """create table diagnostics.utm_audit as select 'campaign-' || range as utm_campaign,
            'CMP-' || lpad(range::varchar, 3, '0') as campaign_id, 100::bigint as page_views,
            90::bigint as sessions,
            'matched' as status, null::varchar as similar_alias from range(200)""",
        """create table diagnostics.parity as select 'hubspot' as source, campaign_id,
            'influenced' as metric, null::varchar as model, null::date as period_start,
            null::date as period_end,
            100::double as ours, 90::double as reported, 10::double as difference,
                0.11::double as share from core.dim_campaigns""",
        """create table diagnostics.parity_contacts as select 'hubspot' as source, campaign_id,
            'influenced' as metric, contact_id, true as is_ours, 'NOT_REPORTED' as reason
            from marts.influenced_contacts where hash(contact_id) % 9 = 0""",
        (
            "create table diagnostics.unread_values as select 'events' as table_name, "
            "'events/a.csv' as file_name, 'url' as column_name, 3::bigint as rows, ['x'] as "
            "examples"
        ),
        (
            "create table diagnostics.rejected_records as select 'events' as table_name, "
            "'events/a.csv' as file_name, 'not an object' as reason, '{}' as record from "
            "range(1000)"
        ),
        (
            "create table diagnostics.restatement_causes as select 'r1' as run_id, 'new_event' as "
            "kind, null::varchar as detail, 7::bigint as changes"
        ),
        """create table diagnostics.restatements as select 'r1' as run_id, 'r0' as previous_run_id,
            campaign_id, 'sessions' as metric, null::varchar as model, 'changed' as change,
            1::decimal(38, 6) as old_value,
            2::decimal(38, 6) as new_value, 1::decimal(38, 6) as difference,
                'new_event 7' as campaign_causes, 'new_event 7' as run_causes
                from core.dim_campaigns""",
        (
            "create table diagnostics.run_log as select 'r1' as run_id, timestamp '2026-01-01' as "
            "as_of, timestamp '2026-01-01' as started_at, timestamp '2026-01-01' as finished_at, "
            "'published' as status, 1::bigint as rows_landed, 1::bigint as rows_accepted, "
            "0::bigint as rows_rejected"
        ),
        "alter table core.dim_contacts drop column n",
    ]


def make(folder: Path, events: int) -> Path:
    """Writes `published/touchledger.duckdb` below `folder`; returns the file."""
    file = folder / "published" / "touchledger.duckdb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"attach '{file}' as publishing ({STORAGE})")
        connection.execute("use publishing")
        for statement in statements(events):
            started = time.perf_counter()
            connection.execute(statement)
            print(f"{time.perf_counter() - started:6.1f} s  {' '.join(statement.split())[:70]}")
        nodes = json.loads(ensure_manifest().read_text(encoding="utf-8"))["nodes"]
        for (schema, table), order in orders(nodes).items():
            connection.execute(
                f"create or replace table {schema}.{table} as select * from {schema}.{table} "
                f"order by {', '.join(order)}"
            )
    return file


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder to write to")
    parser.add_argument("--events", type=int, default=10_000_000)
    arguments = parser.parse_args()
    print(make(arguments.home, arguments.events))
