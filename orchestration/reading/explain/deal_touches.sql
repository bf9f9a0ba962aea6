select
    credits.event_id, credits.occurred_at, credits.event_type, credits.contact_id,
    contacts.email, credits.channel, credits.asset_type, credits.asset_id,
    assets.asset_name, credits.campaign_id, campaigns.campaign_name, credits.basis,
    credits.association_basis, credits.contact_basis, credits.time_basis,
    credits.model, credits.weight, credits.credit
from (${credits_with_basis}) as credits
left join core.dim_assets as assets
    on credits.asset_type = assets.asset_type and credits.asset_id = assets.asset_id
left join core.dim_contacts as contacts on credits.contact_id = contacts.contact_id
left join core.dim_campaigns as campaigns on credits.campaign_id = campaigns.campaign_id
where credits.deal_id = ?
order by credits.occurred_at, credits.event_id, credits.campaign_id nulls last,
    credits.model
