-- Addresses that a contact had, with the pull that shows that it has another now.
--
-- entries: the history, record_id, email, changed_at, _pull (the first that told it).
-- versions: record_id, email, loaded_at, _pull.
create or replace temp macro earlier_addresses_of(entries, versions) as table (
    -- As the entry's own pull knew it; and the pull that first had a later entry.
    with placed as (
        select
            entries.record_id, entries.email, entries.changed_at, entries._pull,
            coalesce(bool_or(later._pull <= entries._pull), false) as is_earlier,
            min(later._pull) as replaced_in
        from query_table(entries) as entries
        left join query_table(entries) as later
            on entries.record_id = later.record_id and entries.changed_at < later.changed_at
        group by all
    ),

    first_versions as (
        select record_id, email, _pull from query_table(versions)
        qualify row_number() over (partition by record_id order by _pull, loaded_at desc) = 1
    )

    select
        placed.record_id,
        placed.email,
        placed.changed_at,
        case
            when
                placed.is_earlier
                or coalesce(placed.email, '') != coalesce(first_versions.email, '')
                then greatest(placed._pull, first_versions._pull)
            else greatest(placed.replaced_in, first_versions._pull)
        end as _pull
    from placed
    inner join first_versions on placed.record_id = first_versions.record_id
    where
        placed.is_earlier
        or coalesce(placed.email, '') != coalesce(first_versions.email, '')
        or placed.replaced_in is not null
);

-- Rows of raw contacts: one per contact and version, and one that deletes a contact which a pull of
-- the whole table `asked` has not. What was merged away is not deleted by being absent.
create or replace temp macro contact_rows(versions, claims, asked) as table (
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
    from with_returns(versions, asked)
    union all by name
    select
        with_portal(record_id) as contact_id,
        'true' as _deleted,
        iso(started_at) as _loaded_at,
        _pull
    from absent(versions, asked) as gone
    where not exists (
        select 1 from query_table(claims) as claims
        where claims.loser_id = gone.record_id and claims._pull <= gone._pull
    )
);

-- More rows of raw contacts: one per earlier address, as old as that address.
create or replace temp macro earlier_contact_rows(addresses, versions) as table (
    select
        with_portal(earlier.record_id) as contact_id,
        filled(earlier.email) as email,
        versions.additional_emails,
        iso_of(versions.createdate) as created_at,
        versions.lifecycle_stage,
        versions.salesforce_campaign_ids,
        filled(versions.salesforce_ids) as salesforce_ids,
        versions.is_deleted as _deleted,
        iso(earlier.changed_at) as _loaded_at,
        earlier._pull,
        iso(earlier.changed_at) as _part
    from query_table(addresses) as earlier
    asof inner join (
        select * from query_table(versions)
        qualify row_number() over (partition by record_id, _pull order by loaded_at desc) = 1
    ) as versions
        on earlier.record_id = versions.record_id and earlier._pull >= versions._pull
);
