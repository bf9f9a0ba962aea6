{{ config(materialized='scoped') }}
-- One row per event of a deal's path and model that gives it weight by position (R72, R73, R76,
-- R112).
{{ weights_of_paths(ref('deal_path_positions'), 'deal_id', 'affected_deals') }}
