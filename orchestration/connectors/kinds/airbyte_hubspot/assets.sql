-- One row per e-mail, form and static list, and version.
select
    'marketing_email' as asset_type,
    with_portal(id) as asset_id,
    name as asset_name,
    null as url,
    null as network,
    null as has_form,
    iso_of(created_at) as created_at,
    iso_of(published_at) as published_at,
    is_deleted as _deleted,
    iso(loaded_at) as _loaded_at,
    _pull
from email_versions
union all
select
    'marketing_email',
    with_portal(campaigns.content_id),
    campaigns.name,
    null,
    null,
    null,
    null,
    null,
    null,
    iso(campaigns.loaded_at),
    campaigns._pull
from campaign_versions as campaigns
-- Only of e-mails that have no record of their own.
anti join email_versions as emails
    on campaigns.content_id = emails.id and campaigns._pull >= emails._pull
where campaigns.content_id is not null
union all
select
    'form',
    with_portal(
        guid(coalesce(value_of(id, _airbyte_data, '$.id'), value_of(guid, _airbyte_data, '$.guid')))
    ),
    value_of(name, _airbyte_data, '$.name'),
    null,
    null,
    null,
    iso_of(value_of(createdat, _airbyte_data, '$.createdAt')),
    null,
    truth_text(value_of(archived, _airbyte_data, '$.archived')),
    iso(airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at)),
    _pull
from forms
union all
select
    'static_list',
    with_portal(list_id),
    name,
    null,
    null,
    null,
    iso_of(created_at),
    null,
    null,
    iso(loaded_at),
    _pull
from lists
where is_static and has_contacts
