-- The account of each campaign, by its newest version.
select
    filled(id) as campaign_id,
    filled(account_id) as account_id,
    _pull,
    _pulled_at
from campaign_history
where filled(account_id) is not null
qualify row_number() over (partition by id, _pull order by changed_at(last_modified_time) desc) = 1
