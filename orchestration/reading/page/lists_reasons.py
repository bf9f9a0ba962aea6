"""Lists of what is not there and why, and of what cannot be trusted blindly."""

from __future__ import annotations

from typing import Any

from orchestration.reading.compare.differences import LIST_OF
from orchestration.reading.page.cells import Column
from orchestration.reading.page.columns import (
    ASSET_COLUMN,
    CAMPAIGN,
    CAMPAIGN_COLUMN,
    CAMPAIGN_NAME,
    CONTACT,
    CONTACT_COLUMN,
    DEAL_COLUMN,
    PEOPLE,
    YES_NO,
)
from orchestration.reading.page.listing import Facet, Filter, Listing
from orchestration.reading.page.selection import Selection

METRIC_CHOICES = (
    ("first_touch", "First touch"),
    ("last_touch", "Last touch"),
    ("influenced", "Influenced"),
)
INCLUSION = Listing(
    name="deal-reasons",
    title="Deals that a campaign gets, or not",
    help=(
        "Every pair of a deal and a campaign that could have had a part in it. Of several reasons "
        "against it, the first is named. A deal is here once for each campaign, so amounts are "
        "not added up."
    ),
    columns=(
        CAMPAIGN_COLUMN,
        DEAL_COLUMN,
        Column("is_included", "Counts", "yes"),
        Column("reason", "Why not", "reason", subject="deal"),
        Column("closed_at", "Closed", "instant"),
        Column("amount_home", "Deal amount", "money"),
    ),
    base="""select inclusion.campaign_id, inclusion.deal_id, inclusion.is_included,
        inclusion.reason, deals.deal_name, deals.closed_at, deals.amount_home
        from @diagnostics.deal_inclusion as inclusion
            left join @core.fct_deals as deals on inclusion.deal_id = deals.deal_id
            where {where}""",
    order="is_included, closed_at desc nulls last, deal_id, campaign_id",
    filters=(
        Filter("campaign", "Campaign", "inclusion.campaign_id = $campaign", is_hidden=True),
        Filter("deal", "Deal", "inclusion.deal_id = $deal", is_hidden=True),
        Filter(
            "included", "Counts", "inclusion.is_included = ($included = 'yes')", "choice", YES_NO
        ),
        Filter("reason", "Reason", "inclusion.reason is not distinct from $reason", "facet"),
    ),
    joins=CAMPAIGN_NAME,
    extra="campaigns.campaign_name",
    period="deals.closed_at",
    period_says="by the close",
    facet=Facet("reason", "reason", "Reason", "reason_or_counted", "deal"),
)
CONTACT_STATUS = Listing(
    name="contact-status",
    title="Contacts and why they count",
    help=(
        "Every contact that is not deleted, once for each metric: it counts for some campaign, or "
        "the first thing that explains why not."
    ),
    columns=(
        CONTACT_COLUMN,
        Column("metric", "Metric", "metric"),
        Column("status", "Does it count?", "reason", subject="contact"),
        Column("event_id", "Deciding interaction", "event"),
    ),
    base=(
        "select contact_id, metric, status, event_id from @diagnostics.contact_status where {where}"
    ),
    order="contact_id, metric",
    filters=(
        Filter("metric", "Metric", "metric = $metric", "choice", METRIC_CHOICES),
        Filter("status", "Reason", "status = $status", "facet"),
        CONTACT,
    ),
    lookups=(PEOPLE,),
    joins="left join contacts on page.contact_id = contacts.contact_id",
    extra="contacts.email",
    facet=Facet("status", "status", "Reason", "reason", "contact"),
    required=("metric",),
)
VISIBILITY = Listing(
    name="asset-visibility",
    title="Assets that a campaign shows, or not",
    help=(
        "Every asset that is or was in a campaign, or was to be. A hidden asset still counts in "
        "the overview for the time it was in the campaign."
    ),
    columns=(
        CAMPAIGN_COLUMN,
        ASSET_COLUMN,
        Column("is_visible", "Shown", "yes"),
        Column("reasons", "Why not", "reasons", subject="asset"),
    ),
    base=(
        "select campaign_id, asset_type, asset_id, is_visible, reasons from "
        "@diagnostics.asset_visibility where {where}"
    ),
    order="is_visible, campaign_id, asset_type, asset_id",
    filters=(
        CAMPAIGN,
        Filter("shown", "Shown", "is_visible = ($shown = 'yes')", "choice", YES_NO),
        Filter("reason", "Reason", "list_contains(reasons, $reason)"),
        Filter("type", "Kind of asset", "asset_type = $type", "asset_type"),
        Filter("asset", "Asset", "asset_id = $asset", is_hidden=True),
    ),
    joins=CAMPAIGN_NAME
    + (
        " left join @core.dim_assets as assets on page.asset_type = assets.asset_type and "
        "page.asset_id = assets.asset_id"
    ),
    extra="campaigns.campaign_name, assets.asset_name",
)
UTM = Listing(
    name="utm",
    title="Tagged links (utm_campaign)",
    help=(
        "Every utm_campaign value that visits carried, and every alias of a campaign, with its "
        "page views of the whole time. An alias of several campaigns has a row for each; sums "
        "count its page views once."
    ),
    columns=(
        Column(
            "utm_campaign",
            "utm_campaign",
            link=lambda s, row: s.link(
                "/list/interactions", utm=row["utm_campaign"], channel=None, from_=None, to_=None
            ),
        ),
        Column("status", "Status", "utm_status"),
        Column("campaign_id", "Campaign", "campaign_or_none", "campaign_name"),
        Column("similar_alias", "Perhaps meant", help="An alias that is spelled almost alike."),
        Column(
            "page_views",
            "Page views",
            "count",
            link=lambda s, row: s.link(
                "/list/interactions",
                utm=row["utm_campaign"],
                type="page_view",
                filtered="no",
                channel=None,
                from_=None,
                to_=None,
            ),
        ),
        Column("sessions", "Sessions", "count"),
    ),
    base=(
        "select utm_campaign, campaign_id, page_views, sessions, status, similar_alias, "
        "row_number() over (partition by utm_campaign order by campaign_id) = 1 as is_first "
        "from @diagnostics.utm_audit where {where}"
    ),
    order="page_views desc, utm_campaign, campaign_id",
    filters=(
        Filter("status", "Status", "status = $status", "facet"),
        CAMPAIGN,
        Filter("text", "Contains", "contains(utm_campaign, lower($text))"),
    ),
    joins="left join @core.dim_campaigns as campaigns on page.campaign_id = campaigns.campaign_id",
    extra="campaigns.campaign_name",
    facet=Facet("status", "status", "Status", "utm_status"),
    sums=("page_views",),
    summed="is_first",
)


