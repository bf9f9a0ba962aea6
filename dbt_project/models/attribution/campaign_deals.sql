{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'deal_id', 'changed': ['affected_deals']}}
) }}
-- One row per campaign, deal and contact that made the deal count for the campaign (R60), with the
-- linear revenue of that contact's events (R62).
select
    campaign_id,
    deal_id,
    contact_id,
    max(closed_at) as closed_at,
    sum(credit) as revenue
from {{ ref('credits') }}
where model = 'linear' and campaign_id is not null {{ in_scope('deal_id', 'affected_deals') }}
group by campaign_id, deal_id, contact_id
