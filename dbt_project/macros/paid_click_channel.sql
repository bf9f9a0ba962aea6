{#- The channel that a paid click id in what `url_query` gives stands for (R110, 1): search is asked
    before social; null without one. -#}
{% macro paid_click_channel(query) -%}
    case
        {%- for channel,
        names in [
            ('paid_search', ['gclid', 'gbraid', 'wbraid', 'msclkid']),
            ('paid_social', ['li_fat_id', 'ttclid'])
        ] %}
        when
            {%- for name in names %}
            {{ query_utm(query, name) }} is not null{{ ' or' if not loop.last }}
            {%- endfor %}
            then '{{ channel }}'
        {%- endfor %}
    end
{%- endmacro %}

{#- Whether a URL may have one: quicker than to look. -#}
{% macro may_have_paid_click(url) -%}
    (
        {{ url }} like '%clid=%' or {{ url }} like '%clkid=%' or {{ url }} like '%braid=%'
        or {{ url }} like '%li_fat_id=%'
    )
{%- endmacro %}
