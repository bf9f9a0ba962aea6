-- Which e-mail an e-mail campaign sent, one row per change.
select * from email_changes('campaign_emails')
