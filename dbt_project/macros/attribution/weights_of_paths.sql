{#- One row per event of a path and model that gives it weight by position: all models in one pass
    (R72, R73, R112).

    The weight is kept exactly, as `numerator` / `denominator` in whole numbers, so that no cent
    depends on the order of a sum; `weight` is the same as DOUBLE. Events that hold no weighted
    position are the others; they share evenly or, with a half-life, by age.

    positions: what `path_positions` gives. key: the column by which increments replace. changed:
    the model that lists its changed values. -#}
{% macro weights_of_paths(positions, key, changed) -%}
with models as (
    select
        model,
        cast(first_weight * 10000 as bigint) as first_weight,
        cast(lead_creation_weight * 10000 as bigint) as lead_creation_weight,
        cast(deal_creation_weight * 10000 as bigint) as deal_creation_weight,
        cast(last_weight * 10000 as bigint) as last_weight,
        cast(last_non_direct_weight * 10000 as bigint) as last_non_direct_weight,
        cast(others_weight * 10000 as bigint) as others_weight,
        half_life_days,
        -- Shares by age in whole parts: as fine as 38 digits allow beside the positions' weights.
        case
            when half_life_days is null then 1
            when
                first_weight + lead_creation_weight + deal_creation_weight + last_weight
                + last_non_direct_weight = 0
                then 1000000000000000
            else 1000000000
        end as parts
    from {{ ref('attribution_models') }}
    where method = 'weights'
),

held as (
    select
        positions.path_number,
        positions.place,
        models.model,
        models.others_weight,
        models.parts,
        case when positions.is_first then models.first_weight else 0 end
        + case when positions.is_lead_creation then models.lead_creation_weight else 0 end
        + case when positions.is_deal_creation then models.deal_creation_weight else 0 end
        + case when positions.is_last then models.last_weight else 0 end
        + case
            when positions.is_last_non_direct then models.last_non_direct_weight
            else 0
        end as held_weight,
        case
            when models.half_life_days is null then cast(1 as double)
            else power(
                cast(2 as double), -positions.age_days / cast(models.half_life_days as double)
            )
        end as decay
    from {{ positions }} as positions
    cross join models
    where {{ in_slice('positions.path_number') }}
    {{ in_scope('positions.' ~ key, changed) }}
),

shares as (
    select
        *,
        held_weight = 0 and others_weight > 0 as is_other,
        case
            when held_weight = 0 and others_weight > 0 then cast(round(decay * parts) as bigint)
            else cast(0 as bigint)
        end as share
    from held
),

wholes as (
    select
        path_number,
        model,
        {{ big_whole('sum(' ~ big_whole('share') ~ ')') }} as total_share,
        {{ big_whole('sum(held_weight)') }} as total_held
    from shares
    group by path_number, model
),

totals as (
    -- Summed apart and joined: a window would sort every row.
    select shares.*, wholes.total_share, wholes.total_held
    from shares
    inner join wholes on shares.path_number = wholes.path_number and shares.model = wholes.model
),

scaled as (
    -- Without positions the others' weight is the whole; without others it drops out.
    select
        *,
        case
            when total_share = 0 then {{ big_whole('0') }}
            when total_held = 0 then {{ big_whole('1') }}
            else {{ big_whole('others_weight') }}
        end as others_part,
        greatest(total_share, {{ big_whole('1') }}) as share_unit
    from totals
)

select
    path_number,
    place,
    model,
    held_weight * share_unit + others_part * share as numerator,
    share_unit * (total_held + others_part) as denominator,
    (
        cast(held_weight as double)
        + case
            when is_other
                then cast(others_part as double) * decay
                / (cast(share_unit as double) / cast(parts as double))
            else 0
        end
    )
    / cast(total_held + others_part as double) as weight
from scaled
where held_weight > 0 or is_other
{%- endmacro %}

{#- Columns with the name of their table before each. -#}
{% macro qualified(columns, table) -%}
    {%- for column in columns %}{{ table }}.{{ column }}{{ ', ' if not loop.last }}{% endfor -%}
{%- endmacro %}

{#- The condition that two tables are about the same subject. -#}
{% macro same_subject(columns, left, right) -%}
    {%- for column in columns %}{{ left }}.{{ column }} = {{ right }}.{{ column }}{{ ' and '
        if not loop.last }}{% endfor -%}
{%- endmacro %}
