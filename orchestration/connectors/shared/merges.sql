-- One row per loser out of what several places say of merges: a time beats none, an earlier place a
-- later one, then the winner's id. Chains go straight to the last record.
--
-- told: loser_id, winner_id, merged_at, place (1 is believed first), _pull, _pulled_at.
-- Gives: loser_id, winner_id, merged_at, is_exact, _pull, _pulled_at: per loser and pull, as that
-- pull and those before it told.
create or replace temp macro merges(told) as table (
    with recursive told as (
        select distinct loser_id, winner_id, merged_at, place, _pull, _pulled_at
        from query_table(told)
        where loser_id is not null and winner_id is not null and loser_id != winner_id
    ),

    pulls_told as (select distinct _pull, _pulled_at from told),

    -- Where the record of an earlier pull went on: what was known then still holds unless told
    -- anew.
    direct as (
        select
            pulls_told._pull, pulls_told._pulled_at, told.loser_id,
            arg_min(
                told.winner_id, (told.merged_at is null, told.place, -told._pull, told.winner_id)
            ) as winner_id,
            arg_min(
                coalesce(told.merged_at, told._pulled_at),
                (told.merged_at is null, told.place, told._pull, told.winner_id)
            ) as merged_at,
            bool_or(told.merged_at is not null) as is_exact
        from pulls_told
        inner join told on pulls_told._pull >= told._pull
        group by all
    ),

    -- union, not union all: a circle ends.
    chains as (
        select _pull, loser_id, winner_id, winner_id as reached, 1 as depth
        from direct
        union
        select chains._pull, chains.loser_id, direct.winner_id, direct.winner_id, chains.depth + 1
        from chains
        inner join direct on chains._pull = direct._pull and chains.reached = direct.loser_id
        where direct.winner_id != chains.loser_id and chains.depth < 100
    )

    select
        direct.loser_id, arg_max(chains.winner_id, chains.depth) as winner_id,
        any_value(direct.merged_at) as merged_at, any_value(direct.is_exact) as is_exact,
        direct._pull, direct._pulled_at
    from direct
    inner join chains on direct._pull = chains._pull and direct.loser_id = chains.loser_id
    group by direct.loser_id, direct._pull, direct._pulled_at
);

-- Only what a record's newest pull changed: rows that say what the row of the pull before said are
-- left out.
--
-- versions: key columns and values, `_key` (one text), `_said` (all values as one text), `_pull`,
-- `_loaded_at`.
create or replace temp macro changed(versions) as table (
    select * from query_table(versions)
    qualify lag(_said) over (partition by _key order by _pull, _said) is distinct from _said
);
