-- Rows of raw assets of one type: one per asset and version that is told, and one that deletes an
-- asset which was told once, and which a pull of the whole table `asked` has not. So a list that is
-- static no more is not taken for a deleted one.
--
-- versions: record_id, name, url, created_at, published_at, is_deleted, is_told, loaded_at, _pull
-- and _pulled_at.
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
    where is_told and filled(record_id) is not null
    union all by name
    select
        kind as asset_type,
        with_portal(record_id) as asset_id,
        'true' as _deleted,
        iso(started_at) as _loaded_at,
        _pull
    from absent(versions, asked)
    where record_id in (select record_id from query_table(versions) where is_told)
);
