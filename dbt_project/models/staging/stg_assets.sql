{%- set listed %}({{ listed_rows('assets') }}) as listed{% endset -%}
-- One row per asset: the newest landed version.
{{ newest_version(listed, 'assets') }}
