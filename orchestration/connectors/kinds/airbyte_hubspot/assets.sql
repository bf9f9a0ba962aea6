-- One row per e-mail, form and static list, and version.
from asset_rows('marketing_email', 'email_versions', 'marketing_emails')
union all by name
select
    'marketing_email' as asset_type,
    with_portal(campaigns.content_id) as asset_id,
    campaigns.name as asset_name,
    iso(campaigns.loaded_at) as _loaded_at,
    campaigns._pull
from campaign_versions as campaigns
-- Only of e-mails that have no record of their own.
anti join email_versions as emails
    on campaigns.content_id = emails.id and campaigns._pull >= emails._pull
where campaigns.content_id is not null
union all by name
from asset_rows('form', 'own_forms', 'forms')
union all by name
from asset_rows('static_list', 'lists', 'contact_lists')
