-- History of a source that gives only what is so now (spec: associated at the first complete pull
-- that has the pair, removed at the first complete pull of the same parent and type that has it no
-- more).
--
-- pairs: parent_id, kind, child_id, label, _pull, parent_created_at, child_created_at; what
-- complete pulls saw. looks: parent_id, kind, _pull, started_at; every complete pull of a parent
-- and kind, those included that saw nothing. Gives: parent_id, kind, child_id, label, action,
-- occurred_at, time_basis, _pull, started_at.
create or replace temp macro first_seen(pairs, looks) as table (
    with looks as (
        select
            parent_id, kind, _pull, started_at,
            row_number() over (partition by parent_id, kind order by _pull) as look
        from (select distinct parent_id, kind, _pull, started_at from query_table(looks))
    ),

    seen as (
        select
            looks.parent_id, looks.kind, looks.look, looks._pull, looks.started_at, pairs.child_id,
            pairs.label,
            max(pairs.parent_created_at) as parent_created_at,
            max(pairs.child_created_at) as child_created_at
        from query_table(pairs) as pairs
        inner join looks
            on
                pairs.parent_id = looks.parent_id
                and pairs.kind is not distinct from looks.kind
                and pairs._pull = looks._pull
        where pairs.child_id is not null
        group by all
    ),

    neighbours as (
        select
            *,
            lag(look) over pair as look_before,
            lead(look) over pair as look_after
        from seen
        window pair as (partition by parent_id, kind, child_id, label order by look)
    ),

    associated as (
        select
            parent_id, kind, child_id, label, 'associated' as action,
            case
                when look = 1 and getvariable('first_associations') = 'created'
                    then coalesce(greatest(parent_created_at, child_created_at), started_at)
                else started_at
            end as occurred_at,
            case
                when
                    look = 1 and getvariable('first_associations') = 'created'
                    and coalesce(parent_created_at, child_created_at) is not null
                    then 'assumed'
                else 'first_seen'
            end as time_basis,
            _pull, started_at
        from neighbours
        where look_before is null or look_before < look - 1
    ),

    removed as (
        select
            neighbours.parent_id, neighbours.kind, neighbours.child_id, neighbours.label,
            'removed' as action,
            looks.started_at as occurred_at, 'first_seen' as time_basis, looks._pull,
            looks.started_at
        from neighbours
        inner join looks
            on
                neighbours.parent_id = looks.parent_id
                and neighbours.kind is not distinct from looks.kind
                and neighbours.look + 1 = looks.look
        where neighbours.look_after is null or neighbours.look_after > neighbours.look + 1
    )

    select * from associated
    union all
    select * from removed
);

-- The id of a row of an association log: within one instant associated ones sort before removed
-- ones, so that a move is a move.
create or replace temp macro log_id(occurred_at, action, fields) as (
    getvariable('source') || ':' || strftime(occurred_at, '%Y%m%dT%H%M%S%f') || ':'
    || left(action, 1) || ':'
    || left(
        sha256(array_to_string(list_transform(fields, lambda field: coalesce(field, '')), '|')), 32
    )
);
