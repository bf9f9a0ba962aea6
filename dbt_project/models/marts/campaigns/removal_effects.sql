-- One row per Markov model and state of its chain, a campaign or null for none (R78).
select
    models.model,
    effects.campaign_id,
    effects.paths,
    effects.conversions,
    cast(effects.effect_billionths as double) / 1000000000 as effect
from {{ ref('chain_effects') }} as effects
inner join {{ ref('attribution_models') }} as models on models.method = 'markov'
