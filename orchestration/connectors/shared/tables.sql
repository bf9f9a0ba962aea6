-- What the kinds share that read tables of a loader or tracker.

-- When the loader wrote a row; a loader without a clock: the pull's start.
create
or replace temp macro loaded(clock, _pulled_at) as coalesce(known_instant(clock), _pulled_at);

-- --- People and events of trackers --------------------------------------------------------------

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

-- The event type that the source's option `events` gives a name: {"Form Submitted":
-- "form_submission"}.
create or replace temp macro mapped_event(name) as (
    json_extract_string(
        coalesce(getvariable('events'), '{}'), '$."' || replace(name, '"', '\"') || '"'
    )
);

-- --- JSON ---------------------------------------------------------------------------------------

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

-- A parameter of GA4's event_params: [{"key": …, "value": {"string_value": …}}], or an object.
create or replace temp macro event_param(params, name) as (
    case
        when not json_valid(params) then null
        when json_type(params) = 'ARRAY'
            then
                list_transform(
                    list_filter(
                        json_items(params), lambda item: json_extract_string(item, '$.key') = name
                    ),
                    lambda item: coalesce(
                        json_extract_string(item, '$.value.string_value'),
                        json_extract_string(item, '$.value.int_value'),
                        json_extract_string(item, '$.value.double_value'),
                        json_extract_string(item, '$.value.float_value')
                    )
                )[1]
        else
            coalesce(
                json_extract_string(params, '$."' || name || '".string_value'),
                json_extract_string(params, '$."' || name || '"')
            )
    end
);

-- --- Airbyte ------------------------------------------------------------------------------------

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

-- A property from its flat column, else from the nested ones.
create or replace temp macro property_of(flat, properties, data, name) as (
    coalesce(
        filled(flat),
        plain_value(json_extract_string(valid_json(properties), '$.' || name)),
        filled(json_extract_string(record_of(data), '$.properties_' || name)),
        plain_value(json_extract_string(record_of(data), '$.properties.' || name))
    )
);

-- --- Records ------------------------------------------------------------------------------------

-- Records that a pull which read a whole table has not, and an earlier one had.
--
-- records: record_id, _pull.
create or replace temp macro absent(records, asked) as table (
    with whole as (
        select _pull, started_at from pulls
        where table_name = asked and parent_id is null and is_complete and status = 'whole'
    ),

    known as (
        select record_id, min(_pull) as first_pull from query_table(records)
        where filled(record_id) is not null
        group by record_id
    )

    select known.record_id, whole._pull, whole.started_at
    from known
    inner join whole on known.first_pull < whole._pull
    anti join (select distinct record_id, _pull from query_table(records)) as there
        on known.record_id = there.record_id and whole._pull = there._pull
);

-- Merges, as rows: what a claim's loader said of it, and later changes at the pull that saw them.
--
-- claims: loser_id, winner_id, merged_at, place, _pull, _pulled_at, loaded_at.
create or replace temp macro merge_rows(claims) as table (
    with newest as (
        select loser_id, _pull, max(loaded_at) as loaded_at from query_table(claims)
        group by loser_id, _pull
    )

    select
        with_portal(told.loser_id) as loser_id,
        with_portal(told.winner_id) as winner_id,
        iso(told.merged_at) as merged_at,
        iso(
            case
                when row_number() over (partition by told.loser_id order by told._pull) = 1
                    then coalesce(newest.loaded_at, told._pulled_at)
                else told._pulled_at
            end
        ) as _loaded_at,
        told._pull,
        if(told.is_exact, 'exact', 'first_seen') as _basis
    from merges(claims) as told
    left join newest on told.loser_id = newest.loser_id and told._pull = newest._pull
);

-- --- Pairs of a table that is read whole --------------------------------------------------------

