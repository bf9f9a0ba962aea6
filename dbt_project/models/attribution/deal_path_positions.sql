{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={'replaces': {'key': 'deal_id', 'changed': ['affected_deals']}}
) }}
-- One row per event of a deal's path: the positions it holds (R71, R112).
{{ needs('affected_deals') }}
{{ path_positions(
    ref('deal_paths'), ref('deal_path_contacts'), subject=['deal_id'],
    carried=['closed_at', 'deal_cents']
) }}
