{{ config(materialized='view') }}
-- One row per alias that a mistyped value may be compared with (R95): its text without separators,
-- of at least 4 letters, and that in three pieces.
with bare_aliases as (
    select distinct utm_campaign, {{ bare_utm('utm_campaign') }} as bare
    from {{ ref('campaign_aliases') }}
    where {{ is_ascii('utm_campaign') }}
),

measured as (
    select *, cast(floor(length(bare) / 3) as int) as piece_length
    from bare_aliases
    where length(bare) >= 4
)

select
    utm_campaign,
    bare,
    substring(bare, 1, piece_length) as first_piece,
    substring(bare, piece_length + 1, piece_length) as middle_piece,
    substring(bare, 2 * piece_length + 1) as last_piece
from measured