-- The log of a table's pairs: like first_seen, where every complete pull of the table looks at
-- every parent that is known by then.
--
-- pairs: parent_id, child_id, _pull. parents, children: record_id, created_at, _pull: of every
-- version, so that a pull knows no more than it could.
create or replace temp macro table_first_seen(asked, pairs, parents, children) as table (
    with looks as (
        select _pull, started_at, row_number() over (order by _pull) as look
        from (
            select distinct _pull, started_at from pulls
            where table_name = asked and parent_id is null and is_complete
        )
    ),

    seen as (
        select distinct looks.look, looks._pull, looks.started_at, pairs.parent_id, pairs.child_id
        from query_table(pairs) as pairs
        inner join looks on pairs._pull = looks._pull
        where filled(pairs.parent_id) is not null and filled(pairs.child_id) is not null
    ),

    neighbours as (
        select
            *,
            lag(look) over pair as look_before,
            lead(look) over pair as look_after
        from seen
        window pair as (partition by parent_id, child_id order by look)
    ),

    known_parents as (
        select record_id, min(_pull) as _pull from (
            select record_id, _pull from query_table(parents)
            union all
            select parent_id, _pull from seen
        )
        group by record_id
    ),

    -- The first complete pull that could have seen a parent's pairs.
    first_looks as (
        select known_parents.record_id, min(looks.look) as look
        from known_parents
        inner join looks on known_parents._pull <= looks._pull
        group by known_parents.record_id
    ),

    parent_times as (
        select record_id, created_at, _pull from query_table(parents)
        where created_at is not null
        qualify row_number() over (partition by record_id order by _pull, created_at) = 1
    ),

    child_times as (
        select record_id, created_at, _pull from query_table(children)
        where created_at is not null
        qualify row_number() over (partition by record_id order by _pull, created_at) = 1
    ),

    associated as (
        select
            neighbours.parent_id, neighbours.child_id, 'associated' as action,
            case
                when
                    neighbours.look = first_looks.look
                    and getvariable('first_associations') = 'created'
                    then greatest(parent_times.created_at, child_times.created_at)
            end as assumed_at,
            neighbours.started_at, neighbours._pull
        from neighbours
        left join first_looks on neighbours.parent_id = first_looks.record_id
        left join parent_times
            on
                neighbours.parent_id = parent_times.record_id
                and parent_times._pull <= neighbours._pull
        left join child_times
            on
                neighbours.child_id = child_times.record_id
                and child_times._pull <= neighbours._pull
        where neighbours.look_before is null or neighbours.look_before < neighbours.look - 1
    ),

    removed as (
        select
            neighbours.parent_id, neighbours.child_id, 'removed' as action,
            null::timestamp as assumed_at,
            looks.started_at, looks._pull
        from neighbours
        inner join looks on neighbours.look + 1 = looks.look
        where neighbours.look_after is null or neighbours.look_after > neighbours.look + 1
    )

    select
        parent_id, child_id, action, coalesce(assumed_at, started_at) as occurred_at,
        if(assumed_at is null, 'first_seen', 'assumed') as time_basis, started_at, _pull
    from associated
    union all
    select parent_id, child_id, action, started_at, 'first_seen', started_at, _pull from removed
);

-- --- Deals --------------------------------------------------------------------------------------

-- Won: the deal's own word, else its stage's, never the stage's label. An unknown stage is not won.
create or replace temp macro is_won(says_won, closed_won, is_closed, probability) as (
    coalesce(
        says_won,
        case
            when probability is null then closed_won
            else (coalesce(closed_won, false) or coalesce(is_closed, false)) and probability = 1
        end,
        false
    )
);

create
or replace temp macro is_closed_deal(says_closed, won, closed_won, is_closed, probability) as (
    coalesce(
        says_closed,
        nullif(won, false),
        is_closed,
        coalesce(closed_won, false) or coalesce(probability in (0, 1), false)
    )
);

