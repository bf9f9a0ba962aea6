-- One row per number of HubSpot's campaign report, of all time, beside which parity sets ours.
with told as (
    select
        reports.campaign_id,
        reports.file_time,
        reports._pull,
        reports._pulled_at,
        unnest([
            {'metric': 'sessions', 'value': whole(reports.sessions)},
            {
                'metric': 'new_contacts_first_touch',
                'value': whole(reports.new_contacts_first_touch)
            },
            {'metric': 'new_contacts_last_touch', 'value': whole(reports.new_contacts_last_touch)},
            {'metric': 'influenced_contacts', 'value': whole(reports.influenced_contacts)},
            {'metric': 'contacts_with_revenue', 'value': whole(reports.contacts_with_revenue)},
            {'metric': 'deals', 'value': whole(reports.deals)},
            {'metric': 'revenue', 'value': if(is_home, money(reports.revenue), null)},
            {
                'metric': 'attributed_revenue',
                'value': if(is_home, money(reports.attributed_revenue), null)
            },
            {
                'metric': 'associated_deal_value',
                'value': if(is_home, money(reports.associated_deal_value), null)
            },
            {'metric': 'budget', 'value': if(is_home, money(reports.budget), null)},
            {'metric': 'spend', 'value': if(is_home, money(reports.spend), null)},
            {
                'metric': 'remaining_budget',
                'value': if(is_home, money(reports.remaining_budget), null)
            }
        ], recursive := true)
    from reports
    where reports.campaign_id is not null
)

select
    getvariable('source') as source,
    with_portal(campaign_id) as campaign_id,
    metric,
    if(
        metric = 'attributed_revenue', coalesce(getvariable('attribution_model'), 'linear'), null
    ) as model,
    null as period_start,
    null as period_end,
    value,
    iso(loaded(file_time, _pulled_at)) as reported_at,
    iso(loaded(file_time, _pulled_at)) as _loaded_at,
    _pull
from told
where filled(value) is not null