def _parity_link(selection: Selection, row: dict[str, Any]) -> str:
    """To the contacts that only one side has, where the number counts contacts."""
    metric = LIST_OF.get(row["metric"])
    if metric is None:
        return ""
    return selection.link(
        "/list/parity-contacts",
        source=row["source"],
        campaign=row["campaign_id"],
        metric=metric,
    )


PARITY = Listing(
    name="parity",
    title="What another system reports",
    help="Numbers of another system beside ours; difference is ours minus theirs.",
    columns=(
        Column("source", "System"),
        CAMPAIGN_COLUMN,
        Column("metric", "Metric", "metric"),
        Column("model", "Model", "model"),
        Column("period_start", "From", "day"),
        Column("period_end", "Until", "day"),
        Column("ours", "Ours", "number"),
        Column("reported", "Theirs", "number"),
        Column("difference", "Difference", "number", link=_parity_link),
        Column("share", "Difference in %", "change"),
    ),
    base=(
        "select source, campaign_id, metric, model, period_start, period_end, ours, reported, "
        "difference, share from @diagnostics.parity where {where}"
    ),
    order="abs(share) desc nulls last, source, campaign_id, metric, model, period_start",
    filters=(
        CAMPAIGN,
        Filter("source", "System", "source = $source"),
        Filter("metric", "Metric", "metric = $metric", "facet"),
        Filter(
            "differs",
            "Differs",
            "(difference is distinct from 0) = ($differs = 'yes')",
            "choice",
            YES_NO,
        ),
    ),
    joins=CAMPAIGN_NAME,
    extra="campaigns.campaign_name",
    facet=Facet("metric", "metric", "Metric", "metric"),
    empty="No other system's numbers have landed.",
)
PARITY_CONTACTS = Listing(
    name="parity-contacts",
    title="Contacts that only one side has",
    help=(
        "Contacts of a metric that only we or only the other system count, with the first reason "
        "that explains it."
    ),
    columns=(
        Column("source", "System"),
        CAMPAIGN_COLUMN,
        Column("metric", "Metric", "contact_metric"),
        CONTACT_COLUMN,
        Column("is_ours", "Only ours", "yes"),
        Column("reason", "Reason", "reason", subject="parity"),
    ),
    base=(
        "select source, campaign_id, metric, contact_id, is_ours, reason from "
        "@diagnostics.parity_contacts where {where}"
    ),
    order="source, campaign_id, metric, is_ours, contact_id",
    filters=(
        CAMPAIGN,
        Filter("source", "System", "source = $source"),
        Filter("metric", "Metric", "metric = $metric"),
        Filter("ours", "Only ours", "is_ours = ($ours = 'yes')", "choice", YES_NO),
        Filter("reason", "Reason", "reason = $reason", "facet"),
        CONTACT,
    ),
    lookups=(PEOPLE,),
    joins=CAMPAIGN_NAME + " left join contacts on page.contact_id = contacts.contact_id",
    extra="campaigns.campaign_name, contacts.email",
    facet=Facet("reason", "reason", "Reason", "reason", "parity"),
    empty="Both sides have the same contacts, or no list of another system has landed.",
)
REASON_LISTS = (INCLUSION, CONTACT_STATUS, VISIBILITY, UTM, PARITY, PARITY_CONTACTS)
