-- dlt: rows of a load count from the pull that knows that it ended.

-- Rows of whole loads. One that waits for its load to end may have replaced the row before: until
-- then a pull of the whole table knows the record as it was.
--
-- records: id, hs_object_id, _dlt_load_id, _pull, _pulled_at; the name under which they are asked.
-- ended: load_id, _pull, _pulled_at. told: a row per load, of any status.
create or replace temp macro of_whole_loads(records, ended, told) as table (
    with rows_read as (
        select *, coalesce(filled(id), filled(hs_object_id)) as record_id from query_table(records)
    ),

    gone as (select record_id, _pull from absent('rows_read', records)),

    ended_rows as (
        select
            rows_read.* exclude (_pull, _pulled_at),
            greatest(rows_read._pull, loads._pull) as _pull,
            greatest(rows_read._pulled_at, loads._pulled_at) as _pulled_at
        from rows_read
        left join query_table(ended) as loads on rows_read._dlt_load_id = loads.load_id
        -- A database without _dlt_loads, or files of it, has nothing to hold a row back.
        where
            (loads.load_id is not null or not exists (select 1 from query_table(told)))
            -- What went before its load was known to end does not come back by that.
            and not exists (
                select 1 from gone
                where
                    rows_read.record_id = gone.record_id
                    and gone._pull > rows_read._pull
                    and gone._pull <= loads._pull
            )
    ),

    waiting as (
        select missing.* from absent('ended_rows', records) as missing
        anti join gone on missing.record_id = gone.record_id and missing._pull = gone._pull
    )

    select * from ended_rows
    union all by name
    select earlier.* replace (waiting._pull as _pull, waiting.started_at as _pulled_at)
    from waiting
    inner join ended_rows as earlier
        on waiting.record_id = earlier.record_id and waiting._pull > earlier._pull
    where not exists (
        select 1 from gone
        where
            waiting.record_id = gone.record_id
            and gone._pull > earlier._pull
            and gone._pull < waiting._pull
    )
    qualify
        row_number() over (
            partition by waiting.record_id, waiting._pull
            order by loaded(earlier._dlt_load_id, earlier._pulled_at) desc, earlier._pull desc
        ) = 1
);
