-- Records of tables that are read whole, and their merges.

-- When the loader wrote a row; a loader without a clock: the pull's start.
create
or replace temp macro loaded(clock, _pulled_at) as coalesce(known_instant(clock), _pulled_at);

-- Fivetran's history mode has a row per version of a record. The newest that a pull knows counts as
-- of its sync, and is a deletion where it ended; one that ended before is as old as its start.
create or replace temp macro is_newest_version(id, started_at, _pull) as (
    coalesce(
        known_instant(started_at)
        >= max(known_instant(started_at)) over (partition by id order by _pull),
        true
    )
);

create
or replace temp macro has_ended(is_active) as (not coalesce(truth(is_active), true));

create or replace temp macro version_loaded(
    is_active, is_newest, started_at, clock, _pulled_at
) as (
    if(has_ended(is_active) and not is_newest, known_instant(started_at), loaded(clock, _pulled_at))
);

create or replace temp macro version_deleted(is_active, is_newest, is_deleted) as (
    if(has_ended(is_active) and is_newest, 'true', is_deleted)
);

-- A table of Fivetran's, with or without history mode: of each row whether it is the newest version
-- of its key, whether it is a deletion (text), and when it was so.
create or replace temp macro fivetran_versions(rows_of, key) as table (
    select
        *,
        version_deleted(
            _fivetran_active, is_newest, truth_text(_fivetran_deleted)
        ) as is_gone,
        version_loaded(
            _fivetran_active, is_newest, _fivetran_start, _fivetran_synced, _pulled_at
        ) as known_at
    from (
        select *, is_newest_version(key, _fivetran_start, _pull) as is_newest
        from query_table(rows_of)
    )
);

-- Answers of an API as each pull last gave them: one row per id and pull.
create or replace temp macro last_of_pull(answers) as table (
    select * from query_table(answers)
    where filled(id) is not null
    qualify row_number() over (partition by id, _pull order by _load desc, _row desc) = 1
);

-- Records that a pull which read a whole table has not, and an earlier one had.
--
-- records: record_id, _pull.
create or replace temp macro absent(records, asked) as table (
    with whole as (
        select _pull, started_at from pulls
        where table_name = asked and parent_id is null and is_complete and status = 'whole'
    ),

    known as (
        select record_id, min(_pull) as first_pull from query_table(records)
        where filled(record_id) is not null
        group by record_id
    )

    select known.record_id, whole._pull, whole.started_at
    from known
    inner join whole on known.first_pull < whole._pull
    anti join (select distinct record_id, _pull from query_table(records)) as there
        on known.record_id = there.record_id and whole._pull = there._pull
);

-- Versions of records. Where a record is there again, the newest of that pull is as new as it: the
-- loader's clock is older than the row that deleted the record.
--
-- versions: record_id, loaded_at, _pull, _pulled_at.
create or replace temp macro with_returns(versions, asked) as table (
    with returns as (
        select distinct gone.record_id, min(there._pull) as _pull
        from absent(versions, asked) as gone
        inner join query_table(versions) as there
            on gone.record_id = there.record_id and gone._pull < there._pull
        group by gone.record_id, gone._pull
    ),

    placed as (
        select
            *, rank() over (partition by record_id, _pull order by loaded_at desc) as age
        from query_table(versions)
    )

    select
        placed.* exclude (age)
        replace (
            case
                when placed.age = 1 and returns.record_id is not null
                    then greatest(placed.loaded_at, placed._pulled_at)
                else placed.loaded_at
            end as loaded_at
        )
    from placed
    left join returns on placed.record_id = returns.record_id and placed._pull = returns._pull
);

-- Merges, as rows: what a claim's loader said of it, and later changes at the pull that saw them.
--
-- claims: loser_id, winner_id, merged_at, place, _pull, _pulled_at, loaded_at.
create or replace temp macro merge_rows(claims) as table (
    with newest as (
        select loser_id, _pull, max(loaded_at) as loaded_at from query_table(claims)
        group by loser_id, _pull
    )

    select
        with_portal(told.loser_id) as loser_id,
        with_portal(told.winner_id) as winner_id,
        iso(told.merged_at) as merged_at,
        iso(
            case
                when row_number() over (partition by told.loser_id order by told._pull) = 1
                    then coalesce(newest.loaded_at, told._pulled_at)
                else told._pulled_at
            end
        ) as _loaded_at,
        told._pull,
        if(told.is_exact, 'exact', 'first_seen') as _basis
    from merges(claims) as told
    left join newest on told.loser_id = newest.loser_id and told._pull = newest._pull
);
