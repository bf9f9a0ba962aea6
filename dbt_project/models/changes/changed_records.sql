{{ config(materialized=long_view()) }}
-- One row per record of which readers have not seen the newest landed version (R14): those of files
-- that came after what is published. What restatements name as their causes; publishing asks it
-- only where a number changed.
-- Salesforce memberships (R06) and what other systems report are in no number.
{%- set records = [
    ['events', 'new_event', 'event_edit', 'event', 'event_id', none],
    ['deals', 'new_deal', 'deal_edit', 'deal', 'deal_id', none],
    ['deal_contact_log', 'deal_contact', 'deal_contact', 'deal', 'deal_id', none],
    ['deal_merges', 'deal_merge', 'deal_merge', 'deal', 'loser_deal_id', none],
    ['contacts', 'new_contact', 'contact_edit', 'contact', 'contact_id', none],
    ['contact_merges', 'merge', 'merge', 'contact', 'loser_contact_id', none],
    ['visitor_identities', 'identification', 'identification', 'contact', 'contact_id', none],
    ['visitor_emails', 'identification', 'identification', 'visitor', 'visitor_id', none],
    ['campaigns', 'new_campaign', 'campaign_edit', 'campaign', 'campaign_id', none],
    ['campaign_utms', 'alias', 'alias', 'campaign', 'campaign_id', none],
    ['assets', 'asset', 'asset', 'asset', 'asset_id', 'asset_type'],
    ['campaign_asset_log', 'moved_asset', 'moved_asset', 'asset', 'asset_id', 'asset_type'],
    ['budget_items', 'budget', 'budget', 'campaign', 'campaign_id', none],
    ['spend_items', 'spend', 'spend', 'campaign', 'campaign_id', none],
    ['ad_metrics', 'ad_metrics', 'ad_metrics', 'asset', 'asset_id', 'asset_type'],
    ['exchange_rates', 'rate', 'rate', '', none, none],
] %}
-- depends_on: {{ ref('asset_types') }}, {{ ref('interaction_types') }}
{% for table, new, edit, subject, subject_id, subject_type in records -%}
    {#- Another version of a record may have another subject where that is not its key. -#}
    {%- set columns = record_of(table).columns -%}
    {%- set seen = [subject_id, subject_type] | select('in', columns) | list -%}
    select
        '{{ table }}' as table_name,
        {% if table == 'events' -%}
            case
                when not is_new then '{{ edit }}'
                when occurred_at <= readers_as_of then 'late_event'
                else '{{ new }}'
            end
        {%- else -%}
            case when is_new then '{{ new }}' else '{{ edit }}' end
        {%- endif %} as kind,
        '{{ subject }}' as subject,
        {{ subject_type or 'cast(null as string)' }} as subject_type,
        {{ subject_id or 'cast(null as string)' }} as subject_id,
        {{ 'seen_' ~ subject_type if subject_type in seen else 'cast(null as string)' }}
            as seen_subject_type,
        {{ 'seen_' ~ subject_id if subject_id in seen else 'cast(null as string)' }}
            as seen_subject_id,
        {{ 'campaign_id' if table == 'campaign_asset_log' else 'cast(null as string)' }}
            as campaign_id
    from (
        {{ records_unseen(table, seen) | indent(4) }}
    ) as {{ table }}
    {{ 'union all' if not loop.last }}
{% endfor -%}
