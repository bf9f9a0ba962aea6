{{ config(materialized='view') }}
-- One row per touch of a conversion's path and model with weight (R101-R103): the ledger, the
-- Markov models' part with it.
select path_number, touch_number, model, weight, credit, amount
from {{ ref('conversion_ledger') }}
union all
select path_number, touch_number, model, weight, credit, amount
from {{ ref('conversion_markov_credits') }}
