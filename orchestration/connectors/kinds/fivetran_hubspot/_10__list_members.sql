-- Members of lists, those that were removed, too.
select
    filled(contact_list_id) as list_id,
    filled(contact_id) as contact_id,
    added_at,
    loaded(_fivetran_synced, _pulled_at) as loaded_at,
    _pull
from contact_list_member
