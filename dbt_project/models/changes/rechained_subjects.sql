-- One row per path of a conversion besides the won deal and Markov model whose weights an increment
-- computes anew because a removal effect on the path changed (R78, R103). Empty in a full build.
-- depends_on: {{ ref('conversion_touches') }}, {{ ref('attribution_models') }}
with effects as (
    {{ changed_rows('chain_effects', ['campaign_id', 'effect_billionths']) | indent(4) }}
)
{% if is_increment() %}
select distinct touches.subject_id, touches.path_number, models.model
from {{ ref('conversion_touches') }} as touches
inner join effects on touches.campaign_id is not distinct from effects.campaign_id
inner join {{ ref('attribution_models') }} as models on models.method = 'markov'
{% else %}
    select
        cast(null as string) as subject_id, cast(null as bigint) as path_number,
        cast(null as string) as model
    from effects
    where 1 = 0
{% endif %}
