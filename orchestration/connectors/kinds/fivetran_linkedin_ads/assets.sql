-- One row per campaign, with its newest name.
select * from ad_assets('linkedin', 'campaign_versions')
