-- The contacts of deals as pulls after `done` gave them, one row per label.
select distinct
    rows.parent_id, rows.id as contact_id,
    nullif(json_extract_string(type.value, '$.label'), '') as label, rows._pull
from fresh_deal_contacts as rows
left join lateral (
    select value from json_each(rows.payload, '$.associationTypes')
) as type on true
where filled(rows.id) is not null
