{#- Whether a row is the contact's one primary campaign (R50): basis utm or both before asset, then
    the lowest campaign id. -#}
{% macro is_primary_campaign(contact) -%}
    row_number() over (
        partition by {{ contact }} order by case when basis = 'asset' then 1 else 0 end, campaign_id
    ) = 1
{%- endmacro %}
