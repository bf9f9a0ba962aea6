{%- set listed %}({{ listed_rows('ad_metrics') }}) as listed{% endset -%}
-- One row per asset and day: the newest landed version.
{{ newest_version(listed, 'ad_metrics') }}
