-- What caused the changes of the runs of a period.
select
    causes.kind,
    sum(causes.changes)::bigint as number,
    count(distinct causes.run_id) as runs
from diagnostics.restatement_causes as causes
inner join diagnostics.run_log as runs on causes.run_id = runs.run_id
where ${period}
group by causes.kind
order by number desc, causes.kind
