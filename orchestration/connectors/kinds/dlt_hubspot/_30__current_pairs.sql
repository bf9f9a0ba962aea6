-- The pairs that each complete pull saw: those of the newest row of each contact.
with looks as (
    select distinct _pull from pulls
    where table_name = 'contacts__deals' and parent_id is null and is_complete
),

rows_of as (
    select record_id, row_id, loaded_at, min(_pull) as _pull from contact_versions
    where row_id is not null
    group by all
),

newest as (
    select looks._pull, rows_of.record_id, rows_of.row_id
    from looks
    inner join rows_of on looks._pull >= rows_of._pull
    qualify
        row_number() over (
            partition by looks._pull, rows_of.record_id
            order by rows_of.loaded_at desc, rows_of._pull desc
        ) = 1
),

-- Rows that wait for their load to end, and the pull that knows that it has.
waiting as (
    select
        coalesce(filled(contacts.id), filled(contacts.hs_object_id)) as record_id,
        filled(contacts._dlt_id) as row_id,
        min(contacts._pull) as _pull,
        any_value(loads._pull) as ended_in
    from contacts
    left join loads on contacts._dlt_load_id = loads.load_id
    where
        exists (select 1 from finished_loads) and coalesce(contacts._pull < loads._pull, true)
    group by all
),

-- A child of a row that is known is a pair only with the newest one, a child of a row that waits is
-- none; without such a row its own value names the contact.
children as (
    select
        filled(pairs.deals_id) as deal_id,
        coalesce(newest.record_id, filled(pairs.value)) as contact_id,
        filled(pairs._dlt_parent_id) as row_id,
        newest.row_id is not null or coalesce(rows_known.row_id, waiting.row_id) is null
            as is_current,
        pairs._pull
    from contacts__deals as pairs
    semi join looks on pairs._pull = looks._pull
    left join newest on pairs._dlt_parent_id = newest.row_id and pairs._pull = newest._pull
    left join (select row_id, min(_pull) as _pull from rows_of group by row_id) as rows_known
        on pairs._dlt_parent_id = rows_known.row_id and pairs._pull >= rows_known._pull
    left join (select row_id, min(_pull) as _pull from waiting group by row_id) as waiting
        on pairs._dlt_parent_id = waiting.row_id and pairs._pull >= waiting._pull
),

-- Where a row that waits has replaced the newest one, the pairs are those that were last seen.
replaced as (
    select newest.record_id, newest.row_id, newest._pull, max(children._pull) as seen_in
    from newest
    inner join waiting
        on
            newest.record_id = waiting.record_id
            and newest._pull >= waiting._pull
            and coalesce(newest._pull < waiting.ended_in, true)
    inner join children on newest.row_id = children.row_id and newest._pull >= children._pull
    where not exists (
        select 1 from absent('contact_versions', 'contacts') as gone
        where
            newest.record_id = gone.record_id
            and gone._pull > children._pull
            and gone._pull <= newest._pull
    )
    group by all
)

select deal_id as parent_id, contact_id as child_id, _pull from children
where is_current
union
select children.deal_id, replaced.record_id, replaced._pull from replaced
inner join children
    on replaced.row_id = children.row_id and replaced.seen_in = children._pull
