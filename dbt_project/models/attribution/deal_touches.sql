{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'deal_id', 'changed': ['affected_deals']}}
) }}
-- One row per deal, event of its path and campaign that the event counts for (R74).
{{ needs('affected_deals') }}
{{ touches_of_paths(
    ref('deal_path_positions'), subject=['deal_id'], carried=['closed_at', 'deal_cents'],
    changed='affected_deals'
) }}
