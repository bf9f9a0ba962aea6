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
    iso(loaded(_fivetran_synced, _pulled_at)) as _loaded_at,
    _pull
from email_campaign
where filled(content_id) is not null and content_id != '0'
union all
select
    'form',
    with_portal(guid(guid)),
    filled(name),
    null,
    null,
    null,
    iso_of(created_at),
    null,
    truth_text(_fivetran_deleted),
    iso(loaded(_fivetran_synced, _pulled_at)),
    _pull
from form
union all
select
    'static_list',
    with_portal(list_id),
    filled(name),
    null,
    null,
    null,
    iso_of(created_at),
    null,
    is_deleted,
    iso(loaded_at),
    _pull
from lists
where is_static and has_contacts
union all
select
    'marketing_event',
    with_portal(id),
    filled(event_name),
    filled(event_url),
    null,
    null,
    iso_of(created_at),
    null,
    truth_text(_fivetran_deleted),
    iso(loaded(_fivetran_synced, _pulled_at)),
    _pull
from marketing_event
union all
select
    named.asset_type,
    with_portal(named.asset_id),
    named.asset_name,
    null,
    null,
    null,
    null,
    null,
    null,
    iso(named.loaded_at),
    named._pull
from campaign_members as named
anti join own_assets as own
    on
        named.asset_type = own.asset_type and named.asset_id = own.asset_id
        and named._pull >= own._pull
