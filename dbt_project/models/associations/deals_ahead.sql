{%- set merges -%}
(
    select landed.loser_deal_id, landed.winner_deal_id
    from {{ ref('stg_deal_merges') }} as landed
    left join {{ ref('stg_deals') }} as records on landed.loser_deal_id = records.deal_id
    where records.deal_id is null
) as landed
{%- endset -%}
-- One row per merged-away deal id without a record: the first deal ahead in its chain that has one,
-- or where the chain ends without (R66).
{{ follow_merges(merges, 'deal') }}
