-- One row per rejected attempt: the social posts that a campaign had no room for (R22).
-- depends_on: {{ ref('association_attempts') }}
{%- set rejected = fold_social_post_cap(ref('association_attempts')) if execute else [] %}
{%- if rejected %}
select rejections.log_id
from (
    values
    {%- for log_id in rejected %}
    ({{ text_literal(log_id) }}){{ ',' if not loop.last }}
    {%- endfor %}
) as rejections (log_id)
{%- else %}
    select cast(null as string) as log_id
    where 1 = 0
{%- endif %}