-- Deals as each pull told them, and again where a stage means something else since.
--
-- deals: deal_id, deal_name, pipeline, stage, says_won, says_closed, amount, currency, created_at,
-- close_date, is_deleted (text), loaded_at, _pull.
-- stages: stage_id, pipeline_id, closed_won, is_closed, probability, is_deleted, loaded_at, _pull,
-- _pulled_at.
create or replace temp macro deal_rows(deals, stages) as table (
    with told as (
        select *, {c: closed_won, i: is_closed, p: probability} as words
        from query_table(stages)
        where filled(stage_id) is not null
    ),

    own_stages as (
        select stage_id, pipeline_id, words, _pull, _pulled_at
        from (
            select * from told
            qualify row_number() over (
                partition by stage_id, pipeline_id, _pull order by loaded_at desc
            ) = 1
        )
        qualify lag(words) over (partition by stage_id, pipeline_id order by _pull)
        is distinct from words
    ),

    -- For a deal of which no pipeline is known to have the stage.
    any_stages as (
        select stage_id, words, _pull, _pulled_at
        from (
            select * from told
            qualify
                row_number() over (
                    partition by stage_id, _pull order by is_deleted, loaded_at desc, pipeline_id
                ) = 1
        )
        qualify lag(words) over (partition by stage_id order by _pull) is distinct from words
    ),

    changes as (
        select stage_id, _pull, _pulled_at from own_stages
        union
        select stage_id, _pull, _pulled_at from any_stages
    ),

    newest as (
        select *, lead(_pull) over (partition by deal_id order by _pull) as next_pull
        from (
            select * from query_table(deals)
            qualify row_number() over (partition by deal_id, _pull order by loaded_at desc) = 1
        )
    ),

    moments as (
        select *, loaded_at as lands_at, _pull as at_pull from query_table(deals)
        union all by name
        select
            newest.* exclude (next_pull),
            changes._pulled_at as lands_at,
            changes._pull as at_pull
        from newest
        inner join changes
            on
                newest.stage = changes.stage_id
                and newest._pull < changes._pull
                and coalesce(newest.next_pull > changes._pull, true)
        where newest.says_won is null or newest.says_closed is null
    ),

    staged as (
        select moments.*, coalesce(own_stages.words, any_stages.words) as said
        from moments
        asof left join own_stages
            on
                moments.stage = own_stages.stage_id
                and moments.pipeline = own_stages.pipeline_id
                and moments.at_pull >= own_stages._pull
        asof left join any_stages
            on moments.stage = any_stages.stage_id and moments.at_pull >= any_stages._pull
    ),

    judged as (
        select *, is_won(says_won, said.c, said.i, said.p) as won from staged
    )

    select
        with_portal(deal_id) as deal_id,
        filled(deal_name) as deal_name,
        filled(pipeline) as pipeline,
        filled(stage) as stage,
        won::varchar as is_closed_won,
        filled(amount) as amount,
        filled(currency) as currency,
        iso_of(created_at) as created_at,
        -- An open deal's close date is a forecast.
        case
            when is_closed_deal(says_closed, won, said.c, said.i, said.p) then iso_of(close_date)
        end
            as closed_at,
        filled(is_deleted) as _deleted,
        iso(lands_at) as _loaded_at,
        at_pull as _pull
    from judged
);

-- --- E-mail events ------------------------------------------------------------------------------

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

-- --- Ads ----------------------------------------------------------------------------------------

create or replace temp macro number_of(value) as try_cast(trim(value) as decimal(38, 9));

create or replace temp macro number_text(number) as (
    regexp_replace(number::varchar, '\.?0+$', '')
);

-- Where one of two versions has no time of change, it is the older one.
create
or replace temp macro changed_at(value) as coalesce(known_instant(value), timestamp '1900-01-01');

-- Sums per campaign and day as each pull knew them, of the newest row per key of the loader. A null
-- counts as nothing, all null is null.
--
-- stats: row_key, campaign_id, metric_date, impressions, clicks, spend, is_in_dollars, loaded_at,
-- _pull, _pulled_at. currencies: campaign_id, currency, _pull, _pulled_at, one row per change.
create or replace temp macro ad_sums(stats, currencies) as table (
    with versions as (
        select * from query_table(stats)
        where campaign_id is not null
        qualify
            row_number() over (
                partition by row_key, _pull
                order by loaded_at desc, spend desc, impressions desc, clicks desc
            ) = 1
    ),

    -- A row that was written before what is known of its key changes nothing.
    newer as (
        select * from versions
        qualify
            loaded_at >= coalesce(
                max(loaded_at) over (
                    partition by row_key order by _pull
                    rows between unbounded preceding and 1 preceding
                ),
                loaded_at
            )
    ),

    changes as (
        select
            campaign_id, metric_date, _pull, _pulled_at, loaded_at, is_in_dollars,
            coalesce(impressions, 0) - coalesce(lag(impressions) over key, 0) as impressions,
            coalesce(clicks, 0) - coalesce(lag(clicks) over key, 0) as clicks,
            coalesce(spend, 0) - coalesce(lag(spend) over key, 0) as spend,
            (impressions is not null)::int
            - coalesce((lag(impressions) over key is not null)::int, 0)
                as impressions_said,
            (clicks is not null)::int - coalesce((lag(clicks) over key is not null)::int, 0)
                as clicks_said,
            (spend is not null)::int
            - coalesce((lag(spend) over key is not null)::int, 0) as spend_said
        from newer
        window key as (partition by row_key order by _pull)
    ),

    days as (
        select campaign_id, metric_date, min(_pull) as first_pull from changes group by all
    ),

    steps as (
        select * from changes
        union all by name
        select days.campaign_id, days.metric_date, currencies._pull, currencies._pulled_at
        from days
        inner join query_table(currencies) as currencies
            on days.campaign_id = currencies.campaign_id and days.first_pull < currencies._pull
    ),

    by_pull as (
        select
            campaign_id, metric_date, _pull,
            max(_pulled_at) as _pulled_at,
            max(loaded_at) as loaded_at,
            bool_or(is_in_dollars) as is_in_dollars,
            sum(impressions) as impressions,
            sum(clicks) as clicks,
            sum(spend) as spend,
            sum(impressions_said) as impressions_said,
            sum(clicks_said) as clicks_said,
            sum(spend_said) as spend_said
        from steps
        group by all
    ),

    running as (
        select
            campaign_id, metric_date, _pull, _pulled_at, loaded_at,
            sum(impressions) over day as impressions,
            sum(clicks) over day as clicks,
            sum(spend) over day as spend,
            sum(impressions_said) over day as impressions_said,
            sum(clicks_said) over day as clicks_said,
            sum(spend_said) over day as spend_said,
            last_value(is_in_dollars ignore nulls) over day as is_in_dollars,
            row_number() over day as place
        from by_pull
        window day as (partition by campaign_id, metric_date order by _pull)
    )

    select
        'ad_campaign' as asset_type,
        with_portal(running.campaign_id) as asset_id,
        running.metric_date,
        if(running.impressions_said > 0, number_text(running.impressions), null) as impressions,
        if(running.clicks_said > 0, number_text(running.clicks), null) as clicks,
        if(running.spend_said > 0, number_text(running.spend), null) as spend,
        if(running.is_in_dollars, 'USD', currencies.currency) as currency,
        iso(if(running.place = 1, running.loaded_at, running._pulled_at)) as _loaded_at,
        running._pull
    from running
    asof left join query_table(currencies) as currencies
        on running.campaign_id = currencies.campaign_id and running._pull >= currencies._pull
);

