-- One row per subject of a conversion besides the won deal and Markov model whose weights an increment computes anew because a removal effect on its path
-- changed (R78, R103). Empty in a full build.
-- depends_on: {{ ref('conversion_ledger') }}, {{ ref('attribution_models') }}
with effects as (
    {{ changed_rows('chain_effects', ['campaign_id', 'effect_billionths']) | indent(4) }}
)
{% if is_increment() %}
select distinct ledger.subject_id, models.model
from {{ ref('conversion_ledger') }} as ledger
inner join effects on ledger.campaign_id is not distinct from effects.campaign_id
inner join {{ ref('attribution_models') }} as models on models.method = 'markov'
where ledger.model = 'linear'
{% else %}
    select cast(null as string) as subject_id, cast(null as string) as model
    from effects
    where 1 = 0
{% endif %}
