-- One row per campaign, with its newest name.
select * from ad_assets('facebook', 'campaign_versions')
