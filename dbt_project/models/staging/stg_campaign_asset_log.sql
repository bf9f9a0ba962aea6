{%- set listed %}({{ listed_rows('campaign_asset_log') }}) as listed{% endset -%}
-- One row per attempt to change a campaign's assets: the newest landed version.
{{ newest_version(listed, 'campaign_asset_log') }}
