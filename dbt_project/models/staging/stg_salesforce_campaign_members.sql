-- One row per membership: the newest landed version.
{{ newest_version(source('raw', 'salesforce_campaign_members'), 'salesforce_campaign_members') }}
