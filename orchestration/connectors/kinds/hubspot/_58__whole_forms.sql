-- Forms whose submissions were once read whole, and the first pull that did.
select guid(parent_id) as form_id, min(_pull) as _pull
from ledger
where table_name = 'form_submissions' and is_complete
group by 1
union all
-- An event that names no form is of some form.
select '', min(_pull)
from ledger
where table_name = 'form_submissions' and is_complete
having count(*) > 0
