{{ config(materialized='view') }}
-- One row per rejected row or file, with the reason and what would cure it.
select
    table_name,
    file_name,
    reason,
    {% if var('contact_emails') == 'plain' -%}
        record
    {%- else -%}
        -- What cannot be read may hold an address; where addresses are kept back, so is the text.
        case
            when table_name not in ('contacts', 'visitor_emails', 'events') then record
        end as record
    {%- endif %}
from {{ ref('landed_rejects') }}
