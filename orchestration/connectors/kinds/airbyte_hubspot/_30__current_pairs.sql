-- The pairs that each complete pull of deals knew: of every deal not in the bin, the contacts of
-- its newest row.
with looks as (
    select distinct _pull from pulls
    where table_name = 'deals' and parent_id is null and is_complete
),

newest as (
    select looks._pull, versions.deal_id, versions.contact_ids
    from looks
    inner join deal_versions as versions on looks._pull >= versions._pull
    where not versions.is_in_bin
    qualify
        row_number() over (
            partition by looks._pull, versions.deal_id
            order by versions.loaded_at desc, versions._pull desc
        ) = 1
)

select deal_id as parent_id, filled(unnest(json_texts(contact_ids))) as child_id, _pull from newest
