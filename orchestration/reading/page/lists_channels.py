"""Lists of channels, and of what the data-driven model finds."""

from __future__ import annotations

from orchestration.reading.page.cells import Column
from orchestration.reading.page.columns import CHANNEL_COLUMN
from orchestration.reading.page.listing import Listing

CHANNEL_LIST = Listing(
    name="channels",
    title="Channels",
    help=(
        "Sessions and new contacts of every channel, and what the chosen model credits it with. A "
        "session's channel comes from its first page view's link and referrer."
    ),
    columns=(
        CHANNEL_COLUMN,
        Column(
            "revenue",
            "Revenue",
            "money",
            link=lambda s, row: s.link("/list/credits", channel=row["channel"]),
        ),
        Column("pipeline", "Pipeline", "money", help="Amounts of created deals, won or not."),
        Column(
            "deals",
            "Deals",
            "count",
            link=lambda s, row: s.link("/list/credits", channel=row["channel"]),
        ),
        Column(
            "contacts_created", "Contacts created", "number", help="Credit for created contacts."
        ),
        Column("new_contacts", "New contacts", "count", help="By first page view."),
        Column(
            "sessions",
            "Sessions",
            "count",
            link=lambda s, row: s.link("/list/sessions", channel=row["channel"]),
        ),
    ),
    base=(
        "select channel, revenue, pipeline, deals, contacts_created, new_contacts, sessions from "
        "@marts.channel_performance where model = $model and {where}"
    ),
    order="revenue desc, channel",
    has_model=True,
    sums=("revenue", "pipeline", "sessions"),
    bars=("revenue",),
    empty="No channel has anything yet.",
)
EFFECTS = Listing(
    name="effects",
    title="Removal effects (data-driven model)",
    help=(
        "By how much conversions would fall without the campaign, as the Markov chain of all "
        "paths has it."
    ),
    columns=(
        Column("campaign_id", "Campaign", "campaign", "campaign_name"),
        Column("effect", "Removal effect", "share"),
        Column("conversions", "Won deals in the chain", "count"),
        Column("paths", "Paths in the chain", "count"),
    ),
    base=(
        "select model, campaign_id, paths, conversions, effect from @marts.removal_effects where "
        "{where}"
    ),
    order="effect desc, campaign_id",
    joins="left join @core.dim_campaigns as campaigns on page.campaign_id = campaigns.campaign_id",
    extra="campaigns.campaign_name",
    bars=("effect",),
)
CHANNEL_LISTS = (CHANNEL_LIST, EFFECTS)
