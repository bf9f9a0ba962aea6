{{ config(materialized='view') }}
-- One row per conversion, campaign and way in which it counts for it (R51): by the conversion's own
-- URL, or by what its session did on the campaign's pages and forms up to it, whoever of the
-- session's contacts did it.
with conversions as (
    select contact_id, event_id, occurred_at, session_id, utm_campaign
    from {{ ref('contact_conversions') }}
    {{ in_scope('contact_id', 'affected_contacts', word='where') }}
),

by_utm as (
    select conversions.contact_id, aliases.campaign_id, 0 as is_by_asset, 1 as is_by_utm
    from conversions
    inner join {{ ref('campaign_aliases') }} as aliases
        on conversions.utm_campaign = aliases.utm_campaign
        and conversions.occurred_at >= aliases.counts_from
),

on_assets as (
    select event_id, session_id, occurred_at, campaign_id
    from {{ ref('campaign_interactions') }}
    where basis in ('asset', 'both') and event_type in ('page_view', 'form_submission')
),

by_asset as (
    select conversions.contact_id, on_assets.campaign_id, 1 as is_by_asset, 0 as is_by_utm
    from conversions
    inner join on_assets
        on conversions.session_id = on_assets.session_id
        and (
            conversions.occurred_at > on_assets.occurred_at
            or (
                conversions.occurred_at = on_assets.occurred_at
                and conversions.event_id >= on_assets.event_id
            )
        )
),

alone as (
    -- A conversion in no session stands alone.
    select conversions.contact_id, on_assets.campaign_id, 1 as is_by_asset, 0 as is_by_utm
    from conversions
    inner join on_assets on conversions.event_id = on_assets.event_id
    where conversions.session_id is null
)

select contact_id, campaign_id, is_by_asset, is_by_utm from by_utm
union all
select contact_id, campaign_id, is_by_asset, is_by_utm from by_asset
union all
select contact_id, campaign_id, is_by_asset, is_by_utm from alone
