-- Ads: amounts, days and assets.

create or replace temp macro number_of(value) as try_cast(trim(value) as decimal(38, 9));

create or replace temp macro is_unread(value) as (
    filled(value) is not null and number_of(value) is null
);

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

-- What came of ads and is not landed, or landed for a campaign that nothing describes.
--
-- origin: the source's table of days. days: row_key, campaign_id, metric_date, impressions, clicks,
-- spend, is_in_dollars, has_unread. versions: id. currencies: campaign_id.
create or replace temp macro ad_gaps(origin, days, versions, currencies) as table (
    select
        'ad_metrics' as raw_table,
        'campaign_history has not the campaigns of '
        || count(distinct coalesce(row_key, concat_ws('|', campaign_id, metric_date))) || ' rows'
            as reason
    from query_table(days)
    where
        campaign_id is not null
        and campaign_id not in (select id from query_table(versions) where id is not null)
    having count(*) > 0
    union all
    select
        'ad_metrics',
        origin || ' rows without a campaign: not landed ('
        || count(
            distinct coalesce(row_key, concat_ws('|', metric_date, impressions, clicks, spend))
        )
        || ' rows)'
    from query_table(days)
    where campaign_id is null
    having count(*) > 0
    union all
    select 'ad_metrics', 'currency unknown for ' || count(distinct campaign_id) || ' campaigns'
    from query_table(days)
    where
        campaign_id is not null
        and campaign_id not in (select campaign_id from query_table(currencies))
        and not is_in_dollars
    having count(*) > 0
    union all
    select
        'ad_metrics',
        origin || ' numbers that cannot be read: counted as none ('
        || count(distinct coalesce(row_key, concat_ws('|', campaign_id, metric_date))) || ' rows)'
    from query_table(days)
    where has_unread
    having count(*) > 0
);
