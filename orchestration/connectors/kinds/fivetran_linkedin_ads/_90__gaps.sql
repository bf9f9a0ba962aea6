from ad_gaps('ad_analytics_by_campaign', 'campaign_days', 'campaign_versions', 'currencies')
