-- Submissions as forms have them, where no contact has that form and millisecond; once without,
-- once with the contact that is told.
with told as (
    select
        value_of(conversionid, _airbyte_data, '$.conversionId') as conversion_id,
        value_of(formid, _airbyte_data, '$.formId') as form_id,
        value_of(pageurl, _airbyte_data, '$.pageUrl') as page_url,
        value_of(submittedat, _airbyte_data, '$.submittedAt') as submitted_at,
        json_extract_string(
            list_filter(
                json_items(value_of("values", _airbyte_data, '$.values')),
                lambda item: json_extract_string(item, '$.name') = 'email'
            )[1],
            '$.value'
        ) as email,
        airbyte_time(_airbyte_extracted_at, _airbyte_emitted_at, _pulled_at) as loaded_at,
        _pull
    from form_submissions
),

keyed as (
    select *, guid(form_id) as form, epoch_ms(instant_of(submitted_at)) as millisecond from told
),

left_over as (
    select keyed.*
    from keyed
    anti join contact_submissions
        on
            keyed.form = guid(contact_submissions.form_id)
            and keyed.millisecond = epoch_ms(instant_of(contact_submissions.submitted_at))
            and keyed._pull >= contact_submissions._pull
),

-- Of several contacts with that form and millisecond the one with the address, else the lowest id.
found as (
    select
        left_over.*,
        submitters.contact_id,
        greatest(left_over._pull, submitters._pull) as at_pull,
        if(
            submitters._pull > left_over._pull, submitters._pulled_at, left_over.loaded_at
        ) as lands_at
    from left_over
    inner join submitters
        on left_over.form = submitters.form_id and left_over.millisecond = submitters.millisecond
    qualify
        row_number() over (
            partition by
                left_over.form, left_over.millisecond, left_over.email, left_over.page_url,
                left_over.conversion_id, left_over._pull, at_pull
            order by
                coalesce(submitters.email = lower(trim(left_over.email)), false) desc,
                submitters.contact_id
        ) = 1
)

select conversion_id, form_id, page_url, submitted_at, email, contact_id, lands_at, at_pull as _pull
from found
union all
select conversion_id, form_id, page_url, submitted_at, email, null, loaded_at, _pull
from left_over
anti join found
    on
        left_over.form = found.form
        and left_over.millisecond = found.millisecond
        and left_over._pull >= found.at_pull
