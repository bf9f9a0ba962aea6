from ad_gaps('campaign_stats', 'campaign_days', 'campaign_versions', 'currencies')
