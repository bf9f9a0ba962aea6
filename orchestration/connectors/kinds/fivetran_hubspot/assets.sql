-- One row per e-mail, form, static list and marketing event, and version; of other assets, and of
-- those whose own table lacks them, what campaigns call them.
select
    'marketing_email' as asset_type,
    with_portal(content_id) as asset_id,
    filled(name) as asset_name,
    null as url,
    null as network,
    null as has_form,
    null as created_at,
    null as published_at,
    null as _deleted,
    iso(
        version_loaded(
            _fivetran_active, is_newest, _fivetran_start, _fivetran_synced, _pulled_at
        )
    ) as _loaded_at,
    _pull
from (
    select *, is_newest_version(id, _fivetran_start, _pull) as is_newest from email_campaign
)
where filled(content_id) is not null and content_id != '0'
union all by name
from asset_rows('form', 'own_forms', 'form')
union all by name
from asset_rows('static_list', 'lists', 'contact_list')
union all by name
from asset_rows('marketing_event', 'own_events', 'marketing_event')
union all by name
select
    named.asset_type,
    with_portal(named.asset_id) as asset_id,
    named.asset_name,
    iso(named.loaded_at) as _loaded_at,
    named._pull
from campaign_members as named
anti join own_assets as own
    on
        named.asset_type = own.asset_type and named.asset_id = own.asset_id
        and named._pull >= own._pull
