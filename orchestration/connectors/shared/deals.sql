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
        select
            *,
            lead(_pull) over (partition by deal_id order by _pull) as next_pull,
            loaded_at <= lag(loaded_at) over (partition by deal_id order by _pull) as is_old
        from (
            select * from query_table(deals)
            qualify row_number() over (partition by deal_id, _pull order by loaded_at desc) = 1
        )
    ),

    -- Deals that come again with a stage that means something else: by the loader's clock they are
    -- no newer than before, so they land as of the pull.
    read_again as (
        select newest.deal_id, newest._pull, newest.loaded_at, max(changes._pulled_at) as lands_at
        from newest
        inner join changes on newest.stage = changes.stage_id and newest._pull = changes._pull
        where newest.is_old and (newest.says_won is null or newest.says_closed is null)
        group by newest.deal_id, newest._pull, newest.loaded_at
    ),

    moments as (
        select
            told_now.*,
            greatest(told_now.loaded_at, read_again.lands_at) as lands_at,
            told_now._pull as at_pull
        from query_table(deals) as told_now
        left join read_again
            on
                told_now.deal_id = read_again.deal_id
                and told_now._pull = read_again._pull
                and told_now.loaded_at = read_again.loaded_at
        union all by name
        select
            newest.* exclude (next_pull, is_old),
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
