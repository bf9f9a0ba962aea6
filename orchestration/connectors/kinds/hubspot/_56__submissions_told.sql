-- One row per form submission that pulls after `done` told, and once more where they first knew the
-- contact of an earlier one.
select
    events.*,
    case when submitters._pull <= events._pull then submitters.contact_id end as contact_id
from fresh_submissions as events
left join submitters using (form_id, submitted_at)
union all
select
    events.* replace (submitters._pull as _pull, submitters._pulled_at as _pulled_at),
    submitters.contact_id
from submissions as events
inner join fresh_submitters as submitters using (form_id, submitted_at)
where submitters._pull > events._pull
