"""Lists of credit: of contacts, deals and single interactions, for won deals and other
conversions.
"""

from __future__ import annotations

from typing import Any

from orchestration.reading.page.cells import Column
from orchestration.reading.page.columns import (
    CAMPAIGN,
    CAMPAIGN_COLUMN,
    CHANNEL_COLUMN,
    CONTACT,
    CONTACT_COLUMN,
    CONVERSION_COLUMN,
    CONVERSION_FILTER,
    DEAL,
    DEAL_COLUMN,
    NAMES,
    PEOPLE,
    credit_link,
    event_column,
)
from orchestration.reading.page.listing import NONE_TOKEN, Filter, Listing
from orchestration.reading.page.selection import Selection

REVENUE = Listing(
    name="revenue",
    title="Contacts with revenue",
    help=(
        "Contacts whose interactions with the campaign helped to win deals, and what these "
        "interactions were credited with under the chosen model."
    ),
    columns=(
        CAMPAIGN_COLUMN,
        CONTACT_COLUMN,
        Column("deals", "Deals", "count", link=credit_link),
        Column("touches", "Interactions", "count", link=credit_link),
        Column("credit", "Revenue", "money", link=credit_link),
    ),
    base="""select campaign_id, contact_id, count(distinct deal_id) as deals,
        count(distinct event_id) as touches, sum(credit) as credit
        from @marts.attribution_credits where model = $model and contact_id is not null and {where}
            group by campaign_id, contact_id""",
    order="credit desc, contact_id, campaign_id",
    filters=(CAMPAIGN, CONTACT),
    joins=NAMES,
    lookups=(PEOPLE,),
    extra="campaigns.campaign_name, contacts.email",
    period="closed_at",
    period_says="by the deal's close",
    channel="channel = $channel",
    has_model=True,
    sums=("credit",),
    empty="No contact.",
)
CAMPAIGN_DEALS = Listing(
    name="campaign-deals",
    title="Deals with credit",
    help=(
        "Won deals whose interactions the campaign had, with their whole amount and what the "
        "campaign gets of it under the chosen model."
    ),
    columns=(
        CAMPAIGN_COLUMN,
        DEAL_COLUMN,
        Column("closed_at", "Closed", "instant"),
        Column("contacts", "Contacts", "count", link=credit_link),
        Column("touches", "Interactions", "count", link=credit_link),
        Column(
            "share",
            "Share",
            "weight",
            help="The part of the deal that the model gives to the campaign.",
        ),
        Column("credit", "Credit", "money", link=credit_link),
        Column(
            "amount_home",
            "Deal amount",
            "money",
            help="Whole amount. It counts in full for every campaign that the deal counts for.",
        ),
    ),
    base="""select campaign_id, deal_id, max(closed_at) as closed_at,
        count(distinct contact_id) as contacts, count(distinct event_id) as touches,
            sum(weight) as share, sum(credit) as credit
        from @marts.attribution_credits where model = $model and {where} group by campaign_id,
            deal_id""",
    order="credit desc, deal_id, campaign_id",
    filters=(CAMPAIGN, DEAL),
    joins="""left join @core.dim_campaigns as campaigns on page.campaign_id = campaigns.campaign_id
        left join @core.fct_deals as deals on page.deal_id = deals.deal_id""",
    extra="campaigns.campaign_name, deals.deal_name, deals.amount_home",
    period="closed_at",
    period_says="by the deal's close",
    channel="channel = $channel",
    has_model=True,
    sums=("credit",),
    empty="No deal.",
)
CREDITS = Listing(
    name="credits",
    title="Credit by interaction",
    help=(
        "Every interaction on the way to a won deal, and the part of the deal's amount that the "
        "chosen model gives it. The credits of a deal add up to its amount, to the cent."
    ),
    columns=(
        DEAL_COLUMN,
        Column("closed_at", "Closed", "instant"),
        event_column("Interaction"),
        Column("occurred_at", "When", "instant"),
        CONTACT_COLUMN,
        CAMPAIGN_COLUMN,
        CHANNEL_COLUMN,
        Column("weight", "Weight", "weight"),
        Column("credit", "Credit", "money"),
        Column("event_id", "Event", only_csv=True),
    ),
    base="""select deal_id, event_id, campaign_id, contact_id, event_type, occurred_at, closed_at,
        model, weight, credit, channel
        from @marts.attribution_credits where model = $model and {where}""",
    order="closed_at desc, deal_id, occurred_at, event_id, campaign_id",
    filters=(
        CAMPAIGN,
        CONTACT,
        DEAL,
        Filter("event", "Interaction", "event_id = $event", is_hidden=True),
    ),
    lookups=(PEOPLE,),
    joins=NAMES + " left join @core.fct_deals as deals on page.deal_id = deals.deal_id",
    extra="campaigns.campaign_name, contacts.email, deals.deal_name",
    period="closed_at",
    period_says="by the deal's close",
    channel="channel = $channel",
    has_model=True,
    sums=("credit",),
)


