-- One row per contact and version, and one per earlier address of it, as old as that address.
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
union all
select
    with_portal(earlier.record_id),
    filled(earlier.email),
    versions.additional_emails,
    iso_of(versions.createdate),
    versions.lifecycle_stage,
    versions.salesforce_campaign_ids,
    filled(versions.salesforce_ids),
    versions.is_deleted,
    iso(earlier.changed_at),
    earlier._pull,
    iso(earlier.changed_at)
from earlier_addresses as earlier
asof inner join (
    select * from contact_versions
    qualify row_number() over (partition by record_id, _pull order by loaded_at desc) = 1
) as versions
    on earlier.record_id = versions.record_id and earlier._pull >= versions._pull
union all by name
select
    with_portal(record_id) as contact_id,
    'true' as _deleted,
    iso(started_at) as _loaded_at,
    _pull
from absent('contact_versions', 'contact') as gone
-- What was merged away is not deleted by being absent.
where not exists (
    select 1 from contact_claims as claims
    where claims.loser_id = gone.record_id and claims._pull <= gone._pull
)
