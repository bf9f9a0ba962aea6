-- One row per rejected record: what the landing step could not accept, and rows whose type is in no seed row.
with listed_types as (
    select 'asset_type' as list, asset_type as listed from {{ ref('asset_types') }}
    union all
    select 'event_type' as list, event_type as listed from {{ ref('interaction_types') }}
),

unlisted as (
    {% for table in ['assets', 'campaign_asset_log', 'ad_metrics', 'events'] -%}
    select
        landed._file_id,
        '{{ table }}' as table_name,
        concat_ws(
            '; ',
            {% if table == 'events' -%}
            case
                when event_types.listed is null
                    then 'event_type ' || landed.event_type || ' is in no row of interaction_types.csv; add a row or correct it'
            end,
            {% endif -%}
            case
                when landed.asset_type is not null and asset_types.listed is null
                    then 'asset_type ' || landed.asset_type || ' is in no row of asset_types.csv; add a row or correct it'
            end
        ) as reason,
        {{ row_as_text('landed') }} as record
    from {{ source('raw', table) }} as landed
    left join listed_types as asset_types
        on landed.asset_type = asset_types.listed and asset_types.list = 'asset_type'
    {%- if table == 'events' %}
    left join listed_types as event_types
        on landed.event_type = event_types.listed and event_types.list = 'event_type'
    {%- endif %}
    where
        (landed.asset_type is not null and asset_types.listed is null)
        {%- if table == 'events' %}
        or event_types.listed is null
        {%- endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select file_id, table_name, file_name, reason, record
from {{ source('raw', 'rejected_rows') }}
union all
select
    files.file_id,
    unlisted.table_name,
    files.file_name,
    unlisted.reason,
    unlisted.record
from unlisted
inner join {{ source('raw', 'files') }} as files on unlisted._file_id = files.file_id
