-- The properties that nested ones have, by stream. Every record of a stream has the same ones, so
-- that the first of each load tell.
select distinct stream, unnest(json_keys(object)) as property
from (
    select 'contacts' as stream, nested_properties(properties, _airbyte_data) as object, _row
    from contacts
    union all
    select 'deals', nested_properties(properties, _airbyte_data), _row from deals
)
where _row < 100 and object is not null
