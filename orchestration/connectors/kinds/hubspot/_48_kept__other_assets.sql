-- Assets of types that have no place in the contract, by the first pull that saw them.
select kind || ' ' || id as _key, '' as _said, kind, min(_pull) as _pull
from fresh_campaign_assets
where kind not in (select kind from type_names) and filled(id) is not null
group by kind, id
