-- The account of each campaign.
select campaign_id, account_id, _pull, _pulled_at from campaign_days
