-- Which currency a campaign's account has, one row per change.
select * from campaign_currencies('accounts', 'campaign_accounts')
