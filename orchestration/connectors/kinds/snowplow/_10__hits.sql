-- Atomic events with their person, time, and when they were loaded.
select
    filled(event_id) as id,
    if(event = 'page_view', 'page_view', mapped_event(event_name)) as event_type,
    coalesce(iso_of(derived_tstamp), iso_of(collector_tstamp)) as happened_at,
    coalesce(filled(domain_userid), filled(network_userid)) as visitor_id,
    person_contact(user_id) as contact_id,
    person_email(null, user_id) as email,
    filled(page_url) as url,
    filled(page_referrer) as referrer,
    case
        when event != 'page_view' and mapped_event(event_name) is not null
            then coalesce(
                filled(json_extract_string(valid_json(unstruct_event), '$.data.data.formId')),
                either_key(
                    unstruct_event_com_snowplowanalytics_snowplow_submit_form_1, 'formId', 'form_id'
                )
            )
    end as form_id,
    -- What the IAB's list knows as a spider or robot.
    list_bool_or([
        list_bool_or(
            list_transform(
                json_items(json_extract(valid_json(derived_contexts), '$.data')::varchar),
                lambda context:
                    contains(json_extract_string(context, '$.schema'), '/spiders_and_robots/')
                    and coalesce(
                        json_extract_string(context, '$.data.spiderOrRobot') = 'true', false
                    )
            )
        ),
        list_bool_or(
            list_transform(
                json_items(contexts_com_iab_snowplow_spiders_and_robots_1),
                lambda context:
                    either_key(context::varchar, 'spiderOrRobot', 'spider_or_robot') = 'true'
            )
        )
    ]) as is_robot,
    coalesce(
        known_instant(load_tstamp),
        known_instant(etl_tstamp),
        known_instant(collector_tstamp),
        _pulled_at
    ) as loaded,
    _pull
from events
