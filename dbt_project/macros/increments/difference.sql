{#- The end of a query: the rows that one CTE has and the other has not, as they were (`is_new`
    false) and as they are. -#}
{% macro difference(before, now) -%}
vanished as (
    select * from {{ before }}
    except
    select * from {{ now }}
),

appeared as (
    select * from {{ now }}
    except
    select * from {{ before }}
)

select *, false as is_new from vanished
union all
select *, true as is_new from appeared
{%- endmacro %}