def _to_conversion_credits(selection: Selection, row: dict[str, Any]) -> str:
    """To the credits of the whole time and of every channel, whose sum a number is."""
    return selection.link(
        "/list/conversion-credits",
        kind=row["conversion"],
        campaign=NONE_TOKEN if row["campaign_id"] is None else row["campaign_id"],
        channel=None,
        from_=None,
        to_=None,
    )


CONVERSIONS = Listing(
    name="conversions",
    title="Conversions by campaign",
    help=(
        "Created contacts and created deals, shared out over the interactions before them as the "
        "money of won deals is."
    ),
    columns=(
        CONVERSION_COLUMN,
        CAMPAIGN_COLUMN,
        Column("subjects", "Contacts or deals", "count", link=_to_conversion_credits),
        Column("credit", "Credit", "credit", link=_to_conversion_credits),
        Column("amount", "Pipeline", "pipeline", link=_to_conversion_credits),
    ),
    base=(
        "select conversion, campaign_id, subjects, credit, amount from "
        "@marts.attributed_conversions where model = $model and {where}"
    ),
    order="conversion, credit desc, campaign_id",
    filters=(
        CAMPAIGN,
        CONVERSION_FILTER,
    ),
    joins="left join @core.dim_campaigns as campaigns on page.campaign_id = campaigns.campaign_id",
    extra="campaigns.campaign_name",
    has_model=True,
    sums=("credit",),
    sums_with="kind",
)
CONVERSION_CREDITS = Listing(
    name="conversion-credits",
    title="Credit of a conversion",
    help=(
        "The interactions before one contact or deal was created, and the part that the chosen "
        "model gives each."
    ),
    columns=(
        CONVERSION_COLUMN,
        event_column("Interaction"),
        Column("occurred_at", "When", "instant"),
        CONTACT_COLUMN,
        CAMPAIGN_COLUMN,
        CHANNEL_COLUMN,
        Column("weight", "Weight", "weight"),
        Column("credit", "Credit", "credit"),
        Column("amount", "Pipeline", "pipeline"),
        Column("event_id", "Event", only_csv=True),
    ),
    base="""select conversion, subject_id, event_id, campaign_id, contact_id, event_type,
        occurred_at, converted_at, weight, credit, amount, channel
        from @marts.conversion_credits where model = $model and {where}""",
    order="converted_at desc, conversion, subject_id, occurred_at, event_id, campaign_id",
    filters=(
        CONVERSION_FILTER,
        Filter("subject", "Contact or deal", "subject_id = $subject", is_hidden=True),
        CAMPAIGN,
    ),
    joins=NAMES,
    lookups=(PEOPLE,),
    extra="campaigns.campaign_name, contacts.email",
    period="converted_at",
    period_says="by the conversion",
    channel="channel = $channel",
    has_model=True,
    sums=("credit",),
    sums_with="kind",
)
CREDIT_LISTS = (REVENUE, CAMPAIGN_DEALS, CREDITS, CONVERSIONS, CONVERSION_CREDITS)
