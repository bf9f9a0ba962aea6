{{ config(materialized='view') }}
-- One row per campaign, metric and model of all time, as reported numbers name them (R120).
{%- set metrics = [
    'sessions', 'new_contacts_first_touch', 'new_contacts_last_touch', 'influenced_contacts',
    'contacts_with_revenue', 'deals', 'revenue', 'associated_deal_value', 'budget', 'spend',
    'remaining_budget', 'ad_spend', 'roi', 'total_cost', 'roas',
] %}
{% for metric in metrics %}
    select
        campaign_id,
        '{{ metric }}' as metric,
        cast(null as string) as model,
        cast({{ metric }} as double) as value
    from {{ ref('campaign_performance') }}
    union all
{% endfor %}
select
    campaign_id,
    'attributed_revenue' as metric,
    model,
    cast(revenue as double) as value
from {{ ref('attributed_revenue') }}
where campaign_id is not null
