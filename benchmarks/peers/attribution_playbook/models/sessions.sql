-- What the playbook credits, in the columns of its seed of the same name: one row per touch of a
-- known customer. A touch here is an event that can earn revenue, as it is for Touchledger.
with people as (

    select
        visitor_id,
        contact_id,
    from read_parquet('{{ var("landing") }}/visitor_identities/*.parquet')

),

addresses as (

    select
        lower(trim(email)) as email,
        min(contact_id) as contact_id,
    from read_parquet('{{ var("landing") }}/contacts/*.parquet')
    where email is not null
    group by lower(trim(email))

),

aliases as (

    select
        lower(trim(utm_campaign)) as utm_campaign,
        campaign_id,
    from read_parquet('{{ var("landing") }}/campaign_utms/*.parquet')

),

assets as (

    select
        asset_type,
        asset_id,
        campaign_id,
    from read_parquet('{{ var("landing") }}/campaign_asset_log/*.parquet')

),

tagged as (

    select
        event_id,
        event_type,
        occurred_at,
        contact_id,
        lower(trim(email)) as email,
        visitor_id,
        asset_type,
        asset_id,
        if(
            event_type = 'page_view',
            lower(trim(regexp_extract(url, '[?&]utm_campaign=([^&#]*)', 1))),
            null
        ) as utm_campaign,
    from read_parquet('{{ var("landing") }}/events/*.parquet')
    where not coalesce(is_filtered, false)
        and event_type in (
            'page_view', 'form_submission', 'ad_click', 'social_click', 'email_click', 'cta_click',
            'cta_form_submission'
        )

)

select
    tagged.event_id as session_id,
    coalesce(tagged.contact_id, addresses.contact_id, people.contact_id) as customer_id,
    tagged.occurred_at as started_at,
    tagged.occurred_at as ended_at,
    tagged.utm_campaign,
    coalesce(aliases.campaign_id, assets.campaign_id) as campaign_id,
from tagged
left join addresses
    on tagged.email = addresses.email
left join people
    on tagged.visitor_id = people.visitor_id
left join aliases
    on tagged.utm_campaign = aliases.utm_campaign
left join assets
    on tagged.asset_type = assets.asset_type
    and tagged.asset_id = assets.asset_id
where coalesce(tagged.contact_id, addresses.contact_id, people.contact_id) is not null
