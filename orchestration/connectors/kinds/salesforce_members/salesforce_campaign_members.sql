-- One row per member of a Salesforce campaign, and version; and one that deletes a member which a
-- pull of the whole table has not.
with told as (
    select * from with_returns('member_versions', 'campaign_member')
    union all by name
    select
        newest.* replace (
            'true' as is_deleted, gone.started_at as loaded_at, gone._pull as _pull
        )
    from absent('member_versions', 'campaign_member') as gone
    asof inner join member_versions as newest
        on gone.record_id = newest.record_id and gone._pull >= newest._pull
)

select
    campaign_id as salesforce_campaign_id,
    record_id as member_id,
    null as contact_id,
    null as added_via,
    iso_of(created_date) as added_at,
    salesforce_id,
    is_deleted as _deleted,
    iso(loaded_at) as _loaded_at,
    _pull
from told
