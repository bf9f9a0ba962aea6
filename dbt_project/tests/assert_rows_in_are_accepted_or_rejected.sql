-- Nothing is lost: per file, the rows that landed are the rows accepted and the rows rejected, and
-- both are there.
{%- set tables = [
    'contacts', 'contact_merges', 'visitor_identities', 'visitor_emails', 'deals',
    'deal_contact_log', 'deal_merges', 'campaigns', 'campaign_utms', 'assets', 'campaign_asset_log',
    'budget_items', 'spend_items', 'ad_metrics', 'exchange_rates', 'salesforce_campaign_members',
    'reported_metrics', 'reported_contacts', 'events',
] %}
with files as (
    select file_id, file_name, table_name, rows_landed, rows_accepted, rows_rejected
    from {{ source('raw', 'files') }}
),

accepted as (
    {% for table in tables -%}
        select '{{ table }}' as table_name, _file_id as file_id, count(*) as rows_there
        from {{ source('raw', table) }}
        group by _file_id
        {{ 'union all' if not loop.last }}
    {% endfor -%}
),

rejected as (
    select file_id, count(*) as rows_there
    from {{ source('raw', 'rejected_rows') }}
    where file_id is not null
    group by file_id
)

select files.*, accepted.rows_there as accepted_there, rejected.rows_there as rejected_there
from files
left join accepted on files.file_id = accepted.file_id and files.table_name = accepted.table_name
left join rejected on files.file_id = rejected.file_id
where
    files.rows_landed <> files.rows_accepted + files.rows_rejected
    or files.rows_accepted <> coalesce(accepted.rows_there, 0)
    or files.rows_rejected <> coalesce(rejected.rows_there, 0)
