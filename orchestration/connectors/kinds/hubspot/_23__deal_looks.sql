-- The looks at a deal's contacts of pulls after `done`, and the last one before.
select parent_id, null::varchar as kind, _pull, started_at from fresh_deal_looks_told
union all
(
    select parent_id, null, _pull, started_at from earlier_deal_looks_told
    semi join fresh_deal_looks_told using (_key)
    qualify row_number() over (partition by _key order by _pull desc) = 1
)
