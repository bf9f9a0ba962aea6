-- One row per utm_campaign value seen in unfiltered page views or kept as an alias, and campaign
-- that has it as alias (R95). A value that no campaign has names the alias that it was likely meant
-- to be.
with seen as (
    select
        utm_campaign, count(*) as page_views, count(distinct session_id) as sessions,
        max(occurred_at) as last_view_at
    from {{ ref('interactions') }}
    where event_type = 'page_view' and not is_filtered and utm_campaign is not null
    group by utm_campaign
),

aliases as (
    select
        utm_campaign, campaign_id, counts_from,
        count(*) over (partition by utm_campaign) as campaigns
    from {{ ref('campaign_aliases') }}
),

unmatched as (
    select seen.utm_campaign, {{ bare_utm('seen.utm_campaign') }} as bare
    from seen
    left join aliases on seen.utm_campaign = aliases.utm_campaign
    where aliases.utm_campaign is null and {{ is_ascii('seen.utm_campaign') }}
),

near_misses as (
    -- Two edits leave one of three pieces of an alias whole, and few values have one: the distance
    -- is asked of those alone.
    select
        unmatched.utm_campaign,
        pieces.utm_campaign as alias,
        row_number() over (
            partition by unmatched.utm_campaign
            order by levenshtein(unmatched.bare, pieces.bare), pieces.utm_campaign
        ) as choice
    from unmatched
    inner join {{ ref('alias_pieces') }} as pieces
        on length(unmatched.bare) between length(pieces.bare) - 2 and length(pieces.bare) + 2
        and (
            instr(unmatched.bare, pieces.first_piece) > 0
            or instr(unmatched.bare, pieces.middle_piece) > 0
            or instr(unmatched.bare, pieces.last_piece) > 0
        )
    where length(unmatched.bare) >= 4 and levenshtein(unmatched.bare, pieces.bare) <= 2
)

select
    coalesce(seen.utm_campaign, aliases.utm_campaign) as utm_campaign,
    aliases.campaign_id,
    coalesce(seen.page_views, 0) as page_views,
    coalesce(seen.sessions, 0) as sessions,
    case
        when aliases.campaign_id is null then 'unmatched'
        when seen.utm_campaign is null then 'never_seen'
        when aliases.campaigns > 1 then 'shared'
        when seen.last_view_at >= aliases.counts_from then 'matched'
        else 'before_campaign'
    end as status,
    near_misses.alias as similar_alias
from seen
full outer join aliases on seen.utm_campaign = aliases.utm_campaign
left join near_misses on seen.utm_campaign = near_misses.utm_campaign and near_misses.choice = 1
