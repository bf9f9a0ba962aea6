-- How many associations the campaign $key has, and of how many the time is not known exactly (R96).
select
    count(*) as number,
    count(*) filter (where time_basis <> 'exact') as inexact
from core.fct_asset_associations
where campaign_id = $key
