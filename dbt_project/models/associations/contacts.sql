{{ config(meta={'kept_before': true}) }}
-- One row per surviving contact that has a record (R10, R12). Merged records lend it their age and
-- their Salesforce ids.
with records as (
    select
        contacts.*,
        coalesce(survivors.survivor_contact_id, contacts.contact_id) as survivor_contact_id
    from {{ ref('stg_contacts') }} as contacts
    left join {{ ref('contact_survivors') }} as survivors
        on contacts.contact_id = survivors.contact_id
),

ages as (
    select survivor_contact_id, min(created_at) as created_at
    from records
    group by survivor_contact_id
),

salesforce_properties as (
    {{ split_rows('records', ['survivor_contact_id'], 'salesforce_campaign_ids') | indent(4) }}
),

salesforce_memberships as (
    select
        coalesce(survivors.survivor_contact_id, members.contact_id) as survivor_contact_id,
        members.salesforce_campaign_id as part
    from {{ ref('stg_salesforce_campaign_members') }} as members
    left join {{ ref('contact_survivors') }} as survivors
        on members.contact_id = survivors.contact_id
    where members.contact_id is not null and not members.is_deleted
),

salesforce_people as (
    {{ split_rows('records', ['survivor_contact_id'], 'salesforce_ids') | indent(4) }}
),

salesforce_memberships_by_id as (
    select people.survivor_contact_id, members.salesforce_campaign_id as part
    from {{ ref('stg_salesforce_campaign_members') }} as members
    inner join salesforce_people as people
        on {{ salesforce_key('members.salesforce_id') }} = {{ salesforce_key('people.part') }}
    where members.contact_id is null and not members.is_deleted
),

salesforce_ids as (
    select survivor_contact_id, {{ text_list_agg('part') }} as salesforce_campaign_ids
    from (
        select survivor_contact_id, part from salesforce_properties
        union all
        select survivor_contact_id, part from salesforce_memberships
        union all
        select survivor_contact_id, part from salesforce_memberships_by_id
    ) as parts
    group by survivor_contact_id
),

merged as (
    select survivor_contact_id, {{ text_list_agg('contact_id') }} as merged_contact_ids
    from {{ ref('contact_survivors') }}
    where contact_id <> survivor_contact_id
    group by survivor_contact_id
)

select
    records.contact_id,
    records.email,
    ages.created_at,
    records.lifecycle_stage,
    coalesce(
        salesforce_ids.salesforce_campaign_ids, {{ empty_text_list() }}
    ) as salesforce_campaign_ids,
    coalesce(merged.merged_contact_ids, {{ empty_text_list() }}) as merged_contact_ids,
    records.is_deleted
from records
inner join ages on records.contact_id = ages.survivor_contact_id
left join salesforce_ids on records.contact_id = salesforce_ids.survivor_contact_id
left join merged on records.contact_id = merged.survivor_contact_id
where records.contact_id = records.survivor_contact_id
