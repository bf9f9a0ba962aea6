-- Airbyte: tables with a column each, and raw tables of one JSON value.

create or replace temp macro airbyte_time(extracted_at, emitted_at, _pulled_at) as (
    coalesce(known_instant(extracted_at), known_instant(emitted_at), _pulled_at)
);

-- A raw record, which may be JSON in a text.
create or replace temp macro record_of(data) as (
    case
        when not json_valid(data) then null
        when json_type(data) = 'VARCHAR' then json_extract_string(data, '$')
        else data
    end
);

-- A value from its own column, else from the raw record.
create or replace temp macro value_of(own, data, path) as (
    coalesce(filled(own), filled(json_extract_string(record_of(data), path)))
);

-- {"value": …} is what the oldest API has where others have the value.
create or replace temp macro plain_value(value) as (
    case
        when value like '{%' and json_valid(value)
            then filled(json_extract_string(value, '$.value'))
        else filled(value)
    end
);

-- The nested properties of a record, null where it has none.
create or replace temp macro nested_properties(properties, data) as (
    coalesce(valid_json(properties)::json, json_extract(record_of(data), '$.properties'))
);

-- A property from its flat column, else from the nested ones.
create or replace temp macro property_of(flat, properties, data, name) as (
    coalesce(
        filled(flat),
        plain_value(json_extract_string(valid_json(properties), '$.' || name)),
        filled(json_extract_string(record_of(data), '$.properties_' || name)),
        plain_value(json_extract_string(record_of(data), '$.properties.' || name))
    )
);
