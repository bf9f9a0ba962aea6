{#- One row per event of a path and campaign that the event counts for, one with no campaign where
    it counts for none (R74).

    `touch_number` is unique among all paths, and within a path in the order in which equal shares
    get what is left over (R75): of the path, then of the campaigns. `campaign_number` is for order
    alone: credits are stored campaign by campaign.

    positions: what `path_positions` gives. subject: the columns that say whose path it is, the key
    of increments last. carried: further columns of positions. changed: the model that lists changed
    values of the key. -#}
{% macro touches_of_paths(positions, subject, carried, changed) -%}
{%- set columns = ['path_number', 'place'] + subject + [
    'event_id', 'contact_id', 'event_type', 'occurred_at', 'channel'
] + carried -%}
with positions as (
    select {{ columns | join(', ') }}
    from {{ positions }}
    {{ in_scope(subject[-1], changed, word='where') }}
),

campaigns_of_events as (
    select event_id, campaign_id
    from {{ ref('campaign_interactions') }}
    where event_id in (select positions.event_id from positions)
),

campaign_counts as (
    select event_id, count(*) as campaigns
    from campaigns_of_events
    group by event_id
),

campaign_numbers as (
    select campaign_id, row_number() over (order by campaign_id) as campaign_number
    from {{ ref('campaigns') }}
)

select
    {{ qualified(columns, 'positions') }},
    campaigns.campaign_id,
    coalesce(numbers.campaign_number, 0) as campaign_number,
    coalesce(counts.campaigns, 1) as campaigns,
    -- A path has fewer than 4294967296 touches.
    positions.path_number * 4294967296 + row_number() over (
        partition by positions.path_number
        order by positions.place, campaigns.campaign_id asc nulls last
    ) as touch_number
from positions
left join campaigns_of_events as campaigns on positions.event_id = campaigns.event_id
left join campaign_numbers as numbers on campaigns.campaign_id = numbers.campaign_id
left join campaign_counts as counts on positions.event_id = counts.event_id
{%- endmacro %}
