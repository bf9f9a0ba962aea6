-- What came and is not landed, and why.
select
    'contacts' as raw_table,
    'rows of loads that did not end: not landed (' || count(distinct _dlt_id) || ' rows)'
        as reason
from contacts
where
    exists (select 1 from finished_loads)
    and coalesce(_dlt_load_id, '') not in (select load_id from loads where load_id is not null)
having count(*) > 0
union all
select
    'deals',
    'rows of loads that did not end: not landed (' || count(distinct _dlt_id) || ' rows)'
from deals
where
    exists (select 1 from finished_loads)
    and coalesce(_dlt_load_id, '') not in (select load_id from loads where load_id is not null)
having count(*) > 0
