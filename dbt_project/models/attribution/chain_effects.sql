{{ config(meta={'kept_before': true}) }}
-- One row per state of the chain that won and lost deals' paths make, a campaign or null for none:
-- its removal effect (R78). Empty without a Markov model.
-- depends_on: {{ ref('chain_steps') }}
{%- set chain = removal_effects(ref('chain_steps')) if execute else {} %}
{%- if chain.effects %}
select
    case
        when states.state = 'none' then cast(null as string)
        else substring(states.state, {{ 'campaign ' | length + 1 }})
    end as campaign_id,
    cast({{ chain.paths }} as bigint) as paths,
    cast({{ chain.conversions }} as bigint) as conversions,
    cast(states.effect_billionths as bigint) as effect_billionths
from (
    values
    {%- for state, billionths in chain.effects %}
    ({{ text_literal(state) }}, {{ billionths }}){{ ',' if not loop.last }}
    {%- endfor %}
) as states (state, effect_billionths)
{%- else %}
    select
        cast(null as string) as campaign_id, cast(0 as bigint) as paths,
        cast(0 as bigint) as conversions, cast(0 as bigint) as effect_billionths
    where 1 = 0
{%- endif %}
