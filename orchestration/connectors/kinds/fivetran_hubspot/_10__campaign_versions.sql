-- Campaigns as each version says them. Fivetran documents the table's name alone; its columns go by
-- the names that HubSpot's properties have in its other tables.
select
    coalesce(filled(id), filled(campaign_id)) as record_id,
    coalesce(filled(name), filled(property_hs_name)) as campaign_name,
    coalesce(filled(created_at), filled(property_hs_createdate), filled(property_createdate))
        as created_text,
    known_instant(created_text) as created_at,
    coalesce(filled(start_date), filled(property_hs_start_date)) as start_date,
    coalesce(filled(end_date), filled(property_hs_end_date)) as end_date,
    coalesce(filled(status), filled(property_hs_campaign_status)) as status,
    coalesce(filled(owner), filled(property_hs_owner)) as owner,
    upper(coalesce(filled(currency_code), filled(property_hs_currency_code))) as currency,
    coalesce(filled(utm), filled(property_hs_utm)) as utm,
    is_gone as is_deleted,
    known_at as loaded_at,
    _pull,
    _pulled_at
from fivetran_versions('marketing_campaign', coalesce(filled(id), filled(campaign_id)))
where coalesce(filled(id), filled(campaign_id)) is not null
