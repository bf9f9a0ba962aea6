{{ config(meta={'kept_before': true}) }}
-- One row per campaign and normalised utm alias (R04, R31). It counts from `counts_from`: its own
-- start or the campaign's creation, whichever is later; a campaign without a record has no
-- creation, so its aliases never count (R84).
with spellings as (
    select campaign_id, {{ normalise_utm('utm_campaign') }} as utm_campaign, added_at
    from {{ ref('stg_campaign_utms') }}
),

aliases as (
    -- Two spellings of one alias start at the earlier.
    select campaign_id, utm_campaign, min(added_at) as added_at
    from spellings
    where utm_campaign is not null
    group by campaign_id, utm_campaign
)

select
    aliases.campaign_id,
    aliases.utm_campaign,
    aliases.added_at,
    case
        when campaigns.campaign_id is not null then greatest(aliases.added_at, campaigns.created_at)
    end as counts_from
from aliases
left join {{ ref('stg_campaigns') }} as campaigns on aliases.campaign_id = campaigns.campaign_id
