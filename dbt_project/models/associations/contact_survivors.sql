{{ config(meta={'kept_before': true}) }}
-- One row per merged-away contact id: the contact that survives it (R10), through chains.
-- A cycle is a data error that the smallest id of the cycle survives, so that the outcome never
-- depends on order.
{{ follow_merges(ref('stg_contact_merges'), 'contact') }}
