"""Lists of what campaigns have: their numbers, days and assets."""

from __future__ import annotations

from orchestration.reading.page.cells import Column
from orchestration.reading.page.columns import (
    ASSET_COLUMN,
    CAMPAIGN,
    CAMPAIGN_COLUMN,
)
from orchestration.reading.page.listing import Filter, Listing
from orchestration.reading.page.publication import query
from orchestration.reading.page.selection import Selection

ASSET_NUMBERS = (
    ("page_views", "Page views"),
    ("form_submissions", "Forms"),
    ("cta_views", "CTA views"),
    ("cta_clicks", "CTA clicks"),
    ("contacts_sent", "Sent"),
    ("contacts_opened", "Opened"),
    ("contacts_clicked", "Clicked"),
    ("social_clicks", "Social clicks"),
    ("social_interactions", "Reactions"),
    ("ad_impressions", "Impressions"),
    ("ad_clicks", "Ad clicks"),
    ("workflow_enrollments", "Enrolled"),
    ("list_additions", "Added"),
    ("registrations", "Registered"),
    ("attendances", "Attended"),
)
ASSETS = Listing(
    name="assets",
    title="Assets in campaigns",
    help=(
        "Every asset that is in a campaign now, with its whole history: before it was in the "
        "campaign, too. Overview numbers count only from then on and are smaller."
    ),
    columns=(
        CAMPAIGN_COLUMN,
        ASSET_COLUMN,
        *(Column(name, head, "count") for name, head in ASSET_NUMBERS),
        Column("ad_spend", "Ad spend", "money"),
    ),
    base=(
        f"select campaign_id, asset_type, asset_id, "
        f"{', '.join(name for name, _ in ASSET_NUMBERS)}, ad_spend from @marts.asset_performance "
        f"where {{where}}"
    ),
    order=(
        "campaign_id, asset_type, page_views + form_submissions + contacts_clicked + cta_clicks + "
        "social_clicks + ad_clicks desc, asset_id"
    ),
    filters=(
        CAMPAIGN,
        Filter("type", "Kind of asset", "asset_type = $type", "asset_type"),
        Filter("asset", "Asset", "asset_id = $asset", is_hidden=True),
    ),
    joins="""left join @core.dim_campaigns as campaigns on page.campaign_id = campaigns.campaign_id
        left join @core.dim_assets as assets
            on page.asset_type = assets.asset_type and page.asset_id = assets.asset_id""",
    extra="campaigns.campaign_name, assets.asset_name",
    hides_zeros=True,
    empty="No asset that is in a campaign now; deleted campaigns are not listed.",
)
DAYS = Listing(
    name="days",
    title="Day by day",
    help=(
        "The days on which anything happened in a campaign. Revenue is that of deals closed on "
        "the day (linear model)."
    ),
    columns=(
        CAMPAIGN_COLUMN,
        Column("day", "Day", "day"),
        Column("sessions", "Sessions", "count"),
        Column("new_contacts_first_touch", "First touch", "count"),
        Column("new_contacts_last_touch", "Last touch", "count"),
        Column("influenced_contacts", "Influenced", "count"),
        Column("deals", "Deals", "count"),
        Column("revenue", "Revenue", "money"),
        Column("spend", "Spend", "money"),
    ),
    base="""select campaign_id, day, sessions, new_contacts_first_touch, new_contacts_last_touch,
        influenced_contacts, deals, revenue, spend
        from @marts.campaign_daily where {where}""",
    order="day desc, campaign_id",
    filters=(CAMPAIGN,),
    joins="left join @core.dim_campaigns as campaigns on page.campaign_id = campaigns.campaign_id",
    extra="campaigns.campaign_name",
    days="day",
    period_says="by the day",
    sums=("revenue", "spend"),
)


def _campaigns(selection: Selection) -> str:
    """Campaigns with their numbers: those published where no period is chosen, else the sums of its
    days and credits.
    """
    if not selection.has_period:
        return query(__file__, "campaigns_published", where="{where}")
    return query(
        __file__,
        "campaigns_of_period",
        days=selection.in_days("day"),
        period=selection.in_period("closed_at"),
        where="{where}",
    )


def _to_list(name: str):
    return lambda selection, row: selection.link(f"/list/{name}", campaign=row["campaign_id"])


CAMPAIGNS = Listing(
    name="campaigns",
    title="Campaigns",
    help=(
        "A contact, session or deal may count for several campaigns, so only revenue and spend "
        "add up."
    ),
    columns=(
        CAMPAIGN_COLUMN,
        Column(
            "revenue",
            "Revenue",
            "money",
            link=_to_list("campaign-deals"),
            help="Under the chosen model.",
        ),
        Column("spend", "Spend", "money", link=_to_list("days")),
        Column("roi", "ROI", "change", help="(revenue − spend) ÷ spend, under the chosen model."),
        Column(
            "roas", "ROAS", "ratio", help="Revenue ÷ (spend + ad spend), for the whole time only."
        ),
        Column(
            "deals",
            "Deals",
            "count",
            link=_to_list("campaign-deals"),
            help="Deals with credit under the chosen model.",
        ),
        Column("influenced_contacts", "Influenced", "count", link=_to_list("influenced")),
        Column("new_contacts_first_touch", "First touch", "count", link=_to_list("first_touch")),
        Column("new_contacts_last_touch", "Last touch", "count", link=_to_list("last_touch")),
        Column("sessions", "Sessions", "count", link=_to_list("sessions")),
    ),
    base=lambda selection: (
        f"""
        select *, case when spend > 0 then ((revenue - spend) / spend)::double end as roi,
            case when total_cost > 0 then (revenue / total_cost)::double end as roas
        from ({_campaigns(selection)})
    """
    ),
    order="revenue desc, campaign_id",
    filters=(
        Filter("name", "Name contains", "contains(lower(numbers.campaign_name), lower($name))"),
    ),
    joins="left join @core.dim_campaigns as campaigns on page.campaign_id = campaigns.campaign_id",
    extra="campaigns.campaign_name, campaigns.owner, campaigns.start_date, campaigns.end_date",
    period_says="contacts by their creation or first interaction, deals by their close",
    has_model=True,
    sums=("revenue", "spend"),
    whole=("spend",),
    sorts=(
        "revenue",
        "spend",
        "roi",
        "roas",
        "deals",
        "influenced_contacts",
        "new_contacts_first_touch",
        "new_contacts_last_touch",
        "sessions",
    ),
    bars=("revenue",),
    empty="No campaign.",
)
CAMPAIGN_LISTS = (CAMPAIGNS, ASSETS, DAYS)
