-- What HubSpot's exports need: times in the account's zone, and truth in its language.

create or replace temp macro local_instant(value) as (
    case
        when regexp_full_match(
            trim(value), '\d{4}-\d{2}-\d{2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?'
        )
            then timezone(
                'UTC', timezone(getvariable('timezone'), try_cast(trim(value) as timestamp))
            )
        else known_instant(value)
    end
);

create or replace temp macro local_iso(value) as (
    coalesce(iso(local_instant(value)), if(instant_of(value) is null, filled(value), null))
);

create or replace temp macro local_truth(value) as (
    case
        when lower(trim(value)) in (
            'true', '1', 'yes', 'ja', 'oui', 'sí', 'sì', 'si', 'sim', 'kyllä', 'tak', 'はい'
        )
            then true
        when lower(trim(value)) in (
            'false', '0', 'no', 'nein', 'non', 'nee', 'não', 'nej', 'ei', 'nie', 'いいえ'
        )
            then false
    end
);

-- An id that a spreadsheet rounded when it saved an export: 1.23457E+11 is many records.
create or replace temp macro is_rounded(id) as (
    coalesce(regexp_full_match(trim(id), '\d([.,]\d+)?[eE]\+\d+'), false)
);

-- 1, 1.0, 100%.
create or replace temp macro share_of(value) as (
    case
        when trim(value) like '%\%' escape '\'
            then try_cast(rtrim(trim(value), '% ') as double) / 100
        else try_cast(replace(trim(value), ',', '.') as double)
    end
);

-- A whole number with separators of thousands: 1,234 or 1.234 or 1 234.
create or replace temp macro whole(value) as (
    if(
        regexp_full_match(trim(value), '-?\d{1,3}([., \x{00a0}\x{202f}'']\d{3})+'),
        regexp_replace(trim(value), '[., \x{00a0}\x{202f}'']', '', 'g'),
        filled(value)
    )
);

-- An amount with a currency and separators: $1,234.50, 1.234,50 €, 1 234,50. What is none of these
-- stays as it came.
create or replace temp macro bare_amount(value) as (
    regexp_replace(
        regexp_replace(trim(value), '[A-Za-z\p{Sc} \x{00a0}\x{202f}'']+', '', 'g'), '^\((.*)\)$',
        '-\1'
    )
);

create or replace temp macro money(value) as (
    case
        -- 1E6 is a number as it is, and no amount in a currency E.
        when try_cast(trim(value) as double) is not null then trim(value)
        -- 10k, $1.5E6: letters that count, and no currency.
        when regexp_matches(trim(value), '\d *[kKmMbBeE]([^A-Za-z]|$)') then filled(value)
        when regexp_full_match(bare_amount(value), '-?\d+(\.\d+)?') then bare_amount(value)
        when regexp_full_match(bare_amount(value), '-?\d{1,3}(,\d{3})+(\.\d+)?')
            then replace(bare_amount(value), ',', '')
        when
            regexp_full_match(bare_amount(value), '-?\d{1,3}(\.\d{3})+,\d+')
            or regexp_full_match(bare_amount(value), '-?\d{1,3}(\.\d{3}){2,}')
            then replace(replace(bare_amount(value), '.', ''), ',', '.')
        when regexp_full_match(bare_amount(value), '-?\d+,\d+')
            then replace(bare_amount(value), ',', '.')
        else filled(value)
    end
);
