{{ config(meta={'kept_before': true}) }}
-- One row per merged-away contact id: the contact that survives it (R10), through chains.
-- A cycle is a data error that the smallest id of the cycle survives, so that the outcome never depends on order.
with recursive merge_pairs as (
    select loser_contact_id, winner_contact_id
    from {{ ref('stg_contact_merges') }}
),

reachable as (
    select loser_contact_id as contact_id, winner_contact_id as reached_id
    from merge_pairs
    union
    select reachable.contact_id, merge_pairs.winner_contact_id as reached_id
    from reachable
    inner join merge_pairs on reachable.reached_id = merge_pairs.loser_contact_id
),

endings as (
    -- A chain ends at the one contact that was never merged away.
    select reachable.contact_id, reachable.reached_id as survivor_contact_id
    from reachable
    left join merge_pairs on reachable.reached_id = merge_pairs.loser_contact_id
    where merge_pairs.loser_contact_id is null
),

cycle_members as (
    select contact_id
    from reachable
    where contact_id = reached_id
),

cycle_survivors as (
    select reachable.contact_id, min(reachable.reached_id) as survivor_contact_id
    from reachable
    inner join cycle_members on reachable.reached_id = cycle_members.contact_id
    group by reachable.contact_id
),

survivors as (
    select contact_id, survivor_contact_id, false as is_in_cycle
    from endings
    union all
    select
        cycle_survivors.contact_id,
        cycle_survivors.survivor_contact_id,
        cycle_members.contact_id is not null as is_in_cycle
    from cycle_survivors
    left join cycle_members on cycle_survivors.contact_id = cycle_members.contact_id
)

select contact_id, survivor_contact_id, is_in_cycle
from survivors
