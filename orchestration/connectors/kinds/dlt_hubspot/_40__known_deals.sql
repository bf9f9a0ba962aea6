-- When deals were created, as each version says.
select deal_id as record_id, known_instant(created_at) as created_at, _pull from deal_versions
