-- Assets that a table of their own has, and the first pull that knew them.
select asset_type, asset_id, min(_pull) as _pull
from (
    select 'marketing_email' as asset_type, filled(content_id) as asset_id, _pull
    from email_campaign
    union all
    select 'form', guid(guid), _pull from form
    union all
    select 'static_list', list_id, _pull from lists
    union all
    select 'marketing_event', filled(id), _pull from marketing_event
)
group by asset_type, asset_id
