{#- Follows merges through chains (R10): a select of contact_id, survivor_contact_id, is_in_cycle, one row per merged-away contact. A chain ends at the one
    contact that was never merged away; a cycle, and what leads into it, at the smallest id of the cycle.

    merges: a relation of loser_contact_id, the key, and winner_contact_id. -#}
{% macro follow_merges(merges) -%}
    {{ return(adapter.dispatch('follow_merges', 'touchledger')(merges)) }}
{%- endmacro %}

{% macro default__follow_merges(merges) -%}
    with recursive merge_pairs as (
        select loser_contact_id, winner_contact_id
        from {{ merges }}
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
{%- endmacro %}

{#- By doubling: step by step every contact knows who is twice as many merges ahead and the smallest id on the way, so that 16 steps follow chains of 65,536
    merges. A step joins the links with themselves without reading them twice (which would double the plan with each step): every link asks at the contact that
    it has reached, and answers at its own. -#}
{% macro spark__follow_merges(merges) -%}
    with links_0 as (
        select loser_contact_id as contact_id, winner_contact_id as reached_id, loser_contact_id as smallest_id
        from {{ merges }}
    ),
    {% for step in range(1, 18) %}
    answers_{{ step }} as (
        select
            *,
            max(case when not is_asking then reached_id end) over (partition by place) as next_reached_id,
            max(case when not is_asking then smallest_id end) over (partition by place) as next_smallest_id,
            count(case when is_asking then 1 end) over (partition by place) as asked
        from (
            select links.*, is_asking, case when is_asking then links.reached_id else links.contact_id end as place
            from links_{{ step - 1 }} as links
            lateral view explode(array(true, false)) as is_asking
        ) as meetings
    ),

    {% if not loop.last -%}
    links_{{ step }} as (
        select
            contact_id,
            coalesce(next_reached_id, reached_id) as reached_id,
            least(smallest_id, next_smallest_id) as smallest_id
        from answers_{{ step }}
        where is_asking
    ),
    {%- endif %}
    {% endfor %}
    survivors as (
        -- Who still finds a merged-away contact ahead is in a cycle or leads into one, and has come to a contact of the cycle; every contact of it is come to.
        select
            contact_id,
            coalesce(max(case when is_asking then next_smallest_id end), max(reached_id)) as survivor_contact_id,
            max(case when not is_asking then asked end) > 0 as is_in_cycle
        from answers_17
        group by contact_id
    )

    select contact_id, survivor_contact_id, is_in_cycle
    from survivors
{%- endmacro %}
