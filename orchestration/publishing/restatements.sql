insert into temp.${log} by name
with found as (${causes}),

texts as (
    select
        campaign_id,
        string_agg(kind || ' ' || changes, ', ' order by list_position($kinds, kind))
            as campaign_causes
    from found
    group by campaign_id
)

select
    $run_id as run_id,
    $previous_run as previous_run_id,
    restated.*,
    texts.campaign_causes,
    $run_causes as run_causes
from temp.restated
left join texts on restated.campaign_id = texts.campaign_id
