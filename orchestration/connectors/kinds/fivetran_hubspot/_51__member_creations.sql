-- When assets were created, as each version says, by the id that pairs have.
select 'form ' || guid(guid) as record_id, known_instant(created_at) as created_at, _pull from form
union all
select 'static_list ' || list_id, known_instant(created_at), _pull from lists
union all
select 'marketing_event ' || filled(id), known_instant(created_at), _pull from marketing_event
