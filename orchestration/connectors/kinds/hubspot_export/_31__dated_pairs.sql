-- With the contact's creation, as far as it was known by then.
select pairs.* replace (contacts.created as child_created_at)
from pairs
left join (
    select record_id, created, _pull from contact_versions
    where created is not null
    qualify row_number() over (partition by record_id order by _pull, created) = 1
) as contacts
    on pairs.child_id = contacts.record_id and contacts._pull <= pairs._pull
