-- When deals were created, as each version says.
select record_id, known_instant(created_at) as created_at, _pull from deal_versions