-- Which currency a campaign's account has, one row per change.
--
-- accounts: account_id, currency, changed_at, loaded_at, _pull, _pulled_at. campaigns: campaign_id,
-- account_id, _pull, _pulled_at.
create or replace temp macro campaign_currencies(accounts, campaigns) as table (
    with versions as (
        select
            account_id, _pull, _pulled_at,
            arg_max(currency, (changed_at, loaded_at, _pull, currency)) over (
                partition by account_id order by _pull
                range between unbounded preceding and current row
            ) as currency
        from query_table(accounts)
        where account_id is not null and currency is not null
        qualify row_number() over (partition by account_id, _pull) = 1
    ),

    first_known as (
        select
            campaign_id,
            arg_min(account_id, _pull) as account_id,
            min(_pull) as _pull,
            min(_pulled_at) as _pulled_at
        from query_table(campaigns)
        where campaign_id is not null and account_id is not null
        group by campaign_id
    ),

    known as (
        select
            first_known.campaign_id,
            greatest(first_known._pull, versions._pull) as _pull,
            greatest(first_known._pulled_at, versions._pulled_at) as _pulled_at,
            arg_max(versions.currency, versions._pull) as currency
        from first_known
        inner join versions using (account_id)
        group by all
    )

    select * from known
    qualify lag(currency) over (partition by campaign_id order by _pull) is distinct from currency
);

-- Ad campaigns with their newest name, as each pull knew it.
--
-- versions: id, name, created_at, changed_at, loaded_at, _pull, _pulled_at.
create or replace temp macro ad_assets(ad_network, versions) as table (
    with known as (
        select
            id, _pull, _pulled_at,
            arg_max(name, (changed_at, loaded_at, _pull, name)) over so_far as name,
            arg_max(
                created_at, (changed_at, loaded_at, _pull, created_at)
            ) over so_far as created_at,
            max(loaded_at) over (partition by id, _pull) as loaded_at
        from query_table(versions)
        where filled(id) is not null
        window so_far as (
            partition by id order by _pull range between unbounded preceding and current row
        )
        qualify row_number() over (partition by id, _pull) = 1
    )

    select
        'ad_campaign' as asset_type,
        with_portal(id) as asset_id,
        filled(name) as asset_name,
        null as url,
        ad_network as network,
        null as has_form,
        iso_of(created_at) as created_at,
        null as published_at,
        null as _deleted,
        iso(if(row_number() over (partition by id order by _pull) = 1, loaded_at, _pulled_at))
            as _loaded_at,
        _pull
    from known
);
