-- What the SQL of every kind uses. Texts in, texts out where the landing reads them; instants are
-- naive UTC.

-- A text, null where it is empty.
create or replace temp macro filled(value) as nullif(trim(value), '');

-- An instant from ISO 8601 (naive is UTC; what is finer than microseconds is cut), or an epoch,
-- whose unit its size tells.
create or replace temp macro instant_of(value) as (
    case
        when regexp_full_match(trim(value), '-?\d{1,19}(\.\d{1,9})?') then
            case
                when abs(trim(value)::double) < 1e11
                    then try(make_timestamp((trim(value)::decimal(38, 9) * 1000000)::bigint))
                when abs(trim(value)::double) < 1e14
                    then try(make_timestamp((trim(value)::decimal(38, 9) * 1000)::bigint))
                when abs(trim(value)::double) < 1e17
                    then try(make_timestamp(trim(value)::decimal(38, 9)::bigint))
                else try(make_timestamp(trim(value)::decimal(38, 9)::bigint // 1000))
            end
        when regexp_full_match(
            trim(value), '\d{4}-\d{2}-\d{2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?'
        )
            then try_cast(regexp_replace(trim(value), '(\.\d{6})\d+', '\1') as timestamp)
        else
            try_cast(
                regexp_replace(
                    regexp_replace(trim(value), ' *UTC$', 'Z'), '(\.\d{6})\d+', '\1'
                ) as timestamptz
            ) at time zone 'UTC'
    end
);

-- 0, 1970 and the years from 2050 on are sentinels, and null.
create or replace temp macro known_instant(value) as (
    case when year(instant_of(value)) between 1971 and 2049 then instant_of(value) end
);

-- An instant as the landing reads it.
create or replace temp macro iso(instant) as strftime(instant, '%Y-%m-%dT%H:%M:%S.%fZ');

-- What is no time at all stays as it came, so that the landing counts it.
create or replace temp macro iso_of(value) as (
    case when instant_of(value) is null then filled(value) else iso(known_instant(value)) end
);

create or replace temp macro day_of(instant) as strftime(instant, '%Y-%m-%d');

-- An id of the source as the warehouse knows it: with the portal in front, where the source states
-- one.
create or replace temp macro with_portal(id) as (
    case
        when filled(id) is null then null
        else coalesce(getvariable('portal') || ':', '') || trim(id)
    end
);

-- 32 hex digits as a GUID in small letters; anything else as it is.
create or replace temp macro guid(id) as (
    case
        when regexp_matches(trim(id), '^[0-9a-fA-F]{32}$')
            then lower(
                regexp_replace(trim(id), '^(.{8})(.{4})(.{4})(.{4})(.{12})$', '\1-\2-\3-\4-\5')
            )
        when regexp_matches(trim(id), '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')
            then lower(trim(id))
        else filled(id)
    end
);

-- The id of an event that has one of its own, and of one that has none: what makes it one, in a
-- fixed order.
create
or replace temp macro event_id(origin, id) as getvariable('source') || ':' || origin || ':' || id;

create or replace temp macro event_hash(origin, fields) as (
    getvariable('source') || ':' || origin || ':' || left(
        sha256(array_to_string(list_transform(fields, lambda field: coalesce(field, '')), '|')), 32
    )
);

create or replace temp macro truth(value) as (
    case
        when lower(trim(value)) in ('true', '1', 't', 'yes') then true
        when lower(trim(value)) in ('false', '0', 'f', 'no') then false
    end
);

create or replace temp macro truth_text(value) as (
    case truth(value) when true then 'true' when false then 'false' end
);

-- The parts of a list in a text, none of them empty.
create or replace temp macro parts(value) as (
    list_filter(
        list_transform(string_split(coalesce(value, ''), ';'), lambda part: trim(part)),
        lambda part: part != ''
    )
);

-- The time of an entry `form:time` or `form::time`: HubSpot writes both.
create or replace temp macro behind_colons(entry) as filled(regexp_extract(entry, ':+(.*)$', 1));

-- JSON in a text, or null.
create or replace temp macro valid_json(value) as (case when json_valid(value) then value end);

-- The items of a list in a text, also of a list that was written as text within JSON.
create or replace temp macro json_items(value) as (
    case
        when not json_valid(value) then null
        when json_type(value) = 'ARRAY' then json_extract(value, '$[*]')::json[]
        when json_type(value) = 'VARCHAR' and json_valid(json_extract_string(value, '$'))
            then json_extract(json_extract_string(value, '$'), '$[*]')::json[]
    end
);

create or replace temp macro json_texts(value) as (
    list_transform(json_items(value), lambda item: json_extract_string(item, '$'))
);
