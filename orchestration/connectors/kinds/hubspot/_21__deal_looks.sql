select parent_id, null::varchar as kind, _pull, started_at
from pulls
where table_name = 'deal_contacts' and is_complete
