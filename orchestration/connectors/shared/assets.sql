-- Rows of raw assets of one type: one per asset and version, and one that deletes an asset which a
-- pull of the whole table `asked` has not.
--
-- versions: record_id, name, url, created_at, published_at, is_deleted, loaded_at, _pull and
-- _pulled_at.
create or replace temp macro asset_rows(kind, versions, asked) as table (
    select
        kind as asset_type,
        with_portal(record_id) as asset_id,
        name as asset_name,
        url,
        null as network,
        null as has_form,
        iso_of(created_at) as created_at,
        iso_of(published_at) as published_at,
        is_deleted as _deleted,
        iso(loaded_at) as _loaded_at,
        _pull
    from with_returns(versions, asked)
    where filled(record_id) is not null
    union all by name
    select
        kind as asset_type,
        with_portal(record_id) as asset_id,
        'true' as _deleted,
        iso(started_at) as _loaded_at,
        _pull
    from absent(versions, asked)
);

-- Rows of raw assets for static lists of contacts; `lists` has every list, so that one that is
-- static no more is not taken for a deleted one.
create or replace temp macro list_rows(lists, asked) as table (
    with static as (
        select distinct list_id from query_table(lists) where is_static and has_contacts
    ),

    told as (
        select * from with_returns(lists, asked)
        where is_static and has_contacts
    )

    select
        'static_list' as asset_type,
        with_portal(list_id) as asset_id,
        name as asset_name,
        iso_of(created_at) as created_at,
        is_deleted as _deleted,
        iso(loaded_at) as _loaded_at,
        _pull
    from told
    union all by name
    select
        'static_list' as asset_type,
        with_portal(record_id) as asset_id,
        'true' as _deleted,
        iso(started_at) as _loaded_at,
        _pull
    from absent(lists, asked)
    where record_id in (select list_id from static)
);
