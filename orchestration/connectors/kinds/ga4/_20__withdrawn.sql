-- Hits of intraday tables that the day's own table, which came later, does not have: they land once
-- more, filtered, as an event that is none.
select
    hits.* replace (
        true as is_internal,
        greatest(days.loaded, hits.loaded + interval 1 microsecond) as loaded,
        days._pull as _pull
    )
from hits
inner join days on hits.day = days.day and hits._pull < days._pull
where
    hits.is_intraday
    and not exists (
        select 1 from hits as told
        where
            not told.is_intraday and told.day = hits.day and told.id = hits.id
            and told._pull <= days._pull
    )
