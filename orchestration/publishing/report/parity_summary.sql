select
    source, metric, count(*) as reported, count(ours) as compared,
    count(*) filter (where difference = 0) as equal,
    max_by(struct_pack(
        campaign := coalesce(campaigns.campaign_name, parity.campaign_id),
        ours := ours, theirs := reported
    ), abs(difference
    )) as widest
from diagnostics.parity as parity
left join core.dim_campaigns as campaigns on parity.campaign_id = campaigns.campaign_id
group by all order by source, metric
