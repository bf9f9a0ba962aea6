-- One row per number that differs: the reason that most of what it counts differs by, and what it
-- depends on (`concerns`, the words of settings.csv).
create temp table number_reasons as
with causes as (
    select campaign_id, 'contacts' as counted, metric, reason, count(*) as weight
    from contact_reasons
    where reason is not null
    group by campaign_id, metric, reason
    union all
    select campaign_id, 'deals' as counted, 'deals' as metric, reason, count(*) as weight
    from deal_reasons
    where reason is not null
    group by campaign_id, reason
    union all
    select campaign_id, 'events' as counted, 'sessions' as metric, reason, count(*) as weight
    from event_differences
    where event_type = 'page_view'
    group by campaign_id, reason
    union all
    select
        campaign_id,
        'events' as counted,
        'sessions' as metric,
        'EVENT_EDITED' as reason,
        count(distinct event_id) as weight
    from retimed_events
    where event_type = 'page_view'
    group by campaign_id
    union all
    -- What a created contact is credited to.
    select campaign_id, 'people' as counted, 'people' as metric, reason, count(*) as weight
    from (
        select campaign_id, reason from contact_reasons where metric <> 'revenue'
        union all
        select campaign_id, reason from event_differences
    )
    where reason is not null
    group by campaign_id, reason
),

changed as (
    -- Deals that differ where no campaign's part of them does: by less than a cent, or in what
    -- their creation is credited to, won or not (R102).
    select is_pipeline, campaign_id, arg_max(reason, (weight, reason)) as reason
    from (
        select credited.is_pipeline, credited.campaign_id, deals.reason, count(*) as weight
        from ($credited) as credited
        inner join changed_deals as deals on credited.deal_id = deals.deal_id
        where not credited.is_pipeline or deals.reason <> 'DEAL_WON'
        group by credited.is_pipeline, credited.campaign_id, deals.reason
    )
    group by is_pipeline, campaign_id
),

odd_paths as (
    -- Campaigns of deals, or of what was created, with an interaction in the path on one side only.
    $odd_paths
),

people_at_all as (
    -- The credit of created contacts in one campaign changes with what they did in others.
    select arg_max(reason, (weight, reason)) as reason
    from (select reason, sum(weight) as weight from causes where metric = 'people' group by reason)
),

deals_at_all as (
    -- What no campaign gets, and the chain of all paths (R78), change with the deals of all.
    select arg_max(reason, (weight, reason)) as reason
    from (select reason, sum(weight) as weight from causes where metric = 'deals' group by reason)
),

wanted as (
    select
        numbers.*,
        split_part(model, ' ', -1) in ($chained) as is_chained,
        model in ($on_both) as is_on_both,
        case
            when
                metric in ('roi', 'roas')
                and campaign_id not in (
                    select earning.campaign_id from number_differences as earning
                    where earning.metric = 'revenue' and earning.model is null
                )
                then 'money'
            when metric = 'sessions' then 'sessions'
            when metric = 'new_contacts_first_touch' then 'first_touch'
            when metric = 'new_contacts_last_touch' then 'last_touch'
            when metric = 'influenced_contacts' then 'influenced'
            when metric = 'contacts_with_revenue' then 'revenue'
            when model like 'contact_created %' then 'people'
            when metric in ('budget', 'spend', 'remaining_budget', 'ad_spend', 'total_cost')
                then 'money'
            else 'deals'
        end as cause_metric
    from number_differences as numbers
),

ranked as (
    select
        wanted.campaign_id,
        wanted.metric,
        wanted.model,
        arg_max(causes.reason, (causes.weight, causes.reason)) as reason
    from wanted
    inner join causes
        on wanted.campaign_id is not distinct from causes.campaign_id
        and wanted.cause_metric = causes.metric
    group by wanted.campaign_id, wanted.metric, wanted.model
)

select
    wanted.campaign_id,
    wanted.metric,
    wanted.model,
    wanted.value_a,
    wanted.value_b,
    case
        when
            (campaigns_a.campaign_id is null) <> (campaigns_b.campaign_id is null)
            and wanted.campaign_id is not null
            then 'CAMPAIGN_MISSING'
        when ranked.reason is not null then ranked.reason
        when wanted.cause_metric = 'money' then 'MONEY_ITEM'
        when wanted.cause_metric = 'people' and people_at_all.reason is not null
            then people_at_all.reason
        when wanted.cause_metric = 'deals' and changed.reason is not null then changed.reason
        when
            (wanted.is_chained or (wanted.cause_metric = 'deals' and wanted.campaign_id is null))
            and deals_at_all.reason is not null
            then deals_at_all.reason
        when
            wanted.cause_metric in ('deals', 'people') and odd_paths.conversion is not null
            and (wanted.model is null or wanted.is_on_both)
            then 'PATH'
        when wanted.is_chained and wanted.is_on_both then 'CHAIN'
    end as reason,
    concat_ws(
        ' ',
        case
            when wanted.model like 'deal_created %' then 'pipeline'
            when wanted.cause_metric = 'revenue' then 'deals'
            else wanted.cause_metric
        end,
        case when wanted.metric in ('roi', 'roas') then 'money' end,
        case when wanted.is_chained then 'deals' end,
        case when wanted.model like '%last_non_direct' then 'channels' end
    ) as concerns
from wanted
cross join people_at_all
cross join deals_at_all
left join ranked
    on wanted.campaign_id is not distinct from ranked.campaign_id
    and wanted.metric = ranked.metric
    and wanted.model is not distinct from ranked.model
left join changed
    on wanted.campaign_id is not distinct from changed.campaign_id
    and coalesce(wanted.model like 'deal_created %', false) = changed.is_pipeline
left join odd_paths
    on wanted.campaign_id is not distinct from odd_paths.campaign_id
    and odd_paths.conversion = case
        when wanted.model like '%_created %' then split_part(wanted.model, ' ', 1)
        else 'deal_won'
    end
left join (
    select campaign_id from side_a.core.dim_campaigns where not is_deleted
) as campaigns_a on wanted.campaign_id = campaigns_a.campaign_id
left join (
    select campaign_id from side_b.core.dim_campaigns where not is_deleted
) as campaigns_b on wanted.campaign_id = campaigns_b.campaign_id
