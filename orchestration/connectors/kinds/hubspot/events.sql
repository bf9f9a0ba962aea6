-- What people did, as pulls after getvariable('done') told it. A contact whose cookie HubSpot does
-- not name is its own visitor, so that page views and submissions have sessions.
with page_views as (
    select
        occurrences.*,
        case
            when known_pages._pull <= occurrences._pull then known_pages.asset_type
        end as asset_type
    from fresh_occurrences as occurrences
    left join known_pages on occurrences.page_id = known_pages.id
    where kind = 'e_visited_page'
    union all
    select
        occurrences.* replace (known_pages._pull as _pull, known_pages._pulled_at as _pulled_at),
        known_pages.asset_type
    from occurrences
    inner join fresh_known_pages as known_pages on occurrences.page_id = known_pages.id
    where kind = 'e_visited_page' and known_pages._pull > occurrences._pull
),

emails as (
    select
        event_id('email_event', id) as event_id,
        case hubspot_type
            when 'SENT' then 'email_sent'
            when 'DELIVERED' then 'email_delivered'
            when 'BOUNCE' then 'email_bounced'
            when 'OPEN' then 'email_open'
            when 'CLICK' then 'email_click'
        end as event_type,
        occurred_at, null as contact_id, email,
        case when asset_id is not null then 'marketing_email' end as asset_type, asset_id,
        null as url, null as referrer, is_filtered, false as is_visitor, _pull, _pulled_at
    from (
        select * from email_events_told
        union all
        select * from late_email_events
    )
),

submissions as (
    select
        event_id, 'form_submission', known_instant(submitted_at), contact_id, email, 'form',
        form_id, url, null, null, true,
        _pull, _pulled_at
    from submissions_told
),

-- Only where the forms API never gave the form's submissions whole. Where it does later, its own
-- submissions land, and what stood in for them lands once more, filtered: an event that is none.
submitted as (
    select
        _key, 'form_submission', occurred_at, contact_id, null,
        case when occurrences.form_id is not null then 'form' end, occurrences.form_id,
        url, null, null, true, occurrences._pull, _pulled_at
    from fresh_occurrences as occurrences
    anti join whole_forms
        on
            coalesce(occurrences.form_id, '') = whole_forms.form_id
            and occurrences._pull >= whole_forms._pull
    where kind = 'e_submitted_form'
    union all
    select
        _key, 'form_submission', occurred_at, contact_id, null,
        'form', occurrences.form_id,
        url, null, 'true', true, whole_forms._pull, numbers._pulled_at
    from occurrences
    inner join whole_forms
        on
            occurrences.form_id = whole_forms.form_id
            and whole_forms._pull > greatest(occurrences._pull, getvariable('done'))
    inner join _pulls as numbers on whole_forms._pull = numbers._pull
    where kind = 'e_submitted_form'
),

views as (
    select
        _key, 'page_view', occurred_at, contact_id, null, asset_type,
        case when asset_type is not null then page_id end, url,
        referrer, null, true, _pull, _pulled_at
    from page_views
),

clicks as (
    select
        _key, 'ad_click', occurred_at, contact_id, null,
        case when ad_campaign_id is not null then 'ad_campaign' end, ad_campaign_id,
        null, null, null, false, _pull, _pulled_at
    from fresh_occurrences
    where kind = 'e_ad_interaction' and interaction = 'CLICK'
),

additions as (
    select
        _key, 'list_addition', occurred_at, contact_id, null, 'static_list', list_id, null, null,
        null, false, _pull, _pulled_at
    from fresh_list_additions
),

participations as (
    select
        event_id, event_type, occurred_at, contact_id, email, 'marketing_event',
        marketing_event_id, null, null, null, false, _pull, _pulled_at
    from fresh_attendances
),

told as (
    select * from emails
    union all
    select * from submissions
    union all
    select * from submitted
    union all
    select * from views
    union all
    select * from clicks
    union all
    select * from additions
    union all
    select * from participations
)

select
    event_id, event_type, iso(occurred_at) as occurred_at,
    case
        when is_visitor and contact_id is not null then 'contact:' || with_portal(contact_id)
    end as visitor_id,
    with_portal(contact_id) as contact_id, email, asset_type, with_portal(asset_id) as asset_id,
    url, referrer, is_filtered,
    iso(told._pulled_at) as _loaded_at, told._pull
from told
inner join _pulls as numbers on told._pull = numbers._pull
where
    event_type is not null and (numbers.since is null or occurred_at >= numbers.since)
