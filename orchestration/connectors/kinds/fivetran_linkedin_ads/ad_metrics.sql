-- One row per campaign and day, in the currency of the account.
select * from ad_sums('campaign_days', 'currencies')
