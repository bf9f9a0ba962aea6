-- Additions to static lists. A list that nothing describes passes.
--
-- members: list_id, contact_id, added_at, loaded_at, _pull.
-- lists: list_id, is_static, has_contacts, _pull, one row per change.
create or replace temp macro list_additions_of(origin, members, lists) as table (
    select
        event_id(
            origin,
            members.list_id || ':' || members.contact_id || ':'
            || coalesce(iso_of(members.added_at), '')
        ) as event_id,
        'list_addition' as event_type,
        iso_of(members.added_at) as occurred_at,
        null as visitor_id,
        with_portal(members.contact_id) as contact_id,
        null as email,
        'static_list' as asset_type,
        with_portal(members.list_id) as asset_id,
        null as url,
        null as referrer,
        null as is_filtered,
        iso(members.loaded_at) as _loaded_at,
        members._pull
    from query_table(members) as members
    asof left join query_table(lists) as lists
        on members.list_id = lists.list_id and members._pull >= lists._pull
    where coalesce(lists.is_static, true) and coalesce(lists.has_contacts, true)
);

-- Lists as their newest pull has them.
create or replace temp macro newest_lists(lists) as table (
    select * from query_table(lists)
    qualify row_number() over (partition by list_id order by _pull desc) = 1
);

-- Members of described lists as the newest pull has them, with what their list was then.
create or replace temp macro newest_members(members, lists) as table (
    select members.list_id, members.contact_id, lists.is_static, lists.has_contacts
    from query_table(members) as members
    asof inner join query_table(lists) as lists
        on members.list_id = lists.list_id and members._pull >= lists._pull
    qualify
        row_number() over (
            partition by members.list_id, members.contact_id, members.added_at
            order by members._pull desc
        ) = 1
);
