-- HubSpot's own numbers, beside which parity sets ours, of pulls after getvariable('done').
with metrics as (
    select parent_id, payload, _pull, _pulled_at
    from fresh_report_metrics
    qualify row_number() over (partition by parent_id, _pull order by _load desc, _row desc) = 1
),

revenue as (
    select rows.parent_id, models.model, rows.kind, rows.payload, rows._pull, rows._pulled_at
    from fresh_report_revenue as rows
    inner join revenue_models as models on rows.kind = models.kind
    qualify row_number() over (
        partition by rows.parent_id, rows.kind, rows._pull order by rows._load desc, rows._row desc
    ) = 1
),

told as (
    select
        parent_id, names.metric, null as model,
        json_extract_string(payload, '$.' || names.key) as value, _pull, _pulled_at
    from metrics
    cross join (
        values
        ('sessions', 'sessions'), ('new_contacts_first_touch', 'newContactsFirstTouch'),
        ('new_contacts_last_touch', 'newContactsLastTouch'),
        ('influenced_contacts', 'influencedContacts')
    ) as names (metric, key)
    union all
    select
        parent_id, 'attributed_revenue', model, json_extract_string(payload, '$.revenueAmount'),
        _pull, _pulled_at
    from revenue
    union all
    select
        parent_id, names.metric, null, json_extract_string(payload, '$.' || names.key), _pull,
        _pulled_at
    from revenue
    cross join (
        values
        ('revenue', 'revenueAmount'), ('deals', 'dealsNumber'),
        ('contacts_with_revenue', 'contactsNumber'),
        ('associated_deal_value', 'dealAmount')
    ) as names (metric, key)
    where kind = 'LINEAR'
    union all
    select
        totals.parent_id, names.metric, null, json_extract_string(payload, '$.' || names.key),
        totals._pull, _pulled_at
    from totals
    inner join account_currency
        on totals._pull = account_currency._pull and totals.currency = account_currency.currency
    cross join (
        values ('budget', 'budgetTotal'), ('spend', 'spendTotal'),
        ('remaining_budget', 'remainingBudget')
    ) as names (metric, key)
)

select
    getvariable('source') as source, with_portal(parent_id) as campaign_id, metric, model,
    null as period_start, null as period_end,
    value, iso(_pulled_at) as reported_at, iso(_pulled_at) as _loaded_at, _pull
from told
where filled(value) is not null
