-- Who the hits of trackers are, and what they are.

-- Who a hit is, by the source's option `identify`: a contact id, or an address.
create or replace temp macro by_contact_id() as (getvariable('identify') = 'user_id');

create or replace temp macro person_contact(user_id) as (
    case when by_contact_id() then with_portal(user_id) end
);

create or replace temp macro person_email(trait, user_id) as (
    case
        when by_contact_id() then null
        else coalesce(filled(trait), case when contains(user_id, '@') then filled(user_id) end)
    end
);

-- Of which table of identifications nothing comes, and why.
create or replace temp macro identity_gaps() as table (
    select
        if(by_contact_id(), 'visitor_emails', 'visitor_identities') as raw_table,
        if(
            by_contact_id(), 'not asked: identify says that a person is a contact id',
            'not asked: identify says that a person is an address'
        ) as reason
);

-- The event type that the source's option `events` gives a name: {"Form Submitted":
-- "form_submission"}.
create or replace temp macro mapped_event(name) as (
    (coalesce(getvariable('events'), '{}')::json::map(varchar, varchar))[name]
);

-- A value of an object that has it as the tracker or as the warehouse writes its key.
create or replace temp macro either_key(object, camel, snake) as (
    filled(
        coalesce(
            json_extract_string(valid_json(object), '$.' || camel),
            json_extract_string(valid_json(object), '$.' || snake)
        )
    )
);

-- A value of GA4, which is in the field of its type.
create or replace temp macro typed_value(value) as (
    coalesce(
        json_extract_string(value, '$.string_value'),
        json_extract_string(value, '$.int_value'),
        json_extract_string(value, '$.double_value'),
        json_extract_string(value, '$.float_value')
    )
);

-- A parameter of GA4's event_params: [{"key": …, "value": {"string_value": …}}], or an object of
-- values or of such typed ones.
create or replace temp macro event_param(params, name) as (
    case json_type(valid_json(params))
        when 'ARRAY'
            then
                list_transform(
                    list_filter(
                        json_items(params), lambda item: json_extract_string(item, '$.key') = name
                    ),
                    lambda item: typed_value(json_extract(item, '$.value'))
                )[1]
        when 'OBJECT'
            then
                if(
                    json_type(params, '$."' || name || '"') = 'OBJECT',
                    typed_value(json_extract(params, '$."' || name || '"')),
                    json_extract_string(params, '$."' || name || '"')
                )
    end
);
