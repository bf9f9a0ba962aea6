{#- The end of a query whose `shared` has a conversion's touches with what each gets: credit in
    millionths, amount in the home currency (R101-R103). -#}
{% macro credited_conversion_touches() -%}
select
    path_number,
    touch_number,
    model,
    weight,
    {{ decimal_units('credit_units', 6) }} as credit,
    {{ decimal_units('amount_units', 2) }} as amount
from shared
-- As they are published: campaign by campaign, and a touch's rows side by side, so that what they
-- say of it is written once, not once per model.
order by campaign_number, touch_number
{%- endmacro %}
