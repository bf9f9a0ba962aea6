-- What HubSpot's exports need: times in the account's zone, and truth in its language.

create or replace temp macro local_instant(value) as (
    case
        when regexp_full_match(trim(value), '\d{4}-\d{2}-\d{2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?')
            then timezone('UTC', timezone(getvariable('timezone'), try_cast(trim(value) as timestamp)))
        else known_instant(value)
    end
);

create or replace temp macro local_iso(value) as (
    coalesce(iso(local_instant(value)), if(instant_of(value) is null, filled(value), null))
);

create or replace temp macro local_truth(value) as (
    case
        when lower(trim(value)) in ('true', '1', 'yes', 'ja', 'oui', 'sí', 'sì', 'si', 'sim', 'kyllä', 'tak', 'はい')
            then true
        when lower(trim(value)) in ('false', '0', 'no', 'nein', 'non', 'nee', 'não', 'nej', 'ei', 'nie', 'いいえ')
            then false
    end
);

-- 1, 1.0, 100%.
create or replace temp macro share_of(value) as (
    case
        when trim(value) like '%\%' escape '\' then try_cast(rtrim(trim(value), '% ') as double) / 100
        else try_cast(replace(trim(value), ',', '.') as double)
    end
);
