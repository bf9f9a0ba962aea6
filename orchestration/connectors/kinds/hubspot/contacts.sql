-- Contacts as each pull said them; earlier addresses, each at its time; and contacts that a full
-- listing lacks. Of those that pulls after `done` told or missed, so that what is told again is
-- seen.
with listed as (
    select _pull, started_at from ledger
    where table_name = 'contacts' and asset_type = 'listing' and is_complete
),

known as (select id, min(_pull) as first_pull from contact_versions group by id),

absent as (
    select known.id, listed._pull, listed.started_at
    from known
    inner join listed on known.first_pull < listed._pull
    anti join contact_versions as seen on known.id = seen.id and listed._pull = seen._pull
    -- Merged away, not deleted.
    anti join (
        select loser_id, min(_pull) as _pull from contact_merges_told group by loser_id
    ) as merged
        on known.id = merged.loser_id and listed._pull >= merged._pull
),

wanted as (
    select id from contact_versions where _pull > getvariable('done')
    union
    select id from absent where _pull > getvariable('done')
),

versions as (
    select contact_versions.* from contact_versions
    semi join wanted on contact_versions.id = wanted.id
),

earlier as (
    select
        versions.* exclude (email, email_history),
        filled(json_extract_string(entry.value, '$.value')) as email,
        known_instant(json_extract_string(entry.value, '$.timestamp')) as told_at,
        row_number() over (
            partition by versions.id, versions._pull
            order by known_instant(
                json_extract_string(entry.value, '$.timestamp')
            ) desc nulls first,
            entry.key::integer
        ) as age
    from versions, json_each(versions.email_history) as entry
    where versions.email_history is not null
)

select
    with_portal(id) as contact_id, email, additional_emails, iso(created_at) as created_at,
    lifecycle_stage,
    salesforce_campaign_ids, salesforce_ids, case when is_archived then 'true' end as _deleted,
    iso(_pulled_at) as _loaded_at,
    _pull, null as _part
from versions
union all
select
    with_portal(id), email, additional_emails, iso(created_at), lifecycle_stage,
    salesforce_campaign_ids, salesforce_ids, case when is_archived then 'true' end, iso(told_at),
    _pull, email || ' ' || iso(told_at)
from earlier
where age > 1 and email is not null and told_at is not null
union all
select with_portal(id), null, null, null, null, null, null, 'true', iso(started_at), _pull, null
from absent
semi join wanted on absent.id = wanted.id
