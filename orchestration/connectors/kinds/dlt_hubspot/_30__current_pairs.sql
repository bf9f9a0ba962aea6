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

-- A child of a row that is known is a pair only with the newest one; without such a row its own
-- value names the contact.
children as (
    select
        filled(pairs.deals_id) as deal_id,
        coalesce(newest.record_id, filled(pairs.value)) as contact_id,
        newest.row_id is not null or rows_known.row_id is null as is_current,
        pairs._pull
    from contacts__deals as pairs
    left join newest on pairs._dlt_parent_id = newest.row_id and pairs._pull = newest._pull
    left join (select row_id, min(_pull) as _pull from rows_of group by row_id) as rows_known
        on pairs._dlt_parent_id = rows_known.row_id and pairs._pull >= rows_known._pull
)

select deal_id as parent_id, contact_id as child_id, _pull from children
where is_current
