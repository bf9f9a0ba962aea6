-- An export looks at the deals in it, and at no other: a view may leave deals out.
select distinct deal_id as parent_id, null::varchar as kind, _pull, _pulled_at as started_at
from deal_versions
where contact_ids is not null
