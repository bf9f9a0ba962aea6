-- One row per campaign and alias as spelled: the newest landed version.
{{ newest_version(source('raw', 'campaign_utms'), 'campaign_utms') }}
