-- One row per contact and version.
select
    with_portal(record_id) as contact_id,
    filled(email) as email,
    additional_emails,
    iso_of(createdate) as created_at,
    lifecycle_stage,
    salesforce_campaign_ids,
    filled(salesforce_ids) as salesforce_ids,
    is_deleted as _deleted,
    iso(loaded_at) as _loaded_at,
    _pull,
    null as _part
from contact_versions
union all by name
select
    with_portal(record_id) as contact_id,
    'true' as _deleted,
    iso(started_at) as _loaded_at,
    _pull
from absent('contact_versions', 'contacts') as gone
-- What was merged away is not deleted by being absent.
where not exists (
    select 1 from contact_claims as claims
    where claims.loser_id = gone.record_id and claims._pull <= gone._pull
)
