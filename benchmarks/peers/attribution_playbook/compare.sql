-- What the playbook and Touchledger computed, side by side. It reads the attached databases theirs
-- (attribution_touches, customer_conversions) and ours (attribution.credits); it leaves the tables
-- touches (deal x event x model), totals (campaign x model) and ledgers (deal x model). Money of
-- the playbook is a double, Touchledger's whole cents.
create temp table touches as
with theirs as (
    select
        deal_id,
        session_id as event_id,
        campaign_id,
        started_at,
        unnest(['first_touch', 'last_touch', 'forty_twenty_forty', 'linear']) as model,
        unnest([
            cast(first_touch_points as double), last_touch_points, forty_twenty_forty_points,
            linear_points
        ]) as weight,
        unnest([
            cast(first_touch_revenue as double), last_touch_revenue, forty_twenty_forty_revenue,
            linear_revenue
        ]) as credit,
    from theirs.main.attribution_touches
),

-- Their rows without points are none.
credited as (
    select *
    from theirs
    where weight > 0
)

select
    coalesce(ours.deal_id, credited.deal_id) as deal_id,
    coalesce(ours.event_id, credited.event_id) as event_id,
    coalesce(ours.model, credited.model) as model,
    ours.deal_id is not null as is_ours,
    credited.deal_id is not null as is_theirs,
    ours.campaign_id as our_campaign,
    credited.campaign_id as their_campaign,
    ours.weight as our_weight,
    credited.weight as their_weight,
    ours.credit as our_credit,
    credited.credit as their_credit,
from ours.attribution.credits as ours
full join credited
    on ours.deal_id = credited.deal_id
    and ours.event_id = credited.event_id
    and ours.model = credited.model;

create temp table totals as
with campaigns as (
    select
        our_campaign as campaign_id,
        model,
        our_credit,
        cast(null as double) as their_credit,
    from touches
    where is_ours
    union all
    select
        their_campaign,
        model,
        null,
        their_credit,
    from touches
    where is_theirs
)

select
    campaign_id,
    model,
    count(our_credit) as our_rows,
    count(their_credit) as their_rows,
    sum(our_credit) as our_credit,
    sum(their_credit) as their_credit,
from campaigns
group by campaign_id, model;

create temp table ledgers as
select
    touches.deal_id,
    touches.model,
    sum(touches.our_credit) as our_credit,
    sum(cast(round(touches.their_credit, 2) as decimal(18, 2))) as their_cents,
    any_value(conversions.revenue) as revenue,
from touches
inner join theirs.main.customer_conversions as conversions
    on touches.deal_id = conversions.deal_id
group by touches.deal_id, touches.model;
