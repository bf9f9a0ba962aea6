"""Lists of what belongs together, and when: assets and campaigns, contacts and deals."""

from __future__ import annotations

from orchestration.reading.page.cells import Column
from orchestration.reading.page.columns import (
    ASSET_COLUMN,
    CAMPAIGN,
    CAMPAIGN_COLUMN,
    CONTACT,
    CONTACT_COLUMN,
    DEAL,
    DEAL_COLUMN,
    PEOPLE,
)
from orchestration.reading.page.listing import Filter, Listing

ASSOCIATIONS = Listing(
    name="associations",
    title="Assets and their campaigns over time",
    help=(
        "When an asset was in a campaign. What happened on it outside this time counts for "
        "nobody, or for the campaign that had it then."
    ),
    columns=(
        CAMPAIGN_COLUMN,
        ASSET_COLUMN,
        Column("valid_from", "From", "instant"),
        Column("valid_to", "Until", "instant"),
        Column("ended_by", "Ended by", "code"),
        Column("time_basis", "Time is", "time_basis"),
    ),
    base=(
        "select campaign_id, asset_type, asset_id, valid_from, valid_to, ended_by, time_basis "
        "from @core.fct_asset_associations where {where}"
    ),
    order="valid_from desc, asset_type, asset_id, campaign_id",
    filters=(
        CAMPAIGN,
        Filter("type", "Kind of asset", "asset_type = $type", "asset_type"),
        Filter("asset", "Asset", "asset_id = $asset", is_hidden=True),
        Filter(
            "basis",
            "Time is",
            "time_basis = $basis",
            "choice",
            (("exact", "exact"), ("first_seen", "first seen"), ("assumed", "assumed")),
        ),
    ),
    joins="""left join @core.dim_campaigns as campaigns on page.campaign_id = campaigns.campaign_id
        left join @core.dim_assets as assets
            on page.asset_type = assets.asset_type and page.asset_id = assets.asset_id""",
    extra="campaigns.campaign_name, assets.asset_name",
    empty="No association.",
)
DEAL_CONTACTS = Listing(
    name="deal-contacts",
    title="Contacts of deals",
    help="When a contact was on a deal. It counts if there before the close and still at it.",
    columns=(
        DEAL_COLUMN,
        CONTACT_COLUMN,
        Column("valid_from", "From", "instant"),
        Column("valid_to", "Until", "instant"),
        Column("time_basis", "Time is", "time_basis"),
    ),
    base=(
        "select deal_id, contact_id, valid_from, valid_to, time_basis from "
        "@core.fct_deal_contacts where {where}"
    ),
    order="valid_from desc, deal_id, contact_id",
    filters=(DEAL, CONTACT),
    lookups=(PEOPLE,),
    joins="""left join @core.fct_deals as deals on page.deal_id = deals.deal_id
        left join contacts on page.contact_id = contacts.contact_id""",
    extra="deals.deal_name, contacts.email",
)
ASSOCIATION_LISTS = (ASSOCIATIONS, DEAL_CONTACTS)
