from ad_gaps('basic_ad', 'campaign_days', 'campaign_versions', 'currencies')
