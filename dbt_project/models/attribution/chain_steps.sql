{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'deal_id', 'changed': ['affected_deals']}}
) }}
-- One row per deal and step from one state to the next on its path, won or lost (R78). States are
-- `start`, `campaign` and its id, `none`, `conversion` and `null`. Nothing without a Markov model.
{{ needs('affected_deals') }}
with chains as (
    select 1 as is_needed
    where exists (
        select 1
        from {{ ref('attribution_models') }}
        where method = 'markov'
    )
),

lost_events as (
    select
        deals.deal_id,
        interactions.event_id,
        interactions.occurred_at
    from {{ ref('deals') }} as deals
    inner join {{ ref('deal_path_contacts') }} as contacts on deals.deal_id = contacts.deal_id
    inner join {{ ref('interactions') }} as interactions
        on contacts.contact_id = interactions.contact_id
    cross join chains
    where
        -- What comes after it among the gates, amount and rate, is not asked.
        deals.deal_reason = 'NOT_CLOSED_WON'
        and deals.created_at is not null
        and deals.closed_at is not null
        {{ in_scope('deals.deal_id', 'affected_deals') }}
        and {{ is_in_path('interactions', 'deals.closed_at') }}
),

touches as (
    select
        credits.deal_id, credits.event_id, credits.occurred_at, credits.campaign_id,
        'conversion' as outcome
    from {{ ref('credits') }} as credits
    cross join chains
    where credits.model = 'linear' {{ in_scope('credits.deal_id', 'affected_deals') }}
    union all
    select
        lost_events.deal_id, lost_events.event_id, lost_events.occurred_at, campaigns.campaign_id,
        'null' as outcome
    from lost_events
    left join {{ ref('campaign_interactions') }} as campaigns
        on lost_events.event_id = campaigns.event_id
),

steps as (
    select
        deal_id,
        outcome,
        coalesce('campaign ' || campaign_id, 'none') as state,
        lag(coalesce('campaign ' || campaign_id, 'none')) over (
            partition by deal_id order by occurred_at, event_id, campaign_id
        ) as previous_state,
        lead(event_id) over (
            partition by deal_id order by occurred_at, event_id, campaign_id
        ) is null as is_last
    from touches
)

select
    deal_id, coalesce(previous_state, 'start') as from_state, state as to_state, count(*) as steps
from steps
group by deal_id, coalesce(previous_state, 'start'), state
union all
select deal_id, state as from_state, outcome as to_state, cast(1 as bigint) as steps
from steps
where is_last
