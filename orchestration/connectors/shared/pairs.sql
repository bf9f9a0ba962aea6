-- The log of a table's pairs: like first_seen, where every complete pull of the table looks at
-- every parent that is known by then.
--
-- pairs: parent_id, child_id, _pull. parents, children: record_id, created_at, _pull: of every
-- version, so that a pull knows no more than it could.
create or replace temp macro table_first_seen(asked, pairs, parents, children) as table (
    with looks as (
        select _pull, started_at, row_number() over (order by _pull) as look
        from (
            select distinct _pull, started_at from pulls
            where table_name = asked and parent_id is null and is_complete
        )
    ),

    seen as (
        select distinct looks.look, looks._pull, looks.started_at, pairs.parent_id, pairs.child_id
        from query_table(pairs) as pairs
        inner join looks on pairs._pull = looks._pull
        where filled(pairs.parent_id) is not null and filled(pairs.child_id) is not null
    ),

    neighbours as (
        select
            *,
            lag(look) over pair as look_before,
            lead(look) over pair as look_after
        from seen
        window pair as (partition by parent_id, child_id order by look)
    ),

    known_parents as (
        select record_id, min(_pull) as _pull from (
            select record_id, _pull from query_table(parents)
            union all
            select parent_id, _pull from seen
        )
        group by record_id
    ),

    -- The first complete pull that could have seen a parent's pairs.
    first_looks as (
        select known_parents.record_id, min(looks.look) as look
        from known_parents
        inner join looks on known_parents._pull <= looks._pull
        group by known_parents.record_id
    ),

    parent_times as (
        select record_id, created_at, _pull from query_table(parents)
        where created_at is not null
        qualify row_number() over (partition by record_id order by _pull, created_at) = 1
    ),

    child_times as (
        select record_id, created_at, _pull from query_table(children)
        where created_at is not null
        qualify row_number() over (partition by record_id order by _pull, created_at) = 1
    ),

    associated as (
        select
            neighbours.parent_id, neighbours.child_id, 'associated' as action,
            case
                when
                    neighbours.look = first_looks.look
                    and getvariable('first_associations') = 'created'
                    then greatest(parent_times.created_at, child_times.created_at)
            end as assumed_at,
            neighbours.started_at, neighbours._pull
        from neighbours
        left join first_looks on neighbours.parent_id = first_looks.record_id
        left join parent_times
            on
                neighbours.parent_id = parent_times.record_id
                and parent_times._pull <= neighbours._pull
        left join child_times
            on
                neighbours.child_id = child_times.record_id
                and child_times._pull <= neighbours._pull
        where neighbours.look_before is null or neighbours.look_before < neighbours.look - 1
    ),

    removed as (
        select
            neighbours.parent_id, neighbours.child_id, 'removed' as action,
            null::timestamp as assumed_at,
            looks.started_at, looks._pull
        from neighbours
        inner join looks on neighbours.look + 1 = looks.look
        where neighbours.look_after is null or neighbours.look_after > neighbours.look + 1
    )

    select
        parent_id, child_id, action, coalesce(assumed_at, started_at) as occurred_at,
        if(assumed_at is null, 'first_seen', 'assumed') as time_basis, started_at, _pull
    from associated
    union all
    select parent_id, child_id, action, started_at, 'first_seen', started_at, _pull from removed
);
