{{ config(
    materialized='incremental', incremental_strategy='replace_keys', on_schema_change='fail',
    meta={
        'replaces': {'key': 'deal_id', 'changed': ['affected_deals']}, 'sliced': true,
        'slices_of': 'deals'
    }
) }}
-- One row per deal and candidate campaign (R94): included, or the first condition that fails.
{{ needs('affected_deals') }}
select
    deal_id,
    campaign_id,
    is_included,
    case
        when deal_reason is not null then deal_reason
        when not has_contact then 'CONTACT_DELETED'
        when not has_contact_at_close and has_contact_before_close
            then 'CONTACT_REMOVED_BEFORE_CLOSE'
        when not has_contact_at_close then 'CONTACT_ASSOCIATED_AFTER_CLOSE'
        when not has_influence then 'CONTACT_NOT_INFLUENCED'
        when not has_influence_by_close then 'INTERACTION_AFTER_CLOSE'
        when not is_included then 'NO_REVENUE_INTERACTION'
    end as reason
from {{ ref('deal_campaign_gates') }}
