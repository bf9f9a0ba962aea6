{#- Follows merges of records through chains (R10, R66): a select of <of>_id, survivor_<of>_id,
    is_in_cycle, one row per merged-away record. A chain ends at the one record that was never
    merged away; a cycle, and what leads into it, at the smallest id of the cycle.

    merges: a relation of loser_<of>_id, the key, and winner_<of>_id. of: `contact` or `deal`. -#}
{% macro follow_merges(merges, of) -%}
    {{ return(adapter.dispatch('follow_merges', 'touchledger')(merges, of)) }}
{%- endmacro %}

{% macro default__follow_merges(merges, of) -%}
    with recursive merge_pairs as (
        select loser_{{ of }}_id as loser_id, winner_{{ of }}_id as winner_id
        from {{ merges }}
    ),

    reachable as (
        select loser_id as record_id, winner_id as reached_id
        from merge_pairs
        union
        select reachable.record_id, merge_pairs.winner_id as reached_id
        from reachable
        inner join merge_pairs on reachable.reached_id = merge_pairs.loser_id
    ),

    endings as (
        -- A chain ends at the one record that was never merged away.
        select reachable.record_id, reachable.reached_id as survivor_id
        from reachable
        left join merge_pairs on reachable.reached_id = merge_pairs.loser_id
        where merge_pairs.loser_id is null
    ),

    cycle_members as (
        select record_id
        from reachable
        where record_id = reached_id
    ),

    cycle_survivors as (
        select reachable.record_id, min(reachable.reached_id) as survivor_id
        from reachable
        inner join cycle_members on reachable.reached_id = cycle_members.record_id
        group by reachable.record_id
    ),

    survivors as (
        select record_id, survivor_id, false as is_in_cycle
        from endings
        union all
        select
            cycle_survivors.record_id,
            cycle_survivors.survivor_id,
            cycle_members.record_id is not null as is_in_cycle
        from cycle_survivors
        left join cycle_members on cycle_survivors.record_id = cycle_members.record_id
    )

    select record_id as {{ of }}_id, survivor_id as survivor_{{ of }}_id, is_in_cycle
    from survivors
{%- endmacro %}

{#- By doubling: step by step every record knows who is twice as many merges ahead and the smallest
    id on the way, so that 16 steps follow chains of 65,536 merges. A step joins the links with
    themselves without reading them twice (which would double the plan with each step): every link
    asks at the contact that it has reached, and answers at its own. -#}
{% macro spark__follow_merges(merges, of) -%}
    with links_0 as (
        select
            loser_{{ of }}_id as record_id, winner_{{ of }}_id as reached_id,
            loser_{{ of }}_id as smallest_id
        from {{ merges }}
    ),
    {% for step in range(1, 18) %}
    answers_{{ step }} as (
        select
            *,
            max(
                case when not is_asking then reached_id end
            ) over (partition by place) as next_reached_id,
            max(
                case when not is_asking then smallest_id end
            ) over (partition by place) as next_smallest_id,
            count(case when is_asking then 1 end) over (partition by place) as asked
        from (
            select
                links.*, is_asking,
                case when is_asking then links.reached_id else links.record_id end as place
            from links_{{ step - 1 }} as links
            lateral view explode(array(true, false)) as is_asking
        ) as meetings
    ),

    {% if not loop.last -%}
    links_{{ step }} as (
        select
            record_id,
            coalesce(next_reached_id, reached_id) as reached_id,
            least(smallest_id, next_smallest_id) as smallest_id
        from answers_{{ step }}
        where is_asking
    ),
    {%- endif %}
    {% endfor %}
    survivors as (
        -- Who still finds a merged-away record ahead is in a cycle or leads into one, and has come
        -- to a record of the cycle; every record of it is come to.
        select
            record_id,
            coalesce(
                max(case when is_asking then next_smallest_id end), max(reached_id)
            ) as survivor_id,
            max(case when not is_asking then asked end) > 0 as is_in_cycle
        from answers_17
        group by record_id
    )

    select record_id as {{ of }}_id, survivor_id as survivor_{{ of }}_id, is_in_cycle
    from survivors
{%- endmacro %}
