{{ config(materialized='scoped') }}
-- One row per conversion, subject, event of its path and model that gives it weight by position
-- (R72, R101, R102).
{{ weights_of_paths(ref('conversion_positions'), 'subject_id', 'affected_subjects') }}
