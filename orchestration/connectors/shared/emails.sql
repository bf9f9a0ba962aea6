-- E-mail events, with the e-mail behind their e-mail campaign as it was known, and again where it
-- is told later.
--
-- hits: id, kind, created_at, recipient, filtered, campaign_id, loaded_at, _pull.
-- emails: campaign_id, content_id, _pull, _pulled_at, one row per change.
create or replace temp macro email_events_of(origin, hits, emails) as table (
    with wanted as (
        select
            *,
            case upper(kind)
                when 'SENT' then 'email_sent'
                when 'DELIVERED' then 'email_delivered'
                when 'BOUNCE' then 'email_bounced'
                when 'OPEN' then 'email_open'
                when 'CLICK' then 'email_click'
            end as event_type
        from query_table(hits)
        where upper(kind) in ('SENT', 'DELIVERED', 'BOUNCE', 'OPEN', 'CLICK')
    ),

    known as (
        select wanted.*, emails.content_id, wanted.loaded_at as lands_at, wanted._pull as at_pull
        from wanted
        asof left join query_table(emails) as emails
            on wanted.campaign_id = emails.campaign_id and wanted._pull >= emails._pull
        union all by name
        select wanted.*, emails.content_id, emails._pulled_at as lands_at, emails._pull as at_pull
        from wanted
        inner join query_table(emails) as emails
            on wanted.campaign_id = emails.campaign_id and wanted._pull < emails._pull
    )

    select
        event_id(origin, id) as event_id,
        event_type,
        iso_of(created_at) as occurred_at,
        null as visitor_id,
        null as contact_id,
        filled(recipient) as email,
        if(content_id is not null, 'marketing_email', null) as asset_type,
        with_portal(content_id) as asset_id,
        null as url,
        null as referrer,
        filled(filtered) as is_filtered,
        iso(lands_at) as _loaded_at,
        at_pull as _pull
    from known
);

-- Which e-mail an e-mail campaign sent, one row per change.
--
-- told: campaign_id, content_id, authority (the highest is believed), loaded_at, _pull, _pulled_at.
create or replace temp macro email_changes(told) as table (
    select campaign_id, content_id, _pull, _pulled_at
    from (
        select
            campaign_id, _pull, _pulled_at,
            arg_max(content_id, (authority, loaded_at, _pull, content_id)) over (
                partition by campaign_id order by _pull
                range between unbounded preceding and current row
            ) as content_id
        from query_table(told)
        where
            filled(campaign_id) is not null and campaign_id != '0'
            and filled(content_id) is not null and content_id != '0'
        qualify row_number() over (partition by campaign_id, _pull) = 1
    )
    qualify lag(content_id) over (partition by campaign_id order by _pull)
    is distinct from content_id
);
